// Bytes of a temporary string cannot be borrowed, those of a view can.
// error: no matching (function|constructor|conversion)|constraints not satisfied
#include <string>
#include <string_view>

#include "plimsoll/plimsoll.hpp"

std::string read();

void test(std::string_view view) {
  const plimsoll::BorrowedBytes source(view.substr(1));
#ifdef BROKEN
  const plimsoll::BorrowedBytes dangling(read());
#endif
}
