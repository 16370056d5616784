// Which custom sections there are: kinds by name, the walk, the first of a kind.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "plimsoll/custom_sections.hpp"
#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::custom_section;

std::span<const std::byte> view(const Bytes& bytes) { return std::as_bytes(std::span(bytes)); }

TEST(CustomKind, GoesByTheName) {
  EXPECT_EQ(custom_kind("name"), CustomKind::name);
  EXPECT_EQ(custom_kind("producers"), CustomKind::producers);
  EXPECT_EQ(custom_kind("target_features"), CustomKind::target_features);
  EXPECT_EQ(custom_kind("dylink.0"), CustomKind::dylink);
  EXPECT_EQ(custom_kind("linking"), CustomKind::linking);
  EXPECT_EQ(custom_kind("reloc.CODE"), CustomKind::relocations);
  EXPECT_EQ(custom_kind("reloc..debug_info"), CustomKind::relocations);
  EXPECT_EQ(custom_kind("sourceMappingURL"), CustomKind::source_map);
  EXPECT_EQ(custom_kind("external_debug_info"), CustomKind::external_debug);
  EXPECT_EQ(custom_kind("build_id"), CustomKind::build_id);
  EXPECT_EQ(custom_kind("metadata.code.branch_hint"), CustomKind::branch_hints);
  EXPECT_EQ(custom_kind("metadata.code.trace_inst"), CustomKind::trace_marks);
  EXPECT_EQ(custom_kind("metadata.code.compilation_priority"), CustomKind::compilation_priorities);
  EXPECT_EQ(custom_kind("metadata.code.instr_freq"), CustomKind::instruction_frequencies);
  EXPECT_EQ(custom_kind("metadata.code.call_targets"), CustomKind::call_targets);
  EXPECT_EQ(custom_kind("metadata.code.hotness"), CustomKind::code_metadata);
  EXPECT_EQ(custom_kind("wasmedge"), CustomKind::wasmedge);
  for (const char* other : {"", "names", "Name", "dylink", "reloc", "metadata.code", "metadata.function.x"})
    EXPECT_EQ(custom_kind(other), CustomKind::other) << other;
}

TEST(CustomName, IsThatOfTheKind) {
  for (std::size_t i = 0; i < custom_kind_count; ++i) {
    const auto kind = static_cast<CustomKind>(i);
    EXPECT_EQ(custom_kind(custom_name(kind)), kind);
    EXPECT_EQ(custom_name(kind).empty(), kind == CustomKind::other);
  }
  EXPECT_EQ(static_cast<std::size_t>(CustomKind::wasmedge) + 1, custom_kind_count);
}

TEST(CustomSectionWalk, GivesTheCustomSectionsAndWhereTheyStand) {
  const Bytes module = test::module({custom_section("a", {1, 2}), test::section(1, {0}), custom_section("linking", {}),
                                     test::section(3, {0}), custom_section("a", {3})});
  std::vector<std::string> seen;
  CustomSectionWalk walk(view(module));
  CustomSection section;
  while (walk.next(section)) {
    seen.push_back(std::string(section.name) + " index " + std::to_string(section.index) + " at " +
                   std::to_string(section.offset) + " contents " + std::to_string(section.contents.offset) + "+" +
                   std::to_string(section.contents.size));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a index 0 at 8 contents 12+2", "linking index 2 at 17 contents 27+0",
                                            "a index 4 at 30 contents 34+1"}));
  EXPECT_FALSE(walk.next(section));
}

TEST(CustomSectionWalk, TakesAnyBytes) {
  const Bytes whole = test::module({custom_section("a", {1, 2}), custom_section("name", {3})});
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CustomSectionWalk walk(view(prefix));
    CustomSection section;
    std::size_t count = 0;
    while (walk.next(section)) ++count;
    EXPECT_EQ(count, size < 14 ? 0U : size < whole.size() ? 1U : 2U) << size;
  }
}

TEST(FindCustomSection, GivesTheFirst) {
  const Bytes module =
      test::module({custom_section("a", {1}), custom_section("build_id", {2}), custom_section("build_id", {3})});
  EXPECT_EQ(find_custom_section(view(module), CustomKind::build_id)->index, 1U);
  EXPECT_EQ(find_custom_section(view(module), CustomKind::name), std::nullopt);
}

}  // namespace
}  // namespace plimsoll
