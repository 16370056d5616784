// `linking`: what it says, and what is wrong in it.
#include "plimsoll/linking.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "plimsoll/load.hpp"
#include "testing/custom.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;
using test::name;
using test::Strings;
using test::vec;

Bytes part(std::uint8_t id, const Bytes& contents) { return Bytes{id} + test::sized(contents); }
Bytes part(LinkingPart id, const Bytes& contents) { return part(static_cast<std::uint8_t>(id), contents); }
Bytes with_version(const Bytes& parts) { return leb(2) + parts; }

// Of each kind an import (0) and a definition (1). Two data segments, of 4 and 2 bytes. Sections: 0 type, 1 import, 2 function,
// 3 table, 4 memory, 5 tag, 6 global, 7 code, 8 data.
const test::CustomCase linking = {
    .module = test::assemble({
        .types = "func [ ] [ ]",
        .imports = "env f func 0 env g global i32 env e tag 0 env t table funcref 0..",
        .functions = "0",
        .tables = "funcref 0..",
        .memories = "1..",
        .tags = "0",
        .globals = "i32 i32.const 0 end",
        .bodies = {"nop"},
        .data = "1 abcd 1 xy",
    }),
    .name = "linking",
};

Bytes symbol(SymbolKind kind, std::uint32_t flags, std::uint32_t index) {
  return Bytes{static_cast<std::uint8_t>(kind)} + leb(flags) + leb(index);
}
Bytes symbol(SymbolKind kind, std::uint32_t flags, std::uint32_t index, std::string_view title) {
  return symbol(kind, flags, index) + name(title);
}
Bytes data(std::uint32_t flags, std::string_view title) { return Bytes{1} + leb(flags) + name(title); }
Bytes data(std::uint32_t flags, std::string_view title, std::uint32_t index, std::uint32_t at, std::uint32_t size) {
  return data(flags, title) + leb(index) + leb(at) + leb(size);
}
constexpr std::uint32_t undefined = symbol_flag::undefined;

const Bytes symbols = vec({
    symbol(SymbolKind::function, undefined, 0),
    symbol(SymbolKind::function, symbol_flag::weak, 1, "defined"),
    symbol(SymbolKind::global, undefined | symbol_flag::explicit_name, 0, "renamed"),
    symbol(SymbolKind::section, symbol_flag::local, 7),
    symbol(SymbolKind::tag, undefined, 0),
    symbol(SymbolKind::table, 0, 1, "table"),
    data(undefined, "elsewhere"),
    data(0, "here", 0, 1, 3),
    data(symbol_flag::absolute, "there", 9, 0xFFFF'FFFF, 0xFFFF'FFFF),
});
const Bytes everything =
    with_version(part(LinkingPart::symbols, symbols) +
                 part(LinkingPart::segments, vec({name(".data") + leb(4) + leb(0), name(".str") + leb(0) + leb(5)})) +
                 part(LinkingPart::init_functions, vec({leb(65535) + leb(1)})) +
                 part(LinkingPart::comdats,
                      vec({name("group") + leb(0) +
                               vec({Bytes{0, 1}, Bytes{1, 1}, Bytes{2, 1}, Bytes{3, 1}, Bytes{4, 1}, Bytes{5, 8}}),
                           name("") + leb(0) + vec({})})));

struct View {
  explicit View(const Bytes& contents) : bytes(linking.with(contents)), module(*load(BorrowedBytes(bytes))) {}
  [[nodiscard]] LinkingSection section() const {
    return {module->bytes(), *find_custom_section(module->bytes(), CustomKind::linking)};
  }
  Bytes bytes;
  std::unique_ptr<const Module> module;
};

