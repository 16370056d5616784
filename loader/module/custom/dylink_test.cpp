// `dylink.0`: what it says, and what is wrong in it.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "plimsoll/linking.hpp"
#include "testing/custom.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;
using test::name;
using test::Strings;
using test::vec;

Bytes part(std::uint8_t id, const Bytes& contents) { return Bytes{id} + test::sized(contents); }

const test::CustomCase dylink = {.module = test::preamble(), .name = "dylink.0", .at_start = true};

const Bytes everything = part(1, leb(1000) + leb(4) + leb(20) + leb(31)) + part(2, vec({name("a.so"), name("b.so")})) +
                         part(3, vec({name("f") + leb(symbol_flag::thread_local_)})) +
                         part(4, vec({name("env") + name("g") + leb(symbol_flag::weak)})) +
                         part(5, vec({name("/lib")}));

DylinkSection section(const Bytes& module) {
  CustomSection found;
  CustomSectionWalk(std::as_bytes(std::span(module))).next(found);
  return {std::as_bytes(std::span(module)), found};
}

TEST(DylinkSection, HasEveryPart) {
  const Bytes module = dylink.with(everything);
  const DylinkSection view = section(module);
  ASSERT_TRUE(view.memory().has_value());
  EXPECT_EQ(view.memory()->memory_size, 1000U);
  EXPECT_EQ(view.memory()->memory_alignment, 4U);
  EXPECT_EQ(view.memory()->table_size, 20U);
  EXPECT_EQ(view.memory()->table_alignment, 31U);
  Strings texts;
  for (const DylinkText& one : view.needed()) texts.push_back(std::string(one.text));
  for (const DylinkText& one : view.runtime_path()) texts.push_back(std::string(one.text));
  for (const DylinkExport& one : view.exports()) texts.push_back(std::string(one.name) + std::to_string(one.flags));
  for (const DylinkImport& one : view.imports())
    texts.push_back(std::string(one.module) + "." + std::string(one.field) + std::to_string(one.flags));
  EXPECT_EQ(texts, (Strings{"a.so", "b.so", "/lib", "f256", "env.g1"}));
}

TEST(DylinkSection, IsEmptyWithoutItsParts) {
  const Bytes none = dylink.with({});
  EXPECT_FALSE(section(none).memory().has_value());
  EXPECT_TRUE(section(none).needed().empty());
  const Bytes half = dylink.with(part(1, leb(1000) + leb(4)));
  EXPECT_FALSE(section(half).memory().has_value());
  const Bytes other = test::module({test::custom_section("x", everything)});
  EXPECT_FALSE(section(other).memory().has_value());
}

TEST(CheckDylink, WarnsOfEachThing) {
  EXPECT_EQ(dylink.warnings(everything), Strings{});
  std::vector<std::size_t> ends = {0};
  for (std::size_t at = 0; at < everything.size(); at += 2U + everything[at + 1])
    ends.push_back(at + 2 + everything[at + 1]);
  EXPECT_EQ(dylink.silent_prefixes(everything), ends);
  dylink.mutate(everything);
  EXPECT_EQ(dylink.warnings(part(1, leb(0) + leb(32) + leb(0) + leb(40))),
            (Strings{"bad_alignment+3 32/31", "bad_alignment+5 40/31"}));
  EXPECT_EQ(dylink.warnings(part(1, leb(0) + leb(0) + leb(0))), Strings{"unexpected_end+5"});
  EXPECT_EQ(dylink.warnings(part(1, leb(0) + leb(0) + leb(0) + leb(0) + leb(0))), Strings{"trailing_bytes+6"});
  EXPECT_EQ(dylink.warnings(part(2, vec({name("\xFF")}))), Strings{"bad_utf8+4"});
  EXPECT_EQ(dylink.warnings(part(3, vec({name("f") + leb(0x400)}))), Strings{"bad_flags+3 1024"});
  EXPECT_EQ(dylink.warnings(part(4, vec({name("f") + name("g") + leb(8)}))), Strings{"bad_flags+3 8"});
  EXPECT_EQ(dylink.warnings(part(5, vec({})) + part(5, {0xFF})), Strings{"duplicate_subsection+3 5"});
  EXPECT_EQ(dylink.warnings(part(0, {}) + part(6, {})), (Strings{"unknown_subsection+0 0", "unknown_subsection+2 6"}));
  EXPECT_EQ(dylink.warnings({0x02, 0x05, 0x00}), Strings{"length_out_of_bounds+1"});
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{2, 3, 4, 5})
    EXPECT_EQ(dylink.warnings(part(id, leb(0xFFFF'FFFF))), Strings{"unexpected_end+7"}) << int{id};
}

TEST(CheckDylink, TheSectionIsTheFirst) {
  const Bytes section = test::custom_section("dylink.0", {});
  EXPECT_EQ(test::warnings(test::module({test::custom_section("a", {}), section})), Strings{"misplaced_section@12"});
  EXPECT_EQ(test::warnings(test::module({section, section})),
            (Strings{"misplaced_section@19", "duplicate_section@19"}));
}

}  // namespace
}  // namespace plimsoll
