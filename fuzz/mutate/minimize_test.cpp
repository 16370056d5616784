// Cutting modules down, and what is no module.
#include "mutate/minimize.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "mutate/testing.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::fuzz {
namespace {

bool has_drop_of_f32(std::span<const std::byte> module) {
  const LoadResult loaded = load(BorrowedBytes(module));
  return !loaded && loaded.error().code == ErrorCode::type_mismatch;
}

TEST(Minimize, LeavesOnlyWhatIsNeeded) {
  // Function 2 of three has an i32.add of an f32, with other code around it; types, a memory, exports and a custom section beside it.
  const Bytes module = bytes_of(
      "00 { {\"name\"} 01 02 03 }"
      "01 { leb(3) 60 00 00  60 01 7f 01 7f  60 02 7e 7e 00 }"
      "03 { leb(3) 02 01 00 }"
      "05 { leb(1) 00 01 }"
      "07 { leb(2) {\"a\"} 00 00 {\"b\"} 00 01 }"
      "0a { leb(3) {00 01 01 0b} {00 20 00 0b} {01 02 7f 02 40 01 0b 41 05 43 00000000 6a 1a 01 10 00 0b} }");
  ASSERT_TRUE(has_drop_of_f32(module));
  const Bytes smallest = minimize(module, has_drop_of_f32);
  EXPECT_TRUE(has_drop_of_f32(smallest));
  EXPECT_LE(smallest.size(), 27U) << hex(smallest);
}

TEST(Minimize, CutsWhatIsNoModule) {
  Bytes junk(300, std::byte{0x55});
  junk[200] = std::byte{0x66};
  const Bytes smallest = minimize(
      junk, [](std::span<const std::byte> bytes) { return std::ranges::find(bytes, std::byte{0x66}) != bytes.end(); });
  EXPECT_EQ(hex(smallest), "66");
}

TEST(Minimize, AsksNoMoreThanItMay) {
  std::size_t questions = 0;
  const auto count = [&](std::span<const std::byte>) { return ++questions < 3; };
  const Bytes smaller = minimize(Bytes(1'000, std::byte{1}), count, 5);
  EXPECT_EQ(questions, 5U);
  EXPECT_LT(smaller.size(), 1'000U);
}

}  // namespace
}  // namespace plimsoll::fuzz
