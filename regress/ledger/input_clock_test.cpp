// D4: what is allocated is stamped with how far the input was read, and reading is not disturbed.
#include "ledger/input_clock.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

using test_support::keep;
using test_support::pseudo_random;

constexpr std::size_t page = 4096;
constexpr std::size_t pages = 40;

// Reads every byte, whatever becomes of the result.
std::uint64_t sum(std::span<const std::byte> bytes) {
  const volatile std::byte* const first = bytes.data();
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    result += std::to_integer<std::uint64_t>(static_cast<std::byte>(first[i]));
  return result;
}

template <typename Load>
Report clocked(std::span<const std::byte> module, Load load) {
  const auto input = ClockedInput::create(module);
  Recording recording;
  recording.begin(input.value(), Recording::fast()).value();
  load(input->bytes());
  return recording.end().value();
}

TEST(InputClock, TheBytesAreTheModules) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, page - 1, page, page + 1, pages * page + 17}) {
    const auto module = pseudo_random(size);
    std::uint64_t seen = 0;
    const Report report = clocked(module, [&](auto bytes) {
      EXPECT_EQ(bytes.size(), size);
      seen = sum(bytes);
    });
    EXPECT_EQ(seen, sum(module));
    EXPECT_TRUE(report.clocked);
    EXPECT_EQ(report.pages, (size + page - 1) / page);
    EXPECT_EQ(report.pages_touched, report.pages);
    EXPECT_EQ(report.touches, report.pages);
  }
}

TEST(InputClock, OnlyWhatIsReadIsCounted) {
  const auto module = pseudo_random(pages * page);
  const Report report = clocked(module, [](auto bytes) { sum(bytes.subspan(3 * page, 5 * page)); });
  EXPECT_EQ(report.pages_touched, 5u);
}

TEST(InputClock, AllocatingWhileReadingLeavesNothingAfter) {
  const auto module = pseudo_random(pages * page);
  std::vector<std::unique_ptr<std::byte[]>> kept(pages);
  const Report report = clocked(module, [&](auto bytes) {
    for (std::size_t i = 0; i < pages; ++i) {
      kept[i] = std::make_unique<std::byte[]>(1000);
      sum(bytes.subspan(i * page, page));
    }
  });
  EXPECT_EQ(report.after, 0u);
  EXPECT_EQ(report.burst, 1000u);
  EXPECT_EQ(report.live_at_last_touch, pages * 1000u);
}

