// A module is made of bytes: a range of wider elements is not taken for one.
// error: no matching (function|constructor|conversion)|constraints not satisfied
#include <cstdint>
#include <span>

#include "plimsoll/plimsoll.hpp"

void test(std::span<const std::uint8_t> bytes, std::span<const std::uint32_t> words) {
  const plimsoll::BorrowedBytes source(bytes);
  static_cast<void>(words.size());
#ifdef BROKEN
  const plimsoll::BorrowedBytes wide(words);
#endif
}
