// HashIndex: the duplicate check of names and rec groups, full to the last entry and with every hash the same.
#include "bytes/hash.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory_resource>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace plimsoll {
namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::uint64_t hash_of(const std::string& text, std::uint64_t key = 1) {
  Hasher hasher(key);
  hasher.add(bytes_of(text));
  return hasher.value();
}

// Finds or inserts the texts one by one; the answers.
std::vector<std::uint32_t> insert_all(HashIndex& index, const std::vector<std::string>& texts,
                                      std::uint64_t (*hash)(const std::string&)) {
  std::vector<std::uint32_t> answers;
  for (std::uint32_t i = 0; i < texts.size(); ++i)
    answers.push_back(
        index.find_or_insert(hash(texts[i]), i, [&](std::uint32_t other) { return texts[other] == texts[i]; }));
  return answers;
}

TEST(Hasher, TellsApartWhatDiffers) {
  std::set<std::uint64_t> seen;
  std::size_t count = 0;
  // Lengths around the words of eight bytes, each text differing from the others in length or in one byte.
  for (std::size_t size = 0; size < 20; ++size) {
    const std::string plain(size, 'a');
    seen.insert(hash_of(plain));
    ++count;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = plain;
      other[at] = 'b';
      seen.insert(hash_of(other));
      ++count;
    }
    seen.insert(hash_of(plain + std::string(1, '\0')));
    ++count;
  }
  EXPECT_EQ(seen.size(), count);
  EXPECT_EQ(hash_of("name"), hash_of("name"));
  EXPECT_NE(hash_of("name", 1), hash_of("name", 2));
}

TEST(Hasher, OrderAndGroupingCount) {
  Hasher one(0), other(0), joined(0);
  one.add(1);
  one.add(2);
  other.add(2);
  other.add(1);
  EXPECT_NE(one.value(), other.value());
  joined.add(3);
  EXPECT_NE(one.value(), joined.value());
}

// Whatever the length, and wherever a byte above 0x7F stands.
TEST(Hasher, SaysWhetherBytesAreAscii) {
  for (std::size_t size = 0; size <= 40; ++size) {
    std::string text(size, 'x');
    EXPECT_TRUE(Hasher(1).add(bytes_of(text))) << size;
    for (std::size_t i = 0; i < size; ++i) {
      text[i] = '\x80';
      EXPECT_FALSE(Hasher(1).add(bytes_of(text))) << size << " bytes, at " << i;
      text[i] = 'x';
    }
  }
}

// Every byte counts, and so does how many there are.
TEST(Hasher, OfASectionDependsOnEveryByte) {
  std::set<std::uint64_t> seen;
  std::size_t keys = 0;
  for (std::size_t size = 0; size <= 70; ++size) {
    std::string text(size, '\0');
    seen.insert(hash_section(bytes_of(text)));
    ++keys;
    for (std::size_t i = 0; i < size; ++i) {
      text[i] = '\x01';
      seen.insert(hash_section(bytes_of(text)));
      ++keys;
      text[i] = '\0';
    }
  }
  EXPECT_EQ(seen.size(), keys);
}

TEST(HashIndex, FindsWhatWasInsertedAndNothingElse) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4}, std::size_t{5},
                                 std::size_t{100}, std::size_t{5000}}) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < size; ++i) texts.push_back("entry " + std::to_string(i));
    HashIndex index(std::pmr::new_delete_resource(), size, 7);
    EXPECT_EQ(index.key(), 7u);
    const auto hash = [](const std::string& text) { return hash_of(text); };
    // As many entries as there was said to be room for.
    for (const std::uint32_t answer : insert_all(index, texts, hash)) ASSERT_EQ(answer, HashIndex::none);
    // Now each of them is found, under its own number.
    const std::vector<std::uint32_t> again = insert_all(index, texts, hash);
    for (std::uint32_t i = 0; i < size; ++i) ASSERT_EQ(again[i], i);
  }
}

