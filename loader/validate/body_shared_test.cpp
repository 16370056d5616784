// Shared-everything threads: shared types, globals and tables, what a shared function may use, and atomic accesses.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::valid;
using test::verdict;
using test::with_features;

const Options on = with_features("wasm3,threads,shared-everything-threads,stack-switching");

std::string types(std::string_view text, const Options& options = on) { return verdict({.types = text}, options); }

TEST(SharedTypes, HoldSharedTypes) {
  EXPECT_EQ(types("shared func [ i32 v128 ] [ f64 ]"), valid);
  EXPECT_EQ(types("shared struct [ i8 mut null:shared:any ]"), valid);
  EXPECT_EQ(types("shared array mut null:shared:extern"), valid);
  EXPECT_EQ(types("shared func [ anyref ] [ ]"), "unshared_component");
  EXPECT_EQ(types("shared func [ ] [ anyref ]"), "unshared_component");
  EXPECT_EQ(types("shared struct [ i32 null:any ]"), "unshared_component");
  EXPECT_EQ(types("shared array funcref"), "unshared_component");
  EXPECT_EQ(types("struct [ ] shared struct [ null:0 ]"), "unshared_component");
  EXPECT_EQ(types("shared struct [ ] struct [ null:0 ]"), valid);
  EXPECT_EQ(types("rec [ shared struct [ null:1 ] shared struct [ ] ]"), valid);
  EXPECT_EQ(types("rec [ shared struct [ null:1 ] struct [ ] ]"), "unshared_component");
  EXPECT_EQ(types("func [ ] [ ] shared cont 0"), "unshared_component");
  EXPECT_EQ(types("shared func [ ] [ ] shared cont 0"), valid);
  EXPECT_EQ(types("shared func [ ] [ ]", with_features("wasm3")), "bad_definition_type");
}

TEST(SharedTypes, HaveSupertypesOfTheirKind) {
  EXPECT_EQ(types("sub [ ] shared struct [ ] sub [ 0 ] shared struct [ i32 ]"), valid);
  EXPECT_EQ(types("sub [ ] struct [ ] sub [ 0 ] shared struct [ ]"), "supertype_mismatch");
  EXPECT_EQ(types("sub [ ] shared struct [ ] sub [ 0 ] struct [ ]"), "supertype_mismatch");
}

// A function that gives back what it takes: whether the first type matches the second.
std::string passes(std::string_view sub, std::string_view super) {
  const std::string text =
      "shared struct [ ] struct [ ] func [ " + std::string(sub) + " ] [ " + std::string(super) + " ]";
  return verdict({.types = text, .functions = "2", .bodies = {"local.get 0"}}, on);
}

TEST(SharedTypes, MatchAsTheUnsharedOnesDo) {
  EXPECT_EQ(passes("null:shared:eq", "null:shared:any"), valid);
  EXPECT_EQ(passes("null:shared:none", "null:shared:i31"), valid);
  EXPECT_EQ(passes("null:0", "null:shared:struct"), valid);
  EXPECT_EQ(passes("null:shared:none", "null:0"), valid);
  EXPECT_EQ(passes("null:1", "null:struct"), valid);
}

TEST(SharedTypes, AndUnsharedOnesDoNotMix) {
  EXPECT_EQ(passes("null:shared:any", "null:any"), "type_mismatch");
  EXPECT_EQ(passes("null:any", "null:shared:any"), "type_mismatch");
  EXPECT_EQ(passes("null:none", "null:shared:any"), "type_mismatch");
  EXPECT_EQ(passes("null:none", "null:0"), "type_mismatch");
  EXPECT_EQ(passes("null:0", "null:any"), "type_mismatch");
  EXPECT_EQ(passes("null:1", "null:shared:any"), "type_mismatch");
  EXPECT_EQ(passes("null:0", "null:1"), "type_mismatch");
}

