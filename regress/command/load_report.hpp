// What `plimsoll load` prints of its measurements, as a table for people or as JSON for programs.
#pragma once

#include <span>
#include <string>

#include "command/measure.hpp"

namespace plimsoll::regress {

// A row for each file that could be read, an error below a rejected one, then sums and geometric means if there are
// several. Empty if no file could be read.
[[nodiscard]] std::string load_table(std::span<const Measurement> rows, bool colour);

// One array with an object a file, unreadable ones included.
[[nodiscard]] std::string load_json(std::span<const Measurement> rows);

// Whether every file was read, is valid and was not copied.
[[nodiscard]] bool all_well(std::span<const Measurement> rows);

}  // namespace plimsoll::regress
