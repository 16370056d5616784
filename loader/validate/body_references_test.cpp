// Parametric, variable, table and reference instructions, and casts (specification 3.0, sections 3.4.2, 3.4.5, 3.4.6,
// 3.4.9).
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/check_bodies.hpp"

namespace plimsoll {
namespace {

using test::check;

TEST(BodyParametric, DropTakesAnything) {
  check({
      {"[ ] [ ]", "drop", "type_mismatch"},
      {"[ ] [ ]", "i32.const 1 drop", "valid"},
      {"[ ] [ ]", "v128.const 1 drop ref.func 0 drop f64.const 1 drop", "valid"},
      {"[ ] [ ]", "unreachable drop", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 i64.const 1 drop", "valid"},
  });
}

TEST(BodyParametric, SelectOfNumbersAndVectors) {
  check({
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 i32.const 0 select", "valid"},
      {"[ ] [ f64 ]", "f64.const 1 f64.const 2 i32.const 0 select", "valid"},
      {"[ ] [ v128 ]", "v128.const 1 v128.const 2 i32.const 0 select", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 i64.const 2 i32.const 0 select", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 i64.const 0 select", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 2 i32.const 0 select", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 0 select", "type_mismatch"},
      {"[ ] [ i32 ]", "select", "type_mismatch"},
      {"[ ] [ i64 ]", "i32.const 1 i32.const 2 i32.const 0 select", "type_mismatch"},
      // References need their type spelt out.
      {"[ ] [ funcref ]", "ref.func 0 ref.func 0 i32.const 0 select", "type_mismatch"},
      {"[ externref ] [ externref ]", "local.get 0 local.get 0 i32.const 0 select", "type_mismatch"},
      {"[ externref ] [ externref ]", "unreachable local.get 0 i32.const 0 select", "type_mismatch"},
      {"[ externref ] [ externref ]", "unreachable local.get 0 i32.const 0 i32.const 0 select", "type_mismatch"},
      // In unreachable code either operand may be missing.
      {"[ ] [ i32 ]", "unreachable select", "valid"},
      {"[ ] [ i32 ]", "unreachable i32.const 0 select", "valid"},
      {"[ ] [ i32 ]", "unreachable i32.const 1 i32.const 0 select", "valid"},
      {"[ ] [ i64 ]", "unreachable i32.const 1 i32.const 0 select", "type_mismatch"},
      {"[ ] [ i64 ]", "unreachable i64.const 1 i32.const 1 i32.const 0 select", "type_mismatch"},
      {"[ ] [ i64 ]", "unreachable i64.const 0 select", "type_mismatch"},
      {"[ ] [ ]", "unreachable select drop", "valid"},
      // The result of two missing operands is a number or vector of any type, once.
      {"[ ] [ ]", "unreachable select i32.eqz drop", "valid"},
      {"[ ] [ ]", "unreachable ref.as_non_null i32.const 0 select drop", "type_mismatch"},
  });
}

TEST(BodyParametric, SelectWithItsType) {
  check({
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 i32.const 0 select_t [ i32 ]", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 i32.const 0 select_t [ i64 ]", "type_mismatch"},
      {"[ ] [ funcref ]", "ref.func 0 ref.func 1 i32.const 0 select_t [ funcref ]", "valid"},
      {"[ ] [ ref:0 ]", "ref.func 0 ref.func 1 i32.const 0 select_t [ ref:0 ]", "type_mismatch"},
      {"[ ] [ ref:0 ]", "ref.func 0 ref.func 0 i32.const 0 select_t [ funcref ]", "type_mismatch"},
      {"[ ] [ anyref ]", "ref.null none ref.null i31 i32.const 0 select_t [ i31ref ]", "valid"},
      {"[ ] [ ]", "unreachable select_t [ externref ] drop", "valid"},
      {"[ ] [ i32 ]", "unreachable select_t [ externref ]", "type_mismatch"},
      {"[ ] [ ]", "unreachable select_t [ ] drop", "bad_select_arity"},
      {"[ ] [ ]", "unreachable select_t [ i32 i32 ] drop", "bad_select_arity"},
      {"[ ] [ ]", "unreachable select_t [ null:22 ] drop", "unknown_type"},
  });
}

TEST(BodyVariables, Globals) {
  check({
      {"[ ] [ i32 ]", "global.get 0", "valid"},
      {"[ ] [ i64 ]", "global.get 0", "type_mismatch"},
      {"[ ] [ i64 ]", "global.get 1", "valid"},
      {"[ ] [ ]", "global.get 4 drop", "unknown_global"},
      {"[ ] [ ]", "i64.const 1 global.set 1", "valid"},
      {"[ ] [ ]", "i32.const 1 global.set 1", "type_mismatch"},
      {"[ ] [ ]", "global.set 1", "type_mismatch"},
      {"[ ] [ ]", "i32.const 1 global.set 0", "immutable_global"},
      {"[ ] [ ]", "unreachable global.set 0", "immutable_global"},
      {"[ ] [ ]", "i32.const 1 global.set 4", "unknown_global"},
      {"[ ] [ ]", "ref.func 0 global.set 2", "valid"},
      {"[ ] [ ref:0 ]", "ref.func 0 global.set 2 global.get 2", "type_mismatch"},
      {"[ ref:10 ] [ null:9 ]", "local.get 0 global.set 3 global.get 3", "valid"},
      {"[ anyref ] [ ]", "local.get 0 global.set 3", "type_mismatch"},
  });
}

TEST(BodyTables, MustBeThereAndFit) {
  check({
      {"[ ] [ ]", "i32.const 0 table.get 5 drop", "unknown_table"},
      {"[ ] [ ]", "unreachable table.set 5", "unknown_table"},
      {"[ ] [ ]", "table.size 5 drop", "unknown_table"},
      {"[ ] [ ]", "unreachable table.grow 5 drop", "unknown_table"},
      {"[ ] [ ]", "unreachable table.fill 5", "unknown_table"},
      {"[ ] [ ]", "unreachable table.copy 5 0", "unknown_table"},
      {"[ ] [ ]", "unreachable table.copy 0 5", "unknown_table"},
      {"[ ] [ ]", "unreachable table.init 0 5", "unknown_table"},
      {"[ ] [ ]", "unreachable table.init 4 0", "unknown_element"},
      {"[ ] [ ]", "elem.drop 3", "valid"},
      {"[ ] [ ]", "elem.drop 4", "unknown_element"},
  });
}

TEST(BodyTables, Copy) {
  check({
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.copy 0 4", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.copy 0 1", "type_mismatch"},  // externref
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.copy 0 3", "valid"},  // (ref null 0) into funcref
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.copy 3 0", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.copy 3 3", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 table.copy 0 4", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 1 local.get 0 table.copy 0 2",
       "valid"},  // the size is of the smaller type
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 1 local.get 1 table.copy 0 2", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 0 table.copy 2 0", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 1 local.get 0 table.copy 2 0", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 1 local.get 1 table.copy 2 2", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 1 local.get 0 table.copy 2 2", "type_mismatch"},
  });
}

