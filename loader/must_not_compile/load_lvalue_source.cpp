// A source is handed over to a load; a named one must be moved, so that the caller sees that it is gone.
// error: no matching function|cannot bind
#include <utility>

#include "plimsoll/plimsoll.hpp"

plimsoll::LoadResult test(plimsoll::BorrowedBytes source) {
#ifdef BROKEN
  return plimsoll::load(source);
#endif
  return plimsoll::load(std::move(source));
}
