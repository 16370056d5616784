// What the ledger's tests share.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "ledger/recording.hpp"

namespace plimsoll::regress::test_support {

// Hides from the compiler where a pointer comes from and what becomes of its block, so that it can remove neither an
// allocation nor what was written before a free.
template <typename T>
T* keep(T* pointer) noexcept {
  asm volatile("" : "+r"(pointer) : : "memory");
  return pointer;
}

// The same bytes for the same seed; no 64 of them occur anywhere else.
inline std::vector<std::byte> pseudo_random(std::size_t size, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> 56);
  return bytes;
}

// Records `load` and returns the report; a recording that fails throws, which fails the test.
template <typename Load>
Report record(std::span<const std::byte> module_bytes, Recording::Options options, Load load) {
  Recording recording;
  recording.begin(module_bytes, options).value();
  load();
  return recording.end().value();
}

// The same for counts alone.
template <typename Load>
Report count(Load load) {
  return record({}, {.raw_copies = false}, load);
}

inline bool sanitizer_owns_heap() { return heap_hooks() == HeapHooks::sanitizer; }

}  // namespace plimsoll::regress::test_support