TEST(BodyTables, Init) {
  check({
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.init 0 0", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.init 1 1", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.init 1 0", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.init 0 3",
       "type_mismatch"},  // funcref into (ref null 0)
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.init 2 3", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 0 table.init 0 2", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 table.init 0 2", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 1 local.get 1 table.init 0 2", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 table.init 0 0", "type_mismatch"},
  });
}

// --- References -----------------------------------------------------------------------------------------------------

TEST(BodyReferences, Null) {
  check({
      {"[ ] [ funcref ]", "ref.null func", "valid"},
      {"[ ] [ null:8 ]", "ref.null 8", "valid"},
      {"[ ] [ null:8 ]", "ref.null none", "valid"},
      {"[ ] [ null:0 ]", "ref.null nofunc", "valid"},
      {"[ ] [ null:0 ]", "ref.null none", "type_mismatch"},
      {"[ ] [ null:8 ]", "ref.null struct", "type_mismatch"},
      {"[ ] [ ref:8 ]", "ref.null 8", "type_mismatch"},
      {"[ ] [ anyref ]", "ref.null extern", "type_mismatch"},
      {"[ ] [ ]", "ref.null 22 drop", "unknown_type"},
      {"[ ] [ exnref ]", "ref.null noexn", "valid"},
  });
}

