// An error names the feature that is missing: a module that is valid with every feature on can be reached from any set of
// features by turning on, again and again, the one that its error names.
#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>

#include "plimsoll/load.hpp"
#include "properties/inputs.hpp"
#include "properties/recorded_load.hpp"

namespace plimsoll::regress::properties {
namespace {

std::optional<Error> error_of(const Input& input, Features features) {
  Options options;
  options.features = features;
  const LoadResult result = load(BorrowedBytes(std::span(input.bytes)), options);
  return result ? std::nullopt : std::optional(result.error());
}

// Follows the errors' advice from `features` on. Returns how many steps it took.
std::size_t follow(const Input& input, Features features) {
  std::size_t steps = 0;
  std::uint32_t last_offset = 0;
  while (const auto error = error_of(input, features)) {
    const std::string told = input.name + ": " + to_string(error) + " after " + std::to_string(steps) + " steps";
    if (error->feature == Feature::none || features.has(error->feature)) {
      ADD_FAILURE() << told << " names no feature that is off";
      return steps;
    }
    // What is read with a feature on may move an error back, but not before the byte that asked for it.
    EXPECT_GE(error->offset + 16, last_offset) << told;
    last_offset = error->offset;
    features.add(error->feature);
    ++steps;
  }
  return steps;
}

using MissingFeature = OnInputs;

TEST_P(MissingFeature, IsNamedUntilTheModuleIsValid) {
  std::size_t followed = 0;
  for (const Input& input : inputs()) {
    if (error_of(input, Features::all())) continue;
    for (const Features start : {Features::mvp(), Features::wasm1(), Features::wasm2(), Features::wasm3()})
      if (error_of(input, start)) followed += follow(input, start) != 0 ? 1 : 0;
    if (HasFailure()) return;
  }
  if (GetParam() != Source::smoke) {
    EXPECT_GT(followed, 50U);
  }
  RecordProperty("followed", std::to_string(followed));
}

// With all features but one, the error names that one, or the module does without it.
TEST_P(MissingFeature, IsNamedWhenItIsTheOnlyOne) {
  std::set<std::string_view> named;
  for (const Input& input : inputs()) {
    if (error_of(input, Features::all())) continue;
    for (const FeatureRow& row : feature_table()) {
      const auto error = error_of(input, Features::all().remove(row.feature));
      if (!error) continue;
      EXPECT_EQ(name(error->feature), row.name) << input.name << ": " << to_string(error);
      named.insert(name(error->feature));
    }
    if (HasFailure()) return;
  }
  if (GetParam() != Source::corpus) return;
  for (const FeatureRow& row : feature_table())
    EXPECT_TRUE(named.contains(row.name) || (row.since == 0 && !row.browsers))
        << "no module of corpus/modules needs " << row.name;
}

INSTANTIATE_TEST_SUITE_P(Modules, MissingFeature, testing::ValuesIn(all_sources), source_name);

}  // namespace
}  // namespace plimsoll::regress::properties
