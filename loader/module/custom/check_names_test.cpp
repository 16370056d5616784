// The check of the name section: each rule of the appendix, broken once.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "plimsoll/names.hpp"
#include "testing/custom.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;
using test::Strings;
using test::vec;

Bytes subsection(std::uint8_t id, const Bytes& contents) { return Bytes{id} + test::sized(contents); }
Bytes entry(std::uint32_t index, std::string_view name) { return leb(index) + test::name(name); }

// Two of everything: an imported function (one parameter) and a defined one (one parameter, three locals, four labels).
const test::CustomCase names = {
    .module = test::assemble({
        .types = "func [ i32 ] [ ] struct [ i32 mut i64 i8 ]",
        .imports = "env f func 0",
        .functions = "0",
        .tables = "funcref 1.. funcref 1..",
        .memories = "1.. 1..",
        .tags = "0 0",
        .globals = "i32 i32.const 0 end i32 i32.const 0 end",
        .elements = "1 0 [ ] 1 0 [ ]",
        .bodies = {"local 2 i32 local 1 f64 block void loop void i32.const 0 if void else end end end "
                   "try_table void [ ] end"},
        .data = "1 a 1 b",
    }),
    .name = "name",
};

TEST(CheckNames, HasNothingAgainstASectionThatNamesEverything) {
  Bytes contents = subsection(0, test::name("module"));
  contents += subsection(1, vec({entry(0, "f"), entry(1, "g")}));
  contents += subsection(2, vec({leb(0) + vec({entry(0, "p")}),
                                 leb(1) + vec({entry(0, "p"), entry(1, "a"), entry(2, "b"), entry(3, "c")})}));
  contents += subsection(3, vec({leb(1) + vec({entry(0, "a"), entry(1, "b"), entry(2, "c"), entry(3, "d")})}));
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{4, 5, 6, 7, 8, 9})
    contents += subsection(id, vec({entry(0, "x"), entry(1, "x")}));
  contents += subsection(10, vec({leb(1) + vec({entry(0, "x"), entry(1, "y"), entry(2, "z")})}));
  contents += subsection(11, vec({entry(0, "x"), entry(1, "")}));
  EXPECT_EQ(names.warnings(contents), Strings{});
  EXPECT_EQ(names.warnings({}), Strings{});
  // Where a subsection ends, a section may end.
  std::vector<std::size_t> ends = {0};
  for (std::size_t at = 0; at < contents.size(); at += 2U + contents[at + 1]) {
    ASSERT_LT(contents[at + 1], 0x80);
    ends.push_back(at + 2 + contents[at + 1]);
  }
  EXPECT_EQ(names.silent_prefixes(contents), ends);
  names.mutate(contents);
}

TEST(CheckNames, EverySubsectionHasItsOwnIndexSpace) {
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{1, 4, 5, 6, 7, 8, 9, 11}) {
    EXPECT_EQ(names.warnings(subsection(id, vec({entry(1, "x"), entry(2, "y")}))), Strings{"index_out_of_range+6 2/2"})
        << int{id};
  }
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{2, 3, 10})
    EXPECT_EQ(names.warnings(subsection(id, vec({leb(2) + vec({})}))), Strings{"index_out_of_range+3 2/2"}) << int{id};
}

TEST(CheckNames, LocalsAreParametersAndLocals) {
  EXPECT_EQ(names.warnings(subsection(2, vec({leb(0) + vec({entry(0, "p"), entry(1, "x")})}))),
            Strings{"index_out_of_range+8 1/1"});
  EXPECT_EQ(names.warnings(subsection(2, vec({leb(1) + vec({entry(3, "c"), entry(4, "x")})}))),
            Strings{"index_out_of_range+8 4/4"});
}

TEST(CheckNames, LabelsAreTheStructuredInstructions) {
  EXPECT_EQ(names.warnings(subsection(3, vec({leb(0) + vec({entry(0, "x")})}))), Strings{"index_out_of_range+5 0/0"});
  EXPECT_EQ(names.warnings(subsection(3, vec({leb(1) + vec({entry(3, "d"), entry(4, "x")})}))),
            Strings{"index_out_of_range+8 4/4"});
}

TEST(CheckNames, FieldsAreThoseOfStructs) {
  EXPECT_EQ(names.warnings(subsection(10, vec({leb(0) + vec({entry(0, "x")})}))), Strings{"index_out_of_range+5 0/0"});
  EXPECT_EQ(names.warnings(subsection(10, vec({leb(1) + vec({entry(3, "x")})}))), Strings{"index_out_of_range+5 3/3"});
}

