// D2: planted copies are found exactly, and nothing else is.
#include "ledger/raw_copies.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

using test_support::keep;
using test_support::pseudo_random;
using test_support::record;

constexpr std::size_t megabyte = std::size_t{1} << 20;

// Search of one block for one module, without a recording.
RawCopies::Found search(RawCopies& copies, std::span<const std::byte> block) { return copies.search(block, {}); }

std::vector<std::byte> slice(const std::vector<std::byte>& bytes, std::size_t offset, std::size_t size) {
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
  return {from, from + static_cast<std::ptrdiff_t>(size)};
}

std::vector<std::byte> joined(std::initializer_list<std::vector<std::byte>> parts) {
  std::vector<std::byte> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(RawCopies, FindsAPlantedCopyToTheByte) {
  const auto module_bytes = pseudo_random(megabyte);
  const std::size_t size = megabyte * 6 / 10;
  std::vector<std::byte> copy;
  const Report report = record(module_bytes, {}, [&] {
    copy = slice(module_bytes, 1000, size);
    keep(copy.data());
  });
  EXPECT_EQ(report.copied_bytes, size);
  EXPECT_EQ(report.copied_block_bytes, size);
  EXPECT_EQ(report.copied_runs, 1u);
  const std::vector<CopyRun> expected = {{.module_offset = 1000, .length = size, .block_serial = 1}};
  EXPECT_EQ(report.runs, expected);
}

TEST(RawCopies, TheModuleItselfIsNotACopy) {
  const auto module_bytes = pseudo_random(megabyte);
  const Report report = record(module_bytes, {}, [&] { keep(module_bytes.data()); });
  EXPECT_EQ(report.copied_bytes, 0u);
  EXPECT_EQ(report.searched_bytes, 0u);
}

TEST(RawCopies, FindsACopyThatIsFreedBeforeTheEnd) {
  const auto module_bytes = pseudo_random(megabyte);
  const Report report = record(module_bytes, {}, [&] { keep(slice(module_bytes, 0, megabyte / 2).data()); });
  EXPECT_EQ(report.retained, 0u);
  EXPECT_EQ(report.copied_bytes, megabyte / 2);
}

TEST(RawCopies, FindsACopyOfAModuleThatTheLoadConsumes) {
  auto module_bytes = pseudo_random(megabyte);
  const Report report = record(module_bytes, {}, [&] {
    keep(slice(module_bytes, 0, megabyte / 2).data());
    std::vector<std::byte>().swap(module_bytes);
  });
  EXPECT_EQ(report.copied_bytes, megabyte / 2);
}

// The documented blind spot.
TEST(RawCopies, MissesACopyThatIsOverwrittenBeforeItIsFreed) {
  const auto module_bytes = pseudo_random(megabyte);
  const Report report = record(module_bytes, {}, [&] {
    auto copy = slice(module_bytes, 0, megabyte);
    keep(copy.data());
    std::ranges::fill(copy, std::byte{0});
    keep(copy.data());
  });
  EXPECT_EQ(report.copied_bytes, 0u);
}

TEST(RawCopies, APhaseBoundarySeesWhatIsOverwrittenLater) {
  const auto module_bytes = pseudo_random(megabyte);
  Recording recording;
  ASSERT_TRUE(recording.begin(module_bytes));
  recording.phase("decode").value();
  {
    auto copy = slice(module_bytes, 0, megabyte);
    recording.phase("use").value();
    std::ranges::fill(copy, std::byte{0});
    keep(copy.data());
  }
  const Report report = recording.end().value();
  EXPECT_EQ(report.copied_bytes, megabyte);
  ASSERT_EQ(report.runs.size(), 1u);
  EXPECT_EQ(report.phases.at(report.runs[0].block_phase).name, "decode");
}

TEST(RawCopies, SearchingABlockAgainCountsNothingTwice) {
  const auto module_bytes = pseudo_random(megabyte);
  Recording recording;
  ASSERT_TRUE(recording.begin(module_bytes));
  auto copy = slice(module_bytes, 0, 100000);
  keep(copy.data());
  recording.phase("untouched").value();
  recording.phase("touched").value();
  copy.back() ^= std::byte{1};
  keep(copy.data());
  const Report report = recording.end().value();
  EXPECT_EQ(report.copied_bytes, 100000u);
  EXPECT_EQ(report.copied_block_bytes, 100000u);
  EXPECT_EQ(report.copied_runs, 1u);
  EXPECT_EQ(report.searched_bytes, 200000u) << "only the change is searched again";
}

TEST(RawCopies, ABlockThatComesToHoldMoreCountsWhatIsNew) {
  const auto module_bytes = pseudo_random(megabyte);
  Recording recording;
  ASSERT_TRUE(recording.begin(module_bytes));
  auto copy = std::make_unique<std::byte[]>(100000);
  std::memcpy(copy.get(), module_bytes.data(), 10000);
  recording.phase("more").value();
  std::memcpy(copy.get() + 50000, module_bytes.data() + 300000, 20000);
  keep(copy.get());
  const Report report = recording.end().value();
  EXPECT_EQ(report.copied_bytes, 30000u);
  EXPECT_EQ(report.copied_block_bytes, 30000u);
  EXPECT_EQ(report.copied_runs, 2u);
}

TEST(RawCopies, AReallocThatShrinksOrMovesIsSearchedBefore) {
  const auto module_bytes = pseudo_random(megabyte);
  for (const std::size_t size : {1000u, 200000u}) {
    void* block = nullptr;
    const Report report = record(module_bytes, {}, [&] {
      block = std::malloc(100000);
      std::memcpy(block, module_bytes.data(), 100000);
      block = std::realloc(keep(block), size);
      std::memset(block, 0, size);
      keep(block);
    });
    std::free(block);
    EXPECT_EQ(report.copied_bytes, 100000u) << size;
  }
}

// Memory that the module passed through before begin comes back with new blocks.
TEST(RawCopies, StaleContentOfFreshBlocksIsNoCopy) {
  const auto module_bytes = pseudo_random(megabyte);
  for (const std::size_t size : {500u, 50000u, 1u << 19}) {
    for (int i = 0; i < 20; ++i) {
      void* const block = std::malloc(size);
      std::memcpy(block, module_bytes.data(), size);
      std::free(keep(block));
    }
    std::vector<void*> fresh(60);
    const Report report = record(module_bytes, {}, [&] {
      for (std::size_t i = 0; i < 20; ++i) {
        fresh[i] = keep(std::malloc(size));
        fresh[20 + i] = keep(::operator new(size));
        fresh[40 + i] = keep(std::realloc(keep(std::malloc(64)), size));
      }
    });
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      if (i / 20 == 1) {
        ::operator delete(fresh[i]);
      } else {
        std::free(fresh[i]);
      }
    }
    EXPECT_EQ(report.copied_bytes, 0u) << size;
    EXPECT_GE(report.searched_bytes, 60 * size);
  }
}

