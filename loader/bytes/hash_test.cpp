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

std::uint64_t quick_hash_of(const std::string& text) {
  QuickHasher hasher;
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

// Texts of all lengths around the words of eight bytes, each differing from the others in length or in one byte.
template <class Hash>
void expect_different(Hash hash) {
  std::set<std::uint64_t> seen;
  std::size_t count = 0;
  for (std::size_t size = 0; size < 50; ++size) {
    const std::string plain(size, 'a');
    seen.insert(hash(plain));
    ++count;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = plain;
      other[at] = 'b';
      seen.insert(hash(other));
      ++count;
    }
    seen.insert(hash(plain + std::string(1, '\0')));
    ++count;
  }
  EXPECT_EQ(seen.size(), count);
}

TEST(Hasher, TellsApartWhatDiffers) {
  expect_different([](const std::string& text) { return hash_of(text); });
  expect_different(quick_hash_of);
  EXPECT_EQ(hash_of("name"), hash_of("name"));
  EXPECT_NE(hash_of("name", 1), hash_of("name", 2));
  EXPECT_EQ(quick_hash_of("name"), quick_hash_of("name"));
}

template <class AnyHasher>
void expect_order_to_count(AnyHasher hasher) {
  AnyHasher one = hasher, other = hasher, joined = hasher, pair = hasher, swapped = hasher;
  one.add(1);
  one.add(2);
  other.add(2);
  other.add(1);
  EXPECT_NE(one.value(), other.value());
  joined.add(3);
  EXPECT_NE(one.value(), joined.value());
  pair.add(1, 2);
  swapped.add(2, 1);
  EXPECT_NE(pair.value(), swapped.value());
}

TEST(Hasher, OrderAndGroupingCount) {
  expect_order_to_count(Hasher(0));
  expect_order_to_count(QuickHasher());
}

// Whatever the length, and wherever a byte above 0x7F stands.
TEST(Hasher, SaysWhetherBytesAreAscii) {
  const auto expect = [](const std::string& text, bool is_ascii) {
    EXPECT_EQ(Hasher(1).add(bytes_of(text)), is_ascii) << text.size();
    EXPECT_EQ(QuickHasher().add(bytes_of(text)), is_ascii) << text.size();
  };
  for (std::size_t size = 0; size <= 50; ++size) {
    std::string text(size, 'x');
    expect(text, true);
    for (std::size_t i = 0; i < size; ++i) {
      text[i] = '\x80';
      expect(text, false);
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
    HashIndex index(std::pmr::new_delete_resource(), size, {});
    const auto hash = [](const std::string& text) { return hash_of(text); };
    // As many entries as there was said to be room for.
    for (const std::uint32_t answer : insert_all(index, texts, hash)) ASSERT_EQ(answer, HashIndex::none);
    // Now each of them is found, under its own number.
    const std::vector<std::uint32_t> again = insert_all(index, texts, hash);
    for (std::uint32_t i = 0; i < size; ++i) ASSERT_EQ(again[i], i);
  }
}

TEST(HashIndex, TheFirstOfEqualEntriesIsTheOneFound) {
  HashIndex index(std::pmr::new_delete_resource(), 6, {});
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
    HashIndex index(std::pmr::new_delete_resource(), size, {});
    for (std::uint32_t i = 0; i < size; ++i)
      ASSERT_EQ(index.find_or_insert(same, i, [&](std::uint32_t other) { return other == i; }), HashIndex::none);
    for (std::uint32_t i = 0; i < size; ++i)
      ASSERT_EQ(index.find_or_insert(same, i, [&](std::uint32_t other) { return other == i; }), i);
  }
}

