// OwnedBytes cannot be copied: a copy would copy the module.
// error: deleted (constructor|function)|use of deleted
#include <utility>

#include "plimsoll/plimsoll.hpp"

void test(plimsoll::OwnedBytes&& source) {
  plimsoll::OwnedBytes moved = std::move(source);
#ifdef BROKEN
  plimsoll::OwnedBytes copy = moved;
#endif
}
