#include "ledger/mapped_pages.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "ledger/heap_events.hpp"
#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

class MappedPagesTest : public testing::Test {
 protected:
  static constexpr std::size_t count = 3000;
  void SetUp() override {
    begin = static_cast<char*>(
        ::mmap(nullptr, count * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    ASSERT_NE(begin, MAP_FAILED);
  }
  void TearDown() override { ::munmap(begin, count * page); }

  const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  char* begin = nullptr;
  MappedPages pages;
};

TEST_F(MappedPagesTest, WhatIsThereIsReadAndNothingElseIsTouched) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{1500}, count - 1}) {
    std::memset(begin + at * page, static_cast<int>(at % 200 + 1), page);
  }
  const auto bytes = pages.read(std::bit_cast<std::uintptr_t>(begin), count * page);
  ASSERT_EQ(bytes.size(), count * page);  // the last one is there
  for (std::size_t at = 0; at < count; ++at) {
    const bool there = at == 0 || at == 7 || at == 8 || at == 1500 || at == count - 1;
    EXPECT_EQ(std::to_integer<std::size_t>(bytes[at * page]), there ? at % 200 + 1 : 0u) << at;
  }
  std::array<unsigned char, count> present;
  ASSERT_EQ(::mincore(begin, count * page, present.data()), 0);
  EXPECT_EQ(std::ranges::count_if(present, [](unsigned char flags) { return (flags & 1) != 0; }), 5);
}

TEST_F(MappedPagesTest, ReadingEndsWhereNothingIsThereAnyMore) {
  EXPECT_TRUE(pages.read(std::bit_cast<std::uintptr_t>(begin), count * page).empty());
  begin[5 * page + 100] = 7;
  const auto bytes = pages.read(std::bit_cast<std::uintptr_t>(begin) + 16, count * page - 16);
  ASSERT_EQ(bytes.size(), 6 * page - 16);
  EXPECT_EQ(bytes[5 * page + 84], std::byte{7});
}

TEST_F(MappedPagesTest, LargeBlocksThatNobodyTouchesCostNothing) {
  Recording recording;
  ASSERT_TRUE(recording.begin(test_support::pseudo_random(10'000), Recording::full()));
  auto* const block = static_cast<std::byte*>(std::calloc(std::size_t{4} << 20, 1024));
  ASSERT_NE(test_support::keep(block), nullptr);
  block[100] = std::byte{1};
  ASSERT_TRUE(recording.phase("use"));
  std::free(test_support::keep(block));
  const Report report = recording.end().value();
  EXPECT_EQ(report.peak, std::uint64_t{4} << 30);
  EXPECT_LE(report.searched_bytes, std::uint64_t{32} << 20);
}

TEST_F(MappedPagesTest, ACopyInALargeBlockIsFound) {
  const auto module = test_support::pseudo_random(1'000'000);
  Recording recording;
  ASSERT_TRUE(recording.begin(module, Recording::full()));
  auto* const block = static_cast<std::byte*>(std::malloc(std::size_t{64} << 20));
  std::memcpy(test_support::keep(block) + 12'345, module.data(), module.size());
  std::free(test_support::keep(block));
  EXPECT_EQ(recording.end().value().copied_bytes, module.size());
}

TEST_F(MappedPagesTest, ClosedPagesAreZerosAndStayClosed) {
  std::memset(begin, 1, 3 * page);
  ASSERT_EQ(::mprotect(begin + page, page, PROT_NONE), 0);
  const auto bytes = pages.read(std::bit_cast<std::uintptr_t>(begin), 3 * page);
  ASSERT_EQ(bytes.size(), 3 * page);
  EXPECT_EQ(bytes[0], std::byte{1});
  EXPECT_EQ(bytes[page], std::byte{0});
  EXPECT_EQ(bytes[2 * page], std::byte{1});
}

// As a hook of mmap would report them.
TEST_F(MappedPagesTest, BlocksThatAreMappingsAreSearchedWithoutATouch) {
  const auto module = test_support::pseudo_random(3 * page);
  Recording recording;
  ASSERT_TRUE(recording.begin(module, Recording::full()));
  heap_events::allocated(
      {.pointer = begin, .size = count * page, .origin = Origin::mapping, .initialised_bytes = count * page});
  std::memcpy(begin + 100 * page, module.data(), module.size());
  ASSERT_EQ(::mprotect(begin + 101 * page, page, PROT_NONE), 0);
  ASSERT_TRUE(recording.phase("use"));
  heap_events::releasing({.pointer = begin});
  const Report report = recording.end().value();
  EXPECT_EQ(report.total, count * page);
  EXPECT_EQ(report.copied_bytes, 2 * page);  // without the page that is closed
  EXPECT_EQ(report.retained, 0u);
}

TEST(MappedPages, AHeapBlockMayHaveClosedPages) {
  if (test_support::sanitizer_owns_heap()) GTEST_SKIP() << "a sanitizer does not tell how a block is aligned";
  const std::size_t page = MappedPages::page_bytes();
  const auto module = test_support::pseudo_random(2 * page);
  Recording recording;
  ASSERT_TRUE(recording.begin(module, Recording::full()));
  auto* const block = test_support::keep(static_cast<std::byte*>(std::aligned_alloc(page, 2 * page)));
  std::memcpy(block, module.data(), module.size());
  ASSERT_EQ(::mprotect(block, page, PROT_NONE), 0);
  const Report report = recording.end().value();
  ::mprotect(block, page, PROT_READ | PROT_WRITE);
  std::free(block);
  EXPECT_EQ(report.copied_bytes, page);  // without the page that is closed
}

}  // namespace
}  // namespace plimsoll::regress
