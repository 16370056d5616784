// What a load may cost, and what it may leave behind, under the ledger: D1 counts and D4 input clock for every input, D2 raw copies for
// one in eight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "oracles/answer.hpp"

namespace plimsoll::fuzz {

// What no load goes beyond, whatever the bytes say (loader/README.md, "What is bounded by what").
inline constexpr std::uint64_t most_heap(std::size_t size) noexcept {
  return 8 * std::uint64_t{size} + (std::uint64_t{1} << 20);
}
inline constexpr std::uint64_t most_allocations = 64;

// Loads `bytes` once, recorded, and breaks
//   heap     if the peak or the number of allocations is above what is allowed,
//   leak     if anything is left of a load that failed, or after the Module was destroyed,
//   copy     if the ledger has a finding: a second representation, a second reading, ...
//   const    if the loader wrote into its input,
//   offset   if the error does not lie inside the input.
// Needs the heap hooks (plimsoll_heap_hooks); under valgrind, which has no use for them, `copy` and `const` are not looked at. One
// thread at a time.
Answer load_recorded(std::span<const std::byte> bytes, const Options& options);

// Breaks `offset` if an error names a place that is not in an input of `size` bytes.
void require_place(const Error& error, std::size_t size);

}  // namespace plimsoll::fuzz
