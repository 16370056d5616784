// Constant expressions (specification 3.0, section 3.4.13), in every place where one stands.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::ModuleText;
using test::verdict;

constexpr std::string_view types =
    "func [ ] [ ] struct [ i32 mut i64 ] array mut i32 struct [ ref:1 ] func [ i32 ] [ ]";

// A global of the type with the expression, behind two imported ones (i32, mut i32) and three defined ones (i32, mut i64,
// funcref). Functions 0 and 1 are of the types 0 and 4.
std::string global(std::string_view type, std::string_view expression, const Options& options = {}) {
  const std::string globals = "i32 i32.const 1 end mut i64 i64.const 1 end funcref ref.null func end " +
                              std::string(type) + " " + std::string(expression) + " end";
  return verdict(
      {.types = types, .imports = "m a global i32 m b global mut i32 m f func 0 m g func 4", .globals = globals},
      options);
}

TEST(Constants, GiveOneValueOfTheirType) {
  EXPECT_EQ(global("i32", "i32.const 1"), "valid");
  EXPECT_EQ(global("i64", "i64.const 1"), "valid");
  EXPECT_EQ(global("f32", "f32.const 1"), "valid");
  EXPECT_EQ(global("f64", "f64.const 1"), "valid");
  EXPECT_EQ(global("v128", "v128.const 1"), "valid");
  EXPECT_EQ(global("mut i32", "i32.const 1"), "valid");
  EXPECT_EQ(global("i32", "i64.const 1"), "type_mismatch");
  EXPECT_EQ(global("i32", ""), "type_mismatch");
  EXPECT_EQ(global("i32", "i32.const 1 i32.const 2"), "type_mismatch");
  EXPECT_EQ(global("i32", "nop i32.const 1"), "constant_required");
}

TEST(Constants, References) {
  EXPECT_EQ(global("funcref", "ref.null func"), "valid");
  EXPECT_EQ(global("externref", "ref.null extern"), "valid");
  EXPECT_EQ(global("externref", "ref.null func"), "type_mismatch");
  EXPECT_EQ(global("null:1", "ref.null none"), "valid");
  EXPECT_EQ(global("null:1", "ref.null 1"), "valid");
  EXPECT_EQ(global("null:1", "ref.null 9"), "unknown_type");
  EXPECT_EQ(global("ref:1", "ref.null 1"), "type_mismatch");
  EXPECT_EQ(global("funcref", "ref.func 0"), "valid");
  EXPECT_EQ(global("ref:4", "ref.func 1"), "valid");
  EXPECT_EQ(global("ref:0", "ref.func 1"), "type_mismatch");
  EXPECT_EQ(global("funcref", "ref.func 2"), "unknown_function");
  EXPECT_EQ(global("i31ref", "i32.const 1 ref.i31"), "valid");
  EXPECT_EQ(global("anyref", "ref.null noextern any.convert_extern"), "valid");
  EXPECT_EQ(global("externref", "i32.const 1 ref.i31 extern.convert_any"), "valid");
}

TEST(Constants, StructsAndArrays) {
  EXPECT_EQ(global("ref:1", "i32.const 1 i64.const 2 struct.new 1"), "valid");
  EXPECT_EQ(global("ref:1", "i64.const 2 struct.new 1"), "type_mismatch");
  EXPECT_EQ(global("anyref", "struct.new_default 1"), "valid");
  EXPECT_EQ(global("ref:3", "struct.new_default 1 struct.new 3"), "valid");
  EXPECT_EQ(global("ref:3", "struct.new_default 3"), "not_defaultable");
  EXPECT_EQ(global("ref:2", "i32.const 7 i32.const 3 array.new 2"), "valid");
  EXPECT_EQ(global("ref:2", "i32.const 3 array.new_default 2"), "valid");
  EXPECT_EQ(global("ref:2", "i32.const 1 i32.const 2 array.new_fixed 2 2"), "valid");
  EXPECT_EQ(global("i32", "struct.new_default 1 struct.get 1 0"), "constant_required");
  EXPECT_EQ(global("i32", "array.new_fixed 2 0 array.len"), "constant_required");
  EXPECT_EQ(global("ref:2", "i32.const 0 i32.const 0 array.new_data 2 0"), "constant_required");
}

