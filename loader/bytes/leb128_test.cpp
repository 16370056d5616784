// LEB128 (specification 3.0, section 5.2.2): every length, the unused bits of the last byte, and where the bytes end.
#include "bytes/leb128.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;

// What a read gives: a value and how many bytes it took, or why and where there is none.
struct Read {
  std::optional<std::int64_t> value;
  std::size_t size = 0;
  std::string failure;
  std::ptrdiff_t at = -1;
};

Read result(const Bytes& bytes, const std::uint8_t* next, std::int64_t value, const LebFailure& failure) {
  if (next != nullptr) return {value, static_cast<std::size_t>(next - bytes.data()), {}, -1};
  return {std::nullopt, 0, std::string(name(failure.code)), failure.at - bytes.data()};
}

template <class T>
Read read_unsigned_from(Bytes bytes) {
  bytes.shrink_to_fit();
  T value = 0;
  LebFailure failure;
  const std::uint8_t* next = read_unsigned<T>(bytes.data(), bytes.data() + bytes.size(), value, failure);
  return result(bytes, next, static_cast<std::int64_t>(value), failure);
}

template <unsigned bits>
Read read_signed_from(Bytes bytes) {
  bytes.shrink_to_fit();
  std::int64_t value = 0;
  LebFailure failure;
  const std::uint8_t* next = read_signed<bits>(bytes.data(), bytes.data() + bytes.size(), value, failure);
  return result(bytes, next, value, failure);
}

void expect_value(const Read& read, std::int64_t value, std::size_t size) {
  EXPECT_EQ(read.failure, "");
  EXPECT_EQ(read.value, value);
  EXPECT_EQ(read.size, size);
}

void expect_failure(const Read& read, const std::string& code, std::ptrdiff_t at) {
  EXPECT_EQ(read.value, std::nullopt);
  EXPECT_EQ(read.failure, code);
  EXPECT_EQ(read.at, at);
}

// `number` in `size` bytes, longer than it need be.
Bytes padded(std::int64_t number, std::size_t size) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < size; ++i, number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number & 0x7F));
  return bytes;
}

// Numbers at each edge: 2^k - 1, 2^k and 2^k + 1.
std::vector<std::uint64_t> edges(unsigned bits) {
  std::vector<std::uint64_t> numbers{0};
  for (unsigned k = 0; k < bits; ++k) {
    const std::uint64_t power = std::uint64_t{1} << k;
    for (const std::uint64_t number : {power - 1, power, power + 1}) numbers.push_back(number);
  }
  numbers.push_back(bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1);
  return numbers;
}

TEST(Leb128, ReadsUnsignedNumbersOfEveryLength) {
  for (const std::uint64_t number : edges(32)) {
    if (number > 0xFFFF'FFFF) continue;
    const Bytes shortest = test::leb(number);
    for (std::size_t size = shortest.size(); size <= 5; ++size)
      expect_value(read_unsigned_from<std::uint32_t>(padded(static_cast<std::int64_t>(number), size)),
                   static_cast<std::int64_t>(number), size);
  }
  for (const std::uint64_t number : edges(64)) {
    const Bytes shortest = test::leb(number);
    expect_value(read_unsigned_from<std::uint64_t>(shortest), static_cast<std::int64_t>(number), shortest.size());
    expect_value(read_unsigned_from<std::uint64_t>(shortest + Bytes{0xFF}), static_cast<std::int64_t>(number),
                 shortest.size());
  }
  expect_value(read_unsigned_from<std::uint64_t>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), 0, 10);
}

TEST(Leb128, ReadsSignedNumbersOfEveryLength) {
  const auto check = [](auto read, unsigned bits, std::size_t longest) {
    for (const std::uint64_t magnitude : edges(bits - 1)) {
      for (const std::int64_t number : {static_cast<std::int64_t>(magnitude), -static_cast<std::int64_t>(magnitude),
                                        -static_cast<std::int64_t>(magnitude) - 1}) {
        if (magnitude >= std::uint64_t{1} << (bits - 1)) continue;
        const Bytes shortest = test::sleb(number);
        ASSERT_LE(shortest.size(), longest);
        for (std::size_t size = shortest.size(); size <= longest; ++size)
          expect_value(read(padded(number, size)), number, size);
      }
    }
  };
  check(read_signed_from<32>, 32, 5);
  check(read_signed_from<33>, 33, 5);
  check(read_signed_from<64>, 64, 10);
}

