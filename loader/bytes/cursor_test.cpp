// Cursor: reading a module front to back, and the first failure, which sticks.
#include "bytes/cursor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;

// Bytes in a block of just the right size, so that a sanitizer sees a read past the end, and a cursor over them.
struct Input {
  explicit Input(const Bytes& bytes) : block(std::make_unique<std::uint8_t[]>(bytes.size())), size(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), block.get());
  }
  [[nodiscard]] Cursor cursor() const { return {block.get(), block.get(), block.get() + size}; }
  // Over [from, to).
  [[nodiscard]] Cursor cursor(std::size_t from, std::size_t to) const {
    return {block.get(), block.get() + from, block.get() + to};
  }
  std::unique_ptr<std::uint8_t[]> block;
  std::size_t size;
};

void expect_failed(const Cursor& cursor, ErrorCode code, std::uint32_t offset) {
  EXPECT_FALSE(cursor.ok());
  EXPECT_EQ(name(cursor.error().code), name(code));
  EXPECT_EQ(cursor.error().offset, offset);
}

TEST(Cursor, ReadsInOrder) {
  const Input input(Bytes{0x2A} + test::leb(300) + test::leb(~std::uint64_t{0}) + test::sleb(-5) +
                    test::sleb(-(1LL << 32)) + test::sleb(-(1LL << 60)) + test::fixed(0x0123'4567'89AB'CDEF, 8) +
                    test::fixed(0xDDCC'BBAA, 4) + test::text("tail"));
  Cursor cursor = input.cursor();
  EXPECT_EQ(cursor.peek(), 0x2A);
  EXPECT_EQ(cursor.offset(), 0u);
  EXPECT_EQ(cursor.byte(), 0x2A);
  EXPECT_EQ(cursor.offset(), 1u);
  EXPECT_EQ(cursor.u32(), 300u);
  EXPECT_EQ(cursor.u64(), ~std::uint64_t{0});
  EXPECT_EQ(cursor.s32(), -5);
  EXPECT_EQ(cursor.s33(), -(1LL << 32));
  EXPECT_EQ(cursor.s64(), -(1LL << 60));
  EXPECT_EQ(cursor.fixed(8), 0x0123'4567'89AB'CDEFu);
  EXPECT_EQ(cursor.fixed(4), 0xDDCC'BBAAu);
  EXPECT_EQ(cursor.remaining(), 4u);
  EXPECT_FALSE(cursor.at_end());
  const std::span<const std::uint8_t> tail = cursor.take(4);
  EXPECT_EQ(std::string(tail.begin(), tail.end()), "tail");
  EXPECT_TRUE(cursor.at_end());
  EXPECT_EQ(cursor.offset(), cursor.end_offset());
  EXPECT_TRUE(cursor.take(0).empty());
  EXPECT_TRUE(cursor.ok());
}

TEST(Cursor, OffsetsCountFromTheBase) {
  const Input input(test::repeat(10, {0x01}));
  Cursor cursor = input.cursor(4, 6);
  EXPECT_EQ(cursor.offset(), 4u);
  EXPECT_EQ(cursor.end_offset(), 6u);
  EXPECT_EQ(cursor.remaining(), 2u);
  cursor.byte();
  cursor.byte();
  cursor.byte();
  expect_failed(cursor, ErrorCode::unexpected_end_of_section, 6);
}

// Every kind of read, at every place where the bytes may end.
TEST(Cursor, EveryReadFailsWhereTheBytesEnd) {
  const auto fails = [](auto read, std::size_t needed, std::uint8_t filler, bool at_the_end) {
    for (std::size_t size = 0; size < needed; ++size) {
      const Input input(test::repeat(size, {filler}));
      Cursor cursor = input.cursor();
      read(cursor);
      expect_failed(cursor, ErrorCode::unexpected_end_of_section, static_cast<std::uint32_t>(size));
      Cursor other = input.cursor();
      other.set_end_code(ErrorCode::unexpected_end);
      read(other);
      expect_failed(other, ErrorCode::unexpected_end, static_cast<std::uint32_t>(size));
      if (at_the_end) {
        EXPECT_EQ(cursor.remaining(), 0u);
      }
    }
  };
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.byte(), 0); }, 1, 0, true);
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.u32(), 0u); }, 5, 0x80, true);
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.u64(), 0u); }, 10, 0x80, true);
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.s32(), 0); }, 5, 0x80, true);
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.s33(), 0); }, 5, 0x80, true);
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.s64(), 0); }, 10, 0x80, true);
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.fixed(4), 0u); }, 4, 1, true);
  fails([](Cursor& cursor) { EXPECT_EQ(cursor.fixed(8), 0u); }, 8, 1, true);
  fails([](Cursor& cursor) { EXPECT_TRUE(cursor.take(16).empty()); }, 16, 1, true);
  EXPECT_EQ(Input({}).cursor().peek(), 0);
}

