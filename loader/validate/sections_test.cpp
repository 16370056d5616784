// Modules section by section (specification 3.0, sections 3.5 and 5.5): what each entry may be, the order of the sections,
// and that of two errors the one with the lower offset is told.
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "bytes/hash.hpp"
#include "testing/memory.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::load_error;
using test::module;
using test::ModuleText;
using test::section;
using test::verdict;
using test::verdict_at;

// The code and offset of a load of the bytes as they are, with nothing behind them.
std::string alone(const Bytes& bytes, const Options& options = {}) {
  const std::optional<Error> error = load_error(bytes, options);
  return error ? std::string(name(error->code)) + "@" + std::to_string(error->offset) : "valid";
}

// --- The whole ----------------------------------------------------------------------------------------------------------

TEST(Preamble, MagicAndVersion) {
  const Bytes whole = test::preamble();
  EXPECT_EQ(alone(whole), "valid");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::optional<Error> error =
        load_error(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_TRUE(error.has_value()) << size;
    EXPECT_EQ(name(error->code), "unexpected_end") << size;
    EXPECT_LE(error->offset, 8u);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    Bytes bytes = whole;
    bytes[i] ^= 1;
    EXPECT_EQ(alone(bytes), "bad_magic@" + std::to_string(i));
  }
  for (const Bytes& version : {Bytes{0, 0, 0, 0}, Bytes{2, 0, 0, 0}, Bytes{1, 0, 0, 1}, Bytes{0x0D, 0, 0, 0}})
    EXPECT_EQ(alone(Bytes{0x00, 'a', 's', 'm'} + version), "unknown_version@4");
  EXPECT_EQ(alone(Bytes{0x00, 'a', 's', 'm', 0x0D, 0x00, 0x01, 0x00}), "component@4");
}

// What stands in the section of each id so that it is valid on its own, behind what it needs.
const Bytes empty_vector = {0x00};

TEST(Sections, StandInOrderAndOnce) {
  // The order of section 5.5.16: type import function table memory tag global export (start) element data-count code data.
  const std::vector<std::uint8_t> order = {1, 2, 3, 4, 5, 13, 6, 7, 9, 12, 10, 11};
  Bytes all = test::preamble();
  for (const std::uint8_t id : order) all += section(id, empty_vector);
  EXPECT_EQ(verdict(all), "valid");
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      const std::string expected = i < k ? "valid" : "section_out_of_order@11";
      EXPECT_EQ(verdict_at(module({section(order[i], empty_vector), section(order[k], empty_vector)})), expected)
          << int{order[i]} << " then " << int{order[k]};
    }
  }
  // The start section needs a function: behind the exports, before the elements.
  const Bytes types = section(1, {0x01, 0x60, 0x00, 0x00});
  const Bytes imports = section(2, {0x01, 0x00, 0x00, 0x00, 0x00});
  const Bytes start = section(8, {0x00});
  EXPECT_EQ(verdict(module({types, imports, section(7, empty_vector), start, section(9, empty_vector)})), "valid");
  EXPECT_EQ(verdict(module({types, imports, start, section(7, empty_vector)})), "section_out_of_order");
  EXPECT_EQ(verdict(module({types, imports, section(9, empty_vector), start})), "section_out_of_order");
  EXPECT_EQ(verdict(module({types, imports, start, start})), "section_out_of_order");
}

TEST(Sections, HaveKnownIds) {
  for (unsigned id = 14; id < 256; ++id)
    EXPECT_EQ(verdict_at(module({section(static_cast<std::uint8_t>(id), empty_vector)})), "bad_section_id@8") << id;
}

