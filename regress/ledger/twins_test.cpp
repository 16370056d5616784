// D3: copies of blocks are found by content, whatever they point to, and nothing else is.
#include "ledger/twins.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger_test_support.hpp"

namespace plimsoll::regress {
namespace {

using test_support::keep;
using test_support::pseudo_random;
using test_support::record;

constexpr Recording::Options only_twins{.raw_copies = false, .twins = true};

// A block with the first bytes of a content that was made before the recording.
std::byte* filled(std::size_t size, std::uint64_t seed) {
  static const std::vector<std::byte> source = pseudo_random(300'000);
  auto* const block = static_cast<std::byte*>(::operator new(size));
  std::memcpy(block, source.data() + seed * 1000, size);
  return keep(block);
}

class TwinsTest : public testing::Test {
 protected:
  void SetUp() override { ::operator delete(filled(1, 0)); }
};

TEST_F(TwinsTest, ACopyOfABlockThatLivesIsFoundAsAWhole) {
  for (const std::size_t size : {16u, 100u, 128u, 1000u, 100'000u}) {
    SCOPED_TRACE(size);
    const Report report = record({}, only_twins, [&] {
      std::byte* const original = filled(size, 1);
      auto* const copy = static_cast<std::byte*>(::operator new(size));
      std::memcpy(copy, original, size);
      ::operator delete(keep(original));
      ::operator delete(keep(copy));
    });
    EXPECT_TRUE(report.twinned);
    // The last bytes of a block are a chunk only from 16 bytes on.
    EXPECT_EQ(report.twin_bytes, size % 128 < 16 ? size - size % 128 : size);
    EXPECT_EQ(report.twin_blocks, 1u);
  }
}

TEST_F(TwinsTest, TheSameContentOneAfterTheOtherIsNoCopy) {
  const Report report = record({}, only_twins, [&] {
    for (int i = 0; i < 10; ++i) ::operator delete(filled(1000, 1));
  });
  EXPECT_EQ(report.twin_bytes, 0u);
}

TEST_F(TwinsTest, WhatAnEarlierRecordingSawIsForgotten) {
  std::byte* const earlier = filled(1000, 1);
  for (int i = 0; i < 2; ++i) {
    const Report report = record({}, only_twins, [&] { ::operator delete(filled(1000, 1)); });
    EXPECT_EQ(report.twin_blocks, 0u);
  }
  ::operator delete(earlier);
}

TEST_F(TwinsTest, OtherContentIsNoCopy) {
  const Report report = record({}, only_twins, [&] {
    std::vector<std::byte*> blocks;
    for (std::uint64_t seed = 1; seed < 100; ++seed) blocks.push_back(filled(1000, seed));
    for (std::byte* block : blocks) ::operator delete(block);
  });
  EXPECT_EQ(report.twin_bytes, 0u);
}

TEST_F(TwinsTest, ALargerBlockHasGrownAndIsNoCopy) {
  const Report report = record({}, only_twins, [&] {
    std::vector<std::byte> bytes = pseudo_random(4096);
    bytes.reserve(8192);
    keep(bytes.data());
  });
  EXPECT_EQ(report.twin_bytes, 0u);
}

TEST_F(TwinsTest, ABlockThatSharesLessThanHalfIsNoCopy) {
  for (const std::size_t shared : {3u, 4u}) {  // chunks of 8
    SCOPED_TRACE(shared);
    const Report report = record({}, only_twins, [&] {
      std::byte* const a = filled(1024, 1);
      std::byte* const b = filled(1024, 2);
      std::memcpy(b, a, shared * 128);
      keep(b);
      ::operator delete(a);
      ::operator delete(b);
    });
    EXPECT_EQ(report.twin_bytes, shared == 4 ? 512u : 0u);
  }
}

TEST_F(TwinsTest, WhatManyBlocksShareIsARepetition) {
  for (const std::size_t blocks : {64u, 65u}) {
    SCOPED_TRACE(blocks);
    const Report report = record({}, only_twins, [&] {
      std::vector<std::byte*> all;
      for (std::size_t i = 0; i < blocks; ++i) all.push_back(filled(128, 1));
      for (std::byte* block : all) ::operator delete(block);
    });
    EXPECT_EQ(report.twin_bytes, blocks == 64 ? 63 * 128u : 0u);
  }
}

TEST_F(TwinsTest, AsOftenAsALargeBlockIsCopied) {
  constexpr std::size_t blocks = 200;
  const Report report = record({}, only_twins, [&] {
    std::vector<std::byte*> all;
    for (std::size_t i = 0; i < blocks; ++i) all.push_back(filled(10'000, 1));
    for (std::byte* block : all) ::operator delete(block);
  });
  EXPECT_GE(report.twin_bytes, (blocks - 1) * 9'984u);
}

TEST_F(TwinsTest, LowEntropyIsNoEvidence) {
  const Report report = record({}, only_twins, [&] {
    const std::vector<std::byte> a(10'000, std::byte{7});
    const std::vector<std::byte> b(a);
    keep(const_cast<std::byte*>(b.data()));
  });
  EXPECT_EQ(report.twin_bytes, 0u);
}

TEST_F(TwinsTest, PointersIntoTheHeapMayDiffer) {
  struct Node {
    Node* next;
    std::uint64_t value[7];
  };
  const auto make = [](Node* next) {
    auto* const node = new Node{next, {}};
    std::memcpy(node->value, pseudo_random(sizeof node->value).data(), sizeof node->value);
    return keep(node);
  };
  const Report report = record({}, only_twins, [&] {
    Node* const other = new Node{};
    Node* const third = new Node{};
    Node* const a = make(other);
    Node* const b = make(third);
    for (Node* node : {other, third, a, b}) delete node;
  });
  EXPECT_EQ(report.twin_bytes, sizeof(Node));
}

// Their bytes are chance: the system puts a program somewhere else in each run.
TEST_F(TwinsTest, PointersIntoTheProgramAndTheModuleAreNoEvidence) {
  static const std::vector<std::byte> module = pseudo_random(100'000);
  static constexpr char text[64 * 257] = {};
  const Report report = record(module, only_twins, [&] {
    const auto make = [] {
      auto* const block = static_cast<const void**>(::operator new(64 * sizeof(void*)));
      for (std::size_t i = 0; i < 64; ++i)
        block[i] = i % 2 == 0 ? static_cast<const void*>(text + i * 257) : &module[i * 997];
      return keep(block);
    };
    const void** const a = make();
    const void** const b = make();
    ::operator delete(a);
    ::operator delete(b);
  });
  EXPECT_EQ(report.twin_bytes, 0u);
}

TEST_F(TwinsTest, PaddingMayDiffer) {
  struct Padded {
    std::uint8_t value;
    std::byte padding[7];
  };
  constexpr std::size_t count = 64;
  const auto make = [](std::byte padding) {
    auto* const block = static_cast<Padded*>(::operator new(count * sizeof(Padded)));
    for (std::size_t i = 0; i < count; ++i) {
      std::memset(&block[i], std::to_integer<int>(padding), sizeof(Padded));
      block[i].value = static_cast<std::uint8_t>(i * 37);
    }
    return keep(block);
  };
  const Report report = record({}, only_twins, [&] {
    Padded* const a = make(std::byte{1});
    Padded* const b = make(std::byte{2});
    ::operator delete(a);
    ::operator delete(b);
  });
  EXPECT_EQ(report.twin_bytes, count * sizeof(Padded));
}

TEST_F(TwinsTest, CopiesMadeWhileAContainerGrowsAreCountedAsThat) {
  struct Slow {  // its move may throw, so that a vector copies it
    explicit Slow(std::uint64_t seed) : content(pseudo_random(512, seed)) {}
    Slow(const Slow&) = default;
    Slow(Slow&& other) noexcept(false) : content(other.content) {}
    Slow& operator=(const Slow&) = delete;
    ~Slow() = default;
    std::vector<std::byte> content;
  };
  const Report report = record({}, only_twins, [&] {
    std::vector<Slow> grown;
    for (std::uint64_t i = 1; i <= 64; ++i) grown.emplace_back(i);
    keep(grown.data());
  });
  EXPECT_GE(report.twin_bytes, 60 * 512u);
  EXPECT_GE(report.growth_twin_bytes, report.twin_bytes / 2);
}

TEST_F(TwinsTest, ACopyThatIsOverwrittenIsFoundWhereAPhaseEndedBefore) {
  Recording recording;
  ASSERT_TRUE(recording.begin({}, only_twins));
  std::byte* const original = filled(1000, 1);
  auto* const copy = keep(static_cast<std::byte*>(::operator new(1000)));
  std::memcpy(copy, original, 1000);
  ASSERT_TRUE(recording.phase("use"));
  std::memset(copy, 0, 1000);
  keep(copy);
  ::operator delete(copy);
  ::operator delete(original);
  EXPECT_GE(recording.end().value().twin_bytes, 896u);
}

TEST_F(TwinsTest, BlameTheStackThatAllocatedTheCopy) {
  const Report report = record({}, {.raw_copies = false, .twins = true, .stacks = true}, [&] {
    const std::vector<std::byte> original = pseudo_random(10'000);
    const auto copy = std::make_unique<std::vector<std::byte>>(original);
    keep(copy->data());
  });
  EXPECT_TRUE(report.stacked);
  std::uint64_t blamed = 0;
  for (const Culprit& culprit : report.culprits) {
    if (culprit.detector != Detector::twins) continue;
    blamed += culprit.bytes;
    EXPECT_FALSE(culprit.frames.empty());
    for (const std::uint32_t frame : culprit.frames) ASSERT_LT(frame, report.frames.size());
  }
  EXPECT_EQ(blamed, report.twin_bytes);
  EXPECT_GE(blamed, 9984u);
  EXPECT_FALSE(report.objects.empty());
}

}  // namespace
}  // namespace plimsoll::regress