// ref.func may name what the module declares outside of its functions (section 3.5.16, C.refs).
TEST(BodyReferences, FunctionsMustBeDeclared) {
  check({
      {"[ ] [ ref:3 ]", "ref.func 3", "valid"},
      {"[ ] [ ref:func ]", "ref.func 3", "valid"},
      {"[ ] [ ref:2 ]", "ref.func 3", "type_mismatch"},
      {"[ ] [ ]", "ref.func 9 drop", "undeclared_function"},
      {"[ ] [ ]", "ref.func 10 drop", "undeclared_function"},
      {"[ ] [ ]", "ref.func 11 drop", "unknown_function"},
  });
  test::ModuleText module = {.types = "func [ ] [ ]", .functions = "0 0", .bodies = {"ref.func 1 drop", ""}};
  EXPECT_EQ(test::verdict(module), "undeclared_function");
  const auto declared_by = [&](auto member, std::string_view text) {
    test::ModuleText with = module;
    with.*member = text;
    return test::verdict(with);
  };
  EXPECT_EQ(declared_by(&test::ModuleText::exports, "f func 1"), "valid");
  EXPECT_EQ(declared_by(&test::ModuleText::globals, "funcref ref.func 1 end"), "valid");
  EXPECT_EQ(declared_by(&test::ModuleText::tables, "funcref 1.. init ref.func 1 end"), "valid");
  EXPECT_EQ(declared_by(&test::ModuleText::elements, "3 0 [ 1 ]"), "valid");
  EXPECT_EQ(declared_by(&test::ModuleText::elements, "1 0 [ 0 1 ]"), "valid");
  EXPECT_EQ(declared_by(&test::ModuleText::elements, "7 funcref [ ref.func 1 end ]"), "valid");
  EXPECT_EQ(declared_by(&test::ModuleText::elements, "5 funcref [ ref.null func end ref.func 1 end ]"), "valid");
  EXPECT_EQ(declared_by(&test::ModuleText::elements, "3 0 [ 0 ]"), "undeclared_function");
  EXPECT_EQ(declared_by(&test::ModuleText::exports, "f func 0"), "undeclared_function");
  EXPECT_EQ(declared_by(&test::ModuleText::start, "1"), "undeclared_function");  // running it is not naming it
  // Another body that names it is no declaration either.
  module.bodies = {"call 1", "ref.func 1 drop"};
  EXPECT_EQ(test::verdict(module), "undeclared_function");
}