TEST(RawCopies, FindsStringsOf64BytesAndMore) {
  // Without zeros, so that a string's terminator cannot pass for the module's next byte.
  auto module_bytes = pseudo_random(megabyte);
  std::ranges::replace(module_bytes, std::byte{0}, std::byte{1});
  const auto text = [&](std::size_t offset, std::size_t size) {
    std::string copy(size, '\0');
    std::memcpy(copy.data(), module_bytes.data() + offset, size);
    return copy;
  };
  std::vector<std::string> names;
  names.reserve(3000);
  const Report report = record(module_bytes, {}, [&] {
    for (std::size_t i = 0; i < 1000; ++i) names.push_back(text(i * 1000 + i, 64));
  });
  EXPECT_EQ(report.copied_bytes, 64000u);
  EXPECT_EQ(report.copied_runs, 1000u);
  ASSERT_EQ(report.runs.size(), LongestRuns::capacity);
  EXPECT_EQ(report.runs[0].block_serial, 1u);
  EXPECT_EQ(report.runs.back().block_serial, LongestRuns::capacity);
  const Report shorter = record(module_bytes, {}, [&] {
    for (std::size_t i = 0; i < 1000; ++i) names.push_back(text(i * 1000 + i, 63));
  });
  EXPECT_EQ(shorter.copied_bytes, 0u);
}

TEST(RawCopies, FindsEveryPieceOfAGatheredCopy) {
  const auto module_bytes = pseudo_random(megabyte);
  RawCopies copies;
  ASSERT_TRUE(copies.begin(module_bytes));
  std::vector<std::byte> block;
  std::uint64_t expected = 0;
  std::mt19937_64 random(3);
  for (std::size_t offset = 0; offset + 4000 < megabyte; offset += 4000) {
    const std::size_t size = 64 + random() % 2000;
    const auto piece = slice(module_bytes, offset + random() % 1000, size);
    block.insert(block.end(), piece.begin(), piece.end());
    expected += size;
  }
  const RawCopies::Found found = search(copies, block);
  EXPECT_EQ(found.runs, megabyte / 4000);
  EXPECT_EQ(found.bytes, expected);
  EXPECT_GE(copies.copied_bytes(), expected);
  EXPECT_LE(copies.copied_bytes(), expected + 8) << "a piece may seem longer when the bytes after it agree by chance";
}

