// What a load returns is read-only.
// error: (const|drops|discards|no (viable|matching)|could not convert|conversion)
#include <memory>
#include <utility>

#include "plimsoll/plimsoll.hpp"

void test(plimsoll::MappedBytes&& source) {
  plimsoll::LoadResult result = plimsoll::load(std::move(source));
  std::unique_ptr<const plimsoll::Module> module = std::move(*result);
#ifdef BROKEN
  std::unique_ptr<plimsoll::Module> changeable = std::move(module);
#endif
}