TEST(BodyReferences, IsNullAndAsNonNull) {
  check({
      {"[ funcref ] [ i32 ]", "local.get 0 ref.is_null", "valid"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 ref.is_null", "valid"},
      {"[ i32 ] [ i32 ]", "local.get 0 ref.is_null", "type_mismatch"},
      {"[ v128 ] [ i32 ]", "local.get 0 ref.is_null", "type_mismatch"},
      {"[ ] [ i32 ]", "ref.is_null", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable ref.is_null", "valid"},
      {"[ ] [ i64 ]", "unreachable ref.is_null", "type_mismatch"},
      {"[ null:8 ] [ ref:8 ]", "local.get 0 ref.as_non_null", "valid"},
      {"[ ref:8 ] [ ref:8 ]", "local.get 0 ref.as_non_null", "valid"},
      {"[ anyref ] [ ref:any ]", "local.get 0 ref.as_non_null", "valid"},
      {"[ anyref ] [ ref:eq ]", "local.get 0 ref.as_non_null", "type_mismatch"},
      {"[ i64 ] [ ]", "local.get 0 ref.as_non_null drop", "type_mismatch"},
      // Without an operand in unreachable code: a reference, of whatever heap type is wanted.
      {"[ ] [ ref:8 ]", "unreachable ref.as_non_null", "valid"},
      {"[ ] [ ref:extern ]", "unreachable ref.as_non_null", "valid"},
      {"[ ] [ i32 ]", "unreachable ref.as_non_null", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable ref.as_non_null i32.eqz", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable ref.as_non_null ref.is_null", "valid"},
      {"[ ] [ i32 ]", "unreachable ref.as_non_null call_ref 1", "valid"},
      {"[ ] [ i32 ]", "unreachable ref.as_non_null struct.get 8 0", "valid"},
  });
}

TEST(BodyReferences, BranchOnNull) {
  check({
      {"[ funcref ] [ ref:func ]", "block void local.get 0 br_on_null 0 return end unreachable", "valid"},
      {"[ null:8 ] [ ref:8 ]", "block void local.get 0 br_on_null 0 return end unreachable", "valid"},
      {"[ null:8 ] [ ref:8 ]", "local.get 0 br_on_null 0", "type_mismatch"},  // the label wants a reference
      {"[ null:8 ] [ ]", "local.get 0 br_on_null 0 drop", "valid"},
      {"[ ref:8 ] [ ]", "local.get 0 br_on_null 0 drop", "valid"},
      {"[ null:8 ] [ ]", "local.get 0 br_on_null 1 drop", "unknown_label"},
      {"[ i32 ] [ ]", "local.get 0 br_on_null 0 drop", "type_mismatch"},
      {"[ null:8 ] [ i32 ]", "i32.const 1 local.get 0 br_on_null 0 drop", "valid"},
      {"[ null:8 ] [ i32 ]", "local.get 0 br_on_null 0 drop i32.const 1", "type_mismatch"},
      {"[ null:8 ] [ i32 ]", "i64.const 1 local.get 0 br_on_null 0 drop drop i32.const 1", "type_mismatch"},
      {"[ null:8 ] [ i32 i64 f32 f64 ]", "call 4 local.get 0 br_on_null 0 drop", "valid"},
      {"[ null:8 ] [ i32 i64 f32 f64 ]", "call 4 drop local.get 0 br_on_null 0 drop f64.const 1", "type_mismatch"},
      // What stays has the label's type.
      {"[ ref:10 anyref ] [ null:9 ]", "local.get 0 local.get 1 br_on_null 0 drop", "valid"},
      {"[ ref:10 anyref ] [ null:9 ]", "local.get 0 local.get 1 br_on_null 0 drop struct.get 10 1 drop ref.null 9",
       "type_mismatch"},
      {"[ ] [ ref:8 ]", "block void unreachable br_on_null 0 return end unreachable", "valid"},
      {"[ ] [ i32 ]", "block void unreachable br_on_null 0 return end unreachable", "type_mismatch"},
  });
}

TEST(BodyReferences, BranchOnNonNull) {
  check({
      {"[ null:8 ] [ ref:8 ]", "local.get 0 br_on_non_null 0 unreachable", "valid"},
      {"[ null:8 ] [ null:8 ]", "local.get 0 br_on_non_null 0 ref.null 8", "valid"},
      {"[ ref:8 ] [ ref:8 ]", "local.get 0 br_on_non_null 0 unreachable", "valid"},
      {"[ null:8 ] [ anyref ]", "local.get 0 br_on_non_null 0 ref.null any", "valid"},
      {"[ anyref ] [ ref:8 ]", "local.get 0 br_on_non_null 0 unreachable", "type_mismatch"},
      {"[ null:8 ] [ ref:8 ]", "local.get 0 br_on_non_null 0", "type_mismatch"},  // the reference is gone
      {"[ null:8 ] [ ]", "local.get 0 br_on_non_null 0", "type_mismatch"},
      {"[ null:8 ] [ i32 ]", "local.get 0 br_on_non_null 0 i32.const 1", "type_mismatch"},
      {"[ i32 ] [ ref:8 ]", "local.get 0 br_on_non_null 0 unreachable", "type_mismatch"},
      {"[ null:8 ] [ ref:8 ]", "local.get 0 br_on_non_null 1 unreachable", "unknown_label"},
      {"[ null:8 ] [ i32 ref:8 ]", "i32.const 1 local.get 0 br_on_non_null 0 drop unreachable", "valid"},
      {"[ null:8 ] [ i32 ref:8 ]", "i64.const 1 local.get 0 br_on_non_null 0 drop unreachable", "type_mismatch"},
      {"[ null:8 ] [ i32 ref:8 ]", "local.get 0 br_on_non_null 0 unreachable", "type_mismatch"},
      {"[ ] [ ref:8 ]", "unreachable br_on_non_null 0", "valid"},
      {"[ ] [ i32 ref:8 ]", "unreachable br_on_non_null 0 i32.eqz unreachable", "valid"},
      {"[ ] [ i32 ref:8 ]", "unreachable br_on_non_null 0 i64.eqz", "type_mismatch"},
  });
}

// --- Casts ----------------------------------------------------------------------------------------------------------

TEST(BodyCasts, TestAndCast) {
  check({
      {"[ anyref ] [ i32 ]", "local.get 0 ref.test i31", "valid"},
      {"[ anyref ] [ i32 ]", "local.get 0 ref.test_null 8", "valid"},
      {"[ eqref ] [ i32 ]", "local.get 0 ref.test any", "valid"},
      {"[ structref ] [ i32 ]", "local.get 0 ref.test array", "valid"},  // of one hierarchy: that is all that counts
      {"[ ref:8 ] [ i32 ]", "local.get 0 ref.test 11", "valid"},
      {"[ funcref ] [ i32 ]", "local.get 0 ref.test i31", "type_mismatch"},
      {"[ anyref ] [ i32 ]", "local.get 0 ref.test func", "type_mismatch"},
      {"[ funcref ] [ i32 ]", "local.get 0 ref.test 0", "valid"},
      {"[ externref ] [ i32 ]", "local.get 0 ref.test noextern", "valid"},
      {"[ externref ] [ i32 ]", "local.get 0 ref.test any", "type_mismatch"},
      {"[ exnref ] [ i32 ]", "local.get 0 ref.test_null noexn", "valid"},
      {"[ i32 ] [ i32 ]", "local.get 0 ref.test i31", "type_mismatch"},
      {"[ anyref ] [ i32 ]", "local.get 0 ref.test 22", "unknown_type"},
      {"[ ] [ i32 ]", "unreachable ref.test i31", "valid"},
      {"[ anyref ] [ ref:i31 ]", "local.get 0 ref.cast i31", "valid"},
      {"[ anyref ] [ i31ref ]", "local.get 0 ref.cast_null i31", "valid"},
      {"[ anyref ] [ ref:i31 ]", "local.get 0 ref.cast_null i31", "type_mismatch"},
      {"[ anyref ] [ ref:8 ]", "local.get 0 ref.cast 8", "valid"},
      {"[ ref:8 ] [ anyref ]", "local.get 0 ref.cast any", "valid"},
      {"[ ref:8 ] [ ref:8 ]", "local.get 0 ref.cast any", "type_mismatch"},
      {"[ funcref ] [ ref:0 ]", "local.get 0 ref.cast 0", "valid"},
      {"[ anyref ] [ ref:0 ]", "local.get 0 ref.cast 0", "type_mismatch"},
      {"[ anyref ] [ ]", "local.get 0 ref.cast 22 drop", "unknown_type"},
      {"[ ] [ ref:0 ]", "unreachable ref.cast 0", "valid"},
      {"[ ] [ ref:0 ]", "unreachable i32.const 1 ref.cast 0", "type_mismatch"},
  });
}

// br_on_cast FLAGS LABEL FROM TO; in the flags 1 says that FROM is nullable, 2 that TO is.
TEST(BodyCasts, BranchOnCast) {
  check({
      {"[ anyref ] [ ref:8 ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "valid"},
      {"[ anyref ] [ null:8 ]", "local.get 0 br_on_cast 3 0 any 8 unreachable", "valid"},
      {"[ anyref ] [ ref:8 ]", "local.get 0 br_on_cast 3 0 any 8 unreachable", "type_mismatch"},  // may be null
      {"[ anyref ] [ eqref ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "valid"},
      {"[ anyref ] [ i31ref ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "type_mismatch"},
      {"[ anyref ] [ ref:8 ]", "local.get 0 br_on_cast 0 0 any 8 unreachable", "type_mismatch"},  // from says not null
      {"[ ref:any ] [ ref:8 ]", "local.get 0 br_on_cast 0 0 any 8 unreachable", "valid"},
      {"[ eqref ] [ ref:8 ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "valid"},
      {"[ eqref ] [ ref:8 ]", "local.get 0 br_on_cast 1 0 i31 8 unreachable", "type_mismatch"},  // to is not under from
      {"[ ref:8 ] [ anyref ]", "local.get 0 br_on_cast 0 0 8 any unreachable", "type_mismatch"},
      {"[ ref:eq ] [ anyref ]", "local.get 0 br_on_cast 2 0 eq i31 unreachable",
       "type_mismatch"},  // null is not in from
      {"[ funcref ] [ ref:0 ]", "local.get 0 br_on_cast 1 0 func 0 unreachable", "valid"},
      {"[ anyref ] [ ref:8 ]", "local.get 0 br_on_cast 1 1 any 8 unreachable", "unknown_label"},
      {"[ anyref ] [ ref:8 ]", "local.get 0 br_on_cast 1 0 22 8 unreachable", "unknown_type"},
      {"[ anyref ] [ ref:8 ]", "local.get 0 br_on_cast 1 0 any 22 unreachable", "unknown_type"},
      {"[ anyref ] [ ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "type_mismatch"},
      {"[ anyref ] [ i32 ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "type_mismatch"},
      {"[ i32 ] [ ref:8 ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "type_mismatch"},
      {"[ anyref ] [ i32 ref:8 ]", "i32.const 1 local.get 0 br_on_cast 1 0 any 8 unreachable", "valid"},
      {"[ anyref ] [ i32 ref:8 ]", "local.get 0 br_on_cast 1 0 any 8 unreachable", "type_mismatch"},
      {"[ ] [ ref:8 ]", "unreachable br_on_cast 1 0 any 8 unreachable", "valid"},
      // What is left when it is not: from, without null if to took that.
      {"[ anyref ] [ ]", "block ref:8 local.get 0 br_on_cast 1 0 any 8 drop unreachable end drop", "valid"},
      {"[ anyref ] [ ref:any ]", "block null:8 local.get 0 br_on_cast 3 0 any 8 return end drop unreachable", "valid"},
      {"[ anyref ] [ ref:any ]", "block ref:8 local.get 0 br_on_cast 1 0 any 8 return end drop unreachable",
       "type_mismatch"},
      {"[ anyref ] [ anyref ]", "block ref:8 local.get 0 br_on_cast 1 0 any 8 return end drop unreachable", "valid"},
  });
}

TEST(BodyCasts, BranchOnCastFail) {
  check({
      {"[ anyref ] [ anyref ]", "local.get 0 br_on_cast_fail 1 0 any 8", "valid"},
      {"[ anyref ] [ ref:8 ]", "block anyref local.get 0 br_on_cast_fail 1 0 any 8 return end unreachable", "valid"},
      {"[ anyref ] [ null:8 ]", "block anyref local.get 0 br_on_cast_fail 3 0 any 8 return end unreachable", "valid"},
      {"[ anyref ] [ ref:8 ]", "block anyref local.get 0 br_on_cast_fail 3 0 any 8 return end unreachable",
       "type_mismatch"},
      // The label takes what is left.
      {"[ anyref ] [ ref:8 ]", "block ref:any local.get 0 br_on_cast_fail 3 0 any 8 drop unreachable end unreachable",
       "valid"},
      {"[ anyref ] [ ref:8 ]", "block ref:any local.get 0 br_on_cast_fail 1 0 any 8 drop unreachable end unreachable",
       "type_mismatch"},
      {"[ anyref ] [ ref:8 ]", "block eqref local.get 0 br_on_cast_fail 1 0 any 8 drop unreachable end unreachable",
       "type_mismatch"},
      {"[ eqref ] [ anyref ]", "local.get 0 br_on_cast_fail 1 0 i31 8", "type_mismatch"},
      {"[ anyref ] [ ]", "local.get 0 br_on_cast_fail 1 0 any 8 drop", "type_mismatch"},
      {"[ anyref ] [ anyref ]", "local.get 0 br_on_cast_fail 1 1 any 8", "unknown_label"},
      {"[ anyref ] [ i32 anyref ]", "i32.const 1 local.get 0 br_on_cast_fail 1 0 any 8", "valid"},
      {"[ ] [ anyref ]", "unreachable br_on_cast_fail 1 0 any 8", "valid"},
  });
}

TEST(BodyCasts, InsideAndOutside) {
  check({
      {"[ externref ] [ anyref ]", "local.get 0 any.convert_extern", "valid"},
      {"[ ref:extern ] [ ref:any ]", "local.get 0 any.convert_extern", "valid"},
      {"[ externref ] [ ref:any ]", "local.get 0 any.convert_extern", "type_mismatch"},  // null stays null
      {"[ externref ] [ eqref ]", "local.get 0 any.convert_extern", "type_mismatch"},
      {"[ nullexternref ] [ anyref ]", "local.get 0 any.convert_extern", "valid"},
      {"[ anyref ] [ anyref ]", "local.get 0 any.convert_extern", "type_mismatch"},
      {"[ anyref ] [ externref ]", "local.get 0 extern.convert_any", "valid"},
      {"[ ref:8 ] [ ref:extern ]", "local.get 0 extern.convert_any", "valid"},
      {"[ null:8 ] [ ref:extern ]", "local.get 0 extern.convert_any", "type_mismatch"},
      {"[ funcref ] [ externref ]", "local.get 0 extern.convert_any", "type_mismatch"},
      {"[ i32 ] [ externref ]", "local.get 0 extern.convert_any", "type_mismatch"},
      {"[ ] [ ref:extern ]", "unreachable extern.convert_any", "valid"},
      {"[ ] [ ref:any ]", "unreachable any.convert_extern", "valid"},
      {"[ ] [ ref:eq ]", "unreachable any.convert_extern", "type_mismatch"},
      {"[ ] [ i32 ]", "any.convert_extern drop", "type_mismatch"},
  });
}

}  // namespace
}  // namespace plimsoll
