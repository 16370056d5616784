// A load copies no byte of the module, and what it allocates is little, of its own, and always the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/ledger.hpp"
#include "plimsoll/bytes.hpp"
#include "properties/inputs.hpp"
#include "properties/recorded_load.hpp"

namespace plimsoll::regress::properties {
namespace {

constexpr std::uint64_t floor_bytes = 16 * 1024;

// The rules for one module, valid or not.
void expect_no_copy(const std::string& name, std::span<const std::byte> bytes, Features features) {
  SCOPED_TRACE(name);
  const RecordedLoad first = record_load(bytes, features);
  const RecordedLoad second = record_load(bytes, features);
  const Report& report = first.report;
  ASSERT_TRUE(report.searched);
  EXPECT_EQ(report.copied_bytes, 0U);
  // A bomb may have more; what it may have is said elsewhere.
  if (!name.starts_with("bomb_")) {
    EXPECT_LT(report.largest, std::max(bytes.size() / 2, floor_bytes));
  }
  EXPECT_LE(report.peak, most_heap(bytes.size()));
  EXPECT_LE(report.allocations, most_allocations);
  EXPECT_TRUE(!first.error || first.held() == 0) << "a failed load holds " << first.held() << " bytes";
  EXPECT_EQ(report.retained, 0U);
  EXPECT_EQ(report.retained_blocks, 0U);
  EXPECT_EQ(report.mismatches, 0U);
  EXPECT_EQ(report, second.report) << "another run, other figures";
  EXPECT_EQ(to_string(first.error), to_string(second.error));
}

class NoCopy : public OnInputs {};

TEST_P(NoCopy, NothingIsCopiedOrKept) {
  for (const Input& input : inputs()) expect_no_copy(input.name, input.bytes, input.features);
}

INSTANTIATE_TEST_SUITE_P(, NoCopy, testing::ValuesIn(all_sources), source_name);

class NoCopyOfTier : public OnTier {};

TEST_P(NoCopyOfTier, NothingIsCopiedOrKept) {
  for (const auto& file : files()) {
    const auto mapped = MappedBytes::open(file.c_str());
    ASSERT_TRUE(mapped.has_value()) << file;
    expect_no_copy(file.stem().string(), mapped->view(), Features::browsers());
  }
}

INSTANTIATE_TEST_SUITE_P(, NoCopyOfTier, testing::Values('B', 'C'), tier_name);

}  // namespace
}  // namespace plimsoll::regress::properties
