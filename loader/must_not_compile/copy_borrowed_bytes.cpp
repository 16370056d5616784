// BorrowedBytes cannot be copied: one source, one load.
// error: deleted (constructor|function)|use of deleted
#include <utility>

#include "plimsoll/plimsoll.hpp"

void test(plimsoll::BorrowedBytes&& source) {
  plimsoll::BorrowedBytes moved = std::move(source);
#ifdef BROKEN
  plimsoll::BorrowedBytes copy = moved;
#endif
}
