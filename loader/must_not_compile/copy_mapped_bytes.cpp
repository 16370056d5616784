// MappedBytes cannot be copied: the file would be unmapped twice.
// error: deleted (constructor|function)|use of deleted
#include <utility>

#include "plimsoll/plimsoll.hpp"

void test(plimsoll::MappedBytes&& source) {
  plimsoll::MappedBytes moved = std::move(source);
#ifdef BROKEN
  plimsoll::MappedBytes copy = moved;
#endif
}
