// Modules of many seeds: valid, the same for the same bytes, of everything that the features have and of nothing else.
#include "smith/smith.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "encode/difference.hpp"
#include "encode/module.hpp"
#include "plimsoll/load.hpp"
#include "smith/entropy.hpp"

namespace plimsoll::fuzz {
namespace {

LoadResult load_with(const Bytes& bytes, Features features) {
  Options options;
  options.features = features;
  return load(BorrowedBytes(bytes), options);
}

std::string error_of(const Bytes& bytes, Features features) {
  const LoadResult module = load_with(bytes, features);
  return module ? "" : describe(module.error()) + " at " + std::to_string(module.error().offset);
}

using Counts = std::array<std::uint32_t, instruction_count>;

void count(const Module& module, ByteRange expression, Counts& counts) {
  InstructionReader reader(module.bytes(expression), 0, module.features());
  for (Instruction instruction; reader.next(instruction);) ++counts[static_cast<std::size_t>(instruction.opcode)];
}

// The instructions of bodies.
void count(const Module& module, Counts& counts) {
  for (std::uint32_t i = 0; i < module.bodies().size(); ++i) count(module, module.body(i).expression(), counts);
}

TEST(Smith, MakesValidModulesWithEveryInstruction) {
  const Smith smith({Features::all(), 4096});
  Counts counts{};
  std::size_t longest = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const Bytes bytes = smith.make(seed);
    longest = std::max(longest, bytes.size());
    const LoadResult module = load_with(bytes, Features::all());
    ASSERT_TRUE(module) << "seed " << seed << ": " << describe(module.error()) << " at " << module.error().offset;
    count(**module, counts);
  }
  EXPECT_LE(longest, 4096U + 16384);
  for (std::size_t i = 0; i < instruction_count; ++i)
    EXPECT_GT(counts[i], 0U) << row(static_cast<Opcode>(i)).name << " never came";
}

TEST(Smith, MakesTheSameOfTheSame) {
  const Smith smith({Features::all(), 2048});
  const Smith other({Features::all(), 2048});
  for (std::uint64_t seed = 0; seed < 100; ++seed) EXPECT_EQ(smith.make(seed), other.make(seed));
  EXPECT_NE(smith.make(1), smith.make(2));
}

TEST(Smith, EndsWhereTheBytesEnd) {
  const Smith smith({Features::all(), 4096});
  EXPECT_EQ(smith.make(std::span<const std::byte>()).size(), 8U);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<std::byte> entropy = entropy_of_seed(seed, 600);
    for (std::size_t size = 0; size < entropy.size(); ++size) {
      const Bytes bytes = smith.make(std::span(entropy).first(size));
      ASSERT_EQ(error_of(bytes, Features::all()), "") << "seed " << seed << ", " << size << " bytes";
    }
  }
}

TEST(Smith, StaysNearTheSizeItIsGiven) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{64}, std::size_t{512}, std::size_t{65536}}) {
    const Smith smith({Features::all(), size});
    const std::vector<std::byte> entropy = entropy_of_seed(size, 200'000);
    EXPECT_LE(smith.make(entropy).size(), size + 16384);
  }
}

// Without a feature, nothing of it: the modules are valid without it, and others are made with it than without.
TEST(Smith, LeavesOutWhatIsOff) {
  for (const FeatureRow& feature : feature_table()) {
    const Features without = Features::all().remove(feature.feature);
    const Smith smith({without, 2048});
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      const Bytes bytes = smith.make(seed);
      ASSERT_EQ(error_of(bytes, without), "") << feature.name << ", seed " << seed;
    }
  }
}

TEST(Smith, KnowsEveryVersion) {
  const Features sets[] = {Features::mvp(), Features::wasm1(), Features::wasm2(), Features::wasm3(),
                           Features::browsers()};
  for (const Features features : sets) {
    EXPECT_EQ(sensible(features), features);
    const Smith smith({features, 2048});
    for (std::uint64_t seed = 0; seed < 1000; ++seed) ASSERT_EQ(error_of(smith.make(seed), features), "") << seed;
  }
}

// A feature alone, with what it needs: its instructions come.
TEST(Smith, UsesEachFeature) {
  for (const FeatureRow& feature : feature_table()) {
    const Smith smith({Features::all(), 2048});
    const Features without = Features::all().remove(feature.feature);
    bool used = false;
    for (std::uint64_t seed = 0; seed < 500 && !used; ++seed) used = !error_of(smith.make(seed), without).empty();
    EXPECT_TRUE(used) << feature.name;
  }
}

TEST(Smith, ItsModulesAreEncodedAsTheyAre) {
  const Smith smith({Features::all(), 2048});
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Bytes bytes = smith.make(seed);
    const LoadResult module = load_with(bytes, Features::all());
    ASSERT_TRUE(module);
    const Bytes encoded = encode(**module, static_cast<unsigned>(seed % 3));
    const LoadResult again = load_with(encoded, Features::all());
    ASSERT_TRUE(again) << seed << ": " << describe(again.error());
    ASSERT_EQ(difference(**module, **again), "") << seed;
  }
}

}  // namespace
}  // namespace plimsoll::fuzz