// Spare bits of the slots tell entries apart whose place is the same: then nobody asks whether they are equal.
TEST(HashIndex, ComparesOnlyWhatHasTheSameSpareBits) {
  constexpr std::uint32_t size = 200;
  HashIndex index(std::pmr::new_delete_resource(), size, {}, size);
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
    HashIndex index(std::pmr::new_delete_resource(), 2, {}, numbers);
    const auto is_it = [&](std::uint32_t other) { return other == numbers - 1; };
    ASSERT_EQ(index.find_or_insert(~std::uint64_t{0}, numbers - 1, is_it), HashIndex::none) << numbers;
    EXPECT_EQ(index.find_or_insert(~std::uint64_t{0}, 0, is_it), numbers - 1) << numbers;
  }
}

TEST(HashIndex, StartsAgainWithMoreRoom) {
  HashIndex index(std::pmr::new_delete_resource(), 0, {}, 1000);
  EXPECT_TRUE(index.is_full());
  const auto hash = [](std::uint32_t number) { return hash_of("entry " + std::to_string(number)); };
  constexpr std::uint32_t size = 1000;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (index.is_full()) {
      index.restart(2 * i + 1);
      for (std::uint32_t k = 0; k < i; ++k) index.add_again(hash(k), k);
    }
    EXPECT_FALSE(index.is_full());
    ASSERT_EQ(index.find_or_insert(hash(i), i, [&](std::uint32_t other) { return other == i; }), HashIndex::none);
  }
  for (std::uint32_t i = 0; i < size; ++i)
    ASSERT_EQ(index.find_or_insert(hash(i), i, [&](std::uint32_t other) { return other == i; }), i);
}

// Adds entries whose quick hash is `hash(number)` until a key is wanted; how many there are then, and how often two of them
// were compared. With a key, all are found, and soon.
template <class Hash>
void expect_a_key(Hash hash, std::uint32_t size, std::uint32_t most_entries) {
  const std::string section = "what the key is made of";
  HashIndex index(std::pmr::new_delete_resource(), size, bytes_of(section), size);
  std::size_t compared = 0;
  const auto find = [&](std::uint64_t under, std::uint32_t number) {
    return index.find_or_insert(under, number, [&](std::uint32_t other) {
      ++compared;
      return other == number;
    });
  };
  std::uint32_t count = 0;
  for (; count < size && !index.needs_key(); ++count) ASSERT_EQ(find(hash(count), count), HashIndex::none);
  ASSERT_LE(count, most_entries);
  ASSERT_TRUE(index.needs_key());
  EXPECT_LE(compared, 1000u);
  const auto keyed = [&](std::uint32_t number) {
    return index.with_hasher([&](auto hasher) {
      hasher.add(number);
      return hasher.value();
    });
  };
  index.set_key(keyed);
  EXPECT_FALSE(index.needs_key());
  EXPECT_EQ(keyed(3), [&] {
    Hasher hasher(hash_section(bytes_of(section)));
    hasher.add(3);
    return hasher.value();
  }());
  compared = 0;
  for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(find(keyed(i), i), i);
  for (std::uint32_t i = count; i < size; ++i) ASSERT_EQ(find(keyed(i), i), HashIndex::none);
  EXPECT_LE(compared, size + size / 100);
  EXPECT_FALSE(index.needs_key());
}

TEST(HashIndex, WantsAKeyWhenEntriesCollide) {
  expect_a_key([](std::uint32_t) { return std::uint64_t{0}; }, 100'000, 100);            // compared each time
  expect_a_key([](std::uint32_t i) { return std::uint64_t{i}; }, 100'000, 1'000);        // in one place, never compared
  expect_a_key([](std::uint32_t i) { return std::uint64_t{i} << 40; }, 100'000, 5'000);  // in a 60th of the places
}

TEST(HashIndex, WantsNoKeyByChance) {
  constexpr std::uint32_t size = 1'000'000;
  HashIndex index(std::pmr::new_delete_resource(), size, {}, size);
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < size; ++i) {
      QuickHasher hasher;
      hasher.add(i);
      index.find_or_insert(hasher.value(), i, [&](std::uint32_t other) { return other == i; });
    }
    EXPECT_FALSE(index.needs_key()) << round;
  }
}

}  // namespace
}  // namespace plimsoll
