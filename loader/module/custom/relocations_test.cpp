// `reloc.*`: what they say, and what is wrong in them.
#include <gtest/gtest.h>

#include <set>
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
using enum RelocationType;

TEST(RelocationRow, FollowsFromTheName) {
  std::set<std::string_view> names;
  for (int i = 0; i < 256; ++i) {
    const auto type = static_cast<RelocationType>(i);
    const RelocationRow& row = relocation_row(type);
    EXPECT_EQ(row.name.empty(), i >= int{relocation_type_count}) << i;
    if (row.name.empty()) continue;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    const auto has = [&](std::string_view part) { return row.name.find(part) != std::string_view::npos; };
    const bool is_64 = row.name.ends_with("64");
    const bool is_fixed = row.name.ends_with("I32") || row.name.ends_with("I64");
    EXPECT_EQ(row.size, is_fixed ? (is_64 ? 8 : 4) : (is_64 ? 10 : 5)) << row.name;
    EXPECT_EQ(row.has_addend, has("MEMORY_ADDR") || has("_OFFSET_")) << row.name;
    EXPECT_EQ(row.is_type, has("TYPE_INDEX")) << row.name;
    const SymbolKind kind = has("MEMORY_ADDR")      ? SymbolKind::data
                            : has("GLOBAL_INDEX")   ? SymbolKind::global
                            : has("SECTION_OFFSET") ? SymbolKind::section
                            : has("TAG_INDEX")      ? SymbolKind::tag
                            : has("TABLE_NUMBER")   ? SymbolKind::table
                                                    : SymbolKind::function;
    EXPECT_EQ(row.symbol, kind) << row.name;
    const bool is_signed = row.name.find("SLEB") != std::string_view::npos;
    const RelocationEncoding encoding = is_fixed && is_64 ? RelocationEncoding::fixed64
                                        : is_fixed        ? RelocationEncoding::fixed32
                                        : is_signed ? (is_64 ? RelocationEncoding::sleb64 : RelocationEncoding::sleb)
                                        : is_64     ? RelocationEncoding::leb64
                                                    : RelocationEncoding::leb;
    EXPECT_EQ(row.encoding, encoding) << row.name;
  }
}

Bytes entry(RelocationType type, std::uint32_t offset, std::uint32_t index) {
  return Bytes{static_cast<std::uint8_t>(type)} + leb(offset) + leb(index);
}

// Sections: 0 type, 1 function, 2 code, 3 data, 4 custom `x` of 4 bytes, 5 linking. The code section's contents: the number of
// bodies, then at 1 a size and at 2 a body of `00 10 80 80 80 80 00 0b` (call 0, padded), at 10 a size and at 11 one of
// `00 10 00 0b`. The data section's: at 2 a size and at 3 four bytes. The symbols: 0 function 0, 1 data, 2 section 2.
Bytes object() {
  const Bytes table =
      vec({Bytes{0} + leb(0) + leb(0) + name("f"), Bytes{1} + leb(0) + name("d") + leb(0) + leb(0) + leb(4),
           Bytes{3} + leb(symbol_flag::local) + leb(2)});
  return test::module({test::section(1, vec({{0x60, 0, 0}})), test::section(3, vec({{0}, {0}})),
                       test::section(10, vec({test::sized({0x00, 0x10, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0B}),
                                              test::sized({0x00, 0x10, 0x00, 0x0B})})),
                       test::section(11, vec({Bytes{1} + test::sized({1, 2, 3, 4})})),
                       test::custom_section("x", {1, 2, 3, 4}),
                       test::custom_section("linking", leb(2) + Bytes{8} + test::sized(table))});
}
const test::CustomCase code = {.module = object(), .name = "reloc.CODE"};