TEST(LinkingSection, HasEveryPart) {
  const View view(everything);
  const LinkingSection section = view.section();
  EXPECT_EQ(section.version(), 2U);
  Strings lines;
  for (const Symbol& one : section.symbols()) {
    lines.push_back(std::to_string(static_cast<int>(one.kind)) + " " + std::string(symbol_name(*view.module, one)) +
                    " " + std::to_string(one.index) + " " + std::to_string(one.data_offset) + "+" +
                    std::to_string(one.data_size) + (one.is_undefined() ? " undefined" : ""));
  }
  EXPECT_EQ(lines, (Strings{"0 f 0 0+0 undefined", "0 defined 1 0+0", "2 renamed 0 0+0 undefined", "3  7 0+0",
                            "4 e 0 0+0 undefined", "5 table 1 0+0", "1 elsewhere 0 0+0 undefined", "1 here 0 1+3",
                            "1 there 9 4294967295+4294967295"}));
  lines.clear();
  for (const LinkingSegment& one : section.segments())
    lines.push_back(std::string(one.name) + " " + std::to_string(one.alignment) + " " + std::to_string(one.flags));
  EXPECT_EQ(lines, (Strings{".data 4 0", ".str 0 5"}));
  lines.clear();
  for (const Comdat& one : section.comdats()) {
    std::string line(one.name);
    for (const ComdatSymbol& member : one.symbols)
      line += " " + std::to_string(static_cast<int>(member.kind)) + ":" + std::to_string(member.index);
    lines.push_back(line);
  }
  EXPECT_EQ(lines, (Strings{"group 0:1 1:1 2:1 3:1 4:1 5:8", ""}));
  ASSERT_EQ(section.init_functions().count(), 1U);
  EXPECT_EQ(section.init_functions().begin()->priority, 65535U);
  EXPECT_EQ(section.init_functions().begin()->symbol, 1U);
}

TEST(LinkingSection, OfAnotherVersionIsEmpty) {
  const View view(leb(3) + part(LinkingPart::symbols, symbols));
  EXPECT_EQ(view.section().version(), 3U);
  EXPECT_TRUE(view.section().symbols().empty());
}

TEST(LinkingSection, SymbolsEndAtAnUnknownKind) {
  const View view(with_version(part(LinkingPart::symbols, vec({symbol(SymbolKind::section, 0, 7), Bytes{6, 0, 0}}))));
  EXPECT_EQ(std::ranges::distance(view.section().symbols()), 1);
}

TEST(CheckLinking, HasNothingAgainstAGoodSection) {
  EXPECT_EQ(linking.warnings(everything), Strings{});
  const std::vector<std::size_t> silent = linking.silent_prefixes(everything);
  EXPECT_EQ(silent.size(), 5U);  // the version, and the ends of the four parts
  linking.mutate(everything);
}

Strings of_symbols(const Bytes& contents) {
  return linking.warnings(with_version(part(LinkingPart::symbols, contents)));
}

TEST(CheckLinking, SymbolsAreOfThingsThatExist) {
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::function, 0, 2, "a")})), Strings{"index_out_of_range+4 2/2"});
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::global, 0, 2, "a")})), Strings{"index_out_of_range+4 2/2"});
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::tag, 0, 2, "a")})), Strings{"index_out_of_range+4 2/2"});
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::table, 0, 2, "a")})), Strings{"index_out_of_range+4 2/2"});
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::section, 0, 10)})), Strings{"index_out_of_range+4 10/10"});
  EXPECT_EQ(of_symbols(vec({data(0, "a", 2, 0, 0)})), Strings{"index_out_of_range+4 2/2"});
}

TEST(CheckLinking, SymbolsFitWhatTheyAreOf) {
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::function, 0, 0, "a")})), Strings{"import_mismatch+4 0"});
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::global, undefined, 1)})), Strings{"import_mismatch+4 1"});
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::function, undefined | symbol_flag::local, 0)})),
            Strings{"import_mismatch+4 0"});
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::section, 0, 0)})), Strings{"wrong_section+4 0"});
  EXPECT_EQ(of_symbols(vec({data(0, "a", 0, 1, 4)})), Strings{"out_of_bounds+4 5/4"});
  EXPECT_EQ(of_symbols(vec({data(0, "a", 1, 2, 0)})), Strings{});
  EXPECT_EQ(of_symbols(vec({data(0, "a", 1, 0xFFFF'FFFF, 2)})), Strings{"out_of_bounds+4 4294967297/2"});
}

TEST(CheckLinking, FlagsAndKindsAreKnown) {
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::section, 0x400, 7), symbol(SymbolKind::section, 8, 7)})),
            (Strings{"bad_flags+4 1024", "bad_flags+8 8"}));
  EXPECT_EQ(of_symbols(vec({symbol(SymbolKind::section, symbol_flag::weak | symbol_flag::local, 7)})),
            Strings{"bad_flags+4 3"});
  EXPECT_EQ(of_symbols(vec({Bytes{6, 0, 0}, symbol(SymbolKind::section, 0x400, 7)})), Strings{"unknown_kind+4 6"});
}

