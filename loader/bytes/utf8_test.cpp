// UTF-8 (specification 3.0, section 5.2.4): which byte strings are names.
#include "bytes/utf8.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace plimsoll {
namespace {

using Bytes = std::vector<std::uint8_t>;

// In a block of just the right size, so that a sanitizer sees a read past the end.
bool accepts(const Bytes& bytes) {
  const auto block = std::make_unique<std::uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), block.get());
  return is_utf8(block.get(), bytes.size());
}

// A decoder as the definition has it: the code point that a sequence stands for, then whether it is a scalar value and
// could not have been written shorter.
bool well_formed(const Bytes& bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const std::uint8_t first = bytes[i];
    std::size_t length = 0;
    std::uint32_t point = 0;
    if (first < 0x80)
      length = 1, point = first;
    else if (first >= 0xC0 && first < 0xE0)
      length = 2, point = first - 0xC0U;
    else if (first >= 0xE0 && first < 0xF0)
      length = 3, point = first - 0xE0U;
    else if (first >= 0xF0 && first < 0xF8)
      length = 4, point = first - 0xF0U;
    else
      return false;
    if (bytes.size() - i < length) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if (bytes[i + k] < 0x80 || bytes[i + k] >= 0xC0) return false;
      point = point * 64 + (bytes[i + k] - 0x80U);
    }
    const std::size_t shortest = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1'0000 ? 3 : 4;
    if (length != shortest || (point >= 0xD800 && point < 0xE000) || point > 0x10'FFFF) return false;
    i += length;
  }
  return true;
}

Bytes encode(std::uint32_t point) {
  const auto tail = [point](unsigned shift) { return static_cast<std::uint8_t>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) return {static_cast<std::uint8_t>(point)};
  if (point < 0x800) return {static_cast<std::uint8_t>(0xC0 | point >> 6), tail(0)};
  if (point < 0x1'0000) return {static_cast<std::uint8_t>(0xE0 | point >> 12), tail(6), tail(0)};
  return {static_cast<std::uint8_t>(0xF0 | point >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8, NothingIsWellFormed) { EXPECT_TRUE(is_utf8(nullptr, 0)); }

// Unicode table 3-7, each cell at its edges and one beyond.
TEST(Utf8, EveryBoundaryOfTable3_7) {
  struct Row {
    std::vector<std::pair<int, int>> bytes;
  };
  const Row rows[] = {
      {{{0x00, 0x7F}}},
      {{{0xC2, 0xDF}, {0x80, 0xBF}}},
      {{{0xE0, 0xE0}, {0xA0, 0xBF}, {0x80, 0xBF}}},
      {{{0xE1, 0xEC}, {0x80, 0xBF}, {0x80, 0xBF}}},
      {{{0xED, 0xED}, {0x80, 0x9F}, {0x80, 0xBF}}},
      {{{0xEE, 0xEF}, {0x80, 0xBF}, {0x80, 0xBF}}},
      {{{0xF0, 0xF0}, {0x90, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
      {{{0xF1, 0xF3}, {0x80, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
      {{{0xF4, 0xF4}, {0x80, 0x8F}, {0x80, 0xBF}, {0x80, 0xBF}}},
  };
  for (const Row& row : rows) {
    for (const bool high : {false, true}) {
      Bytes inside;
      for (const auto& [low, up] : row.bytes) inside.push_back(static_cast<std::uint8_t>(high ? up : low));
      EXPECT_TRUE(accepts(inside));
      // Each byte but the first in turn just below and just above its range.
      for (std::size_t i = 1; i < row.bytes.size(); ++i) {
        for (const int outside : {row.bytes[i].first - 1, row.bytes[i].second + 1}) {
          Bytes bytes = inside;
          bytes[i] = static_cast<std::uint8_t>(outside);
          EXPECT_FALSE(accepts(bytes)) << "byte " << i << " of " << row.bytes[0].first << " is " << outside;
        }
      }
      // Every proper prefix of a longer sequence.
      for (std::size_t size = 1; size < inside.size(); ++size)
        EXPECT_FALSE(accepts(Bytes(inside.begin(), inside.begin() + static_cast<std::ptrdiff_t>(size))));
    }
  }
  for (const int first : {0x80, 0xBF, 0xC0, 0xC1, 0xF5, 0xF8, 0xFC, 0xFE, 0xFF})
    EXPECT_FALSE(accepts({static_cast<std::uint8_t>(first), 0x80, 0x80, 0x80, 0x80, 0x80})) << first;
}

TEST(Utf8, AllInputsOfOneAndTwoBytes) {
  for (unsigned first = 0; first < 256; ++first) {
    const Bytes one{static_cast<std::uint8_t>(first)};
    ASSERT_EQ(accepts(one), well_formed(one)) << first;
    for (unsigned second = 0; second < 256; ++second) {
      const Bytes two{static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)};
      ASSERT_EQ(accepts(two), well_formed(two)) << first << ' ' << second;
    }
  }
}

// All of three bytes, and of four the ones whose last two stand for all others.
TEST(Utf8, AllInputsOfThreeBytesAndManyOfFour) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      for (const unsigned third : {0x00U, 0x7FU, 0x80U, 0xA0U, 0xBFU, 0xC0U, 0xFFU}) {
        Bytes bytes{static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second),
                    static_cast<std::uint8_t>(third)};
        ASSERT_EQ(is_utf8(bytes.data(), 3), well_formed(bytes)) << first << ' ' << second << ' ' << third;
        for (const unsigned fourth : {0x00U, 0x7FU, 0x80U, 0xBFU, 0xC0U}) {
          bytes.push_back(static_cast<std::uint8_t>(fourth));
          ASSERT_EQ(is_utf8(bytes.data(), 4), well_formed(bytes))
              << first << ' ' << second << ' ' << third << ' ' << fourth;
          bytes.pop_back();
        }
      }
    }
  }
}

TEST(Utf8, EveryCodePoint) {
  for (std::uint32_t point = 0; point < 0x11'0010; ++point) {
    const Bytes bytes = encode(point);
    const bool scalar = point < 0xD800 || (point >= 0xE000 && point <= 0x10'FFFF);
    ASSERT_EQ(is_utf8(bytes.data(), bytes.size()), scalar) << point;
  }
}

// Plain text is taken eight bytes at a time: what is wrong must be found wherever it stands.
TEST(Utf8, FindsABadByteAtEveryPlaceOfALongText) {
  for (std::size_t size = 1; size < 40; ++size) {
    const Bytes plain(size, 'a');
    EXPECT_TRUE(accepts(plain));
    for (std::size_t at = 0; at < size; ++at) {
      Bytes bad = plain;
      bad[at] = 0x80;
      EXPECT_FALSE(accepts(bad)) << at << " of " << size;
      Bytes good = plain;
      good.insert(good.begin() + static_cast<std::ptrdiff_t>(at), {0xF0, 0x9F, 0x9A, 0xA2});
      EXPECT_TRUE(accepts(good)) << at << " of " << size;
    }
    Bytes cut = plain;
    cut.insert(cut.end(), {0xE2, 0x9A});
    EXPECT_FALSE(accepts(cut)) << size;
  }
}

}  // namespace
}  // namespace plimsoll
