// A load of bytes that die at the end of the statement, leaving a Module over nothing.
// error: no matching (function|constructor|conversion)|constraints not satisfied
#include <cstddef>
#include <vector>

#include "plimsoll/plimsoll.hpp"

std::vector<std::byte> read();

plimsoll::LoadResult test(const std::vector<std::byte>& kept) {
#ifdef BROKEN
  return plimsoll::load(plimsoll::BorrowedBytes(read()));
#endif
  return plimsoll::load(plimsoll::BorrowedBytes(kept));
}