TEST(Cursor, TheFirstFailureSticks) {
  const Input input(test::repeat(40, {0x01}));
  Cursor cursor = input.cursor();
  cursor.byte();
  cursor.byte();
  EXPECT_FALSE(cursor.fail(ErrorCode::bad_magic, 1));
  const auto nothing_moves = [&] {
    expect_failed(cursor, ErrorCode::bad_magic, 1);
    EXPECT_EQ(cursor.offset(), 2u);
    EXPECT_TRUE(cursor.at_end());
    EXPECT_EQ(cursor.remaining(), 0u);
  };
  nothing_moves();
  EXPECT_EQ(cursor.byte(), 0);
  EXPECT_EQ(cursor.peek(), 0);
  EXPECT_EQ(cursor.u32(), 0u);
  EXPECT_EQ(cursor.u64(), 0u);
  EXPECT_EQ(cursor.s32(), 0);
  EXPECT_EQ(cursor.s33(), 0);
  EXPECT_EQ(cursor.s64(), 0);
  EXPECT_EQ(cursor.fixed(8), 0u);
  EXPECT_TRUE(cursor.take(1).empty());
  EXPECT_EQ(cursor.length(), 0u);
  EXPECT_TRUE(cursor.name().empty());
  nothing_moves();
  EXPECT_FALSE(cursor.fail(ErrorCode::bad_utf8, 0));
  EXPECT_FALSE(cursor.fail_feature(Feature::gc, 0));
  EXPECT_FALSE(cursor.fail_index(ErrorCode::unknown_type, 0, 3, 2));
  EXPECT_FALSE(cursor.fail_count(ErrorCode::limit_count, 0, 3, 2));
  nothing_moves();
}

TEST(Cursor, FailuresCarryWhatTheyWereTold) {
  const Input input({0x01});
  Cursor index = input.cursor();
  EXPECT_FALSE(index.fail_index(ErrorCode::unknown_type, 7, 9, 4));
  EXPECT_EQ(index.error().detail, ErrorDetail::index);
  EXPECT_EQ(index.error().found, 9u);
  EXPECT_EQ(index.error().expected, 4u);
  EXPECT_EQ(index.error().offset, 7u);
  Cursor count = input.cursor();
  EXPECT_FALSE(count.fail_count(ErrorCode::limit_count, 8, 11, 10));
  EXPECT_EQ(count.error().detail, ErrorDetail::count);
  EXPECT_EQ(count.error().found, 11u);
  EXPECT_EQ(count.error().expected, 10u);
  Cursor feature = input.cursor();
  EXPECT_FALSE(feature.fail_feature(Feature::simd, 3));
  EXPECT_EQ(name(feature.error().code), "feature_required");
  EXPECT_EQ(feature.error().feature, Feature::simd);
  EXPECT_EQ(feature.error().offset, 3u);
}

TEST(Cursor, NumbersAreReadStrictly) {
  const auto failure = [](const Bytes& bytes, auto read) {
    const Input input(Bytes{0x00} + bytes);
    Cursor cursor = input.cursor(1, bytes.size() + 1);
    read(cursor);
    EXPECT_FALSE(cursor.ok());
    return std::string(name(cursor.error().code)) + "@" + std::to_string(cursor.error().offset);
  };
  const auto u32 = [](Cursor& cursor) { EXPECT_EQ(cursor.u32(), 0u); };
  const auto s33 = [](Cursor& cursor) { EXPECT_EQ(cursor.s33(), 0); };
  EXPECT_EQ(failure(test::repeat(5, {0x80}) + Bytes{0x00}, u32), "integer_too_long@6");
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x10}, u32), "integer_too_large@5");
  EXPECT_EQ(failure(test::repeat(5, {0x80}) + Bytes{0x00}, s33), "integer_too_long@6");
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x10}, s33), "integer_too_large@5");
}

TEST(Cursor, ALengthMustFitIntoWhatIsLeft) {
  const Input input(test::leb(3) + test::text("abc"));
  Cursor fits = input.cursor();
  EXPECT_EQ(fits.length(), 3u);
  EXPECT_TRUE(fits.ok());
  Cursor short_by_one = input.cursor(0, 3);
  EXPECT_EQ(short_by_one.length(), 0u);
  expect_failed(short_by_one, ErrorCode::length_out_of_bounds, 0);
  EXPECT_EQ(short_by_one.error().found, 3u);
  EXPECT_EQ(short_by_one.error().expected, 2u);
  const Input largest(test::leb(0xFFFF'FFFF));
  Cursor lies = largest.cursor();
  EXPECT_EQ(lies.length(), 0u);
  expect_failed(lies, ErrorCode::length_out_of_bounds, 0);
}

TEST(Cursor, NamesAreUtf8) {
  const Input input(test::name("") + test::name("na\xC3\xAFve") + test::name("a\xC3"));
  Cursor cursor = input.cursor();
  EXPECT_TRUE(cursor.name().empty());
  EXPECT_TRUE(cursor.ok());
  const std::span<const std::uint8_t> good = cursor.name();
  EXPECT_EQ(std::string(good.begin(), good.end()), "na\xC3\xAFve");
  EXPECT_TRUE(cursor.ok());
  EXPECT_TRUE(cursor.name().empty());
  expect_failed(cursor, ErrorCode::bad_utf8, 10);  // the sequence that is cut off
  const Input too_long(test::leb(5) + test::text("abc"));
  Cursor cut = too_long.cursor();
  EXPECT_TRUE(cut.name().empty());
  expect_failed(cut, ErrorCode::length_out_of_bounds, 0);
}

TEST(Cursor, SeeksAndCopiesAreIndependent) {
  const Input input({1, 2, 3, 4});
  Cursor cursor = input.cursor();
  Cursor ahead = cursor;
  ahead.take(3);
  EXPECT_EQ(cursor.offset(), 0u);
  cursor.seek(ahead.position());
  EXPECT_EQ(cursor.byte(), 4);
  ahead.fail(ErrorCode::bad_magic, 0);
  EXPECT_TRUE(cursor.ok());
}

}  // namespace
}  // namespace plimsoll
