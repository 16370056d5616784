// Limits: each one reached, and passed by one. Small ones are set, so that the modules stay small; the defaults of the
// JavaScript API that a small module can pass are tried as they are.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::ModuleText;
using test::verdict;

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += std::string(text) + " ";
  return all;
}

// The verdict with one limit set.
std::string limited(std::uint32_t Limits::* limit, std::uint32_t value, const ModuleText& text) {
  Options options;
  options.limits.*limit = value;
  return verdict(text, options);
}

TEST(Limits, OfCounts) {
  struct Case {
    std::uint32_t Limits::* limit;
    std::string_view what;
    std::string_view ModuleText::* section;
    std::string_view entry;
  };
  const Case cases[] = {
      {&Limits::types, "types", &ModuleText::types, "struct [ ]"},
      {&Limits::rec_groups, "rec groups", &ModuleText::types, "rec [ ]"},
      {&Limits::imports, "imports", &ModuleText::imports, "m m memory 1.."},
      {&Limits::globals, "globals", &ModuleText::globals, "i32 i32.const 0 end"},
      {&Limits::tables, "tables", &ModuleText::tables, "funcref 1.."},
      {&Limits::memories, "memories", &ModuleText::memories, "1.."},
      {&Limits::element_segments, "element segments", &ModuleText::elements, "1 0 [ ]"},
      {&Limits::data_segments, "data segments", &ModuleText::data, "1 a"},
  };
  for (const Case& one : cases) {
    const std::string five = repeat(one.entry, 5);
    ModuleText text;
    text.*one.section = five;
    EXPECT_EQ(limited(one.limit, 5, text), "valid") << one.what;
    EXPECT_EQ(limited(one.limit, 4, text), "limit_count") << one.what;
    EXPECT_EQ(limited(one.limit, 0, text), "limit_count") << one.what;
  }
}

TEST(Limits, OfFunctionsExportsAndTags) {
  const ModuleText functions = {
      .types = "func [ ] [ ]", .functions = "0 0 0", .exports = "a func 0 b func 1 c func 2", .bodies = {"", "", ""}};
  EXPECT_EQ(limited(&Limits::functions, 3, functions), "valid");
  EXPECT_EQ(limited(&Limits::functions, 2, functions), "limit_count");
  EXPECT_EQ(limited(&Limits::exports, 3, functions), "valid");
  EXPECT_EQ(limited(&Limits::exports, 2, functions), "limit_count");
  const ModuleText tags = {.types = "func [ ] [ ]", .tags = "0 0 0"};
  EXPECT_EQ(limited(&Limits::tags, 3, tags), "valid");
  EXPECT_EQ(limited(&Limits::tags, 2, tags), "limit_count");
  const ModuleText count = {.data_count = "3", .data = "1 a 1 b 1 c"};
  EXPECT_EQ(limited(&Limits::data_segments, 3, count), "valid");
  EXPECT_EQ(limited(&Limits::data_segments, 2, count), "limit_count");
}

// Tables and memories count with the imported ones, functions, globals and tags without them.
TEST(Limits, ImportsCountWhereTheyShould) {
  const ModuleText memories = {.imports = "m m memory 1.. m m memory 1..", .memories = "1.. 1.."};
  EXPECT_EQ(limited(&Limits::memories, 4, memories), "valid");
  EXPECT_EQ(limited(&Limits::memories, 3, memories), "limit_count");
  EXPECT_EQ(limited(&Limits::memories, 1, memories), "limit_count");
  const ModuleText tables = {.imports = "m t table funcref 1.. m t table funcref 1..", .tables = "funcref 1.."};
  EXPECT_EQ(limited(&Limits::tables, 3, tables), "valid");
  EXPECT_EQ(limited(&Limits::tables, 2, tables), "limit_count");
  EXPECT_EQ(limited(&Limits::tables, 1, tables), "limit_count");
  const ModuleText globals = {.imports = "m g global i32 m g global i32", .globals = "i32 i32.const 0 end"};
  EXPECT_EQ(limited(&Limits::globals, 1, globals), "valid");
  const ModuleText functions = {
      .types = "func [ ] [ ]", .imports = "m f func 0 m f func 0", .functions = "0", .bodies = {""}};
  EXPECT_EQ(limited(&Limits::functions, 1, functions), "valid");
}

TEST(Limits, OfTypes) {
  const ModuleText group = {.types = "rec [ struct [ ] struct [ ] struct [ ] ]"};
  EXPECT_EQ(limited(&Limits::rec_group_types, 3, group), "valid");
  EXPECT_EQ(limited(&Limits::rec_group_types, 2, group), "limit_count");
  EXPECT_EQ(limited(&Limits::types, 3, group), "valid");
  EXPECT_EQ(limited(&Limits::types, 2, group), "limit_count");
  const ModuleText structure = {.types = "struct [ i32 i32 i32 ]"};
  EXPECT_EQ(limited(&Limits::struct_fields, 3, structure), "valid");
  EXPECT_EQ(limited(&Limits::struct_fields, 2, structure), "limit_count");
  const ModuleText function = {.types = "func [ i32 i32 i32 ] [ i32 i32 ]"};
  EXPECT_EQ(limited(&Limits::parameters, 3, function), "valid");
  EXPECT_EQ(limited(&Limits::parameters, 2, function), "limit_count");
  EXPECT_EQ(limited(&Limits::results, 2, function), "valid");
  EXPECT_EQ(limited(&Limits::results, 1, function), "limit_count");
}