TEST(HashIndex, TheFirstOfEqualEntriesIsTheOneFound) {
  HashIndex index(std::pmr::new_delete_resource(), 6, 0);
  const std::vector<std::string> texts = {"a", "b", "a", "c", "b", "a"};
  const auto hash = [](const std::string& text) { return hash_of(text); };
  EXPECT_EQ(insert_all(index, texts, hash),
            (std::vector<std::uint32_t>{HashIndex::none, HashIndex::none, 0, HashIndex::none, 1, 0}));
}

// The worst of luck: every entry hashes to the same place, at the front, in the middle, at the very end.
TEST(HashIndex, WorksWhenEveryHashIsTheSame) {
  constexpr std::uint64_t hashes[] = {0, std::uint64_t{1} << 63, ~std::uint64_t{0}};
  for (const std::uint64_t same : hashes) {
    constexpr std::uint32_t size = 200;
    HashIndex index(std::pmr::new_delete_resource(), size, 0);
    for (std::uint32_t i = 0; i < size; ++i)
      ASSERT_EQ(index.find_or_insert(same, i, [&](std::uint32_t other) { return other == i; }), HashIndex::none);
    for (std::uint32_t i = 0; i < size; ++i)
      ASSERT_EQ(index.find_or_insert(same, i, [&](std::uint32_t other) { return other == i; }), i);
  }
}

// Spare bits of the slots tell entries apart whose place is the same: then nobody asks whether they are equal.
TEST(HashIndex, ComparesOnlyWhatHasTheSameSpareBits) {
  constexpr std::uint32_t size = 200;
  HashIndex index(std::pmr::new_delete_resource(), size, 0, size);
  unsigned compared = 0;
  const auto find = [&](std::uint64_t hash, std::uint32_t number) {
    return index.find_or_insert(hash, number, [&](std::uint32_t other) {
      ++compared;
      return other == number;
    });
  };
  for (std::uint32_t i = 0; i < size; ++i) ASSERT_EQ(find(i, i), HashIndex::none);
  EXPECT_EQ(compared, 0u);
  for (std::uint32_t i = 0; i < size; ++i) ASSERT_EQ(find(i, i), i);
  EXPECT_EQ(compared, size);
}

// A number may be as large as was said, which leaves it its place in the slot.
TEST(HashIndex, KeepsTheLargestNumber) {
  for (const std::uint32_t numbers : {1U, 2U, 3U, 4U, 255U, 256U, 257U, (1U << 23) - 1, 1U << 23, 0xFFFF'FFFEU}) {
    HashIndex index(std::pmr::new_delete_resource(), 2, 0, numbers);
    const auto is_it = [&](std::uint32_t other) { return other == numbers - 1; };
    ASSERT_EQ(index.find_or_insert(~std::uint64_t{0}, numbers - 1, is_it), HashIndex::none) << numbers;
    EXPECT_EQ(index.find_or_insert(~std::uint64_t{0}, 0, is_it), numbers - 1) << numbers;
  }
}

TEST(HashIndex, GrowsAndKeepsWhatItHolds) {
  HashIndex index(std::pmr::new_delete_resource(), 0, 0, 1000);
  EXPECT_TRUE(index.is_full());
  const auto hash = [](std::uint32_t number) { return hash_of("entry " + std::to_string(number)); };
  constexpr std::uint32_t size = 1000;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (index.is_full()) index.grow(hash);
    EXPECT_FALSE(index.is_full());
    ASSERT_EQ(index.find_or_insert(hash(i), i, [&](std::uint32_t other) { return other == i; }), HashIndex::none);
  }
  for (std::uint32_t i = 0; i < size; ++i)
    ASSERT_EQ(index.find_or_insert(hash(i), i, [&](std::uint32_t other) { return other == i; }), i);
}

}  // namespace
}  // namespace plimsoll
