// Where pointers may point that are not into the heap.
#pragma once

#include <cstddef>
#include <span>

#include "ledger/heap_ranges.hpp"

namespace plimsoll::regress {

// The program and its libraries, this thread's stack, and the module. The system puts each somewhere else in each run,
// so the bytes of pointers to them are as much chance as those of pointers into the heap. Takes no memory; takes the
// dynamic linker's lock.
[[nodiscard]] HeapRanges known_places(std::span<const std::byte> module_bytes) noexcept;

}  // namespace plimsoll::regress
