// One row of `plimsoll load`: what loading one file takes, in heap and in time, and whether it copied the module.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "command/failure.hpp"
#include "ledger/recording.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {

struct MeasureOptions {
  Options load;
  std::uint32_t repeat = 1;          // timed loads, at least one
  std::function<void()> after_open;  // for tests: called when the file is open and not yet read
};

struct Measurement {
  std::string file;
  bool is_component = false;
  std::optional<Failure> failure;
  std::uint64_t bytes = 0;
  std::uint64_t functions = 0;  // with a body; 0 if rejected
  Report heap;                  // retained: while the Module lives, or after the failed load
  std::uint64_t fastest = 0;    // ns, destruction of the Module included
  std::uint64_t median = 0;     // ns

  // The file could not be read: everything above but `file` and `failure` is zero.
  [[nodiscard]] bool is_unread() const noexcept { return failure && failure->of_file; }
  [[nodiscard]] bool has_copied() const noexcept { return heap.copied_bytes != 0; }
};

// Opens `file` (or `-`), loads it `repeat` times against the clock from memory, its pages touched before, and once more
// with the ledger recording. A file that cannot be read or that changes meanwhile is a failure and nothing else is
// measured. Needs the heap hooks in the program. Not thread-safe: the ledger records the whole process.
[[nodiscard]] Measurement measure(const std::string& file, const MeasureOptions& options);

}  // namespace plimsoll::regress
