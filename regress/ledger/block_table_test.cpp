// The table of live blocks against std::map, through growth, collisions and deletions.
#include "ledger/block_table.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>

namespace plimsoll::regress {
namespace {

TEST(BlockTable, AgreesWithAMapThroughInsertionsAndErasures) {
  BlockTable table;
  std::map<std::uintptr_t, std::uint64_t> expected;
  std::mt19937_64 random(7);
  for (std::uint64_t step = 0; step < 200000; ++step) {
    const std::uintptr_t address = (random() % 20000 + 1) * 16;
    Block* const block = table.find(address);
    const auto known = expected.find(address);
    ASSERT_EQ(block != nullptr, known != expected.end());
    if (block == nullptr) {
      ASSERT_TRUE(table.insert({.address = address, .size = step}));
      expected.emplace(address, step);
    } else {
      ASSERT_EQ(block->size, known->second);
      table.erase(block);
      expected.erase(known);
    }
    ASSERT_EQ(table.size(), expected.size());
  }
  std::map<std::uintptr_t, std::uint64_t> visited;
  table.for_each([&](const Block& block) { visited.emplace(block.address, block.size); });
  EXPECT_EQ(visited, expected);
}

TEST(BlockTable, ClearForgetsEverything) {
  BlockTable table;
  EXPECT_EQ(table.find(16), nullptr);
  for (std::uintptr_t i = 1; i <= 100000; ++i) ASSERT_TRUE(table.insert({.address = i * 16}));
  table.clear();
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.find(16), nullptr);
  ASSERT_TRUE(table.insert({.address = 16}));
  table.clear();
  EXPECT_EQ(table.find(16), nullptr);
}

}  // namespace
}  // namespace plimsoll::regress
