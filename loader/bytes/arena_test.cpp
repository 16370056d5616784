// Arena and FixedVector: where a module's memory comes from and that all of it goes back.
#include "bytes/arena.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <memory_resource>
#include <new>
#include <vector>

namespace plimsoll {
namespace {

// Hands out memory, remembers what is live, and checks what comes back against it.
class Bookkeeper : public std::pmr::memory_resource {
 public:
  std::size_t allocations = 0;
  std::size_t bytes = 0;
  std::size_t wrong = 0;
  std::size_t fails_at = 0;
  [[nodiscard]] std::size_t live() const { return blocks_.size(); }

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (++allocations == fails_at) throw std::bad_alloc();
    bytes += size;
    void* block = std::pmr::new_delete_resource()->allocate(size, alignment);
    blocks_[block] = {size, alignment};
    return block;
  }
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
    const auto found = blocks_.find(block);
    if (found == blocks_.end() || found->second != std::pair(size, alignment)) {
      ++wrong;
      return;
    }
    blocks_.erase(found);
    std::pmr::new_delete_resource()->deallocate(block, size, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
  std::map<void*, std::pair<std::size_t, std::size_t>> blocks_;
};

TEST(Arena, TakesNothingUntilAsked) {
  Bookkeeper memory;
  {
    Arena arena(&memory);
    EXPECT_EQ(arena.memory(), &memory);
    EXPECT_TRUE(arena.array<std::uint32_t>(0).empty());
  }
  EXPECT_EQ(memory.allocations, 0u);
}

// Sizes around the borders between shared pieces and pieces of their own: nothing overlaps, everything is aligned.
TEST(Arena, BlocksAreAlignedDisjointAndWritable) {
  Bookkeeper memory;
  {
    Arena arena(&memory);
    struct Block {
      std::byte* data;
      std::size_t size;
    };
    std::vector<Block> blocks;
    std::vector<std::size_t> sizes = {1, 7, 8, 9, 63, 100};
    for (std::size_t size = 1000; size < 1060; ++size) sizes.push_back(size);
    for (std::size_t size = 2000; size < 2060; ++size) sizes.push_back(size);
    for (const std::size_t size : {std::size_t{5000}, std::size_t{3}, std::size_t{100'000}, std::size_t{16}})
      sizes.push_back(size);
    for (const std::size_t size : sizes) {
      std::byte* data = arena.allocate(size);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data) % 8, 0u);
      std::memset(data, static_cast<int>(blocks.size() & 0xFF), size);
      blocks.push_back({data, size});
    }
    for (std::size_t i = 0; i < blocks.size(); ++i)
      for (std::size_t k = 0; k < blocks[i].size; ++k)
        ASSERT_EQ(std::to_integer<std::size_t>(blocks[i].data[k]), i & 0xFF) << "block " << i;
  }
  EXPECT_EQ(memory.live(), 0u);
  EXPECT_EQ(memory.wrong, 0u);
}

TEST(Arena, SmallBlocksSharePiecesAndLargeOnesDoNotWasteThem) {
  Bookkeeper memory;
  {
    Arena arena(&memory);
    for (int i = 0; i < 16; ++i) arena.allocate(64);
    EXPECT_EQ(memory.allocations, 1u);
    arena.allocate(100'000);  // a piece of its own, hardly larger than it must be
    EXPECT_EQ(memory.allocations, 2u);
    EXPECT_LE(memory.bytes, 2048u + 100'000u + 64u);
    for (int i = 0; i < 8; ++i) arena.allocate(64);  // the shared piece is still in use
    EXPECT_EQ(memory.allocations, 2u);
  }
  EXPECT_EQ(memory.live(), 0u);
}

TEST(Arena, AFailedAllocationThrowsAndLosesNothing) {
  for (std::size_t fails_at = 1; fails_at <= 4; ++fails_at) {
    Bookkeeper memory;
    memory.fails_at = fails_at;
    {
      Arena arena(&memory);
      bool thrown = false;
      for (int i = 0; i < 4 && !thrown; ++i) {
        try {
          arena.allocate(4000);
        } catch (const std::bad_alloc&) {
          thrown = true;
        }
      }
      EXPECT_TRUE(thrown);
    }
    EXPECT_EQ(memory.live(), 0u);
    EXPECT_EQ(memory.wrong, 0u);
  }
}

TEST(FixedVector, FillsFromTheFrontWithinItsRoom) {
  Bookkeeper memory;
  Arena arena(&memory);
  FixedVector<std::uint32_t> numbers;
  EXPECT_TRUE(numbers.empty());
  EXPECT_EQ(numbers.room(), 0u);
  numbers.reserve(arena, 3);
  EXPECT_EQ(numbers.size(), 0u);
  EXPECT_EQ(numbers.room(), 3u);
  EXPECT_EQ(numbers.push_back(10), 10u);
  numbers.push_back(20);
  numbers.push_back(30) = 31;
  EXPECT_EQ(numbers.room(), 0u);
  EXPECT_EQ(std::vector<std::uint32_t>(numbers.begin(), numbers.end()), (std::vector<std::uint32_t>{10, 20, 31}));
  EXPECT_EQ(numbers.view().size(), 3u);
  numbers[1] = 21;
  EXPECT_EQ(numbers.data()[1], 21u);
  numbers.truncate(1);
  EXPECT_EQ(numbers.size(), 1u);
  EXPECT_EQ(numbers.room(), 2u);
  EXPECT_EQ(numbers.view().back(), 10u);
  numbers.reserve(arena, 2);
  EXPECT_TRUE(numbers.empty());
}

}  // namespace
}  // namespace plimsoll