TEST(Relocations, AreATargetAndEntries) {
  const Bytes contents =
      leb(2) + vec({entry(function_index_leb, 4, 0), entry(memory_addr_leb64, 300, 1) + test::sleb(-5'000'000'000),
                    entry(section_offset_i32, 301, 2) + test::sleb(-1)});
  const Bytes module = code.with(contents);
  const std::span<const std::byte> bytes = std::as_bytes(std::span(module));
  const RelocationSection section = relocations(bytes, *find_custom_section(bytes, CustomKind::relocations));
  EXPECT_EQ(section.section, 2U);
  Strings lines;
  for (const Relocation& one : section.entries) {
    lines.push_back(std::string(relocation_row(one.type).name) + " " + std::to_string(one.offset) + " " +
                    std::to_string(one.index) + " " + std::to_string(one.addend));
  }
  EXPECT_EQ(lines, (Strings{"R_WASM_FUNCTION_INDEX_LEB 4 0 0", "R_WASM_MEMORY_ADDR_LEB64 300 1 -5000000000",
                            "R_WASM_SECTION_OFFSET_I32 301 2 -1"}));
  EXPECT_TRUE(relocations(bytes, *find_custom_section(bytes, CustomKind::linking)).entries.empty());
}

Bytes in_code(std::initializer_list<Bytes> entries) { return leb(2) + vec(entries); }

TEST(CheckRelocations, HasNothingAgainstGoodOnes) {
  const Bytes contents = in_code({entry(function_index_leb, 4, 0), entry(type_index_leb, 4, 0)});
  EXPECT_EQ(code.warnings(contents), Strings{});
  EXPECT_EQ(code.silent_prefixes(contents), std::vector<std::size_t>{contents.size()});
  code.mutate(contents);
  EXPECT_EQ(code.warnings(leb(3) + vec({entry(memory_addr_i32, 3, 1) + leb(0), entry(table_index_i32, 3, 0)})),
            Strings{});
  // In a custom section offsets may count from in front of its name.
  EXPECT_EQ(code.warnings(leb(4) + vec({entry(section_offset_i32, 0, 2) + leb(0)})), Strings{});
  EXPECT_EQ(code.warnings(leb(4) + vec({entry(section_offset_i32, 2, 2) + leb(0)})), Strings{});
}

TEST(CheckRelocations, TheBytesLieInOneBodyOrSegment) {
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 11, 0)})), Strings{"out_of_bounds+2 16/15"});
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 7, 0)})), Strings{"relocation_across+2 7"});
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 1, 0)})), Strings{"relocation_across+2 1"});
  EXPECT_EQ(code.warnings(leb(3) + vec({entry(memory_addr_i32, 2, 1) + leb(0)})), Strings{"relocation_across+2 2"});
  EXPECT_EQ(code.warnings(leb(3) + vec({entry(memory_addr_i32, 4, 1) + leb(0)})), Strings{"out_of_bounds+2 8/7"});
  EXPECT_EQ(code.warnings(leb(4) + vec({entry(section_offset_i32, 3, 2) + leb(0)})), Strings{"out_of_bounds+2 7/6"});
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 0xFFFF'FFFF, 0)})),
            Strings{"out_of_bounds+2 4294967300/15"});
}

TEST(CheckRelocations, NumbersInCodeArePadded) {
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 3, 0)})), Strings{"relocation_not_padded+2 3"});
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 5, 0)})), Strings{"relocation_not_padded+2 5"});
  EXPECT_EQ(code.warnings(in_code({entry(table_index_i32, 3, 0)})), Strings{});
}

TEST(CheckRelocations, OffsetsAscend) {
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 4, 0), entry(table_index_i32, 3, 0)})),
            Strings{"relocation_out_of_order+5 4/3"});
}

TEST(CheckRelocations, IndicesAreOfTheRightSymbols) {
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 4, 3)})), Strings{"index_out_of_range+2 3/3"});
  EXPECT_EQ(code.warnings(in_code({entry(function_index_leb, 4, 1)})), Strings{"wrong_symbol+2 1"});
  EXPECT_EQ(code.warnings(in_code({entry(memory_addr_leb, 4, 0) + leb(0)})), Strings{"wrong_symbol+2 0"});
  EXPECT_EQ(code.warnings(in_code({entry(type_index_leb, 4, 1)})), Strings{"index_out_of_range+2 1/1"});
  // Position-independent code keeps addresses in globals.
  EXPECT_EQ(code.warnings(in_code({entry(global_index_leb, 4, 0), entry(global_index_leb, 4, 1)})), Strings{});
  EXPECT_EQ(code.warnings(in_code({entry(global_index_leb, 4, 2)})), Strings{"wrong_symbol+2 2"});
}

TEST(CheckRelocations, TheTargetStandsBefore) {
  EXPECT_EQ(code.warnings(leb(7) + vec({})), Strings{"index_out_of_range+0 7/7"});
  EXPECT_EQ(code.warnings(leb(0) + vec({})), Strings{"wrong_section+0 0"});
  const Bytes before = test::custom_section("reloc.x", leb(1) + vec({}));
  EXPECT_EQ(test::warnings(test::module({before, test::custom_section("x", {})})), Strings{"misplaced_section@18 1"});
  const Bytes linking = test::custom_section("linking", leb(2));
  EXPECT_EQ(test::warnings(test::module({test::custom_section("reloc.x", leb(0) + vec({})), linking})),
            Strings{"misplaced_section@8"});
}

TEST(CheckRelocations, TheFormatIsKept) {
  EXPECT_EQ(code.warnings(in_code({Bytes{27, 0, 0}, Bytes{0xFF}})), Strings{"unknown_kind+2 27"});
  EXPECT_EQ(code.warnings(in_code({}) + Bytes{0}), Strings{"trailing_bytes+2"});
  EXPECT_EQ(code.warnings(leb(2) + leb(0xFFFF'FFFF)), Strings{"unexpected_end+6"});
  EXPECT_EQ(code.warnings({}), Strings{"unexpected_end+0"});
  EXPECT_EQ(code.warnings(in_code({entry(memory_addr_leb, 4, 1) + Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0x3F}})),
            Strings{"bad_integer+9"});
}

}  // namespace
}  // namespace plimsoll
