// Trees of modules: read and written again, opened, renumbered.
#include "mutate/module_tree.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mutate/index_spaces.hpp"
#include "mutate/testing.hpp"
#include "smith/smith.hpp"

namespace plimsoll::fuzz {
namespace {

TEST(ModuleTree, GivesTheBytesBackThatItWasReadFrom) {
  ASSERT_GT(corpus().size(), 100U);
  for (std::size_t i = 0; i < corpus().size(); ++i) {
    Node root = parse(corpus()[i].bytes);
    EXPECT_EQ(hex(encode(root)), hex(corpus()[i].bytes)) << corpus()[i].name;
    open_all(root);
    EXPECT_EQ(hex(encode(root)), hex(corpus()[i].bytes)) << corpus()[i].name << ", opened";
  }
}

// A part that is kept raw is a part that no mutation understands.
void expect_understood(const Bytes& module, const std::string& name) {
  Node root = parse(module);
  open_all(root);
  ASSERT_EQ(hex(encode(root)), hex(module)) << name;
  for (const Node& section : root.children) {
    ASSERT_EQ(section.kind, Kind::section) << name;
    if (section_id(section) == 0) continue;
    ASSERT_EQ(section.children.size(), 1U) << name << ", section " << int{section_id(section)};
    ASSERT_NE(section.children.front().kind, Kind::raw) << name << ", section " << int{section_id(section)};
    if (section_id(section) != 10) continue;
    for (const Node& body : entries_of(section)->children) ASSERT_FALSE(body.children.empty()) << name;
  }
}

TEST(ModuleTree, UnderstandsEverythingThatIsValid) {
  for (const NamedModule& module : corpus())
    if (is_valid(module.bytes)) expect_understood(module.bytes, module.name);
}

TEST(ModuleTree, UnderstandsEveryProposal) {
  const Smith smith({Features::all(), 2048});
  for (std::uint64_t seed = 0; seed < 3'000 && !testing::Test::HasFatalFailure(); ++seed)
    expect_understood(smith.make(seed), "smith's " + std::to_string(seed));
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

TEST(IndexSpaces, TakesCompactImportsOut) {
  const std::string types = "01 { leb(1) 60 00 00 }";
  const Node whole = parse(bytes_of(types + "02 { leb(2) {\"m\"} {} 7f leb(2) {\"f\"} 00 00 {\"g\"} 03 7f 00 "
                                            "{\"n\"} {} 7e 00 00 leb(2) {\"h\"} {\"i\"} }"));
  EXPECT_EQ(size_of(space_sizes(whole), Space::function), 3U);
  EXPECT_EQ(size_of(space_sizes(whole), Space::global), 1U);
  Node root = whole;
  ASSERT_TRUE(remove_entry(root, Space::function, 1));
  EXPECT_EQ(hex(encode(root)), hex(bytes_of(types + "02 { leb(2) {\"m\"} {} 7f leb(2) {\"f\"} 00 00 {\"g\"} 03 7f 00 "
                                                    "{\"n\"} {} 7e 00 00 leb(1) {\"i\"} }")));
}

TEST(IndexSpaces, TakesTypesOutInWholeGroups) {
  Node root = parse(bytes_of("01 { leb(2) 4e leb(2) 5f 00 5f 00  60 01 63 02 00 }"));
  EXPECT_FALSE(remove_entry(root, Space::type, 0));
  EXPECT_TRUE(remove_entry(root, Space::type, 2));
  EXPECT_EQ(hex(encode(root)), hex(bytes_of("01 { leb(1) 4e leb(2) 5f 00 5f 00 }")));
}

}  // namespace
}  // namespace plimsoll::fuzz
