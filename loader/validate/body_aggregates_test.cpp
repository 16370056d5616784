// Structs and arrays (specification 3.0, section 3.4.10). The types of the world: 8 is struct (i32, mut i64, i8, mut
// i16), 9 an open struct of one mut i32, 10 under it with an f64 more; 11 is array (mut i32), 12 (i8), 13 (mut
// funcref), 15 (mut (ref 9)), 16 (mut i64), 18 (mut (ref null 9)), 19 ((ref null 10)); 14 is a struct of one (ref 9).
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/check_bodies.hpp"

namespace plimsoll {
namespace {

using test::check;

TEST(BodyStructs, New) {
  check({
      {"[ ] [ ref:8 ]", "i32.const 1 i64.const 2 i32.const 3 i32.const 4 struct.new 8", "valid"},
      {"[ ] [ ref:8 ]", "i32.const 1 i64.const 2 i32.const 3 i64.const 4 struct.new 8", "type_mismatch"},
      {"[ ] [ ref:8 ]", "i64.const 2 i32.const 3 i32.const 4 struct.new 8", "type_mismatch"},
      {"[ ] [ ref:8 ]", "i32.const 1 i32.const 2 i32.const 3 i32.const 4 struct.new 8", "type_mismatch"},
      {"[ ] [ ref:9 ]", "i32.const 1 f64.const 1 struct.new 10", "valid"},
      {"[ ] [ ref:10 ]", "i32.const 1 struct.new 9", "type_mismatch"},
      {"[ ref:10 ] [ ref:14 ]", "local.get 0 struct.new 14", "valid"},
      {"[ null:9 ] [ ref:14 ]", "local.get 0 struct.new 14", "type_mismatch"},
      {"[ ] [ ref:8 ]", "unreachable struct.new 8", "valid"},
      {"[ ] [ ref:8 ]", "unreachable i32.const 4 struct.new 8", "valid"},
      {"[ ] [ ref:8 ]", "unreachable i64.const 4 struct.new 8", "type_mismatch"},
      {"[ ] [ ]", "unreachable struct.new 11 drop", "not_struct_type"},
      {"[ ] [ ]", "unreachable struct.new 0 drop", "not_struct_type"},
      {"[ ] [ ]", "unreachable struct.new 22 drop", "unknown_type"},
      {"[ ] [ ref:8 ]", "struct.new_default 8", "valid"},
      {"[ ] [ ref:14 ]", "struct.new_default 14", "not_defaultable"},
      {"[ ] [ ]", "struct.new_default 11 drop", "not_struct_type"},
      {"[ ] [ ]", "struct.new_default 22 drop", "unknown_type"},
      {"[ ] [ i32 ref:9 ]", "i32.const 1 struct.new_default 9", "valid"},
  });
}

TEST(BodyStructs, Get) {
  check({
      {"[ ref:8 ] [ i32 ]", "local.get 0 struct.get 8 0", "valid"},
      {"[ null:8 ] [ i64 ]", "local.get 0 struct.get 8 1", "valid"},
      {"[ ref:8 ] [ i64 ]", "local.get 0 struct.get 8 0", "type_mismatch"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 struct.get 8 2", "packed_field"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 struct.get_s 8 2", "valid"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 struct.get_u 8 3", "valid"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 struct.get_s 8 0", "unpacked_field"},
      {"[ ref:8 ] [ i64 ]", "local.get 0 struct.get_u 8 1", "unpacked_field"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 struct.get 8 4", "unknown_field"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 struct.get_u 8 0xffffffff", "unknown_field"},
      {"[ ref:10 ] [ i32 ]", "local.get 0 struct.get 9 0", "valid"},
      {"[ ref:9 ] [ f64 ]", "local.get 0 struct.get 10 1", "type_mismatch"},
      {"[ ref:9 ] [ i32 ]", "local.get 0 struct.get 9 1", "unknown_field"},
      {"[ structref ] [ i32 ]", "local.get 0 struct.get 9 0", "type_mismatch"},
      {"[ nullref ] [ i32 ]", "local.get 0 struct.get 9 0", "valid"},
      {"[ ref:14 ] [ ref:9 ]", "local.get 0 struct.get 14 0", "valid"},
      {"[ ] [ i32 ]", "struct.get 9 0", "type_mismatch"},
      {"[ ] [ i32 ]", "unreachable struct.get 9 0", "valid"},
      {"[ ] [ i64 ]", "unreachable struct.get 9 0", "type_mismatch"},
      {"[ ref:11 ] [ i32 ]", "local.get 0 struct.get 11 0", "not_struct_type"},
      {"[ ] [ i32 ]", "unreachable struct.get 22 0", "unknown_type"},
  });
}

TEST(BodyStructs, Set) {
  check({
      {"[ ref:8 ] [ ]", "local.get 0 i64.const 1 struct.set 8 1", "valid"},
      {"[ null:8 ] [ ]", "local.get 0 i32.const 1 struct.set 8 3", "valid"},
      {"[ ref:8 ] [ ]", "local.get 0 i32.const 1 struct.set 8 1", "type_mismatch"},
      {"[ ref:8 ] [ ]", "local.get 0 i32.const 1 struct.set 8 0", "immutable_field"},
      {"[ ref:8 ] [ ]", "local.get 0 i32.const 1 struct.set 8 2", "immutable_field"},
      {"[ ref:8 ] [ ]", "local.get 0 i32.const 1 struct.set 8 4", "unknown_field"},
      {"[ ref:8 ] [ ]", "i64.const 1 local.get 0 struct.set 8 1", "type_mismatch"},
      {"[ ref:8 ] [ ]", "i64.const 1 struct.set 8 1", "type_mismatch"},
      {"[ ref:10 ] [ ]", "local.get 0 i32.const 1 struct.set 9 0", "valid"},
      {"[ ref:9 ] [ ]", "local.get 0 i32.const 1 struct.set 10 0", "type_mismatch"},
      {"[ ] [ ]", "unreachable struct.set 8 1", "valid"},
      {"[ ] [ ]", "unreachable struct.set 11 0", "not_struct_type"},
  });
}

TEST(BodyArrays, New) {
  check({
      {"[ ] [ ref:11 ]", "i32.const 7 i32.const 3 array.new 11", "valid"},
      {"[ ] [ ref:11 ]", "i32.const 7 i64.const 3 array.new 11", "type_mismatch"},
      {"[ ] [ ref:16 ]", "i64.const 7 i32.const 3 array.new 16", "valid"},
      {"[ ] [ ref:16 ]", "i32.const 7 i32.const 3 array.new 16", "type_mismatch"},
      {"[ ] [ ref:12 ]", "i32.const 7 i32.const 3 array.new 12", "valid"},  // i8 comes as i32
      {"[ ] [ ref:11 ]", "i32.const 3 array.new 11", "type_mismatch"},
      {"[ ref:10 ] [ ref:15 ]", "local.get 0 i32.const 3 array.new 15", "valid"},
      {"[ null:10 ] [ ref:15 ]", "local.get 0 i32.const 3 array.new 15", "type_mismatch"},
      {"[ ] [ ref:11 ]", "unreachable array.new 11", "valid"},
      {"[ ] [ ]", "unreachable array.new 8 drop", "not_array_type"},
      {"[ ] [ ]", "unreachable array.new 0 drop", "not_array_type"},
      {"[ ] [ ]", "unreachable array.new 22 drop", "unknown_type"},
      {"[ ] [ ref:11 ]", "i32.const 3 array.new_default 11", "valid"},
      {"[ ] [ ref:13 ]", "i32.const 3 array.new_default 13", "valid"},
      {"[ ] [ ref:15 ]", "i32.const 3 array.new_default 15", "not_defaultable"},
      {"[ ] [ ref:11 ]", "i64.const 3 array.new_default 11", "type_mismatch"},
      {"[ ] [ ref:11 ]", "array.new_default 11", "type_mismatch"},
      {"[ ] [ ]", "i32.const 3 array.new_default 8 drop", "not_array_type"},
      {"[ ] [ ref:11 ]", "array.new_fixed 11 0", "valid"},
      {"[ ] [ ref:11 ]", "i32.const 1 i32.const 2 array.new_fixed 11 2", "valid"},
      {"[ ] [ ref:11 ]", "i32.const 1 array.new_fixed 11 2", "type_mismatch"},
      {"[ ] [ ref:11 ]", "i64.const 1 i32.const 2 array.new_fixed 11 2", "type_mismatch"},
      {"[ ] [ i32 ref:11 ]", "i32.const 1 i32.const 2 array.new_fixed 11 1", "valid"},
      {"[ ] [ ref:15 ]", "array.new_fixed 15 0", "valid"},
      {"[ ] [ ref:11 ]", "unreachable array.new_fixed 11 10000", "valid"},
      {"[ ] [ ref:11 ]", "unreachable array.new_fixed 11 10001", "limit_count"},
      {"[ ] [ ref:11 ]", "unreachable i64.const 1 array.new_fixed 11 5", "type_mismatch"},
      {"[ ] [ ]", "array.new_fixed 8 0 drop", "not_array_type"},
  });
}

TEST(BodyArrays, NewFromSegments) {
  check({
      {"[ ] [ ref:11 ]", "i32.const 0 i32.const 1 array.new_data 11 0", "valid"},
      {"[ ] [ ref:12 ]", "i32.const 0 i32.const 1 array.new_data 12 0", "valid"},
      {"[ ] [ ref:13 ]", "i32.const 0 i32.const 1 array.new_data 13 0", "array_not_numeric"},
      {"[ ] [ ref:11 ]", "i32.const 0 i32.const 1 array.new_data 11 1", "unknown_data"},
      {"[ ] [ ref:11 ]", "i32.const 1 array.new_data 11 0", "type_mismatch"},
      {"[ ] [ ref:11 ]", "i32.const 1 i64.const 1 array.new_data 11 0", "type_mismatch"},
      {"[ ] [ ]", "unreachable array.new_data 8 0 drop", "not_array_type"},
      {"[ ] [ ref:13 ]", "i32.const 0 i32.const 1 array.new_elem 13 0", "valid"},
      {"[ ] [ ref:13 ]", "i32.const 0 i32.const 1 array.new_elem 13 2", "valid"},          // (ref 0) under funcref
      {"[ ] [ ref:13 ]", "i32.const 0 i32.const 1 array.new_elem 13 1", "type_mismatch"},  // externref
      {"[ ] [ ref:18 ]", "i32.const 0 i32.const 1 array.new_elem 18 3", "valid"},
      {"[ ] [ ref:15 ]", "i32.const 0 i32.const 1 array.new_elem 15 3", "type_mismatch"},  // may be null
      {"[ ] [ ref:11 ]", "i32.const 0 i32.const 1 array.new_elem 11 0", "type_mismatch"},
      {"[ ] [ ref:13 ]", "i32.const 0 i32.const 1 array.new_elem 13 4", "unknown_element"},
      {"[ ] [ ref:13 ]", "i32.const 1 array.new_elem 13 0", "type_mismatch"},
      {"[ ] [ ]", "unreachable array.new_elem 0 0 drop", "not_array_type"},
  });
}

TEST(BodyArrays, GetAndSet) {
  check({
      {"[ ref:11 ] [ i32 ]", "local.get 0 i32.const 0 array.get 11", "valid"},
      {"[ null:11 ] [ i32 ]", "local.get 0 i32.const 0 array.get 11", "valid"},
      {"[ ref:11 ] [ i32 ]", "local.get 0 i64.const 0 array.get 11", "type_mismatch"},
      {"[ ref:16 ] [ i32 ]", "local.get 0 i32.const 0 array.get 11", "type_mismatch"},
      {"[ arrayref ] [ i32 ]", "local.get 0 i32.const 0 array.get 11", "type_mismatch"},
      {"[ ref:12 ] [ i32 ]", "local.get 0 i32.const 0 array.get 12", "packed_field"},
      {"[ ref:12 ] [ i32 ]", "local.get 0 i32.const 0 array.get_s 12", "valid"},
      {"[ ref:12 ] [ i32 ]", "local.get 0 i32.const 0 array.get_u 12", "valid"},
      {"[ ref:11 ] [ i32 ]", "local.get 0 i32.const 0 array.get_u 11", "unpacked_field"},
      {"[ ] [ i32 ]", "unreachable array.get 11", "valid"},
      {"[ ] [ i32 ]", "unreachable array.get 8", "not_array_type"},
      {"[ ref:11 ] [ ]", "local.get 0 i32.const 0 i32.const 1 array.set 11", "valid"},
      {"[ ref:16 ] [ ]", "local.get 0 i32.const 0 i64.const 1 array.set 16", "valid"},
      {"[ ref:16 ] [ ]", "local.get 0 i32.const 0 i32.const 1 array.set 16", "type_mismatch"},
      {"[ ref:16 ] [ ]", "local.get 0 i64.const 0 i64.const 1 array.set 16", "type_mismatch"},
      {"[ ref:12 ] [ ]", "local.get 0 i32.const 0 i32.const 1 array.set 12", "immutable_array"},
      {"[ ref:11 ] [ ]", "i32.const 0 i32.const 1 array.set 11", "type_mismatch"},
      {"[ ] [ ]", "unreachable array.set 11", "valid"},
      {"[ ] [ ]", "unreachable array.set 8", "not_array_type"},
  });
}

TEST(BodyArrays, FillAndCopy) {
  check({
      {"[ ref:16 ] [ ]", "local.get 0 i32.const 0 i64.const 1 i32.const 2 array.fill 16", "valid"},
      {"[ ref:16 ] [ ]", "local.get 0 i32.const 0 i32.const 1 i32.const 2 array.fill 16", "type_mismatch"},
      {"[ ref:16 ] [ ]", "i32.const 0 i64.const 1 i32.const 2 array.fill 16", "type_mismatch"},
      {"[ ref:12 ] [ ]", "local.get 0 i32.const 0 i32.const 1 i32.const 2 array.fill 12", "immutable_array"},
      {"[ ] [ ]", "unreachable array.fill 16", "valid"},
      {"[ ] [ ]", "unreachable array.fill 8", "not_array_type"},
      {"[ ref:11 ] [ ]", "local.get 0 i32.const 0 local.get 0 i32.const 0 i32.const 1 array.copy 11 11", "valid"},
      {"[ ref:11 ] [ ]", "local.get 0 i32.const 0 local.get 0 i32.const 0 array.copy 11 11", "type_mismatch"},
      {"[ ref:11 ref:16 ] [ ]", "local.get 0 i32.const 0 local.get 1 i32.const 0 i32.const 1 array.copy 11 16",
       "array_types_mismatch"},
      {"[ ref:12 ] [ ]", "local.get 0 i32.const 0 local.get 0 i32.const 0 i32.const 1 array.copy 12 12",
       "immutable_array"},
      {"[ ref:11 ref:12 ] [ ]", "local.get 0 i32.const 0 local.get 1 i32.const 0 i32.const 1 array.copy 11 12",
       "array_types_mismatch"},
      // The source may be immutable and its elements of a subtype.
      {"[ ref:18 ref:19 ] [ ]", "local.get 0 i32.const 0 local.get 1 i32.const 0 i32.const 1 array.copy 18 19",
       "valid"},
      {"[ ref:18 ref:15 ] [ ]", "local.get 0 i32.const 0 local.get 1 i32.const 0 i32.const 1 array.copy 18 15",
       "valid"},
      {"[ ref:15 ref:18 ] [ ]", "local.get 0 i32.const 0 local.get 1 i32.const 0 i32.const 1 array.copy 15 18",
       "array_types_mismatch"},
      {"[ ref:18 ref:19 ] [ ]", "local.get 1 i32.const 0 local.get 0 i32.const 0 i32.const 1 array.copy 18 19",
       "type_mismatch"},
      {"[ ] [ ]", "unreachable array.copy 18 19", "valid"},
      {"[ ] [ ]", "unreachable array.copy 18 8", "not_array_type"},
      {"[ ] [ ]", "unreachable array.copy 8 18", "not_array_type"},
      {"[ ] [ ]", "unreachable array.copy 18 22", "unknown_type"},
  });
}

TEST(BodyArrays, InitFromSegments) {
  check({
      {"[ ref:11 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_data 11 0", "valid"},
      {"[ ref:11 ] [ ]", "i32.const 0 i32.const 0 i32.const 1 array.init_data 11 0", "type_mismatch"},
      {"[ ref:11 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_data 11 1", "unknown_data"},
      {"[ ref:12 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_data 12 0", "immutable_array"},
      {"[ ref:13 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_data 13 0", "array_not_numeric"},
      {"[ ] [ ]", "unreachable array.init_data 11 0", "valid"},
      {"[ ] [ ]", "unreachable array.init_data 8 0", "not_array_type"},
      {"[ ref:13 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_elem 13 0", "valid"},
      {"[ ref:13 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_elem 13 1", "type_mismatch"},
      {"[ ref:18 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_elem 18 3", "valid"},
      {"[ ref:19 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_elem 19 3", "immutable_array"},
      {"[ ref:13 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_elem 13 4", "unknown_element"},
      {"[ ref:11 ] [ ]", "local.get 0 i32.const 0 i32.const 0 i32.const 1 array.init_elem 11 0", "type_mismatch"},
      {"[ ref:13 ] [ ]", "local.get 0 i32.const 0 i32.const 0 array.init_elem 13 0", "type_mismatch"},
      {"[ ] [ ]", "unreachable array.init_elem 13 0", "valid"},
      {"[ ] [ ]", "unreachable array.init_elem 8 0", "not_array_type"},
  });
}

// Equal types are one, under whichever index they are named.
TEST(BodyAggregates, TypesAreNamedByAnyOfTheirIndices) {
  const std::string_view types =
      "struct [ i32 ] struct [ i32 ] array mut i8 array mut i8 func [ ref:1 ref:3 ] [ i32 ] struct [ i64 ]";
  const auto verdict_of = [&](std::string_view body) {
    return test::verdict({.types = types, .functions = "4", .bodies = {body}});
  };
  EXPECT_EQ(verdict_of("local.get 0 struct.get 0 0"), "valid");
  EXPECT_EQ(verdict_of("local.get 0 struct.get 1 0"), "valid");
  EXPECT_EQ(verdict_of("local.get 0 struct.get 5 0 i32.wrap_i64"), "type_mismatch");
  EXPECT_EQ(verdict_of("local.get 1 i32.const 0 array.get_s 2"), "valid");
  EXPECT_EQ(verdict_of("struct.new_default 1 local.set 0 i32.const 1 array.new_default 2 local.set 1 i32.const 1"),
            "valid");
  EXPECT_EQ(verdict_of("local.get 0 ref.cast 0 local.set 0 i32.const 1"), "valid");
  EXPECT_EQ(verdict_of("block ref:0 local.get 0 end struct.get 1 0"), "valid");
}

}  // namespace
}  // namespace plimsoll
