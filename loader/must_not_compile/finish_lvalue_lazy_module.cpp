// finish takes the LazyModule, so who calls it says so.
// error: (no matching function|rvalue reference)
#include <memory>
#include <utility>

#include "plimsoll/plimsoll.hpp"

plimsoll::LoadResult test(std::unique_ptr<const plimsoll::LazyModule>& lazy) {
#ifdef BROKEN
  return plimsoll::finish(lazy);
#else
  return plimsoll::finish(std::move(lazy));
#endif
}
