// Features: which ones each version of the specification has, and the syntax of lists of them.
#include "plimsoll/features.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {
namespace {

std::set<std::string> names(Features set) {
  std::set<std::string> result;
  for (const FeatureRow& row : feature_table())
    if (set.has(row.feature)) result.emplace(row.name);
  return result;
}

const std::set<std::string> version1 = {"mutable-global"};
const std::set<std::string> version2 = {"mutable-global",
                                        "saturating-float-to-int",
                                        "sign-extension",
                                        "multi-value",
                                        "reference-types",
                                        "bulk-memory",
                                        "simd"};
const std::set<std::string> version3 = {"mutable-global",
                                        "saturating-float-to-int",
                                        "sign-extension",
                                        "multi-value",
                                        "reference-types",
                                        "bulk-memory",
                                        "simd",
                                        "tail-call",
                                        "extended-const",
                                        "function-references",
                                        "gc",
                                        "multi-memory",
                                        "memory64",
                                        "relaxed-simd",
                                        "exceptions"};

std::set<std::string> with(std::set<std::string> set, const std::vector<std::string>& more) {
  set.insert(more.begin(), more.end());
  return set;
}

// What a list gives, or the word that it does not know, in quotes.
std::set<std::string> parsed(std::string_view list, Features start = Features::browsers()) {
  const auto result = Features::parse(list, start);
  if (!result) return {"'" + std::string(result.error()) + "'"};
  return names(*result);
}

TEST(Features, WhatBuildsOnAFeatureThatIsOffIsOfNoUse) {
  EXPECT_EQ(base_of(Feature::relaxed_simd), Feature::simd);
  EXPECT_EQ(base_of(Feature::simd), Feature::none);
  EXPECT_EQ(Features::all().usable(), Features::all());
  EXPECT_EQ(Features::all().remove(Feature::simd).usable(),
            Features::all().remove(Feature::simd).remove(Feature::relaxed_simd));
}

TEST(Features, GroupsAreWhatTheVersionsHave) {
  EXPECT_EQ(names(Features::mvp()), std::set<std::string>{});
  EXPECT_EQ(names(Features::wasm1()), version1);
  EXPECT_EQ(names(Features::wasm2()), version2);
  EXPECT_EQ(names(Features::wasm3()), version3);
  EXPECT_EQ(names(Features::browsers()), with(version3, {"threads", "legacy-exceptions"}));
  // Everything that is known: a feature of the table is in no group but `all` if nobody ships it yet.
  EXPECT_EQ(names(Features::all()).size(), feature_table().size());
}

TEST(Features, TheTableHasEachFeatureOnce) {
  std::set<std::string> seen;
  std::size_t next = 1;
  for (const FeatureRow& row : feature_table()) {
    EXPECT_EQ(static_cast<std::size_t>(row.feature), next++);
    EXPECT_TRUE(seen.emplace(row.name).second) << row.name;
    EXPECT_EQ(name(row.feature), row.name);
    EXPECT_FALSE(row.summary.empty());
    EXPECT_LE(row.since, 3);
    EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos) << row.name;
  }
  EXPECT_FALSE(name(Feature::none).empty());
}

TEST(Features, AddsAndRemoves) {
  Features set;
  EXPECT_TRUE(set.has(Feature::none));
  set.add(Feature::gc).add(Feature::simd);
  EXPECT_EQ(names(set), (std::set<std::string>{"gc", "simd"}));
  set.remove(Feature::gc);
  EXPECT_EQ(names(set), std::set<std::string>{"simd"});
  set.remove(Feature::none);
  EXPECT_TRUE(set.has(Feature::none));  // what was always there stays
  EXPECT_EQ(set, Features().add(Feature::simd));
}

TEST(Features, AListStartsFromItsStart) {
  EXPECT_EQ(parsed(""), names(Features::browsers()));
  EXPECT_EQ(parsed("", Features::mvp()), std::set<std::string>{});
  EXPECT_EQ(parsed("simd", Features::mvp()), std::set<std::string>{"simd"});
  EXPECT_EQ(parsed("-threads"), with(version3, {"legacy-exceptions"}));
}

TEST(Features, AListIsReadFromLeftToRight) {
  std::set<std::string> expected = with(version3, {"threads"});
  expected.erase("gc");
  EXPECT_EQ(parsed("wasm3,-gc,threads"), expected);
  EXPECT_EQ(parsed("-gc,threads,wasm3"), version3);  // a group sets
  EXPECT_EQ(parsed("wasm1"), version1);
  EXPECT_EQ(parsed("wasm2"), version2);
  EXPECT_EQ(parsed("mvp"), std::set<std::string>{});
  EXPECT_EQ(parsed("mvp,gc,-gc"), std::set<std::string>{});
  EXPECT_EQ(parsed("mvp,-gc,gc"), std::set<std::string>{"gc"});
  EXPECT_EQ(parsed("mvp,browsers"), names(Features::browsers()));
  EXPECT_EQ(parsed("mvp,default"), names(Features::browsers()));
  EXPECT_EQ(parsed("mvp,all"), names(Features::all()));
}

TEST(Features, EveryNameCanBeListed) {
  for (const FeatureRow& row : feature_table()) {
    const std::string word(row.name);
    EXPECT_EQ(parsed(word, Features::mvp()), std::set<std::string>{word});
    std::set<std::string> rest = names(Features::all());
    rest.erase(word);
    EXPECT_EQ(parsed("-" + word, Features::all()), rest);
  }
}

TEST(Features, TheWordThatIsNotKnownComesBack) {
  EXPECT_EQ(parsed("wasm4"), std::set<std::string>{"'wasm4'"});
  EXPECT_EQ(parsed("wasm3,-gcc,threads"), std::set<std::string>{"'-gcc'"});
  EXPECT_EQ(parsed("gc,SIMD"), std::set<std::string>{"'SIMD'"});
  EXPECT_EQ(parsed("-wasm1"), std::set<std::string>{"'-wasm1'"});  // a group cannot be taken away
  EXPECT_EQ(parsed("gc;simd"), std::set<std::string>{"'gc;simd'"});
  EXPECT_EQ(parsed("-"), std::set<std::string>{"'-'"});
  const std::string_view list = "wasm3,nonsense,gc";
  const auto result = Features::parse(list, Features::mvp());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().data(), list.data() + 6);  // a view into the list
}

TEST(Features, EmptyWordsAreNothing) {
  EXPECT_EQ(parsed("mvp,,gc,"), std::set<std::string>{"gc"});
  EXPECT_EQ(parsed(",", Features::wasm1()), version1);
}

}  // namespace
}  // namespace plimsoll
