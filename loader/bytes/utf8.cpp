// Well-formedness of UTF-8, eight ASCII bytes at a time and else sequence by sequence (Unicode 15, table 3-7).
#include "bytes/utf8.hpp"

#include <cstring>

namespace plimsoll {
namespace {

constexpr bool continues(std::uint8_t byte) noexcept { return (byte & 0xC0U) == 0x80U; }

// The length of the well-formed sequence at the front of `bytes`, which starts with a byte >= 0x80; 0 if there is none.
std::size_t sequence(const std::uint8_t* bytes, std::size_t size) noexcept {
  const std::uint8_t first = bytes[0];
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (size < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(bytes[i])) return 0;
  const std::uint8_t second = bytes[1];
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogate
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // above U+10FFFF
  return length;
}

}  // namespace

std::size_t utf8_prefix(const std::uint8_t* bytes, std::size_t size) noexcept {
  std::size_t good = 0;
  while (good != size) {
    const std::size_t length = bytes[good] < 0x80 ? 1 : sequence(bytes + good, size - good);
    if (length == 0) break;
    good += length;
  }
  return good;
}

bool is_utf8(const std::uint8_t* bytes, std::size_t size) noexcept {
  while (size >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    if ((word & 0x8080'8080'8080'8080U) != 0) break;
    bytes += 8;
    size -= 8;
  }
  while (size != 0) {
    const std::size_t length = *bytes < 0x80 ? 1 : sequence(bytes, size);
    if (length == 0) return false;
    bytes += length;
    size -= length;
  }
  return true;
}

}  // namespace plimsoll
