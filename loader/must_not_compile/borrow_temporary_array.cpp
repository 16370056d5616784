// Bytes of a temporary array cannot be borrowed, those of one that the caller keeps can.
// error: no matching (function|constructor|conversion)|constraints not satisfied
#include <array>
#include <cstdint>

#include "plimsoll/plimsoll.hpp"

void test() {
  static constexpr std::array<std::uint8_t, 8> kept{0, 'a', 's', 'm', 1, 0, 0, 0};
  const plimsoll::BorrowedBytes source(kept);
#ifdef BROKEN
  const plimsoll::BorrowedBytes dangling(std::array<std::uint8_t, 8>{0, 'a', 's', 'm', 1, 0, 0, 0});
#endif
}
