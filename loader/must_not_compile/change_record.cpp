// The records of a Module are read-only.
// error: (read-only|const|rvalue|not assignable)
#include "plimsoll/plimsoll.hpp"

unsigned test(const plimsoll::Module& module) {
#ifdef BROKEN
  module.exports()[0].index = 1;
#endif
  return module.exports()[0].index;
}
