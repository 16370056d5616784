// ListMemo: what has matched once is known, until it is forgotten for want of room; memory stays within its bound.
#include "validate/list_memo.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace plimsoll {
namespace {

class Counting : public std::pmr::memory_resource {
 public:
  std::size_t live = 0;
  std::size_t peak = 0;

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    live += size;
    peak = std::max(peak, live);
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
    live -= size;
    std::pmr::new_delete_resource()->deallocate(block, size, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(ListMemo, KnowsWhatWasAddedAndNothingElse) {
  ListMemo memo(std::pmr::new_delete_resource());
  const std::vector<std::uint32_t> lists(4000);
  const auto question = [&](std::size_t a, std::size_t b, std::size_t count) {
    return ListMemo::lists(&lists[a], &lists[b], count);
  };
  EXPECT_FALSE(memo.has(question(1, 2, 20)));
  for (std::size_t i = 0; i < 3000; ++i) memo.add(question(i, i + 1, 20));
  for (std::size_t i = 0; i < 3000; ++i) {
    EXPECT_TRUE(memo.has(question(i, i + 1, 20)));
    EXPECT_FALSE(memo.has(question(i, i + 1, 21)));
    EXPECT_FALSE(memo.has(question(i + 1, i, 20)));
    EXPECT_FALSE(memo.has(ListMemo::fields(&lists[i], &lists[i + 1], 20)));
  }
}

TEST(ListMemo, AListMatchesItself) {
  const ListMemo memo(std::pmr::new_delete_resource());
  const std::uint32_t list = 0;
  EXPECT_TRUE(memo.has(ListMemo::lists(&list, &list, 1000)));
  EXPECT_FALSE(memo.has(ListMemo::fields(&list, &list, 1000)));
}

TEST(ListMemo, RemembersNoShortLists) {
  Counting memory;
  ListMemo memo(&memory);
  const std::uint32_t lists[2] = {};
  memo.add(ListMemo::lists(&lists[0], &lists[1], 15));
  EXPECT_FALSE(memo.has(ListMemo::lists(&lists[0], &lists[1], 15)));
  EXPECT_EQ(memory.peak, 0u);
}

TEST(ListMemo, ForgetsWhenThereIsNoMoreRoom) {
  Counting memory;
  {
    ListMemo memo(&memory);
    for (std::uint32_t i = 0; i < 100'000; ++i) {
      const auto question = ListMemo::at(i, nullptr, 1000);
      EXPECT_FALSE(memo.has(question));
      memo.add(question);
      ASSERT_TRUE(memo.has(question));
    }
    EXPECT_FALSE(memo.has(ListMemo::at(0, nullptr, 1000)));
  }
  EXPECT_LE(memory.peak, 420'000u);
  EXPECT_EQ(memory.live, 0u);
}

}  // namespace
}  // namespace plimsoll