// add, sub and mul of integers since extended-const, nothing else.
TEST(Constants, Arithmetic) {
  for (const std::string type : {"i32", "i64"}) {
    for (const std::string operation : {"add", "sub", "mul"}) {
      const std::string code = type + ".const 1 " + type + ".const 2 " + type + "." + operation;
      EXPECT_EQ(global(type, code), "valid");
      EXPECT_EQ(global(type, code, test::with_features("-extended-const")), "constant_required");
    }
    for (const std::string operation : {"div_u", "and", "shl", "eq"})
      EXPECT_EQ(global("i32", type + ".const 1 " + type + ".const 2 " + type + "." + operation), "constant_required");
  }
  EXPECT_EQ(global("f32", "f32.const 1 f32.const 1 f32.add"), "constant_required");
  EXPECT_EQ(global("i32", "i32.const 1 i64.const 2 i32.add"), "type_mismatch");
  EXPECT_EQ(global("i32", "global.get 0 global.get 2 i32.mul"), "valid");
}

TEST(Constants, OtherInstructionsAreNotConstant) {
  for (const std::string_view code :
       {"unreachable", "i32.const 1 return", "i32.const 1 br 0", "block i32 i32.const 1 end", "i32.const 1 i32.eqz",
        "i32.const 1 drop i32.const 1", "local.get 0", "i32.const 1 call 1 i32.const 1", "memory.size 0"})
    EXPECT_EQ(global("i32", code), "constant_required") << code;
}

// A global sees the imported ones and those before itself, and of these the immutable ones.
TEST(Constants, SeeEarlierImmutableGlobals) {
  EXPECT_EQ(global("i32", "global.get 0"), "valid");
  EXPECT_EQ(global("i32", "global.get 1"), "constant_required");  // mutable
  EXPECT_EQ(global("i32", "global.get 2"), "valid");
  EXPECT_EQ(global("i64", "global.get 3"), "constant_required");
  EXPECT_EQ(global("funcref", "global.get 4"), "valid");
  EXPECT_EQ(global("i64", "global.get 0"), "type_mismatch");
  EXPECT_EQ(global("i32", "global.get 5"), "unknown_global");  // itself
  EXPECT_EQ(global("i32", "global.get 6"), "unknown_global");
  EXPECT_EQ(global("i32", "global.get 5 end i32 i32.const 1"), "unknown_global");
  // Before gc, the imported ones only.
  EXPECT_EQ(
      verdict(ModuleText{.imports = "m a global i32", .globals = "i32 global.get 0 end"}, test::with_features("wasm2")),
      "valid");
  EXPECT_EQ(verdict({.globals = "i32 i32.const 1 end i32 global.get 0 end"}, test::with_features("wasm2")),
            "unknown_global");
  EXPECT_EQ(verdict({.globals = "i32 i32.const 1 end i32 global.get 0 end"}, test::with_features("wasm3")), "valid");
}

TEST(Constants, OfTables) {
  const auto table = [](std::string_view text) {
    return verdict({.types = types,
                    .imports = "m a global funcref m b global i32",
                    .functions = "0",
                    .tables = text,
                    .globals = "funcref ref.null func end",
                    .bodies = {""}});
  };
  EXPECT_EQ(table("funcref 1.. init ref.func 0 end"), "valid");
  EXPECT_EQ(table("ref:0 1.. init ref.func 0 end"), "valid");
  EXPECT_EQ(table("ref:func 1.."), "type_mismatch");  // without an initialiser it is null
  EXPECT_EQ(table("ref:func 1.. init ref.null func end"), "type_mismatch");
  EXPECT_EQ(table("funcref 1.. init i32.const 1 end"), "type_mismatch");
  EXPECT_EQ(table("funcref 1.. init global.get 0 end"), "valid");
  EXPECT_EQ(table("funcref 1.. init global.get 1 end"), "type_mismatch");
  EXPECT_EQ(table("funcref 1.. init global.get 2 end"), "unknown_global");  // defined ones come later
}

