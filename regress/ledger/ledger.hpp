// The ledger: what a load costs in heap, and whether it copied the module. One include for all of it.
//
//   counting_resource.hpp   CountingResource: counts, and fails on demand, what one std::pmr user allocates
//   recording.hpp           Recording: counts what the whole process allocates between begin and end, and searches the
//                           heap for the module's bytes (D1 and D2 of DESIGN.md's "The ledger")
//   raw_copies.hpp          RawCopies: that search alone, for blocks of one's own choosing; says what it cannot see
//
// CMake: link plimsoll_ledger for the first and the third; a Recording also needs the hooks, which an executable gets
// by linking the object library plimsoll_heap_hooks directly (object libraries do not pass through another library).
#pragma once

#include "ledger/counting_resource.hpp"
#include "ledger/raw_copies.hpp"
#include "ledger/recording.hpp"
