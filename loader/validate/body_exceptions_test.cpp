// Exceptions (specification 3.0, section 3.4.8), and the legacy ones beside them. Tag 0 of the world carries nothing,
// tag 1 an i32, tag 2 (i32 i64 f32 f64).
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/body.hpp"
#include "testing/check_bodies.hpp"

namespace plimsoll {
namespace {

using test::body_verdict;
using test::check;

TEST(BodyExceptions, Throw) {
  check({
      {"[ ] [ ]", "throw 0", "valid"},
      {"[ ] [ i64 ]", "throw 0", "valid"},
      {"[ ] [ ]", "throw 3", "unknown_tag"},
      {"[ ] [ ]", "i32.const 1 throw 1", "valid"},
      {"[ ] [ ]", "throw 1", "type_mismatch"},
      {"[ ] [ ]", "i64.const 1 throw 1", "type_mismatch"},
      {"[ ] [ ]", "call 4 throw 2", "valid"},
      {"[ ] [ ]", "call 4 drop throw 2", "type_mismatch"},
      {"[ ] [ ]", "i64.const 1 throw 0", "valid"},
      {"[ ] [ ]", "unreachable throw 2", "valid"},
      {"[ exnref ] [ ]", "local.get 0 throw_ref", "valid"},
      {"[ ref:exn ] [ i32 ]", "local.get 0 throw_ref", "valid"},
      {"[ nullexnref ] [ i32 ]", "local.get 0 throw_ref", "valid"},
      {"[ externref ] [ ]", "local.get 0 throw_ref", "type_mismatch"},
      {"[ ] [ ]", "throw_ref", "type_mismatch"},
      {"[ ] [ ]", "unreachable throw_ref", "valid"},
  });
}

TEST(BodyExceptions, TryTableIsABlock) {
  check({
      {"[ ] [ ]", "try_table void [ ] end", "valid"},
      {"[ ] [ i32 ]", "try_table i32 [ ] i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "try_table i32 [ ] end", "type_mismatch"},
      {"[ ] [ i32 ]", "try_table i32 [ ] i32.const 1 br 0 end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 try_table =20 [ ] i32.eqz end", "valid"},
      {"[ ] [ i32 ]", "try_table =20 [ ] i32.eqz end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 try_table void [ ] drop end i32.const 1", "type_mismatch"},
      {"[ ] [ ]", "try_table =22 [ ] end", "unknown_type"},
      {"[ ] [ ]", "try_table =8 [ ] end", "not_function_type"},
      {"[ ] [ ]", "try_table void [ ] else end", "unexpected_else"},
  });
}

// A clause's label is one around the try_table, and takes what the tag carries and, with `_ref`, the exception.
TEST(BodyExceptions, Clauses) {
  check({
      {"[ ] [ ]", "block void try_table void [ catch 0 0 ] end end", "valid"},
      {"[ ] [ ]", "try_table void [ catch 0 0 ] end", "valid"},
      {"[ ] [ ]", "try_table void [ catch 0 1 ] end", "unknown_label"},
      {"[ ] [ ]", "try_table void [ catch 3 0 ] end", "unknown_tag"},
      {"[ ] [ ]", "try_table void [ catch_ref 3 0 ] end", "unknown_tag"},
      {"[ ] [ ]", "try_table void [ catch 1 0 ] end", "type_mismatch"},
      {"[ ] [ i32 ]", "try_table void [ catch 1 0 ] end i32.const 1", "valid"},
      {"[ ] [ i32 ]", "try_table void [ catch 0 0 ] end i32.const 1", "type_mismatch"},
      {"[ ] [ i64 ]", "try_table void [ catch 1 0 ] end i64.const 1", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "try_table void [ catch 2 0 ] end call 4", "valid"},
      {"[ ] [ exnref ]", "try_table void [ catch_ref 0 0 ] end ref.null exn", "valid"},
      {"[ ] [ ref:exn ]", "try_table void [ catch_ref 0 0 ] end unreachable", "valid"},
      {"[ ] [ ]", "try_table void [ catch_ref 0 0 ] end", "type_mismatch"},
      {"[ ] [ externref ]", "try_table void [ catch_ref 0 0 ] end unreachable", "type_mismatch"},
      {"[ ] [ nullexnref ]", "try_table void [ catch_ref 0 0 ] end unreachable", "type_mismatch"},
      {"[ ] [ i32 exnref ]", "try_table void [ catch_ref 1 0 ] end unreachable", "valid"},
      {"[ ] [ exnref i32 ]", "try_table void [ catch_ref 1 0 ] end unreachable", "type_mismatch"},
      {"[ ] [ i32 ]", "try_table void [ catch_ref 1 0 ] end unreachable", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ref:exn ]", "try_table void [ catch_ref 2 0 ] end unreachable", "valid"},
      {"[ ] [ ]", "try_table void [ catch_all 0 ] end", "valid"},
      {"[ ] [ i32 ]", "try_table void [ catch_all 0 ] end unreachable", "type_mismatch"},
      {"[ ] [ exnref ]", "try_table void [ catch_all_ref 0 ] end unreachable", "valid"},
      {"[ ] [ ]", "try_table void [ catch_all_ref 0 ] end", "type_mismatch"},
      {"[ ] [ i32 exnref ]", "try_table void [ catch_all_ref 0 ] end unreachable", "type_mismatch"},
      {"[ ] [ ]", "try_table void [ catch_all 1 ] end", "unknown_label"},
      {"[ ] [ ]", "try_table void [ catch_all_ref 1 ] end", "unknown_label"},
      // A loop's label takes its parameters.
      {"[ ] [ i32 ]", "loop i32 try_table void [ catch 0 0 ] end i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "loop i32 try_table void [ catch 1 0 ] end i32.const 1 end", "type_mismatch"},
      {"[ ] [ i32 ]", "i32.const 1 loop =20 try_table void [ catch 1 0 ] end end", "valid"},
      // Each clause counts.
      {"[ ] [ i32 ]", "block void try_table void [ catch 0 0 catch 1 1 catch_all 0 ] end end i32.const 1", "valid"},
      {"[ ] [ i32 ]", "block void try_table void [ catch 0 0 catch 1 1 catch_all 1 ] end end i32.const 1",
       "type_mismatch"},
      {"[ ] [ i32 ]", "block void try_table void [ catch_all 0 catch_all 0 catch 1 0 ] end end i32.const 1",
       "type_mismatch"},
      {"[ ] [ ]", "unreachable try_table void [ catch 1 0 ] end", "type_mismatch"},
      // Inside, the try_table's own label comes first.
      {"[ ] [ i32 ]", "try_table i32 [ ] i32.const 1 i32.const 1 br_if 1 end", "valid"},
      {"[ ] [ ]", "try_table void [ catch_all 0 ] br 1 end", "valid"},
      {"[ ] [ ]", "try_table void [ catch_all 0 ] br 2 end", "unknown_label"},
  });
}

// --- Legacy exceptions ----------------------------------------------------------------------------------------------

TEST(BodyLegacyExceptions, TryAndHandlers) {
  check({
      {"[ ] [ ]", "try void end", "valid"},
      {"[ ] [ ]", "try void catch 0 end", "valid"},
      {"[ ] [ ]", "try void catch_all end", "valid"},
      {"[ ] [ ]", "try void catch 0 catch 0 catch_all end", "valid"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "try i32 end", "type_mismatch"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch 1 end", "valid"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch 0 end", "type_mismatch"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch 0 i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "try i32 catch 1 end", "type_mismatch"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch_all end", "type_mismatch"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch_all i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch 1 i32.const 1 end", "type_mismatch"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch 2 drop drop drop end", "valid"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch 2 drop drop end", "type_mismatch"},
      {"[ ] [ ]", "try void catch 3 end", "unknown_tag"},
      {"[ ] [ i32 ]", "i32.const 1 try =20 catch 0 i32.const 1 end", "valid"},
      {"[ ] [ i32 ]", "i32.const 1 try =20 catch 0 end", "type_mismatch"},  // parameters are not there again
      {"[ ] [ i32 ]", "try =20 catch 0 i32.const 1 end", "type_mismatch"},
      {"[ ] [ ]", "try void br 0 catch 0 br 0 catch_all br 0 end", "valid"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 br 0 catch 0 i32.const 2 br 1 end", "valid"},
      {"[ ] [ ]", "try void unreachable catch 0 i32.const 1 end", "type_mismatch"},
  });
}

TEST(BodyLegacyExceptions, HandlersBelongToATry) {
  check({
      {"[ ] [ ]", "catch 0", "end_expected"},
      {"[ ] [ ]", "catch_all", "end_expected"},
      {"[ ] [ ]", "block void catch 0 end", "end_expected"},
      {"[ ] [ ]", "loop void catch_all end", "end_expected"},
      {"[ ] [ ]", "i32.const 1 if void catch_all end", "end_expected"},
      {"[ ] [ ]", "try_table void [ ] catch_all end", "end_expected"},
      {"[ ] [ ]", "try void catch_all catch 0 end", "end_expected"},
      {"[ ] [ ]", "try void catch_all catch_all end", "end_expected"},
      {"[ ] [ ]", "try void block void catch_all end end", "end_expected"},
      {"[ ] [ ]", "try void else end", "unexpected_else"},
      {"[ ] [ ]", "try void catch 0 else end", "unexpected_else"},
  });
}

TEST(BodyLegacyExceptions, Delegate) {
  check({
      {"[ ] [ ]", "try void delegate 0", "valid"},  // to the caller
      {"[ ] [ ]", "try void delegate 1", "unknown_label"},
      {"[ ] [ ]", "block void try void delegate 0 end", "valid"},
      {"[ ] [ ]", "try void try void delegate 0 catch_all end", "valid"},
      {"[ ] [ ]", "try void try void delegate 1 catch_all end", "valid"},
      {"[ ] [ ]", "try void try void delegate 2 catch_all end", "unknown_label"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 delegate 0", "valid"},
      {"[ ] [ i32 ]", "try i32 delegate 0", "type_mismatch"},
      {"[ ] [ i64 ]", "try i32 i32.const 1 delegate 0", "type_mismatch"},
      {"[ ] [ i32 i64 f32 f64 ]", "try =4 call 4 delegate 0", "valid"},
      {"[ ] [ ]", "delegate 0", "bad_delegate"},
      {"[ ] [ ]", "block void delegate 0", "bad_delegate"},
      {"[ ] [ ]", "try void catch_all delegate 0", "bad_delegate"},
      {"[ ] [ ]", "try void catch 0 delegate 0", "bad_delegate"},
      {"[ ] [ ]", "try void delegate 0 nop", "valid"},
  });
}

TEST(BodyLegacyExceptions, Rethrow) {
  check({
      {"[ ] [ ]", "try void catch_all rethrow 0 end", "valid"},
      {"[ ] [ i32 ]", "try i32 i32.const 1 catch 0 rethrow 0 end", "valid"},
      {"[ ] [ ]", "try void catch 0 block void rethrow 1 end end", "valid"},
      {"[ ] [ ]", "try void catch 0 block void rethrow 0 end end", "bad_rethrow"},
      {"[ ] [ ]", "rethrow 0", "bad_rethrow"},
      {"[ ] [ ]", "rethrow 1", "unknown_label"},
      {"[ ] [ ]", "try void rethrow 0 catch_all end", "bad_rethrow"},
      {"[ ] [ ]", "try_table void [ ] rethrow 0 end", "bad_rethrow"},
      {"[ ] [ ]", "try void catch_all try void rethrow 1 catch_all end end", "valid"},
      {"[ ] [ ]", "try void catch_all try void rethrow 0 catch_all end end", "bad_rethrow"},
      {"[ ] [ ]", "try void catch_all end rethrow 0", "bad_rethrow"},
  });
}

TEST(BodyLegacyExceptions, AreOffWithTheirFeature) {
  const Options options = test::with_features("-legacy-exceptions");
  for (const std::string_view body : {"try void end", "try void catch 0 end", "try void delegate 0"})
    EXPECT_EQ(body_verdict("[ ] [ ]", body, options), "feature_required") << body;
  EXPECT_EQ(body_verdict("[ ] [ ]", "try_table void [ catch_all 0 ] throw 0 end", options), "valid");
}

}  // namespace
}  // namespace plimsoll
