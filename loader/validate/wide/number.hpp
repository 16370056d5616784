// Numbers in instructions that the wide path has decoded (checker.hpp).
#pragma once

#include <cstdint>

namespace plimsoll::wide {

// A number in at most five bytes, of which decoding has seen the last; ~0 if it has more.
inline std::uint32_t read_number(const std::uint8_t*& position) noexcept {
  std::uint32_t number = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint32_t byte = *position++;
    number |= (byte & 0x7FU) << shift;
    if (byte < 0x80) return number;
  }
  return ~std::uint32_t{0};
}

}  // namespace plimsoll::wide
