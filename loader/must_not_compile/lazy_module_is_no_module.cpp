// What has not been validated is no Module: code that wants a valid one does not take a LazyModule.
// error: (no matching function|invalid initialization of reference|no known conversion)
#include "plimsoll/plimsoll.hpp"

void look(const plimsoll::ModuleIndex& index);
void compile(const plimsoll::Module& valid);

void test(const plimsoll::LazyModule& lazy) {
  look(lazy);
#ifdef BROKEN
  compile(lazy);
#endif
}
