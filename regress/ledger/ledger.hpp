// The ledger: what a load costs in heap, and whether it copied the module. One include for all of it.
//
//   counting_resource.hpp   CountingResource: counts, and fails on demand, what one std::pmr user allocates
//   recording.hpp           Recording: what the whole process allocates between begin and end, and what the detectors
//                           D1 to D5 of DESIGN.md's "The ledger" say of it: a Report (report.hpp)
//   clocked_input.hpp       ClockedInput: a module's bytes in pages that tell when they are read, for D4
//   findings.hpp            findings: what a Report's figures mean
//   raw_copies.hpp          RawCopies: D2 alone, for blocks of one's own choosing; says what it cannot see
//
// README.md has the detectors, what each finds, what it costs, and where the thresholds come from.
//
// CMake: link plimsoll_ledger; a Recording also needs the hooks, which an executable gets by linking the object library
// plimsoll_heap_hooks directly (object libraries do not pass through another library).
#pragma once

#include "ledger/clocked_input.hpp"
#include "ledger/counting_resource.hpp"
#include "ledger/findings.hpp"
#include "ledger/raw_copies.hpp"
#include "ledger/recording.hpp"
