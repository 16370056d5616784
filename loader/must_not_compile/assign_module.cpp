// A Module cannot be assigned.
// error: deleted (copy assignment )?(operator|function)|use of deleted
#include "plimsoll/plimsoll.hpp"

void use(plimsoll::Module& module);

void test(plimsoll::Module& module, const plimsoll::Module& other) {
  use(module);
  static_cast<void>(other.exports());
#ifdef BROKEN
  module = other;
#endif
}