TEST(InputClock, AllocatingAfterReadingIsAfter) {
  const auto module = pseudo_random(pages * page);
  std::unique_ptr<std::byte[]> kept;
  const Report report = clocked(module, [&](auto bytes) {
    sum(bytes);
    kept = std::make_unique<std::byte[]>(123'456);
    sum(bytes);  // pages that were read before do not move the clock
  });
  EXPECT_EQ(report.after, 123'456u);
  EXPECT_EQ(report.pages_touched, pages);
  EXPECT_EQ(report.touches, 2 * pages);
}

TEST(InputClock, WhatIsAllocatedBeforeTheFirstPageIsNeitherAfterNorABurst) {
  const auto module = pseudo_random(pages * page);
  std::unique_ptr<std::byte[]> kept;
  const auto allocate = [&](auto) { kept = std::make_unique<std::byte[]>(123'456); };
  const Report unread = clocked(module, allocate);
  EXPECT_EQ(unread.after, 0u);
  EXPECT_EQ(unread.burst, 0u);
  const Report read = clocked(module, [&](auto bytes) {
    allocate(bytes);
    sum(bytes);
  });
  EXPECT_EQ(read.after, 0u);
  EXPECT_EQ(read.burst, 0u);
}

TEST(InputClock, CopyingAndThenReadingOnePageMoreIsABurst) {
  const auto module = pseudo_random(pages * page);
  std::unique_ptr<std::byte[]> kept;
  const Report report = clocked(module, [&](auto bytes) {
    sum(bytes.first((pages - 1) * page));
    kept = std::make_unique<std::byte[]>(5000);
    sum(bytes);
  });
  EXPECT_EQ(report.after, 0u);
  EXPECT_EQ(report.burst, 5000u);
  EXPECT_EQ(report.burst_tick, pages - 1);
}

TEST(InputClock, AnInputOfManyMegabytesHasPagesOfManyKilobytes) {
  const std::vector<std::byte> module(std::size_t{9} << 20, std::byte{1});
  const Report report = clocked(module, [](auto bytes) { EXPECT_EQ(sum(bytes), std::size_t{9} << 20); });
  EXPECT_LE(report.pages, InputClock::most_pages);
  EXPECT_EQ(report.pages_touched, report.pages);
  EXPECT_EQ(report.page_bytes * report.pages,
            ((std::size_t{9} << 20) + report.page_bytes - 1) / report.page_bytes * report.page_bytes);
}

TEST(InputClock, ALoaderThatWritesIntoItsInputIsSeen) {
  const auto module = pseudo_random(pages * page);
  const Report report = clocked(module, [](auto bytes) {
    auto* const writable = const_cast<std::byte*>(bytes.data());
    writable[2 * page] = std::byte{1};  // not read before
    sum(bytes.subspan(5 * page, 1));
    *keep(writable + 5 * page) = std::byte{2};  // read before
    EXPECT_EQ(bytes[2 * page], std::byte{1});
    EXPECT_EQ(bytes[5 * page], std::byte{2});
  });
  EXPECT_EQ(report.pages_written, 2u);
}

TEST(InputClock, ManyThreadsReadTheWholeOfIt) {
  const auto module = pseudo_random(pages * page);
  const std::uint64_t expected = sum(module);
  const Report report = clocked(module, [&](auto bytes) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(sum(bytes), expected); });
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(report.pages_touched, pages);
}

TEST(InputClock, TheInputCanBeReadAndWrittenWhenAllIsOver) {
  const auto module = pseudo_random(pages * page);
  const auto input = ClockedInput::create(module);
  {
    Recording recording;
    ASSERT_TRUE(recording.begin(input.value(), Recording::fast()));
  }
  EXPECT_EQ(sum(input->bytes()), sum(module));
  *keep(const_cast<std::byte*>(input->bytes().data())) = std::byte{0};
}

// kill and raise: no fault, so nothing raises it again.
TEST(InputClock, ASegmentationFaultThatIsSentIsFatal) {
  const auto module = pseudo_random(pages * page);
  EXPECT_DEATH(
      {
        const auto input = ClockedInput::create(module);
        Recording recording;
        static_cast<void>(recording.begin(input.value(), Recording::fast()));
        ::raise(SIGSEGV);
        ::_exit(0);
      },
      "");
}

TEST(InputClock, WhatCannotBeClosedStaysAsItWas) {
  auto* const memory =
      static_cast<std::byte*>(::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  ::munmap(memory + page, page);
  struct sigaction before = {};
  struct sigaction after = {};
  ::sigaction(SIGSEGV, nullptr, &before);
  InputClock clock;
  EXPECT_FALSE(clock.arm({memory, 2 * page}, true, nullptr));
  ::sigaction(SIGSEGV, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  *keep(memory) = std::byte{1};
  ::munmap(memory, page);
}

TEST(InputClock, AFaultElsewhereIsStillFatal) {
  const auto module = pseudo_random(pages * page);
  EXPECT_DEATH(
      {
        const auto input = ClockedInput::create(module);
        Recording recording;
        static_cast<void>(recording.begin(input.value(), Recording::fast()));
        void* const closed = ::mmap(nullptr, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        *keep(static_cast<volatile char*>(closed)) = 1;
      },
      "");
}

TEST(InputClock, AHandlerThatWasThereBeforeGetsTheOthersFaultsAndIsPutBack) {
  struct sigaction mine = {};
  mine.sa_handler = [](int) { ::_exit(42); };
  const auto module = pseudo_random(pages * page);
  EXPECT_EXIT(
      {
        ::sigaction(SIGSEGV, &mine, nullptr);
        const auto input = ClockedInput::create(module);
        Recording recording;
        static_cast<void>(recording.begin(input.value(), Recording::fast()));
        sum(input->bytes());
        void* const closed = ::mmap(nullptr, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        *keep(static_cast<volatile char*>(closed)) = 1;
      },
      testing::ExitedWithCode(42), "");
  struct sigaction before = {};
  struct sigaction after = {};
  ::sigaction(SIGSEGV, nullptr, &before);
  clocked(module, [](auto bytes) { sum(bytes); });
  ::sigaction(SIGSEGV, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

}  // namespace
}  // namespace plimsoll::regress