// The bytes after a piece may agree with what follows it in the module, and belong to the next piece all the same.
TEST(RawCopies, PiecesThatTouchAreToldApart) {
  auto module_bytes = pseudo_random(10000);
  std::ranges::copy(slice(module_bytes, 2000, 3), module_bytes.begin() + 1000);
  const auto block = joined({slice(module_bytes, 0, 1000), slice(module_bytes, 2000, 64)});
  RawCopies copies;
  ASSERT_TRUE(copies.begin(module_bytes));
  const RawCopies::Found found = search(copies, block);
  EXPECT_EQ(found.runs, 2u);
  EXPECT_EQ(found.bytes, 1064u) << "no byte of a block counts twice";
  const std::vector<CopyRun> expected = {{.module_offset = 0, .length = 1003},
                                         {.module_offset = 2000, .length = 64, .block_offset = 1000}};
  EXPECT_TRUE(std::ranges::equal(copies.runs(), expected));
}

TEST(RawCopies, TheUnionOfOverlappingCopiesIsCounted) {
  const auto module_bytes = pseudo_random(megabyte);
  RawCopies copies;
  ASSERT_TRUE(copies.begin(module_bytes));
  EXPECT_EQ(search(copies, slice(module_bytes, 1000, 5000)).bytes, 5000u);
  EXPECT_EQ(search(copies, slice(module_bytes, 3000, 5000)).bytes, 5000u);
  EXPECT_EQ(copies.copied_bytes(), 7000u);
}

TEST(RawCopies, ACopyOfEitherOfTwoEqualPartsIsACopyOfBoth) {
  const auto part = pseudo_random(5000, 2);
  const auto twice = [&](std::size_t apart) {
    return joined({pseudo_random(1000, 3), part, pseudo_random(apart - part.size(), 4), part});
  };
  RawCopies copies;
  ASSERT_TRUE(copies.begin(twice(8000)));
  EXPECT_EQ(search(copies, part).bytes, 5000u);
  EXPECT_EQ(copies.copied_bytes(), 10000u);
  // Documented: windows of the second part that begin elsewhere in it are not asked for.
  ASSERT_TRUE(copies.begin(twice(8001)));
  EXPECT_EQ(search(copies, part).bytes, 5000u);
  EXPECT_EQ(copies.copied_bytes(), 5000u);
}

TEST(RawCopies, LowEntropyIsNoEvidence) {
  std::vector<std::byte> module_bytes(megabyte);
  for (std::size_t i = 0; i < module_bytes.size(); ++i) module_bytes[i] = static_cast<std::byte>(i % 5);
  RawCopies copies;
  ASSERT_TRUE(copies.begin(module_bytes));
  EXPECT_EQ(search(copies, module_bytes).bytes, 0u);
  // A sixth value is enough, and then what lies beside its window belongs to the run.
  module_bytes[500000] = std::byte{100};
  ASSERT_TRUE(copies.begin(module_bytes));
  EXPECT_EQ(search(copies, module_bytes).bytes, module_bytes.size());
}

TEST(RawCopies, RepetitiveModulesAndBlocksTakeLinearTime) {
  std::vector<std::byte> module_bytes(8 * megabyte);
  for (std::size_t i = 0; i < module_bytes.size(); ++i) module_bytes[i] = static_cast<std::byte>(i % 48);
  RawCopies copies;
  ASSERT_TRUE(copies.begin(module_bytes));
  EXPECT_EQ(search(copies, module_bytes).bytes, module_bytes.size());
  // Pieces just too short to be runs: a hit at every offset, none of which counts.
  std::vector<std::byte> block(4 * megabyte);
  for (std::size_t i = 0; i < block.size(); ++i) {
    block[i] = i % 63 == 62 ? std::byte{255} : static_cast<std::byte>(i % 63 % 48);
  }
  EXPECT_EQ(search(copies, block).bytes, 0u);
}

