// Vectors of indices (specification 3.0, section 5.1.3): of a module's functions and of element segments there can be
// hundreds of thousands, nearly all of which take one to three bytes and are right.
#pragma once

#include <cstdint>

#include "bytes/cursor.hpp"
#include "bytes/leb128.hpp"

namespace plimsoll {

// Reads a vector's `count` indices. `use_plain` gets one in a usual form, and says false if it may be wrong; such a one
// and any other form are for `read`, which reads it and says whether it is right. Returns whether all are.
template <class UsePlain, class Read>
bool for_each_index(Cursor& cursor, std::uint32_t count, UsePlain use_plain, Read read) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint8_t* position = cursor.position();
    for (; i < count && cursor.end() - position >= 3; ++i) {
      std::uint32_t index = 0;
      const unsigned size = read_three(position, index);
      if (size == 0 || !use_plain(index)) break;
      position += size;
    }
    cursor.seek(position);
    if (i < count && !read()) return false;
  }
  return true;
}

}  // namespace plimsoll
