// Whether one file is valid: what `plimsoll validate` finds out about each of its arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command/failure.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {

// What is wrong in a custom section, which does not make the module invalid.
struct Warning {
  std::string code;          // stable, for programs: `bad_utf8`
  std::string message;       // one line, for people; control characters escaped
  std::string section;       // the section's name
  std::uint32_t offset = 0;  // bytes from the start of the file
};

// As many warnings are kept of one file.
inline constexpr std::size_t most_warnings = 100;

// Loads `file` (or `-`) and says why it is not valid, or nothing. Thread-safe but for `-`. `after_open` is for tests: it is
// called when the file is open and not yet read. If it is valid and `warnings` is given, its custom sections are checked too.
[[nodiscard]] std::optional<Failure> why_not_valid(const std::string& file, const Options& options,
                                                   const std::function<void()>& after_open = {},
                                                   std::vector<Warning>* warnings = nullptr);

}  // namespace plimsoll::regress