TEST(CheckLinking, NamesOfSymbolsDiffer) {
  const auto function = [](std::uint32_t flags) { return symbol(SymbolKind::function, flags, 1, "same"); };
  EXPECT_EQ(of_symbols(vec({function(0), function(symbol_flag::local), data(undefined, "same")})),
            Strings{"duplicate_name+20"});
  Bytes many = leb(2000);
  for (int i = 0; i < 2000; ++i) many += data(undefined, "n" + std::to_string(i % 1999));
  EXPECT_EQ(of_symbols(many).size(), 1U);
}

TEST(CheckLinking, SegmentsAreThoseOfTheModule) {
  const auto segments = [](const Bytes& contents) {
    return linking.warnings(with_version(part(LinkingPart::segments, contents)));
  };
  const Bytes one = name("a") + leb(0) + leb(0);
  EXPECT_EQ(segments(vec({one})), Strings{"count_mismatch+3 1/2"});
  EXPECT_EQ(segments(vec({one, one, one})), Strings{"count_mismatch+3 3/2"});
  EXPECT_EQ(segments(vec({one, name("b") + leb(32) + leb(8)})), (Strings{"bad_alignment+8 32/31", "bad_flags+8 8"}));
  EXPECT_EQ(segments(vec({one, name("\xFF") + leb(0) + leb(0)})), Strings{"bad_utf8+9"});
}

TEST(CheckLinking, InitFunctionsAreSymbolsOfFunctions) {
  const Bytes table = part(LinkingPart::symbols, vec({symbol(SymbolKind::section, 0, 7)}));
  const auto init = [](std::uint32_t index) { return part(LinkingPart::init_functions, vec({leb(0) + leb(index)})); };
  EXPECT_EQ(linking.warnings(with_version(table + init(0))), Strings{"wrong_symbol+10 0"});
  EXPECT_EQ(linking.warnings(with_version(table + init(1))), Strings{"index_out_of_range+10 1/1"});
  EXPECT_EQ(linking.warnings(with_version(init(0) + table)), Strings{"subsection_out_of_order+1 6"});
}

TEST(CheckLinking, ComdatsHoldDefinitions) {
  const auto comdat = [](const Bytes& member) {
    return linking.warnings(with_version(part(LinkingPart::comdats, vec({name("c") + leb(0) + vec({member})}))));
  };
  EXPECT_EQ(comdat({0, 2}), Strings{"index_out_of_range+8 2/2"});
  for (const std::uint8_t kind : std::initializer_list<std::uint8_t>{1, 2, 3, 4}) {
    EXPECT_EQ(comdat({kind, 0}), Strings{"import_mismatch+8 0"}) << int{kind};
    EXPECT_EQ(comdat({kind, 2}), Strings{"index_out_of_range+8 2/2"}) << int{kind};
  }
  EXPECT_EQ(comdat({5, 10}), Strings{"index_out_of_range+8 10/10"});
  EXPECT_EQ(comdat({6, 0}), Strings{"unknown_kind+8 6"});
  EXPECT_EQ(linking.warnings(with_version(part(LinkingPart::comdats, vec({name("c") + leb(1) + vec({})})))),
            Strings{"bad_flags+4 1"});
}

TEST(CheckLinking, PartsStandOnceAndAreKnown) {
  const Bytes table = part(LinkingPart::symbols, vec({}));
  EXPECT_EQ(linking.warnings(leb(1) + table), Strings{"unsupported_version+0 1"});
  EXPECT_EQ(linking.warnings(with_version(table + table)), Strings{"duplicate_subsection+4 8"});
  EXPECT_EQ(linking.warnings(with_version(part(4, {}) + part(9, {}))),
            (Strings{"unknown_subsection+1 4", "unknown_subsection+3 9"}));
  EXPECT_EQ(linking.warnings(with_version(part(LinkingPart::symbols, vec({}) + Bytes{0}))),
            Strings{"trailing_bytes+4"});
}

TEST(CheckLinking, ALyingCountCostsNothing) {
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{5, 7, 8})
    EXPECT_EQ(linking.warnings(with_version(part(id, leb(0xFFFF'FFFF)))), Strings{"unexpected_end+8"}) << int{id};
}

TEST(CheckLinking, TheSectionStandsBehindAllOthers) {
  const Bytes section = test::custom_section("linking", leb(2));
  EXPECT_EQ(test::warnings(test::module({section, test::section(1, {0x00})})), Strings{"misplaced_section@8"});
  EXPECT_EQ(test::warnings(test::module({section, section})), Strings{"duplicate_section@19"});
}

}  // namespace
}  // namespace plimsoll
