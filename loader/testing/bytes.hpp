// Bytes put together by hand, for tests: numbers in LEB128, vectors, names, sections, modules. Nothing is checked, so that
// malformed modules are written like any other.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace plimsoll::test {

// A byte string with `+`.
struct Bytes : std::vector<std::uint8_t> {
  using std::vector<std::uint8_t>::vector;
  // Not inline: there, GCC 12 sees copies out of bounds that are none.
  [[gnu::noinline]] Bytes& operator+=(const Bytes& more) {
    insert(end(), more.begin(), more.end());
    return *this;
  }
  friend Bytes operator+(Bytes left, const Bytes& right) { return left += right; }
};

// The shortest LEB128 form of a number.
inline Bytes leb(std::uint64_t number) {
  Bytes bytes;
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number));
  return bytes;
}
inline Bytes sleb(std::int64_t number) {
  Bytes bytes;
  for (; number < -64 || number > 63; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number & 0x7F));
  return bytes;
}

// The `size` low bytes of a number, little-endian.
inline Bytes fixed(std::uint64_t number, unsigned size) {
  Bytes bytes;
  for (unsigned i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  return bytes;
}

inline Bytes text(std::string_view characters) { return {characters.begin(), characters.end()}; }

inline Bytes repeat(std::size_t count, const Bytes& bytes) {
  Bytes all;
  for (std::size_t i = 0; i < count; ++i) all += bytes;
  return all;
}

// The length in front: a name, a body, a section's payload.
inline Bytes sized(const Bytes& bytes) { return leb(bytes.size()) + bytes; }
inline Bytes name(std::string_view characters) { return sized(text(characters)); }

// The number of entries in front.
inline Bytes vec(std::initializer_list<Bytes> entries) {
  Bytes bytes = leb(entries.size());
  for (const Bytes& entry : entries) bytes += entry;
  return bytes;
}

inline Bytes section(std::uint8_t id, const Bytes& payload) { return Bytes{id} + sized(payload); }
inline Bytes custom_section(std::string_view title, const Bytes& contents) {
  return section(0, name(title) + contents);
}

inline Bytes preamble() { return {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00}; }
inline Bytes module(std::initializer_list<Bytes> sections) {
  Bytes bytes = preamble();
  for (const Bytes& one : sections) bytes += one;
  return bytes;
}

}  // namespace plimsoll::test
