// Numbers in LEB128 (specification 3.0, section 5.2.2), appended to bytes: as short as can be, or longer on request, whatever the
// grammar allows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plimsoll::fuzz {

using Bytes = std::vector<std::byte>;

// How many bytes a number needs. Constant time.
constexpr unsigned leb_size(std::uint64_t value) noexcept {
  unsigned size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}
constexpr unsigned sleb_size(std::int64_t value) noexcept {
  unsigned size = 1;
  for (; value < -0x40 || value > 0x3F; value >>= 7) ++size;
  return size;
}

// `value` in at least `width` bytes, appended to a vector of bytes or what is like one.
template <class To>
void append_leb(To& bytes, std::uint64_t value, std::size_t width = 1) {
  while (value >= 0x80 || width > 1) {
    bytes.push_back(static_cast<std::byte>(value | 0x80));
    value >>= 7;
    if (width > 1) --width;
  }
  bytes.push_back(static_cast<std::byte>(value));
}
template <class To>
void append_sleb(To& bytes, std::int64_t value, std::size_t width = 1) {
  while (value < -0x40 || value > 0x3F || width > 1) {
    bytes.push_back(static_cast<std::byte>(value | 0x80));
    value >>= 7;
    if (width > 1) --width;
  }
  bytes.push_back(static_cast<std::byte>(value & 0x7F));
}

}  // namespace plimsoll::fuzz