// What a decoder keeps of a module (records, pointers, counters, text of its own) does not look like the module.
TEST(RawCopies, StructuredDataOfAnotherKindIsNoCopy) {
  const auto leb = [](std::vector<std::byte>& to, std::uint64_t value) {
    for (; value >= 128; value >>= 7) to.push_back(static_cast<std::byte>(value | 128));
    to.push_back(static_cast<std::byte>(value));
  };
  std::vector<std::byte> module_bytes;
  std::mt19937_64 random(11);
  constexpr std::array<unsigned char, 12> opcodes = {0x20, 0x21, 0x22, 0x41, 0x6A, 0x28,
                                                     0x36, 0x0B, 0x0D, 0x10, 0x02, 0x45};
  while (module_bytes.size() < 4 * megabyte) {
    module_bytes.push_back(static_cast<std::byte>(opcodes[random() % opcodes.size()]));
    leb(module_bytes, random() % 300);
  }
  struct Record {
    std::uint32_t offset, size;
    const void* owner;
    std::uint64_t count;
    double ratio;
  };
  const Report report = record(module_bytes, {}, [&] {
    const auto records = std::make_unique<Record[]>(10 * megabyte / sizeof(Record));
    for (std::uint32_t i = 0; i < 10 * megabyte / sizeof(Record); ++i) {
      records[i] = {.offset = i * 37, .size = i % 300, .owner = &records[i / 2], .count = i, .ratio = 1.0 / (i + 1)};
    }
    keep(records.get());
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "function " + std::to_string(i) + " is valid\n";
    keep(text.data());
  });
  EXPECT_GE(report.searched_bytes, 10 * megabyte - sizeof(Record));
  EXPECT_EQ(report.copied_bytes, 0u);
  EXPECT_EQ(report.runs.size(), 0u);
}

TEST(RawCopies, TinyAndEmptyModulesAndBlocks) {
  RawCopies copies;
  const auto bytes = pseudo_random(200);
  for (const std::size_t size : {0u, 1u, 31u, 32u, 63u}) {
    ASSERT_TRUE(copies.begin(std::span(bytes).first(size)));
    EXPECT_EQ(search(copies, bytes).bytes, 0u) << size;
  }
  for (const std::size_t size : {64u, 65u, 95u, 96u, 127u}) {
    ASSERT_TRUE(copies.begin(std::span(bytes).first(size)));
    EXPECT_EQ(search(copies, bytes).bytes, size) << size;
    EXPECT_EQ(search(copies, std::span(bytes).first(63)).bytes, 0u) << size;
    EXPECT_EQ(search(copies, {}).bytes, 0u) << size;
  }
}

TEST(RawCopies, AnotherModuleStartsWithNothingOfTheLast) {
  RawCopies copies;
  const auto first = pseudo_random(4000);
  ASSERT_TRUE(copies.begin(first));
  EXPECT_EQ(search(copies, first).bytes, first.size());
  const auto second = pseudo_random(9000, 2);
  ASSERT_TRUE(copies.begin(std::span(second).first(3000)));  // in the pages of the first
  EXPECT_EQ(copies.copied_bytes(), 0u);
  EXPECT_EQ(search(copies, first).bytes, 0u);
  EXPECT_EQ(search(copies, second).bytes, 3000u);
  ASSERT_TRUE(copies.begin(second));  // in new ones
  EXPECT_EQ(search(copies, first).bytes, 0u);
  EXPECT_EQ(search(copies, second).bytes, second.size());
}

TEST(RawCopies, OffAndNothingIsSearched) {
  const auto module_bytes = pseudo_random(megabyte);
  const Report report =
      record(module_bytes, {.raw_copies = false}, [&] { keep(slice(module_bytes, 0, megabyte).data()); });
  EXPECT_FALSE(report.searched);
  EXPECT_EQ(report.searched_bytes, 0u);
  EXPECT_EQ(report.copied_bytes, 0u);
  EXPECT_EQ(report.module_bytes, megabyte);
}

TEST(LongestRuns, KeepTheLongestWhateverTheOrder) {
  std::vector<CopyRun> all;
  all.reserve(1000);
  for (std::uint64_t i = 0; i < 1000; ++i) all.push_back({.module_offset = i, .length = 64 + i / 3, .block_serial = i});
  auto expected = all;
  std::ranges::sort(expected, [](const CopyRun& a, const CopyRun& b) {
    return a.length != b.length ? a.length > b.length : a.block_serial < b.block_serial;
  });
  expected.resize(LongestRuns::capacity);
  std::mt19937_64 random(5);
  for (int round = 0; round < 5; ++round) {
    std::ranges::shuffle(all, random);
    LongestRuns longest;
    for (const CopyRun& run : all) longest.add(run);
    for (const CopyRun& run : all) longest.add(run);
    EXPECT_TRUE(std::ranges::equal(longest.runs(), expected));
  }
}

}  // namespace
}  // namespace plimsoll::regress
