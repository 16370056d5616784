// A Module stays where it was made: moving out of one would be another way to leave it empty.
// error: deleted (constructor|function)|use of deleted
#include <utility>

#include "plimsoll/plimsoll.hpp"

void use(plimsoll::Module& module);

void test(plimsoll::Module& module) {
  use(module);
#ifdef BROKEN
  plimsoll::Module other = std::move(module);
  use(other);
#endif
}
