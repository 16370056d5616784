// A LazyModule cannot be copied, as a Module cannot.
// error: deleted (constructor|function)|use of deleted
#include "plimsoll/plimsoll.hpp"

void use(const plimsoll::LazyModule& module);

void test(const plimsoll::LazyModule& module) {
  use(module);
#ifdef BROKEN
  plimsoll::LazyModule copy = module;
  use(copy);
#endif
}
