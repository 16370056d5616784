// Calls (specification 3.0, section 3.4.8) and what long lists of results go through: the checker keeps more than two
// results of one list as one entry of its operand stack, which every other rule must see as the operands that they are.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/check_bodies.hpp"

namespace plimsoll {
namespace {

using test::check;

TEST(BodyCalls, Calls) {
  check({
      {"[ ] [ ]", "call 0", "valid"},
      {"[ ] [ ]", "call 10", "valid"},  // itself
      {"[ ] [ ]", "call 11", "unknown_function"},
      {"[ ] [ ]", "call 0xffffffff", "unknown_function"},
      {"[ ] [ i32 ]", "call 1", "valid"},
      {"[ ] [ ]", "call 1", "type_mismatch"},
      {"[ ] [ ]", "i32.const 1 call 2", "valid"},
      {"[ ] [ ]", "call 2", "type_mismatch"},
      {"[ ] [ ]", "i64.const 1 call 2", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 call 3", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 call 3", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 i64.const 2 call 3", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 i32.const 2 call 3", "type_mismatch"},
      {"[ ] [ i64 i32 ]", "i32.const 1 i64.const 2 call 7", "valid"},
      {"[ ] [ i32 i64 ]", "i32.const 1 i64.const 2 call 7", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 block i32 i32.const 2 call 3 end", "type_mismatch"},
      // Arguments match by subtyping.
      {"[ ref:10 ] [ ]", "local.get 0 ref.func 0 i32.const 1 call 8 drop drop drop", "valid"},
      {"[ null:10 ] [ ]", "local.get 0 ref.func 0 i32.const 1 call 8 drop drop drop", "type_mismatch"},
      {"[ ref:8 ] [ ]", "local.get 0 ref.func 0 i32.const 1 call 8 drop drop drop", "type_mismatch"},
      {"[ ref:9 ] [ ]", "local.get 0 ref.null nofunc i32.const 1 call 8 drop drop drop", "valid"},
  });
}

TEST(BodyCalls, IndirectCalls) {
  check({
      {"[ ] [ ]", "i32.const 0 call_indirect 0 0", "valid"},
      {"[ ] [ ]", "call_indirect 0 0", "type_mismatch"},
      {"[ ] [ ]", "i64.const 0 call_indirect 0 0", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 i32.const 2 i32.const 0 call_indirect 3 0", "valid"},
      {"[ ] [ i32 ]", "i32.const 2 i32.const 0 call_indirect 3 0", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "i32.const 0 call_indirect 4 0", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 0 call_indirect 5 0", "valid"},
      {"[ ] [ ]", "i32.const 0 call_indirect 22 0", "unknown_type"},
      {"[ ] [ ]", "i32.const 0 call_indirect 8 0", "not_function_type"},
      {"[ ] [ ]", "i32.const 0 call_indirect 11 0", "not_function_type"},
      {"[ ] [ ]", "i32.const 0 call_indirect 0 5", "unknown_table"},
      {"[ ] [ ]", "i32.const 0 call_indirect 0 1", "type_mismatch"},  // a table of externref
      {"[ ] [ ]", "i64.const 0 call_indirect 0 2", "valid"},          // 64-bit addresses
      {"[ ] [ ]", "i32.const 0 call_indirect 0 2", "type_mismatch"},
      {"[ ] [ ]", "i32.const 0 call_indirect 0 3", "valid"},  // a table of (ref null 0)
      {"[ ] [ i32 ]", "i32.const 0 call_indirect 1 3", "valid"},
      {"[ ] [ ]", "unreachable call_indirect 6 0", "valid"},
  });
  EXPECT_EQ(test::verdict({.types = "func [ ] [ ]", .functions = "0", .bodies = {"i32.const 0 call_indirect 0 0"}}),
            "unknown_table");
}

TEST(BodyCalls, CallsOfReferences) {
  check({
      {"[ ref:0 ] [ ]", "local.get 0 call_ref 0", "valid"},
      {"[ null:0 ] [ ]", "local.get 0 call_ref 0", "valid"},
      {"[ funcref ] [ ]", "local.get 0 call_ref 0", "type_mismatch"},
      {"[ ref:1 ] [ ]", "local.get 0 call_ref 0", "type_mismatch"},
      {"[ nullfuncref ] [ ]", "local.get 0 call_ref 0", "valid"},
      {"[ nullref ] [ ]", "local.get 0 call_ref 0", "type_mismatch"},
      {"[ i32 ] [ ]", "local.get 0 call_ref 0", "type_mismatch"},
      {"[ ref:3 ] [ i32 ]", "i32.const 1 i32.const 2 local.get 0 call_ref 3", "valid"},
      {"[ ref:3 ] [ i32 ]", "i32.const 2 local.get 0 call_ref 3", "type_mismatch"},
      {"[ ref:3 ] [ i32 ]", "local.get 0 i32.const 1 i32.const 2 call_ref 3", "type_mismatch"},
      {"[ ] [ ]", "unreachable call_ref 8", "not_function_type"},
      {"[ ] [ ]", "unreachable call_ref 22", "unknown_type"},
      {"[ ] [ i32 ]", "unreachable call_ref 3", "valid"},
      {"[ ] [ i64 ]", "unreachable call_ref 3", "type_mismatch"},
  });
}

TEST(BodyCalls, TailCallsGiveWhatTheFunctionGives) {
  check({
      {"[ ] [ ]", "return_call 0", "valid"},
      {"[ ] [ i32 ]", "return_call 1", "valid"},
      {"[ ] [ i32 ]", "return_call 0", "type_mismatch"},
      {"[ ] [ ]", "return_call 1", "type_mismatch"},
      {"[ ] [ i64 ]", "return_call 1", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 1 return_call 1", "valid"},  // what lies below is dropped
      {"[ ] [ ]", "return_call 2", "type_mismatch"},
      {"[ ] [ ]", "i32.const 1 return_call 2", "valid"},
      {"[ ] [ ]", "return_call 11", "unknown_function"},
      {"[ ] [ i32 i64 f32 f64 ]", "return_call 4", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 return_call 5", "valid"},
      {"[ ] [ i32 i64 f32 f32 ]", "return_call 4", "type_mismatch"},
      {"[ ] [ i32 i64 f32 ]", "return_call 4", "type_mismatch"},
      {"[ ] [ i32 ]", "block i64 return_call 1 end drop i32.const 1", "valid"},
      // Results match by subtyping.
      {"[ ref:9 ] [ anyref anyref i64 ]", "local.get 0 ref.func 0 i32.const 1 return_call 8", "valid"},
      {"[ ref:9 ] [ ref:9 anyref i64 ]", "local.get 0 ref.func 0 i32.const 1 return_call 8", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 0 return_call_indirect 1 0", "valid"},
      {"[ ] [ ]", "i32.const 0 return_call_indirect 1 0", "type_mismatch"},
      {"[ ] [ i32 ]", "return_call_indirect 1 0", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 0 return_call_indirect 1 1", "type_mismatch"},
      {"[ ] [ i32 ]", "i64.const 0 return_call_indirect 1 2", "valid"},
      {"[ ] [ i32 ]", "i32.const 0 return_call_indirect 22 0", "unknown_type"},
      {"[ ] [ i32 ]", "i32.const 0 return_call_indirect 1 5", "unknown_table"},
      {"[ ref:1 ] [ i32 ]", "local.get 0 return_call_ref 1", "valid"},
      {"[ ref:1 ] [ i64 ]", "local.get 0 return_call_ref 1", "type_mismatch"},
      {"[ ref:0 ] [ i32 ]", "local.get 0 return_call_ref 1", "type_mismatch"},
      {"[ ] [ i64 ]", "unreachable return_call_ref 1", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable return_call_ref 1", "valid"},
  });
}

// --- Lists of results -----------------------------------------------------------------------------------------------

TEST(BodyLists, AreTakenOneByOne) {
  check({
      {"[ ] [ ]", "call 4 drop drop drop drop", "valid"},
      {"[ ] [ ]", "call 4 drop drop drop", "type_mismatch"},
      {"[ ] [ ]", "call 4 drop drop drop drop drop", "type_mismatch"},
      {"[ ] [ i32 ]", "call 4 drop drop drop", "valid"},
      {"[ ] [ i32 i64 ]", "call 4 drop drop", "valid"},
      {"[ ] [ i32 i64 f32 ]", "call 4 drop", "valid"},
      {"[ ] [ i64 i32 ]", "call 4 drop drop", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 f64.neg", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 f32.neg", "type_mismatch"},
      {"[ ] [ i32 i64 f32 ]", "call 4 drop f32.neg", "valid"},
      {"[ ] [ i32 i64 ]", "call 4 drop drop i64.clz", "valid"},
      {"[ ] [ i32 ]", "call 4 drop drop drop i32.clz", "valid"},
      {"[ ] [ i32 i64 i32 ]", "call 4 drop i32.trunc_f32_s", "valid"},
      // A local takes one of them, whichever is on top.
      {"[ ] [ i32 i64 f32 ]", "local 1 f64 call 4 local.set 0", "valid"},
      {"[ ] [ i32 i64 f32 ]", "local 1 f32 call 4 local.set 0", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "local 1 f64 call 4 local.tee 0", "valid"},
      {"[ ] [ i32 i64 ]", "local 1 f32 call 4 drop local.set 0", "valid"},
  });
}

TEST(BodyLists, StandBetweenOtherOperands) {
  check({
      {"[ ] [ i64 i32 i64 f32 f64 i32 ]", "i64.const 1 call 4 i32.const 1", "valid"},
      {"[ ] [ i32 i32 i64 f32 f64 i32 ]", "i64.const 1 call 4 i32.const 1", "type_mismatch"},
      {"[ ] [ i64 i32 ]", "i64.const 1 call 4 drop drop drop", "valid"},
      {"[ ] [ i32 i64 f32 f64 i32 i64 f32 f64 ]", "call 4 call 4", "valid"},
      {"[ ] [ i32 i64 f32 i32 i64 f32 f64 ]", "call 4 drop call 4", "valid"},
      {"[ ] [ i32 i64 f32 f64 i32 i64 ]", "call 4 call 4 drop drop", "valid"},
      {"[ ] [ i32 i64 f32 f64 i64 i32 ]", "call 4 call 4 drop drop", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 7 call 4 drop drop drop i32.add", "valid"},
      {"[ ] [ i64 ]", "i64.const 7 call 4 drop drop drop drop i64.clz", "valid"},
      {"[ ] [ i64 ]", "call 4 drop drop call 4 drop drop drop drop i64.add", "type_mismatch"},
      {"[ ] [ i32 i64 ]", "call 4 drop drop call 4 drop drop i64.clz drop i32.clz drop", "valid"},
  });
}

TEST(BodyLists, AreTakenByOtherLists) {
  check({
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 call 5", "valid"},
      {"[ ] [ ]", "call 4 call 6", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 call 5 call 5 call 5", "valid"},
      {"[ ] [ ]", "call 4 drop call 6", "type_mismatch"},
      {"[ ] [ ]", "call 4 drop f64.const 1 call 6", "valid"},
      {"[ ] [ ]", "i32.const 1 i64.const 1 f32.const 1 f64.const 1 call 6", "valid"},
      {"[ ] [ i32 i64 f32 f64 i32 i64 f32 f64 ]", "call 4 call 4 call 5", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 block =5 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 block =5 call 5 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 loop =5 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 loop =5 br 0 end", "valid"},
      {"[ ] [ ]", "call 4 block =6 drop drop drop drop end", "valid"},
      {"[ ] [ ]", "call 4 block =6 drop drop drop end", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 drop end", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 call 4 end", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 i32.const 1 call 4 end", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 br 0 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 i64.const 1 call 4 br 0 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 i32.const 1 br_if 0 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 drop f32.const 1 br 0 end", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "i32.const 1 if =4 call 4 else call 4 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "i32.const 1 if =4 call 4 else call 4 drop end", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 1 if =5 call 5 else drop f64.const 1 end", "valid"},
      {"[ i32 i64 f32 f64 ] [ i32 i64 f32 f64 ]", "local.get 0 local.get 1 local.get 2 local.get 3 call 5", "valid"},
      {"[ ] [ ]", "block =4 call 4 end drop drop drop drop", "valid"},
      {"[ ] [ ]", "block void call 4 end", "type_mismatch"},
      {"[ ] [ ]", "block void call 4 drop drop drop drop end", "valid"},
      {"[ ] [ ]", "call 4 block void drop end drop drop drop drop", "type_mismatch"},
  });
}

TEST(BodyLists, InUnreachableCode) {
  check({
      {"[ ] [ i32 i64 f32 f64 ]", "unreachable call 5", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "unreachable f64.const 1 call 5", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "unreachable f32.const 1 call 5", "type_mismatch"},
      {"[ ] [ i64 i32 i64 f32 f64 ]", "unreachable call 4", "valid"},
      {"[ ] [ i32 i64 f64 ]", "unreachable call 4", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable call 4 drop drop drop drop", "valid"},
      {"[ ] [ ]", "unreachable call 4 drop drop drop drop drop drop", "valid"},
      {"[ ] [ i64 ]", "unreachable call 4 drop drop", "type_mismatch"},
      {"[ ] [ f32 i32 i64 ]", "unreachable call 4 drop drop", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 br 0 call 5", "valid"},
  });
}

// Lists with references, and select, table and aggregate instructions on top of a list.
TEST(BodyLists, OfReferences) {
  check({
      {"[ ref:9 ] [ null:9 ref:any i64 ]", "local.get 0 ref.func 0 i32.const 1 call 8", "valid"},
      {"[ ref:9 ] [ eqref anyref i64 ]", "local.get 0 ref.func 0 i32.const 1 call 8", "valid"},
      {"[ ref:9 ] [ ref:9 ref:any i64 ]", "local.get 0 ref.func 0 i32.const 1 call 8", "type_mismatch"},
      {"[ ref:9 ] [ i32 ]", "local.get 0 ref.func 0 i32.const 1 call 8 drop drop struct.get 9 0", "valid"},
      {"[ ref:9 ] [ i32 ]", "local.get 0 ref.func 0 i32.const 1 call 8 drop drop ref.is_null", "valid"},
      {"[ ref:9 ] [ null:9 i32 ]", "local.get 0 ref.func 0 i32.const 1 call 8 drop ref.is_null", "valid"},
      {"[ ref:9 ] [ ref:9 ]", "local.get 0 ref.func 0 i32.const 1 call 8 drop drop ref.as_non_null", "valid"},
      {"[ ref:9 ] [ ]", "local.get 0 ref.func 0 i32.const 1 call 8 ref.is_null", "type_mismatch"},
      {"[ ref:9 ] [ i64 ]",
       "local.get 0 ref.func 0 i32.const 1 call 8 i64.const 1 i32.const 1 select drop drop drop i64.const 1", "valid"},
      {"[ ] [ f64 ]", "call 4 call 4 i32.const 1 select", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 f64.const 1 i32.const 1 select", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 f32.const 1 i32.const 1 select", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 f64.const 1 i32.const 1 select_t [ f64 ]", "valid"},
      {"[ ] [ i64 ]", "call 4 drop drop drop drop i64.const 1", "valid"},
      {"[ ] [ i32 ]", "call 4 drop drop global.set 1", "valid"},
      {"[ ] [ i32 i64 f32 ]", "call 4 global.set 1", "type_mismatch"},
      {"[ ] [ ]", "call 4 drop drop i64.store 0 0", "valid"},
      {"[ ] [ ]", "call 4 drop f32.store 0 0 drop", "type_mismatch"},
      {"[ ] [ i32 ]", "call 4 drop drop drop i32.load 0 0", "valid"},
      {"[ ] [ i32 i64 f32 v128 ]", "call 4 f64x2.splat", "valid"},
      {"[ ] [ i32 i64 f32 ]", "call 4 array.new_fixed 16 1", "type_mismatch"},
      {"[ ] [ i32 ref:16 ]", "call 4 drop drop array.new_fixed 16 1", "valid"},
  });
}

// Lists as long as the limit, many of them, taken to the last operand.
TEST(BodyLists, OfAThousandResults) {
  std::string thousand;
  for (int i = 0; i < 1000; ++i) thousand += i % 2 == 0 ? "i32 " : "f64 ";
  const std::string types = "func [ ] [ " + thousand + "] func [ " + thousand + "] [ ] func [ ] [ ]";
  const auto verdict_of = [&](const std::string& body) {
    return test::verdict({.types = types, .imports = "m a func 0 m b func 1", .functions = "2", .bodies = {body}});
  };
  std::string drops;
  for (int i = 0; i < 1000; ++i) drops += "drop ";
  EXPECT_EQ(verdict_of("call 0 call 1"), "valid");
  EXPECT_EQ(verdict_of("call 0 " + drops), "valid");
  EXPECT_EQ(verdict_of("call 0 " + drops + "drop"), "type_mismatch");
  EXPECT_EQ(verdict_of("call 0 drop call 1"), "type_mismatch");
  EXPECT_EQ(verdict_of("call 0 drop f64.const 1 call 1"), "valid");
  EXPECT_EQ(verdict_of("call 0 drop f32.const 1 call 1"), "type_mismatch");
  EXPECT_EQ(verdict_of("call 0 call 0 drop drop i32.const 1 f64.const 1 call 1 call 1"), "valid");
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "call 0 ";
  EXPECT_EQ(verdict_of(many + "unreachable"), "valid");
}

// Two results are no list: the borderline.
TEST(BodyLists, OfEverySizeUpToFive) {
  const std::string_view letters[] = {"i32", "i64", "f32", "f64", "i32"};
  for (std::size_t size = 0; size <= 5; ++size) {
    std::string results;
    for (std::size_t i = 0; i < size; ++i) results += std::string(letters[i]) + " ";
    const std::string types = "func [ ] [ " + results + "] func [ " + results + "] [ ] func [ ] [ ]";
    for (std::size_t dropped = 0; dropped <= size; ++dropped) {
      std::string body = "call 0 ";
      for (std::size_t i = 0; i < dropped; ++i) body += "drop ";
      for (std::size_t i = size - dropped; i < size; ++i) body += std::string(letters[i]) + ".const 0 ";
      const auto verdict_of = [&](const std::string& code) {
        return test::verdict({.types = types, .imports = "m a func 0 m b func 1", .functions = "2", .bodies = {code}});
      };
      EXPECT_EQ(verdict_of(body + "call 1"), "valid") << size << body;
      EXPECT_EQ(verdict_of(body + "i32.const 0 call 1"), "type_mismatch") << size << body;
      EXPECT_EQ(verdict_of(body + "block =1 " + std::string(size == 0 ? "" : "unreachable ") + "end"), "valid")
          << size << body;
      if (size != 0) {
        EXPECT_EQ(verdict_of(body + "drop call 1"), "type_mismatch") << size << body;
      }
    }
  }
}

}  // namespace
}  // namespace plimsoll
