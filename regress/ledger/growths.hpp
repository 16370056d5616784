// Copies that were made because a container grew: part of detector D3 (twins.hpp).
//
// A container grows from a block A into a block N, of twice or one and a half times the size, allocated by the same call
// (as far as stacks are known), and neither is a copy: N is born, then copies of what A's elements own, then the elements
// die with what they own, and A with them. So all older twins of copies that are born between the birth of N and the
// death of A die in that time, and no other twins do; there are no more than A has room for pointers; and little else is
// allocated then. When a structure is copied and dropped later, sizes may fit by chance, but hardly all of these.
#pragma once

#include <cstdint>
#include <span>

#include "ledger/block_log.hpp"
#include "ledger/twins.hpp"

namespace plimsoll::regress {

// How many of the twins' bytes such copies are. Takes memory from the heap: only when nothing is recorded any more.
// Time: n log n in blocks, and the twins once more for each growth, within a bound.
[[nodiscard]] std::uint64_t growth_bytes(std::span<const LoggedBlock> log, std::span<const Twins::Twin> twins);

}  // namespace plimsoll::regress
