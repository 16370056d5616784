// The same stack has the same number, another one another, and nobody's stack is taken for somebody else's.
#include "ledger/stacks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

using test_support::keep;
using test_support::record;

// A hook as the ledger's are: knows its caller.
const void* called_from = nullptr;

[[gnu::noinline]] std::uint32_t hook(Stacks& stacks) {
  const CallSite site = CallSite::here();
  called_from = site.return_address;
  return stacks.capture(site);
}

[[gnu::noinline]] std::uint32_t by_one_way(Stacks& stacks) {
  const std::uint32_t stack = hook(stacks);
  asm volatile("");  // no tail call
  return stack;
}

[[gnu::noinline]] std::uint32_t by_another(Stacks& stacks) {
  const std::uint32_t stack = hook(stacks);
  asm volatile("" ::: "memory");
  return stack;
}

[[gnu::noinline]] std::uint32_t deep(Stacks& stacks, int depth) {
  const std::uint32_t stack = depth == 0 ? by_one_way(stacks) : deep(stacks, depth - 1);
  asm volatile("");
  return stack;
}

// Two callers whose frames are alike, so that the hook's return address stands at the same place for both.
[[gnu::noinline]] std::uint32_t from_here(Stacks& stacks) {
  const std::uint32_t stack = by_one_way(stacks);
  asm volatile("# here");
  return stack;
}

[[gnu::noinline]] std::uint32_t from_there(Stacks& stacks) {
  const std::uint32_t stack = by_one_way(stacks);
  asm volatile("# there");
  return stack;
}

class StacksTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(stacks.begin()); }
  Stacks stacks;
};

TEST_F(StacksTest, TheSamePathIsTheSameStack) {
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(by_one_way(stacks));
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_FALSE(seen.contains(Stacks::none));
  EXPECT_EQ(stacks.size(), 1u);
}

TEST_F(StacksTest, EachPathIsAStackOfItsOwn) {
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 3; ++i) {
    seen.insert(by_one_way(stacks));
    seen.insert(by_another(stacks));
    for (int depth = 0; depth < 8; ++depth) seen.insert(deep(stacks, depth));
  }
  EXPECT_EQ(seen.size(), stacks.size());
  EXPECT_GE(seen.size(), 10u);
}

TEST_F(StacksTest, AStackIsNotTakenForOneThatStoodAtTheSamePlace) {
  std::uint32_t (*const callers[])(Stacks&) = {from_here, from_there};
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 10; ++i) seen.insert(callers[i % 2](stacks));
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ(stacks.size(), 2u);
}

TEST_F(StacksTest, BeginsAtTheHooksCaller) {
  const std::uint32_t a = deep(stacks, 2);
  const std::uint32_t b = deep(stacks, 3);
  const auto inner = stacks.frames(a);
  const auto outer = stacks.frames(b);
  ASSERT_GE(inner.size(), 4u);
  EXPECT_EQ(inner[0], std::bit_cast<std::uintptr_t>(called_from));
  EXPECT_EQ(inner[0], outer[0]);  // both in by_one_way, behind the call of the hook
  EXPECT_LE(inner.size(), Stacks::most_frames);
}

TEST_F(StacksTest, IsCutAtItsOutermostFrames) {
  const std::uint32_t stack = deep(stacks, 100);
  EXPECT_EQ(stacks.frames(stack).size(), Stacks::most_frames);
  EXPECT_EQ(deep(stacks, 100), stack);
}

TEST_F(StacksTest, ThreadsShareNumbers) {
  std::vector<std::uint32_t> seen(4);
  std::vector<std::thread> threads;
  for (std::uint32_t& stack : seen) threads.emplace_back([&] { stack = deep(stacks, 3); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(std::ranges::all_of(seen, [&](std::uint32_t stack) { return stack == seen[0]; }));
}

TEST_F(StacksTest, ClearedItCapturesNothing) {
  stacks.clear();
  EXPECT_EQ(by_one_way(stacks), Stacks::none);
}

std::uint64_t charged(const Report& report, Detector detector) {
  std::uint64_t sum = 0;
  for (const Culprit& culprit : report.culprits) sum += culprit.detector == detector ? culprit.bytes : 0;
  return sum;
}

TEST(Culprits, AreChargedWithWhatTheirDetectorFound) {
  const auto module = test_support::pseudo_random(200'000);
  const auto input = ClockedInput::create(module);
  std::vector<std::byte> kept;
  Recording recording;
  recording.begin(input.value(), Recording::full()).value();
  static_cast<void>(*static_cast<const volatile std::byte*>(input->bytes().data()));
  const auto in_between = std::make_unique<std::byte[]>(1000);
  keep(in_between.get());
  const std::vector<std::byte> copy(input->bytes().begin(), input->bytes().end());
  kept = copy;
  {
    const std::vector<std::byte> second(copy);
    keep(const_cast<std::byte*>(second.data()));
  }
  const Report report = recording.end().value();
  EXPECT_EQ(charged(report, Detector::counts), report.total);
  EXPECT_EQ(charged(report, Detector::leak), report.retained);
  EXPECT_EQ(charged(report, Detector::raw_copies), report.copied_block_bytes);
  EXPECT_EQ(charged(report, Detector::twins), report.twin_bytes);
  EXPECT_EQ(charged(report, Detector::input_clock), report.after);
  EXPECT_EQ(report.after, 400'000u);
  EXPECT_EQ(report.total / 10'000, 60u);
  EXPECT_EQ(report.retained / 10'000, 40u);
}

TEST(Culprits, TheLargestAllocatorsComeFirst) {
  std::vector<void*> blocks;
  const Report report = record({}, {.raw_copies = false, .stacks = true}, [&] {
    for (int i = 0; i < 10; ++i) blocks.push_back(keep(::operator new(100)));
    blocks.push_back(keep(::operator new(5000)));
  });
  for (void* block : blocks) ::operator delete(block);
  std::vector<Culprit> counts;
  std::ranges::copy_if(report.culprits, std::back_inserter(counts),
                       [](const Culprit& culprit) { return culprit.detector == Detector::counts; });
  ASSERT_GE(counts.size(), 2u);
  EXPECT_EQ(counts[0].bytes, 5000u);
  EXPECT_EQ(counts[0].blocks, 1u);
  std::uint64_t sum = 0;
  for (const Culprit& culprit : counts) sum += culprit.bytes;
  EXPECT_EQ(sum, report.total);
}

}  // namespace
}  // namespace plimsoll::regress
