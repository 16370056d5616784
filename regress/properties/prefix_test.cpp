// Every proper prefix of a module is rejected at an offset inside it. Only one that ends between two sections may be valid.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "plimsoll/load.hpp"
#include "properties/guarded_input.hpp"
#include "properties/inputs.hpp"
#include "properties/recorded_load.hpp"
#include "properties/section_bounds.hpp"

namespace plimsoll::regress::properties {
namespace {

std::set<std::size_t> ends_of_sections(std::span<const std::byte> module) {
  std::set<std::size_t> ends{8};
  for (const SectionBounds& section : section_bounds(module)) ends.insert(section.end);
  return ends;
}

// Loads the prefixes of `input` whose length leaves `shard` when divided by `shards`, each against a guard page. Returns how
// many were valid.
std::size_t load_prefixes(const Input& input, std::size_t shard = 0, std::size_t shards = 1) {
  const std::set<std::size_t> ends = ends_of_sections(input.bytes);
  GuardedInput guarded(input.bytes.size());
  CrashNote note;
  Options options;
  options.features = input.features;
  std::size_t valid = 0;
  for (std::size_t length = shard; length < input.bytes.size(); length += shards) {
    note.set(input.name + ", prefix", length);
    const auto prefix = guarded.place(std::span(input.bytes).first(length), Against::end);
    const LoadResult result = load(BorrowedBytes(prefix), options);
    if (result) {
      ++valid;
      EXPECT_TRUE(ends.contains(length)) << input.name << " is valid when cut at " << length;
      continue;
    }
    EXPECT_LE(result.error().offset, length) << input.name << ": " << to_string(result.error());
    EXPECT_NE(kind(result.error().code), ErrorKind::resource) << input.name;
  }
  return valid;
}

constexpr std::size_t shards = 4;
class PrefixesOfSmokeModules : public testing::TestWithParam<std::size_t> {};

TEST_P(PrefixesOfSmokeModules, AreRejectedInside) {
  const auto modules = inputs(Source::smoke);
  if (modules.empty()) GTEST_SKIP() << how_to_get(Source::smoke);
  for (const Input& input : modules) load_prefixes(input, GetParam(), shards);
}

INSTANTIATE_TEST_SUITE_P(, PrefixesOfSmokeModules, testing::Range(std::size_t{0}, shards));

TEST(Prefixes, OfCorpusModulesAreRejectedInside) {
  std::size_t valid = 0;
  for (const Input& input : inputs(Source::corpus)) valid += load_prefixes(input);
  EXPECT_GT(valid, 0U) << "the preamble alone is a module";
}

TEST(Prefixes, Of200SuiteModulesAreRejectedInside) {
  const auto modules = sample(inputs(Source::suites), 200);
  if (modules.empty()) GTEST_SKIP() << how_to_get(Source::suites);
  EXPECT_EQ(modules.size(), 200U);
  for (const Input& input : modules) load_prefixes(input);
}

}  // namespace
}  // namespace plimsoll::regress::properties
