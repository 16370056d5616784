// A StreamLoader owns the bytes that have come, and is not copied with them.
// error: deleted (constructor|function)|use of deleted
#include <utility>

#include "plimsoll/plimsoll.hpp"

void use(const plimsoll::StreamLoader& loader);

void test(plimsoll::StreamLoader& loader) {
  const plimsoll::StreamLoader moved = std::move(loader);
  use(moved);
#ifdef BROKEN
  plimsoll::StreamLoader copy = loader;
  use(copy);
#endif
}
