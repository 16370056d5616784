// A load does not guess who owns a vector: the caller says BorrowedBytes or OwnedBytes.
// error: no matching function
#include <cstddef>
#include <vector>

#include "plimsoll/plimsoll.hpp"

std::vector<std::byte> read();

plimsoll::LoadResult test() {
#ifdef BROKEN
  return plimsoll::load(read());
#endif
  return plimsoll::load(plimsoll::OwnedBytes(read()));
}
