// Everything that a load and its Module allocate comes from Options::memory, and goes back to it.
#include <gtest/gtest.h>

#include <memory_resource>

#include "ledger/ledger.hpp"
#include "ledger/mapped_array.hpp"
#include "properties/inputs.hpp"
#include "properties/recorded_load.hpp"
#include "properties/walk.hpp"

namespace plimsoll::regress::properties {
namespace {

// Loads from a buffer of its own while the whole process is watched.
class MemoryResource : public OnInputs {
 protected:
  void SetUp() override {
    OnInputs::SetUp();
    ASSERT_TRUE(buffer_.allocate(std::size_t{64} << 20));
  }

  void expect_own_memory_only(const Input& input) {
    SCOPED_TRACE(input.name);
    std::pmr::monotonic_buffer_resource arena(buffer_.data(), buffer_.size(), std::pmr::null_memory_resource());
    CountingResource resource(&arena);
    Options options;
    options.features = input.features;
    options.memory = &resource;
    const RecordedLoad own = record_load(input.bytes, options, {.raw_copies = false});
    EXPECT_EQ(own.report.allocations, 0U) << "the heap of the process was used";
    const ResourceCounts counts = resource.counts();
    EXPECT_GT(counts.allocations, 0U);
    EXPECT_LE(counts.allocations, most_allocations);
    EXPECT_EQ(counts.deallocations, counts.allocations);
    EXPECT_EQ(counts.live, 0U);
    EXPECT_EQ(counts.failures, 0U);
    EXPECT_EQ(counts.mismatches, 0U) << "given back with another size or alignment";

    // The default resource is asked for the very same.
    const RecordedLoad usual = record_load(input.bytes, input.features, {.raw_copies = false});
    EXPECT_EQ(to_string(usual.error), to_string(own.error));
    EXPECT_EQ(usual.report.allocations, counts.allocations);
    EXPECT_EQ(usual.report.total, counts.total);
    EXPECT_EQ(usual.report.peak, counts.peak);
    EXPECT_EQ(usual.report.largest, counts.largest);
  }

 private:
  MappedArray<std::byte> buffer_;
};

TEST_P(MemoryResource, ServesEveryAllocation) {
  for (const Input& input : inputs()) expect_own_memory_only(input);
}

INSTANTIATE_TEST_SUITE_P(, MemoryResource, testing::ValuesIn(all_sources), source_name);

// Two Modules from one resource do not share anything that one of them could take along.
TEST(MemoryResources, KeepOneModuleWhenAnotherGoes) {
  const std::vector<Input> corpus = inputs(Source::corpus);
  CountingResource resource;
  Options options;
  options.memory = &resource;
  std::vector<std::unique_ptr<const Module>> modules;
  for (const Input& input : corpus) {
    options.features = input.features;
    if (LoadResult result = load(BorrowedBytes(input.bytes), options)) modules.push_back(*std::move(result));
  }
  while (modules.size() > 1) {
    const std::uint64_t before = resource.counts().live;
    modules.erase(modules.begin() + static_cast<std::ptrdiff_t>(modules.size() / 2));
    EXPECT_LT(resource.counts().live, before);
    for (const auto& module : modules) EXPECT_EQ(walk(*module).problem, "");
  }
  EXPECT_GT(resource.counts().live, 0U);
  modules.clear();
  EXPECT_EQ(resource.counts().live, 0U);
  EXPECT_EQ(resource.counts().mismatches, 0U);
}

}  // namespace
}  // namespace plimsoll::regress::properties
