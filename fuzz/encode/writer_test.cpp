// Numbers as the Writer writes them, read back by the loader.
#include "encode/writer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "bytes/leb128.hpp"

namespace plimsoll::fuzz {
namespace {

const std::uint8_t* bytes_of(const Writer& out) { return reinterpret_cast<const std::uint8_t*>(out.view().data()); }

template <unsigned bits, class Write>
void expect_unsigned(std::uint64_t value, std::size_t most, Write write) {
  for (unsigned extra = 0; extra < 12; ++extra) {
    Writer shortest;
    write(shortest, value);
    Writer out({extra, Features::all()});
    write(out, value);
    EXPECT_EQ(out.size(), std::min(shortest.size() + extra, most)) << value << ", " << extra << " more";
    std::uint64_t read = 0;
    LebFailure failure;
    const std::uint8_t* end =
        read_unsigned<std::uint64_t, bits>(bytes_of(out), bytes_of(out) + out.size(), read, failure);
    ASSERT_EQ(end, bytes_of(out) + out.size()) << value << ", " << extra << " more";
    EXPECT_EQ(read, value);
  }
}

template <unsigned bits, class Write>
void expect_signed(std::int64_t value, std::size_t most, Write write) {
  for (unsigned extra = 0; extra < 12; ++extra) {
    Writer shortest;
    write(shortest, value);
    Writer out({extra, Features::all()});
    write(out, value);
    EXPECT_EQ(out.size(), std::min(shortest.size() + extra, most)) << value << ", " << extra << " more";
    std::int64_t read = 0;
    LebFailure failure;
    const std::uint8_t* end = read_signed<bits>(bytes_of(out), bytes_of(out) + out.size(), read, failure);
    ASSERT_EQ(end, bytes_of(out) + out.size()) << value << ", " << extra << " more";
    EXPECT_EQ(read, value);
  }
}

TEST(Writer, WritesNumbersThatTheLoaderReads) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t delta : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
      const std::uint64_t value = (std::uint64_t{1} << bit) + delta;
      expect_unsigned<64>(value, 10, [](Writer& out, std::uint64_t number) { out.u64(number); });
      if (value <= std::numeric_limits<std::uint32_t>::max()) {
        expect_unsigned<32>(value, 5,
                            [](Writer& out, std::uint64_t number) { out.u32(static_cast<std::uint32_t>(number)); });
      }
      for (const auto number : {static_cast<std::int64_t>(value), static_cast<std::int64_t>(~value)}) {
        expect_signed<64>(number, 10, [](Writer& out, std::int64_t n) { out.s64(n); });
        if (number >= -(std::int64_t{1} << 32) && number < std::int64_t{1} << 32)
          expect_signed<33>(number, 5, [](Writer& out, std::int64_t n) { out.s33(n); });
        if (number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max())
          expect_signed<32>(number, 5, [](Writer& out, std::int64_t n) { out.s32(static_cast<std::int32_t>(n)); });
      }
    }
  }
}

TEST(Writer, WritesNoMoreThan32BitsBeforeMemory64) {
  Writer out({9, Features::all().remove(Feature::memory64)});
  out.u64(1);
  EXPECT_EQ(out.size(), 5U);
}

TEST(Writer, PutsTheSizeBeforeWhatIsSized) {
  Writer out;
  out.sized([&] {
    out.byte(7);
    out.sized([&] { out.raw(Bytes(200)); });
  });
  ASSERT_EQ(out.size(), 2U + 1 + 2 + 200);
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(out.view()[i]); };
  EXPECT_EQ(at(0), 0xCBU);
  EXPECT_EQ(at(1), 1U);
  EXPECT_EQ(at(2), 7U);
  EXPECT_EQ(at(3), 0xC8U);
  EXPECT_EQ(at(4), 1U);
}

}  // namespace
}  // namespace plimsoll::fuzz