TEST(SharedGlobalsAndTables, HoldSharedTypes) {
  EXPECT_EQ(verdict({.globals = "shared mut i32 i32.const 0 end"}, on), valid);
  EXPECT_EQ(verdict({.globals = "shared null:shared:any ref.null shared:any end"}, on), valid);
  EXPECT_EQ(verdict({.globals = "shared anyref ref.null any end"}, on), "unshared_component");
  EXPECT_EQ(verdict({.imports = "m g global shared mut i32"}, on), valid);
  EXPECT_EQ(verdict({.imports = "m g global shared mut i32"}, with_features("wasm3,threads")), "bad_mutability");
  EXPECT_EQ(verdict({.tables = "null:shared:func shared 1.."}, on), valid);
  EXPECT_EQ(verdict({.tables = "funcref shared 1.."}, on), "unshared_component");
  EXPECT_EQ(verdict({.tables = "null:shared:func shared 1.."}, with_features("wasm3,threads")), "bad_heap_type");
  EXPECT_EQ(verdict({.tables = "funcref shared 1.."}, with_features("wasm3,threads")), "bad_limits_flags");
}

// A function in a world with shared things (0) and things that are not (1): types 0 to 3, globals, tables, memories,
// functions, tags.
std::string in_world(std::string_view front, std::string_view signature, std::string_view code) {
  const std::string text =
      "shared struct [ mut i32 ] struct [ mut i32 ] shared array mut i32 array mut i32 "
      "shared func [ ] [ ] func [ ] [ ] " +
      std::string(front) + " func " + std::string(signature);
  return verdict({.types = text,
                  .imports = "m f func 4 m g func 5",
                  .functions = "6",
                  .tables = "null:shared:any shared 1.. anyref 1..",
                  .memories = "shared 1..1 1..",
                  .tags = "4 5",
                  .globals = "shared mut i32 i32.const 0 end mut i32 i32.const 0 end",
                  .exports = "f func 0 g func 1",
                  .elements = "5 null:shared:any [ ]",
                  .data_count = "1",
                  .bodies = {code},
                  .data = "1 abc"},
                 on);
}

