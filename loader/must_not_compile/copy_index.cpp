// What a Module and a LazyModule have in common cannot be cut out of them.
// error: (deleted|protected)
#include "plimsoll/plimsoll.hpp"

void use(const plimsoll::ModuleIndex& index);

void test(const plimsoll::Module& module) {
  use(module);
#ifdef BROKEN
  plimsoll::ModuleIndex copy = module;
  use(copy);
#endif
}
