// Mutants: the same everywhere, and worth their time.
#include "mutate/mutate.hpp"

#include <gtest/gtest.h>

#include "mutate/testing.hpp"

namespace plimsoll::fuzz {
namespace {

const std::vector<Bytes>& pool() {
  static const std::vector<Bytes> modules = [] {
    std::vector<Bytes> result;
    for (const NamedModule& module : corpus()) result.push_back(module.bytes);
    return result;
  }();
  return modules;
}

TEST(Mutator, MakesTheSameMutantsEverywhere) {
  const Mutator one(pool(), 7, Mutator::Style::structural);
  const std::vector<Bytes> copy = pool();
  const Mutator other(copy, 7, Mutator::Style::structural);
  std::size_t like_seed_8 = 0;
  const Mutator third(pool(), 8, Mutator::Style::structural);
  for (std::uint64_t number = 300; number > 0; --number) {
    const Mutant mutant = one.make(number);
    EXPECT_EQ(hex(mutant.bytes), hex(other.make(number).bytes)) << number;
    if (third.make(number).bytes == mutant.bytes) ++like_seed_8;
  }
  EXPECT_LT(like_seed_8, 30U);
}

// Mutants that are all valid, or all not, would show little; nor would those that are what they were.
TEST(Mutator, MakesSomeMutantsThatAreValidAndManyThatAreNot) {
  std::vector<bool> valid;
  for (const Bytes& module : pool()) valid.push_back(is_valid(module));
  const Mutator mutator(pool(), 1, Mutator::Style::structural, valid);
  std::size_t accepted = 0;
  std::size_t unchanged = 0;
  constexpr std::size_t count = 2'000;
  for (std::uint64_t number = 0; number < count; ++number) {
    const Mutant mutant = mutator.make(number);
    accepted += is_valid(mutant.bytes) ? 1U : 0U;
    unchanged += mutant.bytes == pool()[mutant.origin] ? 1U : 0U;
  }
  EXPECT_GT(accepted, count / 6);
  EXPECT_LT(accepted, count * 3 / 4);
  EXPECT_LT(unchanged, count / 10);
}

TEST(Mutator, DamagesBytesOfAnEmptyModule) {
  const std::vector<Bytes> nothing{Bytes{}};
  const Mutator mutator(nothing, 1, Mutator::Style::mixed);
  for (std::uint64_t number = 0; number < 100; ++number) EXPECT_LE(mutator.make(number).bytes.size(), 2'000U);
}

TEST(CutDown, KeepsAModuleValid) {
  const Bytes module = bytes_of(
      "01 { leb(2) 60 00 00  60 00 01 7f }"
      "02 { leb(1) {\"m\"} {\"f\"} 00 00 }"
      "03 { leb(3) 00 01 00 }"
      "07 { leb(1) {\"e\"} 00 03 }"
      "0a { leb(3) {00 0b} {00 41 00 0b} {00 10 00 10 02 1a 10 03 0b} }");
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Random random(seed);
    const Bytes smaller = cut_down(module, random, 1);
    EXPECT_LT(smaller.size(), module.size());
    EXPECT_TRUE(is_valid(smaller)) << hex(smaller);
  }
}

}  // namespace
}  // namespace plimsoll::fuzz
