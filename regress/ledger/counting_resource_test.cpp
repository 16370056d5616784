#include "ledger/counting_resource.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory_resource>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

TEST(CountingResource, CountsAllocationsTotalPeakLiveAndLargest) {
  CountingResource resource;
  void* const a = resource.allocate(100, 8);
  void* const b = resource.allocate(50, 16);
  resource.deallocate(a, 100, 8);
  void* const c = resource.allocate(30, 8);
  const ResourceCounts counts = resource.counts();
  EXPECT_EQ(counts.allocations, 3u);
  EXPECT_EQ(counts.deallocations, 1u);
  EXPECT_EQ(counts.total, 180u);
  EXPECT_EQ(counts.live, 80u);
  EXPECT_EQ(counts.peak, 150u);
  EXPECT_EQ(counts.largest, 100u);
  EXPECT_EQ(counts.failures, 0u);
  EXPECT_EQ(counts.mismatches, 0u);
  resource.deallocate(b, 50, 16);
  resource.deallocate(c, 30, 8);
  EXPECT_EQ(resource.counts().live, 0u);
}

TEST(CountingResource, TheNthAllocationFailsOnce) {
  CountingResource resource;
  resource.fail_at(2);
  void* const a = resource.allocate(1);
  EXPECT_THROW(static_cast<void>(resource.allocate(1)), std::bad_alloc);
  void* const b = resource.allocate(1);
  EXPECT_EQ(resource.counts().failures, 1u);
  EXPECT_EQ(resource.counts().allocations, 2u);
  resource.deallocate(a, 1);
  resource.deallocate(b, 1);
}

TEST(CountingResource, AnUpstreamThatFailsIsAFailure) {
  CountingResource resource(std::pmr::null_memory_resource());
  EXPECT_THROW(static_cast<void>(resource.allocate(1)), std::bad_alloc);
  EXPECT_EQ(resource.counts().failures, 1u);
  EXPECT_EQ(resource.counts().allocations, 0u);
}

TEST(CountingResource, DeallocationsMustMatch) {
  CountingResource resource;
  const auto mismatches_of = [&](std::size_t size, std::size_t alignment) {
    const auto before = resource.counts().mismatches;
    void* const block = resource.allocate(64, 8);
    resource.deallocate(block, size, alignment);
    return resource.counts().mismatches - before;
  };
  EXPECT_EQ(mismatches_of(64, 8), 0u);
  EXPECT_EQ(mismatches_of(63, 8), 1u);
  EXPECT_EQ(mismatches_of(64, 16), 1u);
  EXPECT_EQ(resource.counts().live, 0u) << "a block with a wrong size is given back with the right one";
  int not_ours = 0;
  resource.deallocate(&not_ours, sizeof not_ours, alignof(int));
  EXPECT_EQ(resource.counts().mismatches, 3u);
}

TEST(CountingResource, ResetKeepsWhatIsLive) {
  CountingResource resource;
  void* const a = resource.allocate(10);
  resource.reset_counts();
  EXPECT_EQ(resource.counts(), (ResourceCounts{.live = 10, .peak = 10}));
  resource.deallocate(a, 10);
  EXPECT_EQ(resource.counts().live, 0u);
  EXPECT_EQ(resource.counts().mismatches, 0u);
}

// The standard's arenas never give the same address twice; a simple one may.
TEST(CountingResource, BlocksOfNoBytesFromAnArenaAreToldApart) {
  class Bump : public std::pmr::memory_resource {
    void* do_allocate(std::size_t bytes, std::size_t) override { return std::exchange(next_, next_ + bytes); }
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
    std::array<std::byte, 256> memory_{};
    std::byte* next_ = memory_.data();
  };
  Bump arena;
  CountingResource resource(&arena);
  void* const nothing = resource.allocate(0, 1);
  void* const something = resource.allocate(8, 1);
  resource.deallocate(something, 8, 1);
  resource.deallocate(nothing, 0, 1);
  EXPECT_EQ(resource.counts().mismatches, 0u);
  EXPECT_EQ(resource.counts().total, 8u);
}

TEST(CountingResource, ThreadsAddUp) {
  CountingResource resource;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&resource] {
      for (std::size_t i = 0; i < 5000; ++i) resource.deallocate(resource.allocate(i % 100 + 1), i % 100 + 1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(resource.counts().allocations, 20000u);
  EXPECT_EQ(resource.counts().live, 0u);
  EXPECT_EQ(resource.counts().mismatches, 0u);
}

TEST(CountingResource, ItsOwnBooksAreNotInTheHeap) {
  CountingResource resource(std::pmr::null_memory_resource());
  std::array<std::byte, 65536> memory;
  std::pmr::monotonic_buffer_resource arena(memory.data(), memory.size(), std::pmr::null_memory_resource());
  CountingResource counting(&arena);
  const Report report = test_support::count([&] {
    for (int i = 0; i < 10000; ++i) test_support::keep(counting.allocate(1, 1));
  });
  EXPECT_EQ(counting.counts().allocations, 10000u);
  EXPECT_EQ(report.allocations, 0u);
}

}  // namespace
}  // namespace plimsoll::regress
