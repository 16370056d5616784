// Who is to blame: sums up a recording's log by call stack.
#pragma once

#include <span>

#include "ledger/block_log.hpp"
#include "ledger/loaded_objects.hpp"
#include "ledger/report.hpp"
#include "ledger/stacks.hpp"
#include "ledger/twins.hpp"

namespace plimsoll::regress {

// Fills in report.culprits, frames and objects; reads report.pages_touched. Takes memory from the heap: only when
// nothing is recorded any more.
void blame(Report& report, LoadedObjects& objects, const Stacks& stacks, std::span<const LoggedBlock> log,
           std::span<const Twins::Twin> twins);

}  // namespace plimsoll::regress
