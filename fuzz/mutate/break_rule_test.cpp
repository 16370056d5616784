// Rules broken on purpose: every module that breaks one is refused, with the code that is right for it, and every rule finds a place.
#include "mutate/break_rule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "mutate/testing.hpp"
#include "plimsoll/load.hpp"
#include "smith/entropy.hpp"
#include "smith/smith.hpp"

namespace plimsoll::fuzz {
namespace {

using Shares = std::map<std::string_view, std::size_t>;

// What the loader says of the broken module, if that is not what it should; empty if it is.
std::string wrong_answer(const Broken& broken) {
  Options options;
  options.features = broken.features;
  const LoadResult loaded = load(BorrowedBytes(broken.module), options);
  if (loaded) return "it is valid";
  if (std::ranges::find(broken.codes, loaded.error().code) != broken.codes.end()) return {};
  return std::string(name(loaded.error().code)) + " at " + std::to_string(loaded.error().offset) + ": " +
         describe(loaded.error());
}

void break_many(Features features, std::uint64_t seeds, Shares& shares) {
  const Smith smith({features, 2048});
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto broken = break_rule(smith.make(seed), smith.features(), entropy_of_seed(seed, 64));
    ASSERT_TRUE(broken) << seed;
    // One finding a rule is enough to read.
    if (++shares[broken->rule] == 1 || !testing::Test::HasFailure()) {
      EXPECT_EQ(wrong_answer(*broken), "") << broken->rule << ", seed " << seed << ": " << hex(broken->module);
    }
  }
}

TEST(BreakRule, WhatIsBrokenIsRefused) {
  Shares shares;
  break_many(Features::all(), 20'000, shares);
  for (std::size_t i = 0; i < breakable_rule_count(); ++i) {
    const std::string_view rule = breakable_rule(i);
    RecordProperty(std::string(rule), static_cast<int>(shares[rule]));
    // These two are rules of those only who have a feature off.
    EXPECT_TRUE(shares[rule] > 10 || rule == "a second memory" || rule == "a tag with a result") << rule;
  }
}

TEST(BreakRule, InEveryVersion) {
  Shares shares;
  const Features sets[] = {Features::mvp(), Features::wasm1(), Features::wasm2(), Features::wasm3(),
                           Features::browsers()};
  for (const Features features : sets) break_many(features, 1'000, shares);
  EXPECT_GT(shares["a second memory"], 0U);
  EXPECT_GT(shares["a tag with a result"], 0U);
}

TEST(BreakRule, InOurOwnModules) {
  for (const NamedModule& module : corpus()) {
    if (module.bytes.size() > 10'000 || !is_valid(module.bytes)) continue;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const auto broken = break_rule(module.bytes, Features::browsers(), entropy_of_seed(seed, 32));
      ASSERT_TRUE(broken) << module.name;
      ASSERT_EQ(wrong_answer(*broken), "") << broken->rule << " in " << module.name << ": " << hex(broken->module);
    }
  }
}

TEST(BreakRule, TakesValidModulesOnly) {
  EXPECT_FALSE(break_rule(Bytes{}, Features::all(), {}));
  EXPECT_TRUE(break_rule(bytes_of(""), Features::all(), {}));
}

}  // namespace
}  // namespace plimsoll::fuzz
