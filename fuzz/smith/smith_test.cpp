// Modules of many seeds: valid, the same for the same bytes, of everything that the features have and of nothing else.
#include "smith/smith.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "encode/difference.hpp"
#include "encode/module.hpp"
#include "plimsoll/load.hpp"
#include "smith/census.hpp"
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

TEST(Smith, MakesValidModulesWithEveryForm) {
  const Smith smith({Features::all(), 4096});
  Census census;
  std::size_t longest = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const Bytes bytes = smith.make(seed);
    longest = std::max(longest, bytes.size());
    const LoadResult module = load_with(bytes, Features::all());
    ASSERT_TRUE(module) << "seed " << seed << ": " << describe(module.error()) << " at " << module.error().offset;
    count_forms(**module, census);
  }
  EXPECT_LE(longest, 4096U + 16384);
  // What comes more seldom than this could go missing with the next change, and nobody would see it.
  constexpr std::uint64_t seldom = 5;
  for (const std::string& form : every_form()) EXPECT_GE(census[form], seldom) << form;
  for (std::size_t i = 0; i < instruction_count; ++i) {
    const std::string name(row(static_cast<Opcode>(i)).name);
    EXPECT_GE(census["in a body: " + name], 10 * seldom) << name;
    if (row(static_cast<Opcode>(i)).constant != Const::no && name != "end") {
      EXPECT_GE(census["constant: " + name], seldom) << name;
    }
  }
}

TEST(Smith, MakesTheSameOfTheSame) {
  const Smith smith({Features::all(), 2048});
  const Smith other({Features::all(), 2048});
  for (std::uint64_t seed = 0; seed < 100; ++seed) EXPECT_EQ(smith.make(seed), other.make(seed));
  EXPECT_NE(smith.make(1), smith.make(2));
}

// A hash over many modules, the same with every compiler, with and without optimisation and sanitizers: a fuzzer's corpus of bytes,
// and what a report calls by a seed, is worth something on another machine only then. Where the smith is meant to make other modules
// than before, put the hash that this test prints in the place of the old one.
TEST(Smith, MakesTheSameWithEveryCompiler) {
  constexpr std::uint64_t pinned = 0xF11B'EA5F'D091'2227U;
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325U;  // FNV-1a
  const auto add = [&](const Bytes& module) {
    for (const std::byte byte : module) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x0000'0100'0000'01B3U;
  };
  const Smith all({Features::all(), 4096});
  const Smith browsers({Features::browsers(), 1024});
  const Smith first({Features::wasm1(), 1024});
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    add(all.make(seed));
    add(browsers.make(seed));
    add(first.make(seed));
  }
  EXPECT_EQ(hash, pinned) << std::hex << "the hash is now 0x" << hash;
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
    const Bytes encoded = encode(**module, static_cast<unsigned>(seed % 3), seed % 2 == 0);
    const LoadResult again = load_with(encoded, Features::all());
    ASSERT_TRUE(again) << seed << ": " << describe(again.error());
    ASSERT_EQ(difference(**module, **again), "") << seed;
  }
}

}  // namespace
}  // namespace plimsoll::fuzz