TEST(Leb128, TheSmallestAndLargestNumbers) {
  expect_value(read_unsigned_from<std::uint32_t>({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), 0xFFFF'FFFF, 5);
  expect_value(read_unsigned_from<std::uint64_t>({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}), -1, 10);
  expect_value(read_signed_from<32>({0xFF, 0xFF, 0xFF, 0xFF, 0x07}), 0x7FFF'FFFF, 5);
  expect_value(read_signed_from<32>({0x80, 0x80, 0x80, 0x80, 0x78}), -0x8000'0000LL, 5);
  expect_value(read_signed_from<33>({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), 0xFFFF'FFFF, 5);
  expect_value(read_signed_from<33>({0x80, 0x80, 0x80, 0x80, 0x70}), -0x1'0000'0000LL, 5);
  expect_value(read_signed_from<64>({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00}),
               std::numeric_limits<std::int64_t>::max(), 10);
  expect_value(read_signed_from<64>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F}),
               std::numeric_limits<std::int64_t>::min(), 10);
}

// A byte more than ceil(N / 7), whatever it holds.
TEST(Leb128, RefusesTooManyBytes) {
  for (const unsigned byte : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
    const auto last = static_cast<std::uint8_t>(byte);
    expect_failure(read_unsigned_from<std::uint32_t>(test::repeat(5, {0x80}) + Bytes{last}), "integer_too_long", 5);
    expect_failure(read_signed_from<32>(test::repeat(5, {0x80}) + Bytes{last}), "integer_too_long", 5);
    expect_failure(read_signed_from<33>(test::repeat(5, {0x80}) + Bytes{last}), "integer_too_long", 5);
    expect_failure(read_unsigned_from<std::uint64_t>(test::repeat(10, {0x80}) + Bytes{last}), "integer_too_long", 10);
    expect_failure(read_signed_from<64>(test::repeat(10, {0x80}) + Bytes{last}), "integer_too_long", 10);
  }
  // The last allowed byte says that there is more, and there is nothing.
  expect_failure(read_unsigned_from<std::uint32_t>(test::repeat(5, {0x80})), "integer_too_long", 5);
  expect_failure(read_signed_from<64>(test::repeat(10, {0x80})), "integer_too_long", 10);
}

// Every value of the last allowed byte: the bits that the type has no room for must be zero, or repeat the sign.
TEST(Leb128, RefusesUnusedBits) {
  for (unsigned last = 0; last < 0x80; ++last) {
    const auto byte = static_cast<std::uint8_t>(last);
    const Bytes five = test::repeat(4, {0x80}) + Bytes{byte};
    const Bytes ten = test::repeat(9, {0x80}) + Bytes{byte};

    const Read u32 = read_unsigned_from<std::uint32_t>(five);
    if (last < 0x10)
      expect_value(u32, std::int64_t{last} << 28, 5);
    else
      expect_failure(u32, "integer_too_large", 4);

    const Read u64 = read_unsigned_from<std::uint64_t>(ten);
    if (last < 0x02)
      expect_value(u64, static_cast<std::int64_t>(std::uint64_t{last} << 63), 10);
    else
      expect_failure(u64, "integer_too_large", 9);

    const std::int64_t extended = last < 0x40 ? last : std::int64_t{last} - 0x80;
    const Read s32 = read_signed_from<32>(five);
    if (last < 0x08 || last >= 0x78)
      expect_value(s32, extended * (1 << 28), 5);
    else
      expect_failure(s32, "integer_too_large", 4);

    const Read s33 = read_signed_from<33>(five);
    if (last < 0x10 || last >= 0x70)
      expect_value(s33, extended * (1 << 28), 5);
    else
      expect_failure(s33, "integer_too_large", 4);

    const Read s64 = read_signed_from<64>(ten);
    if (last == 0x00 || last == 0x7F)
      expect_value(s64, static_cast<std::int64_t>(std::uint64_t{last} << 63), 10);
    else
      expect_failure(s64, "integer_too_large", 9);
  }
}

TEST(Leb128, StopsWhereTheBytesEnd) {
  for (std::size_t size = 0; size < 5; ++size) {
    expect_failure(read_unsigned_from<std::uint32_t>(test::repeat(size, {0x80})), "unexpected_end_of_section",
                   static_cast<std::ptrdiff_t>(size));
    expect_failure(read_signed_from<32>(test::repeat(size, {0xFF})), "unexpected_end_of_section",
                   static_cast<std::ptrdiff_t>(size));
    expect_failure(read_signed_from<33>(test::repeat(size, {0xFF})), "unexpected_end_of_section",
                   static_cast<std::ptrdiff_t>(size));
  }
  for (std::size_t size = 0; size < 10; ++size) {
    expect_failure(read_unsigned_from<std::uint64_t>(test::repeat(size, {0x80})), "unexpected_end_of_section",
                   static_cast<std::ptrdiff_t>(size));
    expect_failure(read_signed_from<64>(test::repeat(size, {0xFF})), "unexpected_end_of_section",
                   static_cast<std::ptrdiff_t>(size));
  }
}

// Every input of one and two bytes, against the definition: the first byte's seven bits, then the second's above them.
TEST(Leb128, AllShortInputs) {
  for (unsigned first = 0; first < 256; ++first) {
    const Bytes one{static_cast<std::uint8_t>(first)};
    if (first < 0x80) {
      expect_value(read_unsigned_from<std::uint32_t>(one), first, 1);
      expect_value(read_signed_from<33>(one), first < 0x40 ? first : static_cast<std::int64_t>(first) - 0x80, 1);
      continue;
    }
    for (unsigned second = 0; second < 0x80; ++second) {
      const Bytes two{static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)};
      const std::int64_t number = (first - 0x80) + std::int64_t{128} * second;
      ASSERT_EQ(read_unsigned_from<std::uint32_t>(two).value, number);
      ASSERT_EQ(read_signed_from<64>(two).value, second < 0x40 ? number : number - (1 << 14));
    }
  }
}

// --- Eight bytes at once --------------------------------------------------------------------------------------------------

// Everything that a word says of a number is what the readers say of it.
void expect_as_read(const Bytes& number) {
  Bytes bytes = number;
  bytes.resize(bytes.size() + LebWord::read_at_once, 0xFF);  // what follows does not matter
  const LebWord word(bytes.data());
  const Read wide = read_unsigned_from<std::uint64_t>(bytes);
  const Read wide_signed = read_signed_from<64>(bytes);
  const Read narrow = read_unsigned_from<std::uint32_t>(bytes);
  const Read narrow_signed = read_signed_from<32>(bytes);
  EXPECT_EQ(word.is_whole(), number.size() <= 8);
  EXPECT_EQ(word.is_short(), number.size() <= 4);
  EXPECT_EQ(word.is_signed_32(), narrow_signed.value.has_value());
  if (!word.is_whole()) return;
  EXPECT_EQ(word.size(), number.size());
  EXPECT_EQ(wide.size, number.size());
  EXPECT_EQ(wide_signed.size, number.size());
  if (!word.is_short()) return;
  expect_value(narrow, word.value(), word.size());
  EXPECT_EQ(narrow_signed.size, word.size());
}

TEST(LebWord, SaysWhatTheReadersSay) {
  for (std::size_t size = 1; size <= 10; ++size) {
    for (unsigned last = 0; last < 0x80; ++last) {
      for (const std::uint8_t before : Bytes{0x80, 0xFF, 0xA5}) {
        Bytes number(size, before);
        number.back() = static_cast<std::uint8_t>(last);
        SCOPED_TRACE(testing::Message() << size << " bytes, last " << last);
        expect_as_read(number);
      }
    }
  }
}

TEST(ReadThree, SaysWhatTheReaderSays) {
  for (std::size_t size = 1; size <= 4; ++size) {
    for (unsigned last = 0; last < 0x80; ++last) {
      for (const std::uint8_t before : Bytes{0x80, 0xFF, 0xA5}) {
        Bytes number(size, before);
        number.back() = static_cast<std::uint8_t>(last);
        const Read read = read_unsigned_from<std::uint32_t>(number);
        number.resize(3 + size, 0xFF);
        std::uint32_t value = 0;
        EXPECT_EQ(read_three(number.data(), value), size <= 3 ? size : 0);
        if (size <= 3) expect_value(read, value, size);
      }
    }
  }
}

TEST(LebWord, PutsTheBytesTogether) {
  EXPECT_EQ(LebWord(Bytes{0x05, 1, 1, 1, 1, 1, 1, 1}.data()).value(), 5u);
  EXPECT_EQ(LebWord(Bytes{0x85, 0x01, 1, 1, 1, 1, 1, 1}.data()).value(), 5u + (1u << 7));
  EXPECT_EQ(LebWord(Bytes{0x85, 0x82, 0x03, 1, 1, 1, 1, 1}.data()).value(), 5u + (2u << 7) + (3u << 14));
  EXPECT_EQ(LebWord(Bytes{0xFF, 0xFF, 0xFF, 0x7F, 1, 1, 1, 1}.data()).value(), 0xFFF'FFFFu);
}

}  // namespace
}  // namespace plimsoll
