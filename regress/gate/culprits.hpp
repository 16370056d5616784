// Who allocated what a load line complains of: call stacks of the ledger, as functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gate/comparing.hpp"
#include "ledger/report.hpp"

namespace plimsoll::regress::gate {

// A line for each of the largest of a detector's culprits, most bytes first: `1,024 bytes in 2 blocks: f <- g <- h`. Functions of
// the standard library at the innermost end are left out. Empty if the report has no stacks.
[[nodiscard]] std::vector<std::string> culprits(const Report& report, Detector detector, std::size_t most);

// The same for people who see `result` and want to know which function it was: whoever made the copies, if there are any; else
// whoever allocates exactly what is more than was pinned; else the largest allocators. `report` is of the same load at Depth::full.
[[nodiscard]] std::vector<std::string> blame(const Report& report, const Result& result);

}  // namespace plimsoll::regress::gate
