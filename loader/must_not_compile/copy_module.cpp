// A Module cannot be copied: nothing in the loader copies a module, and nobody else does so by accident.
// error: deleted (constructor|function)|use of deleted
#include "plimsoll/plimsoll.hpp"

void use(const plimsoll::Module& module);

void test(const plimsoll::Module& module) {
  use(module);
#ifdef BROKEN
  plimsoll::Module copy = module;
  use(copy);
#endif
}
