// Trees of modules: read and written again, opened, renumbered, and mutants made of them.
#include "differential/module_tree.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "assemble/assemble.hpp"
#include "differential/byte_mutations.hpp"
#include "differential/disagreement.hpp"
#include "differential/index_spaces.hpp"
#include "differential/inputs.hpp"
#include "differential/mutate.hpp"

namespace plimsoll::regress::differential {
namespace {

Bytes bytes_of(const std::string& source) {
  auto bytes = assemble("00 \"asm\" 01 00 00 00 " + source);
  EXPECT_TRUE(bytes.has_value()) << source;
  return bytes.value_or(Bytes{});
}

bool is_valid(const Bytes& bytes) { return !our_verdict(bytes, Features::browsers()); }

void open_all(Node& node) {
  if (node.kind == Kind::body) open_body(node);
  for (Node& child : node.children) open_all(child);
}

const Inputs& corpus() {
  static const Inputs inputs = [] {
    Inputs result;
    EXPECT_TRUE(read_inputs(PLIMSOLL_CORPUS_MODULES, SIZE_MAX, result).has_value());
    return result;
  }();
  return inputs;
}

TEST(ModuleTree, GivesTheBytesBackThatItWasReadFrom) {
  ASSERT_GT(corpus().modules.size(), 100U);
  for (std::size_t i = 0; i < corpus().modules.size(); ++i) {
    Node root = parse(corpus().modules[i]);
    EXPECT_EQ(hex(encode(root)), hex(corpus().modules[i])) << corpus().names[i];
    open_all(root);
    EXPECT_EQ(hex(encode(root)), hex(corpus().modules[i])) << corpus().names[i] << ", opened";
  }
}

// A part that is kept raw is a part that no mutation understands.
TEST(ModuleTree, UnderstandsEverythingThatIsValid) {
  for (std::size_t i = 0; i < corpus().modules.size(); ++i) {
    if (!is_valid(corpus().modules[i])) continue;
    Node root = parse(corpus().modules[i]);
    open_all(root);
    for (const Node& section : root.children) {
      ASSERT_EQ(section.kind, Kind::section) << corpus().names[i];
      if (section_id(section) == 0) continue;
      ASSERT_EQ(section.children.size(), 1U) << corpus().names[i] << ", section " << int{section_id(section)};
      EXPECT_NE(section.children.front().kind, Kind::raw)
          << corpus().names[i] << ", section " << int{section_id(section)};
      if (section_id(section) != 10) continue;
      for (const Node& body : entries_of(section)->children) EXPECT_FALSE(body.children.empty()) << corpus().names[i];
    }
  }
}

TEST(ModuleTree, KeepsSizesInAsManyBytesAsTheyHad) {
  const Bytes module = bytes_of("01 84 80 00  81 00  5f 00");
  EXPECT_EQ(hex(encode(parse(module))), hex(module));
}

TEST(ModuleTree, KeepsWhatDoesNotFollowTheGrammar) {
  const Bytes module = bytes_of("01 { leb(1) 77 }  07 99");
  const Node root = parse(module);
  ASSERT_EQ(root.children.size(), 2U);
  EXPECT_EQ(root.children[0].children.front().kind, Kind::raw);
  EXPECT_EQ(root.children[1].kind, Kind::raw);
  EXPECT_EQ(hex(encode(root)), hex(module));
}

TEST(ModuleTree, SetsSizesAndCountsRight) {
  Node root = parse(bytes_of("01 { leb(2) 60 00 00  60 00 00 }"));
  entries_of(root.children.front())->children.pop_back();
  EXPECT_EQ(hex(encode(root)), hex(bytes_of("01 { leb(1) 60 00 00 }")));
  root.children.front().skew = 1;
  EXPECT_EQ(hex(encode(root)), hex(bytes_of("01 05 leb(1) 60 00 00")));
}

TEST(ModuleTree, ReadsAndWritesNumbers) {
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64},
                                   std::int64_t{-65}, INT64_MIN, INT64_MAX}) {
    EXPECT_EQ(static_cast<std::int64_t>(number(number_leaf(Kind::sleb64, static_cast<std::uint64_t>(value)))), value);
  }
  EXPECT_EQ(number(number_leaf(Kind::limit, UINT64_MAX)), UINT64_MAX);
  EXPECT_EQ(hex(number_leaf(Kind::heap_type, static_cast<std::uint64_t>(-16)).bytes), "70");
}

