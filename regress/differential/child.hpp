// A program that runs beside this one, and the pipes to it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::regress::differential {

// How a child ended, for people: `status 1`, `signal 11`; empty if by exit(0).
struct Ending {
  bool ended_well = false;    // by exit(0)
  bool ended_itself = false;  // by exit, with whatever status
  std::string text;
};

// Owns the process: it is killed, if it still runs, and waited for when the Child goes. Not thread-safe.
class Child {
 public:
  // Starts `command`, whose first word is a path or found on PATH. Its standard input and output are pipes; standard error is the
  // output too if `joined`, else this process's. Throws std::system_error if it cannot be started.
  Child(const std::vector<std::string>& command, bool joined);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] int input() const noexcept { return input_; }    // to be written, never blocks
  [[nodiscard]] int output() const noexcept { return output_; }  // to be read
  void close_input() noexcept;

  // Kills it, unless it has ended by itself, and waits for it.
  Ending kill() noexcept;
  // Waits for it to end by itself.
  Ending wait() noexcept;

 private:
  Ending ending(int status) noexcept;

  pid_t process_ = -1;  // -1: it has been waited for
  int input_ = -1;
  int output_ = -1;
};

// The program's path if it is one that can be run, or found on PATH; empty otherwise.
[[nodiscard]] std::filesystem::path find_program(std::string_view name);

}  // namespace plimsoll::regress::differential
