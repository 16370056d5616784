// A vector is moved into OwnedBytes, never copied.
// error: no matching (function|constructor|conversion)|cannot bind|no known conversion
#include <cstddef>
#include <utility>
#include <vector>

#include "plimsoll/plimsoll.hpp"

void test(std::vector<std::byte> bytes, std::vector<std::byte> others) {
  const plimsoll::OwnedBytes source(std::move(bytes));
  static_cast<void>(others.size());
#ifdef BROKEN
  const plimsoll::OwnedBytes copy(others);
#endif
}
