// Bytes of a temporary vector cannot be borrowed: they die before the Module does.
// error: no matching (function|constructor|conversion)|constraints not satisfied
#include <cstddef>
#include <vector>

#include "plimsoll/plimsoll.hpp"

std::vector<std::byte> read();

void test() {
  const std::vector<std::byte> kept = read();
  const plimsoll::BorrowedBytes source(kept);
#ifdef BROKEN
  const plimsoll::BorrowedBytes dangling(read());
#endif
}