TEST(Constants, OfElementSegments) {
  const auto element = [](std::string_view text) {
    return verdict({.types = types,
                    .imports = "m a global i32 m b global i64",
                    .functions = "0",
                    .tables = "funcref 1.. funcref i64 1.. externref 1..",
                    .globals = "i32 i32.const 1 end mut i32 i32.const 1 end",
                    .elements = text,
                    .bodies = {""}});
  };
  EXPECT_EQ(element("0 i32.const 0 end [ 0 ]"), "valid");
  EXPECT_EQ(element("0 i64.const 0 end [ 0 ]"), "type_mismatch");
  EXPECT_EQ(element("0 global.get 0 end [ 0 ]"), "valid");
  EXPECT_EQ(element("0 global.get 2 end [ 0 ]"), "valid");
  EXPECT_EQ(element("0 global.get 3 end [ 0 ]"), "constant_required");
  EXPECT_EQ(element("2 1 i64.const 0 end 0 [ 0 ]"), "valid");
  EXPECT_EQ(element("2 1 i32.const 0 end 0 [ 0 ]"), "type_mismatch");
  EXPECT_EQ(element("4 i32.const 0 end [ ref.func 0 end ref.null func end ]"), "valid");
  EXPECT_EQ(element("4 i32.const 0 end [ i32.const 0 end ]"), "type_mismatch");
  EXPECT_EQ(element("4 i32.const 0 end [ ref.null extern end ]"), "type_mismatch");
  EXPECT_EQ(element("5 ref:0 [ ref.func 0 end ]"), "valid");
  EXPECT_EQ(element("5 ref:0 [ ref.null 0 end ]"), "type_mismatch");
  EXPECT_EQ(element("5 i31ref [ i32.const 1 ref.i31 end ]"), "valid");
  EXPECT_EQ(element("5 i31ref [ i32.const 1 unreachable end ]"), "constant_required");
  EXPECT_EQ(element("6 2 i32.const 0 end externref [ ref.null extern end ]"), "valid");
  EXPECT_EQ(element("6 0 i32.const 0 end externref [ ]"), "type_mismatch");
}

TEST(Constants, OfDataSegments) {
  const auto data = [](std::string_view text) {
    return verdict({.types = types, .imports = "m a global i32 m f func 0", .memories = "1.. i64 1..", .data = text});
  };
  EXPECT_EQ(data("0 i32.const 0 end abc"), "valid");
  EXPECT_EQ(data("0 global.get 0 end abc"), "valid");
  EXPECT_EQ(data("0 i64.const 0 end abc"), "type_mismatch");
  EXPECT_EQ(data("2 1 i64.const 0 end abc"), "valid");
  EXPECT_EQ(data("2 1 i32.const 0 end abc"), "type_mismatch");
  EXPECT_EQ(data("0 i32.const 1 i32.const 2 i32.add end abc"), "valid");
  EXPECT_EQ(data("0 unreachable end abc"), "constant_required");
  // A function named here, in a module that names functions nowhere else.
  EXPECT_EQ(data("0 ref.func 0 end abc"), "type_mismatch");
  EXPECT_EQ(data("0 ref.func 1 end abc"), "unknown_function");
}

TEST(Constants, EndWithTheirSection) {
  const test::Bytes open = test::section(6, {0x01, 0x7F, 0x00, 0x41, 0x00});
  EXPECT_EQ(verdict(test::module({open})), "unexpected_end_of_section");
  const test::Bytes cut = test::section(6, {0x01, 0x7F, 0x00, 0x41});
  EXPECT_EQ(verdict(test::module({cut})), "unexpected_end_of_section");
  const test::Bytes more = test::section(6, {0x01, 0x7F, 0x00, 0x41, 0x00, 0x0B, 0x0B});
  EXPECT_EQ(verdict(test::module({more})), "section_size_mismatch");
}

}  // namespace
}  // namespace plimsoll
