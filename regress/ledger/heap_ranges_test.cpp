#include "ledger/heap_ranges.hpp"

#include <gtest/gtest.h>

namespace plimsoll::regress {
namespace {

constexpr std::uintptr_t low = 0x1000'0000;
constexpr std::uintptr_t high = 0x7f00'0000'0000;

TEST(HeapRanges, HoldWhatBlocksAndTheSpaceBetweenThem) {
  HeapRanges ranges;
  EXPECT_FALSE(ranges.hold(low));
  ranges.add(low + 1000, 100);
  ranges.add(low + 5000, 100);
  ranges.add(low, 10);
  ranges.add(high, 1);
  EXPECT_TRUE(ranges.hold(low));
  EXPECT_TRUE(ranges.hold(low + 3000));
  EXPECT_TRUE(ranges.hold(low + 5100));  // one past the end
  EXPECT_FALSE(ranges.hold(low + 5101));
  EXPECT_FALSE(ranges.hold(low - 1));
  EXPECT_TRUE(ranges.hold(high + 1));
  EXPECT_FALSE(ranges.hold(high / 2));
  EXPECT_FALSE(ranges.hold(0));
}

TEST(HeapRanges, GrowToBothSides) {
  HeapRanges ranges;
  ranges.add(high, 100);
  ranges.add(high + 50, 1000);
  ranges.add(high - 1000, 500);
  EXPECT_TRUE(ranges.hold(high - 1000));
  EXPECT_TRUE(ranges.hold(high + 1050));
  EXPECT_FALSE(ranges.hold(high + 1051));
  EXPECT_FALSE(ranges.hold(high - 1001));
}

TEST(HeapRanges, ClearedTheyHoldNothing) {
  HeapRanges ranges;
  ranges.add(low, 100);
  ranges.clear();
  EXPECT_FALSE(ranges.hold(low));
}

}  // namespace
}  // namespace plimsoll::regress
