// The functions behind a figure that is too high.
#include "gate/culprits.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "gate/gate_test_support.hpp"
#include "ledger/recording.hpp"

namespace plimsoll::blamed {

// Hides from the compiler what becomes of a block.
template <typename T>
T* keep(T* pointer) noexcept {
  asm volatile("" : "+r"(pointer) : : "memory");
  return pointer;
}

[[gnu::noinline]] std::unique_ptr<char[]> allocates_much() { return std::unique_ptr<char[]>(keep(new char[100'000])); }
[[gnu::noinline]] std::unique_ptr<char[]> makes_a_copy() { return std::unique_ptr<char[]>(keep(new char[4'096])); }

}  // namespace plimsoll::blamed

namespace plimsoll::regress::gate {
namespace {

using namespace test_support;

Report two_allocations() {
  Recording recording;
  recording.begin({}, {.raw_copies = false, .stacks = true}).value();
  const auto much = blamed::allocates_much();
  const auto copy = blamed::makes_a_copy();
  return recording.end().value();
}

Result raised(std::vector<Change> changes) {
  return {.name = "a", .status = Status::worse, .pin = {}, .now = {}, .changes = std::move(changes), .remarks = {}};
}

TEST(Culprits, AreNamedLargestFirst) {
  const auto lines = culprits(two_allocations(), Detector::counts, 10);
  ASSERT_GE(lines.size(), 2U);
  EXPECT_TRUE(lines[0].starts_with("100,000 bytes in 1 block: plimsoll::blamed::allocates_much()")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with("4,096 bytes in 1 block: plimsoll::blamed::makes_a_copy()")) << lines[1];
  EXPECT_EQ(culprits(two_allocations(), Detector::counts, 1).size(), 1U);
  EXPECT_TRUE(culprits(Report{}, Detector::counts, 1).empty());
}

TEST(Culprits, WhoAllocatesTheDifferenceIsBlamed) {
  const auto lines = blame(two_allocations(), raised({{Column::allocations, 1, 2}, {Column::total, 100'000, 104'096}}));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(
      lines[0].starts_with("exactly what is too much: 4,096 bytes in 1 block: plimsoll::blamed::makes_a_copy()"))
      << lines[0];
}

TEST(Culprits, IfNobodyDoesTheLargestAreTold) {
  const auto lines = blame(two_allocations(), raised({{Column::peak, 1, 2}}));
  ASSERT_GE(lines.size(), 2U);
  EXPECT_TRUE(lines[0].starts_with("allocates most: 100,000 bytes")) << lines[0];
}

TEST(Culprits, OfCopiesAreThoseWhoseBlocksHoldThem) {
  Report report = two_allocations();
  Culprit copier = report.culprits.at(1);
  copier.detector = Detector::raw_copies;
  report.culprits.push_back(copier);
  const auto lines = blame(report, raised({{Column::total, 1, 2}, {Column::copied, 0, 4'096}}));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("copies of the module: 4,096 bytes in 1 block: plimsoll::blamed::")) << lines[0];
}

}  // namespace
}  // namespace plimsoll::regress::gate
