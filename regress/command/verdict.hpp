// Whether one file is valid: what `plimsoll validate` finds out about each of its arguments.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "command/failure.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {

// Loads `file` (or `-`) and says why it is not valid, or nothing. Thread-safe but for `-`. `after_open` is for tests: it is
// called when the file is open and not yet read.
[[nodiscard]] std::optional<Failure> why_not_valid(const std::string& file, const Options& options,
                                                   const std::function<void()>& after_open = {});

}  // namespace plimsoll::regress