// Two functions that call one another, an import before them, and a third that nobody needs.
const char* const calls =
    "01 { leb(2) 60 00 00  60 00 01 7f }"
    "02 { leb(1) {\"m\"} {\"f\"} 00 00 }"
    "03 { leb(3) 00 01 00 }"
    "07 { leb(1) {\"e\"} 00 03 }"
    "0a { leb(3) {00 0b} {00 41 00 0b} {00 10 00 10 02 1a 10 03 0b} }";

TEST(IndexSpaces, CountsEntriesWithImports) {
  const SpaceSizes sizes = space_sizes(parse(bytes_of(calls)));
  EXPECT_EQ(size_of(sizes, Space::type), 2U);
  EXPECT_EQ(size_of(sizes, Space::function), 4U);
  EXPECT_EQ(size_of(sizes, Space::memory), 0U);
}

TEST(IndexSpaces, TakesAFunctionOutWithItsBodyAndRenumbers) {
  Node root = parse(bytes_of(calls));
  ASSERT_TRUE(remove_entry(root, Space::function, 1));
  EXPECT_EQ(hex(encode(root)), hex(bytes_of("01 { leb(2) 60 00 00  60 00 01 7f }"
                                            "02 { leb(1) {\"m\"} {\"f\"} 00 00 }"
                                            "03 { leb(2) 01 00 }"
                                            "07 { leb(1) {\"e\"} 00 02 }"
                                            "0a { leb(2) {00 41 00 0b} {00 10 00 10 01 1a 10 02 0b} }")));
  EXPECT_TRUE(is_valid(encode(root)));
  EXPECT_FALSE(remove_entry(root, Space::function, 3));
}

TEST(IndexSpaces, PrunesWhatNobodyRefersTo) {
  Node root = parse(bytes_of(calls));
  EXPECT_EQ(prune(root), 1U);
  EXPECT_EQ(size_of(space_sizes(root), Space::function), 3U);
  EXPECT_TRUE(is_valid(encode(root)));
}

TEST(IndexSpaces, TakesTypesOutInWholeGroups) {
  Node root = parse(bytes_of("01 { leb(2) 4e leb(2) 5f 00 5f 00  60 01 63 02 00 }"));
  EXPECT_FALSE(remove_entry(root, Space::type, 0));
  EXPECT_TRUE(remove_entry(root, Space::type, 2));
  EXPECT_EQ(hex(encode(root)), hex(bytes_of("01 { leb(1) 4e leb(2) 5f 00 5f 00 }")));
}

TEST(Mutator, MakesTheSameMutantsEverywhere) {
  const Mutator one(corpus().modules, 7, Mutator::Style::structural);
  const std::vector<Bytes> copy = corpus().modules;
  const Mutator other(copy, 7, Mutator::Style::structural);
  std::size_t like_seed_8 = 0;
  const Mutator third(corpus().modules, 8, Mutator::Style::structural);
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
  for (const Bytes& module : corpus().modules) valid.push_back(is_valid(module));
  const Mutator mutator(corpus().modules, 1, Mutator::Style::structural, valid);
  std::size_t accepted = 0;
  std::size_t unchanged = 0;
  constexpr std::size_t count = 2'000;
  for (std::uint64_t number = 0; number < count; ++number) {
    const Mutant mutant = mutator.make(number);
    accepted += is_valid(mutant.bytes) ? 1U : 0U;
    unchanged += mutant.bytes == corpus().modules[mutant.origin] ? 1U : 0U;
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
  const Bytes module = bytes_of(calls);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Random random(seed);
    const Bytes smaller = cut_down(module, random, 1);
    EXPECT_LT(smaller.size(), module.size());
    EXPECT_TRUE(is_valid(smaller)) << hex(smaller);
  }
}

}  // namespace
}  // namespace plimsoll::regress::differential