TEST(Limits, OfSegmentsAndBodies) {
  const ModuleText element = {.types = "func [ ] [ ]", .imports = "m f func 0", .elements = "1 0 [ 0 0 0 ]"};
  EXPECT_EQ(limited(&Limits::table_initial_entries, 3, element), "valid");
  EXPECT_EQ(limited(&Limits::table_initial_entries, 2, element), "limit_count");
  const ModuleText body = {.types = "func [ ] [ ]", .functions = "0", .bodies = {"nop nop nop"}};  // five bytes
  EXPECT_EQ(limited(&Limits::body_size, 5, body), "valid");
  EXPECT_EQ(limited(&Limits::body_size, 4, body), "limit_body_size");
  const ModuleText fixed = {
      .types = "func [ ] [ ] array i32", .functions = "0", .bodies = {"unreachable array.new_fixed 1 3 drop"}};
  EXPECT_EQ(limited(&Limits::array_new_fixed, 3, fixed), "valid");
  EXPECT_EQ(limited(&Limits::array_new_fixed, 2, fixed), "limit_count");
  const ModuleText locals = {.types = "func [ i32 ] [ ]", .functions = "0", .bodies = {"local 2 i32"}};
  EXPECT_EQ(limited(&Limits::locals, 3, locals), "valid");
  EXPECT_EQ(limited(&Limits::locals, 2, locals), "limit_locals");
}

TEST(Limits, OfTheModulesSize) {
  const Bytes bytes = test::preamble() + test::custom_section("padding", test::repeat(50, {0x00}));
  Options options;
  options.limits.module_size = static_cast<std::uint32_t>(bytes.size());
  EXPECT_FALSE(test::load_error(bytes, options).has_value());
  options.limits.module_size -= 1;
  const std::optional<Error> error = test::load_error(bytes, options);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(name(error->code), "limit_module_size");
  EXPECT_EQ(error->offset, bytes.size() - 1);
}

// The defaults that a small module can pass.
TEST(Limits, AsTheJavaScriptApiHasThem) {
  const std::string thousand = repeat("i32", 1000);
  const std::string function = "func [ " + thousand + "] [ " + thousand + "]";
  EXPECT_EQ(verdict({.types = function}), "valid");
  const std::string parameters = "func [ " + thousand + "i32 ] [ ]";
  EXPECT_EQ(verdict({.types = parameters}), "limit_count");
  const std::string results = "func [ ] [ " + thousand + "i32 ]";
  EXPECT_EQ(verdict({.types = results}), "limit_count");
  const std::string fields = "struct [ " + repeat("i8", 10'000) + "]";
  EXPECT_EQ(verdict({.types = fields}), "valid");
  const std::string more_fields = "struct [ " + repeat("i8", 10'001) + "]";
  EXPECT_EQ(verdict({.types = more_fields}), "limit_count");
  const std::string memories = repeat("1..", 100);
  EXPECT_EQ(verdict({.memories = memories}), "valid");
  const std::string more_memories = repeat("1..", 101);
  EXPECT_EQ(verdict({.memories = more_memories}), "limit_count");
  const Limits limits;
  EXPECT_EQ(limits.module_size, 1'073'741'824u);
  EXPECT_EQ(limits.types, 1'000'000u);
  EXPECT_EQ(limits.functions, 1'000'000u);
  EXPECT_EQ(limits.imports, 1'000'000u);
  EXPECT_EQ(limits.exports, 1'000'000u);
  EXPECT_EQ(limits.globals, 1'000'000u);
  EXPECT_EQ(limits.data_segments, 100'000u);
  EXPECT_EQ(limits.tables, 100'000u);
  EXPECT_EQ(limits.table_initial_entries, 10'000'000u);
  EXPECT_EQ(limits.memories, 100u);
  EXPECT_EQ(limits.parameters, 1'000u);
  EXPECT_EQ(limits.results, 1'000u);
  EXPECT_EQ(limits.body_size, 7'654'321u);
  EXPECT_EQ(limits.locals, 50'000u);
  EXPECT_EQ(limits.struct_fields, 10'000u);
  EXPECT_EQ(limits.array_new_fixed, 10'000u);
  EXPECT_EQ(limits.subtype_depth, 63u);
}

TEST(Limits, ErrorsSayTheCountAndTheLimit) {
  Options options;
  options.limits.globals = 2;
  const std::optional<Error> error = test::load_error(
      test::assemble({.globals = "i32 i32.const 0 end i32 i32.const 0 end i32 i32.const 0 end"}), options);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(kind(error->code), ErrorKind::limit);
  EXPECT_EQ(error->found, 3u);
  EXPECT_EQ(error->expected, 2u);
  EXPECT_EQ(error->offset, 10u);  // the count
}

}  // namespace
}  // namespace plimsoll