TEST(CheckNames, IndicesAscend) {
  EXPECT_EQ(names.warnings(subsection(1, vec({entry(1, ""), entry(0, ""), entry(0, ""), entry(1, "")}))),
            (Strings{"index_out_of_order+5 0", "duplicate_index+7 0", "index_out_of_order+9 1"}));
  // Groups too; one that does not ascend is not held against its function.
  EXPECT_EQ(names.warnings(subsection(2, vec({leb(1) + vec({}), leb(1) + vec({entry(9, "")}), leb(0) + vec({})}))),
            (Strings{"duplicate_index+5 1", "index_out_of_order+9 0"}));
  EXPECT_EQ(names.warnings(subsection(2, vec({leb(1) + vec({entry(2, ""), entry(1, "")})}))),
            Strings{"index_out_of_order+7 1"});
}

TEST(CheckNames, SubsectionsStandOnceAndInOrder) {
  const Bytes globals = subsection(7, vec({}));
  EXPECT_EQ(names.warnings(globals + subsection(1, vec({}))), Strings{"subsection_out_of_order+3 1"});
  EXPECT_EQ(names.warnings(globals + subsection(7, {0xFF})), Strings{"duplicate_subsection+3 7"});
  EXPECT_EQ(names.warnings(globals + subsection(12, {0xFF}) + globals),
            (Strings{"unknown_subsection+3 12", "duplicate_subsection+6 7"}));
}

TEST(CheckNames, TextsAreUtf8) {
  EXPECT_EQ(names.warnings(subsection(0, test::name("\xC3\x28"))), Strings{"bad_utf8+3"});
  EXPECT_EQ(names.warnings(subsection(1, vec({entry(0, "\xFF"), entry(1, "\xED\xA0\x80")}))),
            (Strings{"bad_utf8+5", "bad_utf8+8"}));
}

TEST(CheckNames, APartThatCannotBeReadIsNamedAndPassedOver) {
  const Bytes behind = subsection(11, vec({entry(9, "")}));
  const auto with = [&](const Bytes& contents) { return names.warnings(subsection(1, contents) + behind); };
  EXPECT_EQ(with({}), (Strings{"unexpected_end+2", "index_out_of_range+5 9/2"}));
  EXPECT_EQ(with({0x80}), (Strings{"unexpected_end+3", "index_out_of_range+6 9/2"}));
  EXPECT_EQ(with({0x01}), (Strings{"unexpected_end+3", "index_out_of_range+6 9/2"}));
  EXPECT_EQ(with({0x01, 0x00, 0x05, 'a'}), (Strings{"length_out_of_bounds+4", "index_out_of_range+9 9/2"}));
  EXPECT_EQ(with({0x01, 0x80, 0x80, 0x80, 0x80, 0x10}), (Strings{"bad_integer+7", "index_out_of_range+11 9/2"}));
  EXPECT_EQ(with({0x00, 0x00}), (Strings{"trailing_bytes+3", "index_out_of_range+7 9/2"}));
  EXPECT_EQ(names.warnings(subsection(0, test::name("a") + Bytes{0x00})), Strings{"trailing_bytes+4"});
}

TEST(CheckNames, ASubsectionMustFit) {
  EXPECT_EQ(names.warnings({0x01}), Strings{"unexpected_end+1"});
  EXPECT_EQ(names.warnings({0x01, 0x02, 0x00}), Strings{"length_out_of_bounds+1"});
  EXPECT_EQ(names.warnings({0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}), Strings{"bad_integer+5"});
}

// A count is believed only as far as there are entries.
TEST(CheckNames, ALyingCountCostsNothing) {
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{1, 2, 3, 10}) {
    EXPECT_EQ(names.warnings(subsection(id, leb(0xFFFF'FFFF))), Strings{"unexpected_end+7"}) << int{id};
    EXPECT_EQ(names.warnings(subsection(id, leb(0xFFFF'FFFF) + leb(0))), Strings{"unexpected_end+8"}) << int{id};
  }
}

TEST(CheckNames, TheSectionStandsBehindAllOthers) {
  const Bytes section = test::custom_section("name", {});
  const Bytes behind = test::custom_section("name", {0xFF});
  EXPECT_EQ(test::warnings(test::module({section, test::section(1, {0x00})})), Strings{"misplaced_section@8"});
  EXPECT_EQ(test::warnings(test::module({test::section(1, {0x00}), section})), Strings{});
  EXPECT_EQ(test::warnings(test::module({section, test::custom_section("x", {}), behind})),
            Strings{"duplicate_section@19"});
}

}  // namespace
}  // namespace plimsoll
