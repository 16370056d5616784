// Only a load makes a Module, because a Module is valid.
// error: (private|implicitly-deleted|within this context)
#include <memory>

#include "plimsoll/plimsoll.hpp"

std::unique_ptr<const plimsoll::Module> test() {
#ifdef BROKEN
  plimsoll::Module module;
#endif
  return nullptr;
}
