// Edges of what the hot loop takes for itself. Every case is tried by every path of the body checker
// (testing/verdict.hpp), which must agree; here stands what is just at the border between them.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/assemble.hpp"
#include "testing/body.hpp"
#include "testing/check_bodies.hpp"

namespace plimsoll {
namespace {

using test::body_verdict;
using test::check;

TEST(BodyHot, TheLastByteOfANumberRepeatsTheSign) {
  check({
      {"[ ] [ i32 ]", "#41 #80 #80 #80 #80 #78", "valid"},
      {"[ ] [ i32 ]", "#41 #ff #ff #ff #ff #07", "valid"},
      {"[ ] [ i32 ]", "#41 #80 #80 #80 #80 #70", "integer_too_large"},
      {"[ ] [ i32 ]", "#41 #80 #80 #80 #80 #08", "integer_too_large"},
      {"[ ] [ i32 ]", "#41 #80 #80 #80 #80 #f8 #7f", "integer_too_long"},
      {"[ ] [ i64 ]", "#42 #80 #80 #80 #80 #80 #80 #80 #80 #40", "valid"},
      {"[ ] [ i64 ]", "#42 #80 #80 #80 #80 #80 #80 #80 #80 #80 #7f", "valid"},
      {"[ ] [ i64 ]", "#42 #80 #80 #80 #80 #80 #80 #80 #80 #80 #00", "valid"},
      {"[ ] [ i64 ]", "#42 #80 #80 #80 #80 #80 #80 #80 #80 #80 #01", "integer_too_large"},
      {"[ ] [ i64 ]", "#42 #80 #80 #80 #80 #80 #80 #80 #80 #80 #ff #00", "integer_too_long"},
  });
}

// Three results of one list stand on the stack as a bundle.
TEST(BodyHot, OperandsInBundles) {
  check({
      {"[ ] [ i32 ]", "call 4 drop drop drop", "valid"},
      {"[ ] [ i32 ]", "call 4 drop drop", "type_mismatch"},
      {"[ ] [ i32 ]", "call 4 call 6 i32.const 0", "valid"},
      {"[ ] [ ]", "call 4 call 5 call 5 call 6", "valid"},
      {"[ ] [ ]", "call 4 f64.neg call 6", "valid"},
      {"[ ] [ ]", "call 4 i64.clz call 6", "type_mismatch"},
      {"[ ] [ ]", "call 4 f64.neg drop f64.const 0 call 6", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 call 4 i32.const 1 br_if 0 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "block =4 i32.const 1 call 4 end", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 block =5 i32.const 1 br_table [ 0 0 ] 0 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 loop =5 br 0 end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 0 if =5 else end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 0 if =5 unreachable else end", "valid"},
      {"[ ] [ i32 i64 f32 f64 ]", "call 4 i32.const 0 if =5 drop else end", "type_mismatch"},
  });
}

TEST(BodyHot, BlocksOfReferences) {
  check({
      {"[ ref:10 ] [ ]", "block ref:9 local.get 0 end drop", "valid"},
      {"[ ref:9 ] [ ]", "block ref:10 local.get 0 end drop", "type_mismatch"},
      {"[ null:9 ] [ ]", "block ref:9 local.get 0 end drop", "type_mismatch"},
      {"[ ] [ ]", "block ref:60 unreachable end drop", "unknown_type"},
      {"[ ] [ ]", "block ref:9 unreachable end drop", "valid"},
      {"[ i32 i64 ] [ i64 i32 ]", "local.get 0 local.get 1 block =7 local.get 1 local.get 0 br 0 end", "valid"},
      {"[ i32 i64 ] [ i64 i32 ]", "local.get 0 local.get 1 i32.const 0 if =7 end", "type_mismatch"},
      {"[ i32 i64 ] [ i64 i32 ]", "local.get 1 local.get 0 block =7 unreachable end", "type_mismatch"},
      {"[ i32 ] [ i32 ]", "local.get 0 i32.const 0 if =20 unreachable else end", "valid"},
  });
}

// A local gets its value in a block and loses it at the end, or at the else.
TEST(BodyHot, LocalsWithoutAValue) {
  check({
      {"[ ref:9 ] [ ref:9 ]", "local 1 ref:9 local.get 0 local.set 1 local.get 1", "valid"},
      {"[ ref:9 ] [ ref:9 ]", "local 1 ref:9 block void local.get 0 local.set 1 end local.get 1",
       "uninitialized_local"},
      {"[ ref:9 ] [ ref:9 ]", "local 1 ref:9 local.get 0 local.set 1 block void end local.get 1", "valid"},
      {"[ ref:9 ] [ ]", "local 1 ref:9 i32.const 0 if void local.get 0 local.set 1 else local.get 1 drop end",
       "uninitialized_local"},
      {"[ null:9 ] [ ]", "local 1 ref:9 local.get 0 local.set 1", "type_mismatch"},
  });
}

TEST(BodyHot, LabelsOfTables) {
  check({
      {"[ i32 ] [ i32 ]", "block i32 i32.const 1 local.get 0 br_table [ 0 1 0 ] 1 end", "valid"},
      {"[ i32 ] [ i32 ]", "block void i32.const 1 local.get 0 br_table [ 0 ] 1 end i32.const 1", "type_mismatch"},
      {"[ i32 ] [ i32 ]", "loop i32 i32.const 1 local.get 0 br_table [ 1 ] 0 end", "type_mismatch"},
      {"[ i32 ] [ i32 ]", "loop i32 local.get 0 br_table [ 0 0 ] 0 end", "valid"},
      {"[ i32 ] [ i32 ]", "i32.const 1 local.get 0 br_table [ 0 2 ] 0", "unknown_label"},
      {"[ i32 ] [ i32 ]", "unreachable i32.const 0 br_table [ 0 ] 0", "valid"},
      {"[ i32 ] [ i32 ]", "unreachable i64.const 0 i32.const 0 br_table [ 0 ] 0", "type_mismatch"},
  });
}

// What is looked at below an operand is there only if the operand is.
TEST(BodyHot, OperandsThatAreMissing) {
  for (const std::string_view code :
       {"array.set 11", "array.fill 11", "array.copy 11 11", "array.new 11", "select_t [ i32 ]", "struct.new 8",
        "array.new_fixed 11 3", "ref.eq", "memory.fill 0", "memory.copy 0 0"})
    for (std::string body : {std::string(), std::string("i32.const 0 "), std::string("i32.const 0 i32.const 0 ")})
      EXPECT_EQ(body_verdict("[ ] [ ]", body.append(code)), "type_mismatch") << body;
}

TEST(BodyHot, FeaturesAndLimits) {
  const std::string_view vector = "block v128 unreachable end drop";
  EXPECT_EQ(body_verdict("[ ] [ ]", vector), "valid");
  EXPECT_EQ(body_verdict("[ ] [ ]", vector, test::with_features("-simd")), "feature_required");
  const test::ModuleText nullable = {
      .types = "func [ ] [ ]", .functions = "0", .bodies = {"block null:func unreachable end drop"}};
  EXPECT_EQ(test::verdict(nullable), "valid");
  EXPECT_EQ(test::verdict(nullable, test::with_features("-function-references")), "feature_required");
  EXPECT_EQ(body_verdict("[ anyref ] [ ]", "block anyref local.get 0 br_on_cast 7 0 any any end drop"),
            "bad_cast_flags");
  Options options;
  options.limits.array_new_fixed = 2;
  EXPECT_EQ(body_verdict("[ i32 ] [ ]", "local.get 0 local.get 0 array.new_fixed 11 2 drop", options), "valid");
  EXPECT_EQ(body_verdict("[ i32 ] [ ]", "local.get 0 local.get 0 local.get 0 array.new_fixed 11 3 drop", options),
            "limit_count");
}

}  // namespace
}  // namespace plimsoll
