// For tests: runs the built command and looks at what came out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::regress {

struct Outcome {
  int exit_code = -1;  // -1: ended by a signal
  int signal = 0;
  std::string out;
  std::string err;
};

struct RunOptions {
  std::string input;                     // standard input
  std::string input_file;                // instead, if not empty
  std::string output_file;               // standard output goes there, and not to `out`, if not empty
  std::vector<std::string> environment;  // NAME=VALUE, added
  bool terminal = false;                 // both outputs go to one terminal, and so to `out`
  bool as_nobody = false;                // as a user who owns nothing
};

// Runs `plimsoll ARGUMENTS...`. Fails the test if it cannot be started.
Outcome run_command(const std::vector<std::string>& arguments, const RunOptions& options = {});

// A folder that is gone, with what is in it, when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  // Writes a file and returns its path.
  [[nodiscard]] std::string write(const std::string& name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// Small binaries.
extern const std::string empty_module;  // the preamble alone: valid
extern const std::string one_function;  // a function without instructions: valid
extern const std::string
    invalid_module;                  // a function type whose body lacks its result: found at its `end`, offset 0x18
extern const std::string component;  // the preamble of a component

}  // namespace plimsoll::regress
