// What is done on a terminal only: colour and the bar of progress.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace plimsoll::regress {

// Whether text written to `stream` may be coloured: it is a terminal that can, and NO_COLOR is not set.
[[nodiscard]] bool wants_colour(std::FILE* stream);

// A bar on standard error while many files are worked through. Does nothing if standard error is not a terminal or the
// files are few. Not thread-safe.
class Progress {
 public:
  explicit Progress(std::size_t steps);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  // Shows the bar with `done` steps done and what is under way.
  void show(std::size_t done, const std::string& current);
  // Takes the bar away, so that something else can be printed.
  void clear();

 private:
  std::size_t steps_;
  bool on_;
  bool shown_ = false;
};

}  // namespace plimsoll::regress