// What only a function that is not shared may do: everything with a 1.
TEST(SharedFunctions, UseSharedThings) {
  struct Case {
    std::string_view with_shared;
    std::string_view with_unshared;
  };
  const Case cases[] = {
      {"global.get 0 drop", "global.get 1 drop"},
      {"i32.const 0 global.set 0", "i32.const 0 global.set 1"},
      {"i32.const 0 table.get 0 drop", "i32.const 0 table.get 1 drop"},
      {"table.size 0 drop", "table.size 1 drop"},
      {"i32.const 0 i32.const 0 i32.const 0 table.copy 0 0", "i32.const 0 i32.const 0 i32.const 0 table.copy 1 1"},
      {"i32.const 0 i32.const 0 i32.const 0 table.init 0 0", ""},
      {"i32.const 0 i32.load 2 0 drop", "i32.const 0 i32.load m1 2 0 drop"},
      {"memory.size 0 drop", "memory.size 1 drop"},
      {"i32.const 0 i32.const 0 i32.const 0 memory.copy 0 0", "i32.const 0 i32.const 0 i32.const 0 memory.copy 0 1"},
      {"i32.const 0 i32.const 0 i32.const 0 memory.init 0 0", "i32.const 0 i32.const 0 i32.const 0 memory.init 0 1"},
      {"call 0", "call 1"},
      {"ref.func 0 drop", "ref.func 1 drop"},
      {"i32.const 1 struct.new 0 drop", "i32.const 1 struct.new 1 drop"},
      {"i32.const 1 array.new_default 2 drop", "i32.const 1 array.new_default 3 drop"},
      {"ref.null 0 drop", "ref.null 1 drop"},
      {"ref.null shared:any drop", "ref.null any drop"},
      {"block null:shared:any ref.null shared:none end drop", "block anyref unreachable end drop"},
      {"throw 0", "throw 1"},
      {"i32.const 0 ref.i31_shared drop", "i32.const 0 ref.i31 drop"},
      {"ref.null shared:any ref.test shared:eq drop", "unreachable ref.test eq drop"},
      {"i32.const 0 global.atomic.rmw.add 0 0 drop", "i32.const 0 global.atomic.rmw.add 0 1 drop"},
      {"unreachable select_t [ null:shared:any ] drop", "unreachable select_t [ anyref ] drop"},
      {"data.drop 0 elem.drop 0", ""},
      {"", "unreachable throw_ref"},
      {"local 1 null:shared:any nop", "local 1 anyref nop"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(in_world("shared", "[ ] [ ]", one.with_shared), valid) << one.with_shared;
    EXPECT_EQ(in_world("", "[ ] [ ]", one.with_unshared), valid) << one.with_unshared;
    if (!one.with_unshared.empty()) {
      EXPECT_EQ(in_world("shared", "[ ] [ ]", one.with_unshared), "unshared_access") << one.with_unshared;
    }
  }
}

// Instructions whose operands are shared or not, as they come.
TEST(SharedReferences, AreTakenWhereUnsharedOnesAre) {
  const auto code = [](std::string_view signature, std::string_view body) {
    const std::string text = "shared array i32 func " + std::string(signature);
    return verdict({.types = text, .functions = "1", .bodies = {body}}, on);
  };
  EXPECT_EQ(code("[ null:shared:eq null:shared:i31 ] [ i32 ]", "local.get 0 local.get 1 ref.eq"), valid);
  EXPECT_EQ(code("[ null:shared:eq eqref ] [ i32 ]", "local.get 0 local.get 1 ref.eq"), "type_mismatch");
  EXPECT_EQ(code("[ null:shared:any ] [ i32 ]", "local.get 0 local.get 0 ref.eq"), "type_mismatch");
  EXPECT_EQ(code("[ null:shared:i31 ] [ i32 ]", "local.get 0 i31.get_s"), valid);
  EXPECT_EQ(code("[ null:0 ] [ i32 ]", "local.get 0 array.len"), valid);
  EXPECT_EQ(code("[ null:shared:extern ] [ null:shared:any ]", "local.get 0 any.convert_extern"), valid);
  EXPECT_EQ(code("[ null:shared:extern ] [ anyref ]", "local.get 0 any.convert_extern"), "type_mismatch");
  EXPECT_EQ(code("[ externref ] [ anyref ]", "local.get 0 any.convert_extern"), valid);
  EXPECT_EQ(code("[ null:shared:any ] [ null:shared:extern ]", "local.get 0 extern.convert_any"), valid);
  EXPECT_EQ(code("[ i32 ] [ ref:shared:i31 ]", "local.get 0 ref.i31_shared"), valid);
  EXPECT_EQ(code("[ i32 ] [ ref:i31 ]", "local.get 0 ref.i31_shared"), "type_mismatch");
  // In unreachable code nobody knows, so both will do, but what becomes of it stays in its hierarchy.
  EXPECT_EQ(code("[ ] [ null:shared:any ]", "unreachable any.convert_extern"), valid);
  EXPECT_EQ(code("[ ] [ anyref ]", "unreachable any.convert_extern"), valid);
  EXPECT_EQ(code("[ ] [ funcref ]", "unreachable any.convert_extern"), "type_mismatch");
  EXPECT_EQ(code("[ ] [ externref ]", "unreachable any.convert_extern extern.convert_any"), valid);
  EXPECT_EQ(code("[ null:shared:eq ] [ i32 ]", "unreachable local.get 0 ref.eq"), valid);
}

// Types: 0 the struct with a field of each kind, 1 to 5 arrays.
std::string atomic(std::string_view signature, std::string_view code) {
  const std::string text =
      "struct [ mut i32 mut i64 mut f32 mut i8 mut anyref mut funcref i32 mut null:shared:eq ] array mut i32 array mut "
      "i16 "
      "array mut anyref array mut eqref array i32 func " +
      std::string(signature);
  return verdict(
      {.types = text,
       .functions = "6",
       .tables = "anyref 1.. i31ref i64 1.. funcref 1..",
       .globals = "mut i32 i32.const 0 end mut f32 f32.const 0 end mut eqref ref.null eq end i64 i64.const 0 end "
                  "mut anyref ref.null any end mut externref ref.null extern end",
       .bodies = {code}},
      on);
}

TEST(AtomicAccesses, ToGlobals) {
  EXPECT_EQ(atomic("[ ] [ i32 ]", "global.atomic.get 0 0"), valid);
  EXPECT_EQ(atomic("[ ] [ i64 ]", "global.atomic.get 1 3"), valid);  // immutable
  EXPECT_EQ(atomic("[ ] [ f32 ]", "global.atomic.get 0 1"), "bad_atomic_type");
  EXPECT_EQ(atomic("[ ] [ eqref ]", "global.atomic.get 0 2"), valid);
  EXPECT_EQ(atomic("[ ] [ externref ]", "global.atomic.get 0 5"), "bad_atomic_type");
  EXPECT_EQ(atomic("[ i32 ] [ ]", "local.get 0 global.atomic.set 0 0"), valid);
  EXPECT_EQ(atomic("[ i64 ] [ ]", "local.get 0 global.atomic.set 0 3"), "immutable_global");
  EXPECT_EQ(atomic("[ i64 ] [ ]", "local.get 0 global.atomic.set 0 0"), "type_mismatch");
  EXPECT_EQ(atomic("[ i32 ] [ i32 ]", "local.get 0 global.atomic.rmw.add 0 0"), valid);
  EXPECT_EQ(atomic("[ eqref ] [ eqref ]", "local.get 0 global.atomic.rmw.add 0 2"), "bad_atomic_type");
  EXPECT_EQ(atomic("[ eqref ] [ eqref ]", "local.get 0 global.atomic.rmw.xchg 0 2"), valid);
  EXPECT_EQ(atomic("[ eqref ] [ eqref ]", "local.get 0 local.get 0 global.atomic.rmw.cmpxchg 0 2"), valid);
  EXPECT_EQ(atomic("[ anyref ] [ anyref ]", "local.get 0 local.get 0 global.atomic.rmw.cmpxchg 0 4"),
            "bad_atomic_type");
  EXPECT_EQ(atomic("[ i32 ] [ i32 ]", "local.get 0 local.get 0 global.atomic.rmw.cmpxchg 0 0"), valid);
  EXPECT_EQ(atomic("[ ] [ i32 ]", "global.atomic.get 0 9"), "unknown_global");
}

TEST(AtomicAccesses, ToTables) {
  EXPECT_EQ(atomic("[ ] [ anyref ]", "i32.const 0 table.atomic.get 0 0"), valid);
  EXPECT_EQ(atomic("[ ] [ i31ref ]", "i64.const 0 table.atomic.get 0 1"), valid);
  EXPECT_EQ(atomic("[ ] [ i31ref ]", "i32.const 0 table.atomic.get 0 1"), "type_mismatch");
  EXPECT_EQ(atomic("[ ] [ funcref ]", "i32.const 0 table.atomic.get 0 2"), "bad_atomic_type");
  EXPECT_EQ(atomic("[ anyref ] [ ]", "i32.const 0 local.get 0 table.atomic.set 0 0"), valid);
  EXPECT_EQ(atomic("[ anyref ] [ anyref ]", "i32.const 0 local.get 0 table.atomic.rmw.xchg 0 0"), valid);
  EXPECT_EQ(atomic("[ eqref i31ref ] [ i31ref ]", "i64.const 0 local.get 0 local.get 1 table.atomic.rmw.cmpxchg 0 1"),
            valid);
  EXPECT_EQ(atomic("[ anyref ] [ anyref ]", "i32.const 0 local.get 0 local.get 0 table.atomic.rmw.cmpxchg 0 0"),
            "bad_atomic_type");
  EXPECT_EQ(atomic("[ ] [ ]", "table.atomic.get 0 3"), "unknown_table");
}

TEST(AtomicAccesses, ToStructs) {
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 struct.atomic.get 0 0 0"), valid);
  EXPECT_EQ(atomic("[ null:0 ] [ f32 ]", "local.get 0 struct.atomic.get 0 0 2"), "bad_atomic_type");
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 struct.atomic.get_u 0 0 3"), valid);
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 struct.atomic.get 0 0 3"), "packed_field");
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 struct.atomic.get_s 0 0 0"), "unpacked_field");
  EXPECT_EQ(atomic("[ null:0 ] [ ]", "local.get 0 i32.const 0 struct.atomic.set 0 0 3"), valid);
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 i32.const 0 struct.atomic.rmw.add 0 0 3"), "bad_atomic_type");
  EXPECT_EQ(atomic("[ null:0 ] [ i64 ]", "local.get 0 i64.const 0 struct.atomic.rmw.xor 0 0 1"), valid);
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 i32.const 0 struct.atomic.rmw.add 0 0 6"), "immutable_field");
  EXPECT_EQ(atomic("[ null:0 anyref ] [ anyref ]", "local.get 0 local.get 1 struct.atomic.rmw.xchg 0 0 4"), valid);
  EXPECT_EQ(atomic("[ null:0 funcref ] [ funcref ]", "local.get 0 local.get 1 struct.atomic.rmw.xchg 0 0 5"),
            "bad_atomic_type");
  EXPECT_EQ(atomic("[ null:0 null:shared:eq ] [ null:shared:eq ]",
                   "local.get 0 local.get 1 local.get 1 struct.atomic.rmw.cmpxchg 0 0 7"),
            valid);
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 struct.atomic.get 0 0 8"), "unknown_field");
  EXPECT_EQ(atomic("[ null:1 ] [ i32 ]", "local.get 0 struct.atomic.get 0 1 0"), "not_struct_type");
}

TEST(AtomicAccesses, ToArrays) {
  EXPECT_EQ(atomic("[ null:1 ] [ i32 ]", "local.get 0 i32.const 0 array.atomic.get 0 1"), valid);
  EXPECT_EQ(atomic("[ null:1 ] [ i32 ]", "local.get 0 array.atomic.get 0 1"), "type_mismatch");
  EXPECT_EQ(atomic("[ null:2 ] [ i32 ]", "local.get 0 i32.const 0 array.atomic.get_s 0 2"), valid);
  EXPECT_EQ(atomic("[ null:2 ] [ ]", "local.get 0 i32.const 0 i32.const 0 array.atomic.set 0 2"), valid);
  EXPECT_EQ(atomic("[ null:1 ] [ i32 ]", "local.get 0 i32.const 0 i32.const 0 array.atomic.rmw.sub 0 1"), valid);
  EXPECT_EQ(atomic("[ null:5 ] [ i32 ]", "local.get 0 i32.const 0 i32.const 0 array.atomic.rmw.sub 0 5"),
            "immutable_array");
  EXPECT_EQ(atomic("[ null:3 anyref ] [ anyref ]", "local.get 0 i32.const 0 local.get 1 array.atomic.rmw.xchg 0 3"),
            valid);
  EXPECT_EQ(atomic("[ null:4 eqref ] [ eqref ]",
                   "local.get 0 i32.const 0 local.get 1 local.get 1 array.atomic.rmw.cmpxchg 0 4"),
            valid);
  EXPECT_EQ(atomic("[ null:0 ] [ i32 ]", "local.get 0 i32.const 0 array.atomic.get 0 0"), "not_array_type");
}

// One ordering for what reads or writes; for what does both it stands twice and is the same.
TEST(AtomicAccesses, Orderings) {
  EXPECT_EQ(atomic("[ ] [ i32 ]", "global.atomic.get 1 0"), valid);
  EXPECT_EQ(atomic("[ ] [ i32 ]", "global.atomic.get 2 0"), "bad_ordering");
  EXPECT_EQ(atomic("[ ] [ i32 ]", "global.atomic.get 17 0"), "bad_ordering");
  EXPECT_EQ(atomic("[ ] [ i32 ]", "i32.const 0 global.atomic.rmw.add 17 0"), valid);
  EXPECT_EQ(atomic("[ ] [ i32 ]", "i32.const 0 global.atomic.rmw.add 1 0"), "bad_ordering");
  EXPECT_EQ(atomic("[ ] [ i32 ]", "i32.const 0 global.atomic.rmw.add 16 0"), "bad_ordering");
}

}  // namespace
}  // namespace plimsoll