TEST(Sections, EndWhereTheyShould) {
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13}) {
    EXPECT_EQ(verdict_at(module({section(id, {0x00, 0x00})})), "section_size_mismatch@11") << int{id};
    EXPECT_EQ(verdict_at(module({section(id, {})})), "unexpected_end_of_section@10") << int{id};
    EXPECT_EQ(verdict_at(module({section(id, {0x80})})), "unexpected_end_of_section@11") << int{id};
  }
  EXPECT_EQ(alone(test::preamble() + Bytes{0x01}), "unexpected_end@9");
  EXPECT_EQ(alone(test::preamble() + Bytes{0x01, 0x01}), "length_out_of_bounds@9");
  EXPECT_EQ(alone(test::preamble() + Bytes{0x01, 0x02, 0x00}), "length_out_of_bounds@9");
  EXPECT_EQ(alone(test::preamble() + Bytes{0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), "length_out_of_bounds@9");
  EXPECT_EQ(alone(test::preamble() + Bytes{0x01, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer_too_long@14");
}

TEST(Sections, CountsMustFit) {
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13}) {
    EXPECT_EQ(verdict_at(module({section(id, {0x01})})), "length_out_of_bounds@10") << int{id};
    EXPECT_EQ(verdict_at(module({section(id, test::leb(0xFFFF'FFFF))})), "length_out_of_bounds@10") << int{id};
  }
}

TEST(Sections, CustomOnesStandAnywhere) {
  const Bytes custom = test::custom_section("anything", {0xFF, 0xFE});
  Bytes bytes = test::preamble() + custom;
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{1, 2, 3, 4, 5, 13, 6, 7, 9, 12, 10, 11})
    bytes += section(id, empty_vector) + custom + custom;
  EXPECT_EQ(verdict(bytes), "valid");
  EXPECT_EQ(verdict(module({test::custom_section("", {})})), "valid");
  EXPECT_EQ(verdict_at(module({section(0, {})})), "unexpected_end_of_section@10");
  EXPECT_EQ(verdict_at(module({section(0, {0x05, 'a'})})), "length_out_of_bounds@10");
  EXPECT_EQ(verdict_at(module({section(0, {0x02, 0xC3, 0x28})})), "bad_utf8@11");
}

// --- Imports ------------------------------------------------------------------------------------------------------------

TEST(Imports, OfEveryKind) {
  const auto import = [](std::string_view text) {
    return verdict({.types = "func [ ] [ ] struct [ ] func [ ] [ i32 ]", .imports = text});
  };
  EXPECT_EQ(import("env f func 0 env t table funcref 1.. env m memory 1.. env g global mut i32 env e tag 0"), "valid");
  EXPECT_EQ(import("'' '' func 0 '' '' func 0"), "valid");  // names need not differ
  EXPECT_EQ(import("m f func 3"), "unknown_type");
  EXPECT_EQ(import("m f func 1"), "not_function_type");
  EXPECT_EQ(import("m t table null:2 1.."), "valid");
  EXPECT_EQ(import("m t table null:3 1.."), "unknown_type");
  EXPECT_EQ(import("m t table ref:0 1.."), "valid");  // whoever exports it has initialised it
  EXPECT_EQ(import("m t table funcref 2..1"), "limits_order");
  EXPECT_EQ(import("m m memory 2..1"), "limits_order");
  EXPECT_EQ(import("m m memory 65537.."), "memory_size");
  EXPECT_EQ(import("m g global null:3"), "unknown_type");
  EXPECT_EQ(import("m g global ref:0"), "valid");
  EXPECT_EQ(import("m e tag 3"), "unknown_type");
  EXPECT_EQ(import("m e tag 1"), "not_function_type");
  EXPECT_EQ(import("m e tag 2"), "tag_results");
}

TEST(Imports, AreReadStrictly) {
  const auto import = [](const Bytes& entry) { return verdict_at(module({section(2, Bytes{0x01} + entry)})); };
  for (unsigned kind = 5; kind < 256; ++kind)
    EXPECT_EQ(import({0x00, 0x00, static_cast<std::uint8_t>(kind), 0x00}), "bad_import_kind@13") << kind;
  EXPECT_EQ(import({0x01, 0xFF, 0x00, 0x00, 0x00}), "bad_utf8@12");
  EXPECT_EQ(import({0x00, 0x01, 0x80, 0x00, 0x00}), "bad_utf8@13");
  EXPECT_EQ(import({0x00, 0x00, 0x03, 0x7F, 0x02}), "bad_mutability@15");
  EXPECT_EQ(import({0x00, 0x00, 0x04, 0x01, 0x00}), "zero_byte_expected@14");
  EXPECT_EQ(import({0x00, 0x00, 0x01, 0x7F, 0x00, 0x00}), "bad_reference_type@14");
  EXPECT_EQ(import({0x00, 0x00, 0x02, 0x10, 0x00}), "bad_limits_flags@14");
  EXPECT_EQ(import({0x00, 0x00, 0x01, 0x70, 0x02, 0x00}), "bad_limits_flags@15");
  EXPECT_EQ(import({0x00, 0x00, 0x02}), "unexpected_end_of_section@14");
}

// --- Functions, tables, memories, tags ----------------------------------------------------------------------------------

TEST(Functions, HaveATypeAndABody) {
  const std::string_view types = "func [ ] [ ] struct [ ]";
  EXPECT_EQ(verdict({.types = types, .functions = "0 0", .bodies = {"", ""}}), "valid");
  EXPECT_EQ(verdict({.types = types, .functions = "2", .bodies = {""}}), "unknown_type");
  EXPECT_EQ(verdict({.types = types, .functions = "1", .bodies = {""}}), "not_function_type");
  EXPECT_EQ(verdict({.types = types, .functions = "0 0", .bodies = {""}}), "function_code_mismatch");
  EXPECT_EQ(verdict({.types = types, .functions = "0", .bodies = {"", ""}}), "function_code_mismatch");
  EXPECT_EQ(verdict({.types = types, .bodies = {""}}), "function_code_mismatch");
  EXPECT_EQ(verdict({.types = types, .functions = "0"}), "function_code_mismatch");
  EXPECT_EQ(verdict(module({section(3, {0x00})})), "valid");
  EXPECT_EQ(verdict(module({section(10, {0x00})})), "valid");
}

TEST(Tables, HaveSizesInRange) {
  const auto table = [](std::string_view text) { return verdict({.types = "func [ ] [ ]", .tables = text}); };
  EXPECT_EQ(table("funcref 0.. externref 1..1 null:0 5..7"), "valid");
  EXPECT_EQ(table("funcref 2..1"), "limits_order");
  EXPECT_EQ(table("funcref 0xffffffff.."), "valid");
  EXPECT_EQ(table("funcref 0..0xffffffff"), "valid");
  EXPECT_EQ(table("funcref 0x100000000.."), "table_size");
  EXPECT_EQ(table("funcref 0..0x100000000"), "table_size");
  EXPECT_EQ(table("funcref i64 0xffffffffffffffff.."), "valid");
  EXPECT_EQ(table("funcref i64 0..0xffffffffffffffff"), "valid");
  EXPECT_EQ(table("funcref i64 2..1"), "limits_order");
  EXPECT_EQ(table("null:1 0.."), "unknown_type");
  EXPECT_EQ(table("ref:0 0.."), "type_mismatch");
  EXPECT_EQ(verdict_at(module({section(4, {0x01, 0x40, 0x01, 0x70, 0x00, 0x00, 0xD0, 0x70, 0x0B})})),
            "zero_byte_expected@12");
}

TEST(Memories, HaveSizesInRange) {
  const auto memory = [](std::string_view text) { return verdict({.memories = text}); };
  EXPECT_EQ(memory("0.. 1..1 5..7"), "valid");
  EXPECT_EQ(memory("65536.."), "valid");
  EXPECT_EQ(memory("0..65536"), "valid");
  EXPECT_EQ(memory("65537.."), "memory_size");
  EXPECT_EQ(memory("0..65537"), "memory_size");
  EXPECT_EQ(memory("2..1"), "limits_order");
  EXPECT_EQ(memory("i64 0x1000000000000.."), "valid");
  EXPECT_EQ(memory("i64 0..0x1000000000000"), "valid");
  EXPECT_EQ(memory("i64 0x1000000000001.."), "memory_size");
  EXPECT_EQ(memory("i64 0..0x1000000000001"), "memory_size");
  EXPECT_EQ(memory("shared 1..1"), "valid");
  EXPECT_EQ(memory("shared 1.."), "shared_without_maximum");
  EXPECT_EQ(memory("i64 shared 1..2"), "valid");
}

TEST(Tags, CarryParametersOnly) {
  const auto tag = [](std::string_view text) {
    return verdict({.types = "func [ ] [ ] func [ i32 ] [ ] func [ ] [ i32 ] struct [ ]", .tags = text});
  };
  EXPECT_EQ(tag("0 1 1"), "valid");
  EXPECT_EQ(tag("2"), "tag_results");
  EXPECT_EQ(tag("3"), "not_function_type");
  EXPECT_EQ(tag("4"), "unknown_type");
  EXPECT_EQ(verdict_at(module({section(13, {0x01, 0x01, 0x00})})), "zero_byte_expected@11");
}

// --- Exports and start --------------------------------------------------------------------------------------------------

ModuleText with_one_of_each() {
  return {.types = "func [ ] [ ] func [ i32 ] [ ] func [ ] [ i32 ]",
          .imports = "m f func 0 m g func 1 m h func 2",
          .tables = "funcref 1..",
          .memories = "1..",
          .tags = "0",
          .globals = "i32 i32.const 0 end mut i32 i32.const 0 end"};
}

TEST(Exports, NameWhatThereIs) {
  const auto exports = [](std::string_view text) {
    ModuleText text_module = with_one_of_each();
    text_module.exports = text;
    return verdict(text_module);
  };
  EXPECT_EQ(exports("f func 0 t table 0 m memory 0 g global 0 h global 1 e tag 0 '' func 0"), "valid");
  EXPECT_EQ(exports("f func 0 g func 0"), "valid");  // one thing under two names
  EXPECT_EQ(exports("f func 3"), "unknown_function");
  EXPECT_EQ(exports("t table 1"), "unknown_table");
  EXPECT_EQ(exports("m memory 1"), "unknown_memory");
  EXPECT_EQ(exports("g global 2"), "unknown_global");
  EXPECT_EQ(exports("e tag 1"), "unknown_tag");
  EXPECT_EQ(exports("a func 0 a func 0"), "duplicate_export");
  EXPECT_EQ(exports("a func 0 b func 0 a global 0"), "duplicate_export");
  EXPECT_EQ(exports("'' func 0 '' func 0"), "duplicate_export");
  EXPECT_EQ(exports("a func 0 A func 0 aa func 0"), "valid");
  EXPECT_EQ(exports("a func 0 b func 3 a func 0"), "unknown_function");
  EXPECT_EQ(exports("a func 0 a func 3"), "duplicate_export");
  EXPECT_EQ(exports("a func 0 a func 0 b table 1"), "duplicate_export");
  for (unsigned kind = 5; kind < 256; ++kind)
    EXPECT_EQ(verdict_at(module({section(7, {0x01, 0x00, static_cast<std::uint8_t>(kind), 0x00})})),
              "bad_export_kind@12");
  EXPECT_EQ(verdict_at(module({section(7, {0x01, 0x01, 0xC0, 0x00, 0x00})})), "bad_utf8@12");
}

TEST(Exports, AnyTwoAlikeOfManyAreFound) {
  for (const int twin : {0, 1, 500, 998}) {
    std::string text;
    for (int i = 0; i < 999; ++i) text += "name" + std::to_string(i) + " func 0 ";
    ModuleText text_module = with_one_of_each();
    text_module.exports = text;
    EXPECT_EQ(verdict(text_module), "valid");
    const std::string more = text + "name" + std::to_string(twin) + " func 0";
    text_module.exports = more;
    EXPECT_EQ(verdict(text_module), "duplicate_export") << twin;
  }
}

// Names that are made to collide are hashed again, with a key, in the middle of the section; twins are found before and behind.
TEST(Exports, AnyTwoAlikeOfManyThatCollideAreFound) {
  Bytes names;
  std::uint32_t count = 0;
  for (std::uint32_t number = 0; count < 3'000; ++number) {
    const Bytes text = test::text("\xC3\xA9" + std::to_string(number));
    QuickHasher hasher;
    hasher.add(text);
    if (hasher.value() >> 57 != 0) continue;
    names += test::sized(text) + Bytes{3, 0};
    ++count;
  }
  const auto exports = [&](std::uint32_t more, const Bytes& last) {
    return module({section(6, {1, 0x7F, 0, 0x41, 0, 0x0B}), section(7, test::leb(count + more) + names + last)});
  };
  EXPECT_EQ(verdict(exports(0, {})), "valid");
  EXPECT_EQ(verdict(exports(1, {1, 'x', 3, 0})), "valid");
  EXPECT_EQ(verdict(exports(2, {1, 'x', 3, 0, 1, 'x', 3, 0})), "duplicate_export");
  // An entry that is wrong, near to wherever the key is set.
  Bytes wrong = names;
  for (std::size_t i = 0, at = 0; i < 1'500; ++i, at += 1 + std::size_t{names[at]} + 2) {
    if (i % 8 != 7) continue;
    std::uint8_t& kind = wrong[at + 1 + names[at]];
    kind = 9;
    test::Bookkeeper memory;
    Options options;
    options.memory = &memory;
    const Bytes bytes = module({section(6, {1, 0x7F, 0, 0x41, 0, 0x0B}), section(7, test::leb(count) + wrong)});
    EXPECT_EQ(verdict(bytes, options), "bad_export_kind") << i;
    kind = 3;
  }
  const Bytes first(names.begin(), names.begin() + 1 + names[0] + 2);
  EXPECT_EQ(verdict_at(exports(1, first)), "duplicate_export@" + std::to_string(exports(0, {}).size()));
}

TEST(Start, TakesAndGivesNothing) {
  const auto start = [](std::string_view text) {
    ModuleText text_module = with_one_of_each();
    text_module.start = text;
    return verdict(text_module);
  };
  EXPECT_EQ(start("0"), "valid");
  EXPECT_EQ(start("1"), "start_function");
  EXPECT_EQ(start("2"), "start_function");
  EXPECT_EQ(start("3"), "unknown_function");
}

// --- Segments -----------------------------------------------------------------------------------------------------------

TEST(Elements, OfEveryForm) {
  const auto elements = [](std::string_view text) {
    return verdict({.types = "func [ ] [ ] struct [ ]",
                    .imports = "m f func 0",
                    .tables = "funcref 1.. externref 1.. null:0 1..",
                    .elements = text});
  };
  EXPECT_EQ(
      elements("0 i32.const 0 end [ 0 0 ] 1 0 [ 0 ] 2 0 i32.const 0 end 0 [ 0 ] 3 0 [ 0 ] 4 i32.const 0 end [ ref.func "
               "0 end ] "
               "5 externref [ ] 6 1 i32.const 0 end externref [ ref.null extern end ] 7 funcref [ ref.func 0 end ]"),
      "valid");
  EXPECT_EQ(elements("0 i32.const 0 end [ 1 ]"), "unknown_function");
  EXPECT_EQ(elements("1 0 [ 1 ]"), "unknown_function");
  EXPECT_EQ(elements("2 3 i32.const 0 end 0 [ ]"), "unknown_table");
  EXPECT_EQ(elements("6 3 i32.const 0 end funcref [ ]"), "unknown_table");
  EXPECT_EQ(elements("2 1 i32.const 0 end 0 [ ]"), "type_mismatch");    // functions into externref
  EXPECT_EQ(elements("2 2 i32.const 0 end 0 [ 0 ]"), "type_mismatch");  // (ref func) into (ref null 0)
  EXPECT_EQ(elements("6 2 i32.const 0 end ref:0 [ ref.func 0 end ]"), "valid");
  EXPECT_EQ(elements("6 0 i32.const 0 end null:1 [ ]"), "type_mismatch");
  EXPECT_EQ(elements("5 null:2 [ ]"), "unknown_type");
  EXPECT_EQ(elements("1 1 [ ]"), "bad_element_kind");
  EXPECT_EQ(elements("3 0x70 [ ]"), "bad_element_kind");
  for (const std::uint8_t flags : std::initializer_list<std::uint8_t>{8, 9, 16, 0x7F})
    EXPECT_EQ(verdict_at(module({section(9, {0x01, flags, 0x00, 0x00})})), "bad_element_flags@11");
  EXPECT_EQ(verdict(ModuleText{.types = "func [ ] [ ]", .elements = "0 i32.const 0 end [ ]"}), "unknown_table");
  EXPECT_EQ(verdict({.elements = "1 0 [ ]"}), "valid");  // a passive one needs no table
}

TEST(Data, OfEveryForm) {
  const auto data = [](std::string_view text) { return verdict({.memories = "1.. 1..", .data = text}); };
  EXPECT_EQ(data("0 i32.const 0 end abc 1 '' 2 1 i32.const 0 end abc 2 0 i32.const 0 end ''"), "valid");
  EXPECT_EQ(data("2 2 i32.const 0 end abc"), "unknown_memory");
  EXPECT_EQ(verdict({.data = "0 i32.const 0 end abc"}), "unknown_memory");
  EXPECT_EQ(verdict({.data = "1 abc"}), "valid");  // a passive one needs no memory
  for (const std::uint8_t flags : std::initializer_list<std::uint8_t>{3, 4, 0x7F})
    EXPECT_EQ(verdict_at(module({section(11, {0x01, flags, 0x00})})), "bad_data_flags@11");
  EXPECT_EQ(verdict_at(module({section(11, {0x01, 0x01, 0x02, 'a'})})), "length_out_of_bounds@12");
}

TEST(DataCount, MustAgree) {
  const auto counted = [](std::string_view count, std::string_view data) {
    return verdict({.data_count = count, .data = data});
  };
  EXPECT_EQ(counted("1", "1 a"), "valid");
  EXPECT_EQ(counted("2", "1 a"), "data_count_mismatch");
  EXPECT_EQ(counted("0", "1 a"), "data_count_mismatch");
  EXPECT_EQ(counted("1", ""), "data_count_mismatch");
  EXPECT_EQ(counted("0", ""), "valid");
  EXPECT_EQ(counted("", "1 a"), "valid");
}

// Instructions that name a data segment need the count before the code, whether or not the segment exists.
TEST(DataCount, IsNeededByInstructions) {
  for (const std::string_view body : {"unreachable memory.init 0 0", "data.drop 0",
                                      "unreachable array.new_data 1 0 drop", "unreachable array.init_data 1 0"}) {
    ModuleText text = {
        .types = "func [ ] [ ] array mut i8", .functions = "0", .memories = "1..", .bodies = {body}, .data = "1 a"};
    EXPECT_EQ(verdict(text), "data_count_required") << body;
    text.data_count = "1";
    EXPECT_EQ(verdict(text), "valid") << body;
  }
}

// --- Bodies as a whole --------------------------------------------------------------------------------------------------

Bytes code(const Bytes& body) {
  return module(
      {section(1, test::assemble_types("func [ ] [ ]")), section(3, {0x01, 0x00}), section(10, Bytes{0x01} + body)});
}

TEST(Code, BodiesEndWhereTheyShould) {
  EXPECT_EQ(verdict(code({0x02, 0x00, 0x0B})), "valid");
  EXPECT_EQ(verdict_at(code({0x01, 0x00})), "end_expected@23");
  EXPECT_EQ(verdict_at(code({0x03, 0x00, 0x0B, 0x0B})), "section_size_mismatch@24");
  EXPECT_EQ(verdict_at(code({0x03, 0x00, 0x0B, 0x01})), "section_size_mismatch@24");
  EXPECT_EQ(verdict_at(code({0x00})), "unexpected_end_of_section@22");
  EXPECT_EQ(verdict_at(code({0x04, 0x00, 0x02, 0x40, 0x0B})), "end_expected@26");
  EXPECT_EQ(verdict_at(code({0x05, 0x00, 0x0B})), "length_out_of_bounds@21");
  EXPECT_EQ(verdict_at(code({0x02, 0x00, 0x0B, 0x00})), "section_size_mismatch@24");
  EXPECT_EQ(verdict_at(code({0x02, 0x01, 0x0B})),
            "unexpected_end_of_section@24");  // a run of locals begins with a count
  EXPECT_EQ(verdict_at(code({0x03, 0x05, 0x01, 0x0B})), "length_out_of_bounds@22");
}

// An immediate that runs over the end of its body, whatever stands behind.
TEST(Code, ImmediatesEndWithTheBody) {
  const std::pair<Bytes, std::string> cases[] = {{{0x41}, "i32.const"},
                                                 {{0x41, 0x80}, "i32.const"},
                                                 {{0x43, 0x00}, "f32.const"},
                                                 {{0x44, 0x00, 0x00}, "f64.const"},
                                                 {{0x02}, "block"},
                                                 {{0x20}, "local.get"},
                                                 {{0x10}, "call"},
                                                 {{0x11, 0x00}, "call_indirect"},
                                                 {{0x28, 0x02}, "load"},
                                                 {{0xFD, 0x0C, 0x00}, "v128.const"},
                                                 {{0xFD}, "a prefix"},
                                                 {{0x0E, 0x00}, "br_table"},
                                                 {{0x3F}, "memory.size"},
                                                 {{0x1C, 0x01}, "select"}};
  for (const auto& [instruction, what] : cases) {
    const Bytes body = Bytes{0x00} + instruction;
    for (const std::uint8_t filler : std::initializer_list<std::uint8_t>{0x00, 0x01, 0x0B, 0x40, 0x7F, 0x80, 0xFF}) {
      const Bytes bytes = code(test::sized(body)) + test::custom_section("", test::repeat(80, {filler}));
      const std::optional<Error> error = load_error(bytes);
      ASSERT_TRUE(error.has_value()) << what;
      EXPECT_EQ(kind(error->code), ErrorKind::malformed) << what << ": " << describe(*error);
      EXPECT_LE(error->offset, 22 + body.size()) << what << ": " << describe(*error);
      EXPECT_EQ(error->function, 0u) << what;
    }
  }
}

// --- Of two errors the first --------------------------------------------------------------------------------------------

TEST(Errors, TheLowestOffsetWins) {
  // An unknown type in an import, and a body that does not fit.
  EXPECT_EQ(verdict({.types = "func [ ] [ ]", .imports = "m f func 7", .functions = "0", .bodies = {"i32.add"}}),
            "unknown_type");
  // A wrong global before a duplicate export.
  EXPECT_EQ(verdict(ModuleText{.globals = "i32 i64.const 0 end", .exports = "a global 0 a global 0"}), "type_mismatch");
  // Within one entry: a name's bytes before its kind, a kind before its index.
  EXPECT_EQ(verdict_at(module({section(7, {0x01, 0x01, 0xFF, 0x09, 0x00})})), "bad_utf8@12");
  EXPECT_EQ(verdict_at(module({section(7, {0x02, 0x01, 'a', 0x00, 0x00, 0x01, 'a', 0x00, 0x00})})),
            "unknown_function@14");
  // Two bodies, two errors in one body.
  EXPECT_EQ(verdict({.types = "func [ ] [ ]", .functions = "0 0", .bodies = {"local.get 0", "i32.add"}}),
            "unknown_local");
  EXPECT_EQ(verdict({.types = "func [ ] [ ]", .functions = "0", .bodies = {"i32.add local.get 0"}}), "type_mismatch");
  EXPECT_EQ(verdict({.types = "func [ ] [ ]", .functions = "0", .bodies = {"local.get 0 i32.add"}}), "unknown_local");
  // Something wrong in the code before an unknown section.
  Bytes bytes = test::assemble({.types = "func [ ] [ ]", .functions = "0", .bodies = {"drop"}}) + section(99, {});
  EXPECT_EQ(verdict(bytes), "type_mismatch");
  bytes = test::assemble({.types = "func [ ] [ ]", .functions = "0", .bodies = {"drop"}});
  bytes.insert(bytes.begin() + 8, {99, 0x00});
  EXPECT_EQ(verdict_at(bytes), "bad_section_id@8");
}

TEST(Errors, SayWhereTheyAre) {
  const Bytes bytes = test::assemble(
      {.types = "func [ ] [ ]", .imports = "m f func 0", .functions = "0 0", .bodies = {"", "nop nop i32.const 1"}});
  const std::optional<Error> error = load_error(bytes);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->function, 2u);  // imports counted
  EXPECT_EQ(error->section, 10);
  EXPECT_EQ(error->offset, bytes.size() - 1);  // the `end`
  const std::optional<Error> import = load_error(test::assemble({.imports = "m f func 0"}));
  ASSERT_TRUE(import.has_value());
  EXPECT_EQ(import->section, 2);
  EXPECT_EQ(import->function, Error::no_function);
  EXPECT_EQ(import->instruction, Error::no_instruction);
  // The offset of a memory access with a lane stands at the offset.
  const Bytes lane = test::assemble({.types = "func [ ] [ ]",
                                     .functions = "0",
                                     .memories = "1..",
                                     .bodies = {"unreachable v128.load8_lane 0 0x100000000 3 drop"}});
  const std::optional<Error> offset = load_error(lane);
  ASSERT_TRUE(offset.has_value());
  EXPECT_EQ(name(offset->code), "offset_out_of_range");
  EXPECT_EQ(offset->offset, lane.size() - 8);  // five bytes of offset, a lane, drop, end
}

// --- Vectors of indices ---------------------------------------------------------------------------------------------------

// Forms of the number 1, from the shortest to one that is too long.
Bytes long_form(std::size_t size) {
  if (size == 1) return {1};
  Bytes form(size, 0x80);
  form.front() = 0x81;
  form.back() = 0;
  return form;
}

// In any form, and however many bytes of the section follow: in front of an index that is good, too large, or cut off.
TEST(Indices, InAnyFormAnywhere) {
  const Bytes types = section(1, {2, 0x60, 0, 0, 0x60, 0, 0});
  for (std::size_t size = 1; size <= 6; ++size) {
    for (std::size_t behind = 0; behind <= 4; ++behind) {
      const auto count = static_cast<std::uint8_t>(behind + 2);
      Bytes indices = Bytes{count, 0} + long_form(size);
      indices.resize(indices.size() + behind, 1);
      Bytes code = {count};
      for (unsigned i = 0; i < count; ++i) code += Bytes{2, 0, 0x0B};
      const Bytes functions = section(3, indices);
      const Bytes table = section(4, {1, 0x70, 0, 9});
      const Bytes elements = section(9, Bytes{1, 0, 0x41, 0, 0x0B} + indices);
      const Bytes whole = module({types, functions, table, elements, section(10, code)});
      const std::size_t at = test::preamble().size() + types.size() + 2 + 2;  // of the number in the function section
      EXPECT_EQ(alone(whole), size <= 5 ? "valid" : "integer_too_long@" + std::to_string(at + 5)) << size;
      // The same for a type and a function that is not there, at the front of what follows.
      if (size > 5 || behind == 0) continue;
      Bytes wrong = indices;
      wrong[2 + size] = 7;
      const std::size_t wrong_at = at + size;
      EXPECT_EQ(alone(module({types, section(3, wrong), table, elements, section(10, code)})),
                "unknown_type@" + std::to_string(wrong_at));
      const std::size_t in_elements = test::preamble().size() + types.size() + functions.size() + table.size() + 2 + 4;
      EXPECT_EQ(
          alone(module({types, functions, table, section(9, Bytes{1, 0, 0x41, 0, 0x0B} + wrong), section(10, code)})),
          "unknown_function@" + std::to_string(in_elements + 2 + 1 + size));
      // And for a section that ends too early.
      Bytes cut = indices;
      cut.pop_back();
      const std::optional<Error> error = load_error(module({types, section(3, cut), table, elements}));
      ASSERT_TRUE(error.has_value());
      EXPECT_EQ(name(error->code), cut.size() - 1 < count ? "length_out_of_bounds" : "unexpected_end_of_section");
    }
  }
}

// A type that is no function's is not read over.
TEST(Indices, OfFunctionsAreOfFunctionTypes) {
  EXPECT_EQ(
      verdict({.types = "func [ ] [ ] struct [ i32 ]", .functions = "0 0 1 0 0 0", .bodies = {"", "", "", "", "", ""}}),
      "not_function_type");
}

// Names that are not ASCII are looked at byte by byte, wherever that shows.
TEST(Exports, HaveNamesInUtf8) {
  for (std::size_t front = 0; front <= 17; ++front) {
    for (std::size_t behind = 0; behind <= 9; ++behind) {
      for (const bool good : {true, false}) {
        Bytes name(front, 'a');
        name += good ? Bytes{0xC3, 0xA9} : Bytes{0xC3, 'x'};
        name.resize(name.size() + behind, 'b');
        Bytes exports = Bytes{1, static_cast<std::uint8_t>(name.size())} + name;
        exports += Bytes{2, 0};
        EXPECT_EQ(alone(module({section(5, {1, 0, 1}), section(7, exports)})),
                  good ? "valid" : "bad_utf8@" + std::to_string(8 + 5 + 2 + 2 + front));
      }
    }
  }
}

}  // namespace
}  // namespace plimsoll
