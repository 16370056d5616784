// One run of somebody's command, within a time: how it ended and what it printed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll::regress {

struct Ended {
  enum class How : std::uint8_t { status, signal, timeout };
  How how = How::status;
  int number = 0;  // the exit status, or the signal

  friend bool operator==(const Ended&, const Ended&) = default;
};

// `status 1`, `signal 11`, `no end within the time`.
[[nodiscard]] std::string text_of(const Ended& ended);

// Runs `command`, whose first word is a path or found on PATH, without standard input; both outputs go to the file `output`, or
// nowhere if that is empty. It and what it starts are killed when the time is over. Throws std::system_error if it cannot be
// started.
[[nodiscard]] Ended run_trial(const std::vector<std::string>& command, const std::string& output,
                              std::chrono::milliseconds limit);

}  // namespace plimsoll::regress
