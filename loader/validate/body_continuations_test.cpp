// Continuations (stack switching proposal): their types, tags with results, and the instructions.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::valid;
using test::verdict;
using test::with_features;

const Options on = with_features("wasm3,stack-switching");

// Types 0 to 11. Continuations: 1 of 0, 3 of 2, 5 of 4, 9 of 8, 11 of 10.
constexpr std::string_view world_types =
    "func [ ] [ ] cont 0 "               // 0, 1
    "func [ i32 ] [ i64 ] cont 2 "       // 2, 3
    "func [ f32 i32 ] [ i64 ] cont 4 "   // 4, 5
    "func [ i64 ] [ i32 ] "              // 6: a tag's
    "func [ ] [ i64 ] "                  // 7: a tag's
    "func [ i32 ] [ i64 ] cont 8 "       // 8, 9: as 2, 3
    "func [ f64 null:1 ] [ ] cont 10 ";  // 10, 11: takes a continuation last

std::string of(std::string_view signature, std::string_view body, std::string_view types = "") {
  const std::string all = std::string(world_types) + std::string(types) + "func " + std::string(signature);
  // The signature's type is the last one; there are twelve before it, and those of `types`.
  const std::string index = types.empty() ? "12" : "13";
  return verdict({.types = all, .functions = index, .tags = "6 7 0 2", .exports = "f func 0", .bodies = {body}}, on);
}

TEST(Continuations, TypesNameAFunctionType) {
  EXPECT_EQ(verdict({.types = "func [ ] [ ] cont 0"}, on), valid);
  EXPECT_EQ(verdict({.types = "rec [ cont 1 func [ ] [ ] ]"}, on), valid);
  EXPECT_EQ(verdict({.types = "rec [ func [ null:1 ] [ ] cont 0 ]"}, on), valid);
  EXPECT_EQ(verdict({.types = "cont 0"}, on), "not_function_type");
  EXPECT_EQ(verdict({.types = "struct [ ] cont 0"}, on), "not_function_type");
  EXPECT_EQ(verdict({.types = "func [ ] [ ] cont 0 cont 1"}, on), "not_function_type");
  EXPECT_EQ(verdict({.types = "cont 1"}, on), "unknown_type");
  EXPECT_EQ(verdict({.types = "func [ ] [ ] cont 2"}, on), "unknown_type");
  EXPECT_EQ(verdict({.types = "func [ ] [ ] cont -1"}, on), "bad_definition_type");
  EXPECT_EQ(verdict({.types = "func [ ] [ ] cont 0"}, with_features("wasm3")), "bad_definition_type");
}

TEST(Continuations, TypesMatchAsTheirFunctionsDo) {
  constexpr std::string_view functions = "sub [ ] func [ ] [ ] sub [ 0 ] func [ ] [ ] sub [ ] cont 0 ";
  const auto under = [&](std::string_view last) {
    return verdict({.types = std::string(functions) + std::string(last)}, on);
  };
  EXPECT_EQ(under("sub [ 2 ] cont 1"), valid);
  EXPECT_EQ(under("sub [ 2 ] cont 0"), valid);
  EXPECT_EQ(under("sub [ ] func [ i32 ] [ ] sub [ 2 ] cont 3"), "supertype_mismatch");
  EXPECT_EQ(under("sub [ 2 ] func [ ] [ ]"), "supertype_mismatch");
}

TEST(Continuations, EqualTypesAreOne) {
  // 3 and 9 are equal, 3 and 5 are not; two groups that differ in their last continuation.
  EXPECT_EQ(of("[ null:3 ] [ null:9 ]", "local.get 0"), valid);
  EXPECT_EQ(of("[ null:3 ] [ null:5 ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(verdict({.types = "rec [ func [ ] [ ] cont 0 ] rec [ func [ ] [ ] cont 2 ] func [ null:1 ] [ null:3 ]",
                     .functions = "4",
                     .bodies = {"local.get 0"}},
                    on),
            valid);
  EXPECT_EQ(
      verdict({.types = "rec [ func [ ] [ ] func [ i32 ] [ ] cont 0 ] rec [ func [ ] [ ] func [ i32 ] [ ] cont 4 ] "
                        "func [ null:2 ] [ null:5 ]",
               .functions = "6",
               .bodies = {"local.get 0"}},
              on),
      "type_mismatch");
}

TEST(Continuations, HaveAHierarchyOfTheirOwn) {
  EXPECT_EQ(of("[ null:3 ] [ contref ]", "local.get 0"), valid);
  EXPECT_EQ(of("[ nullcontref ] [ null:3 ]", "local.get 0"), valid);
  EXPECT_EQ(of("[ contref ] [ null:3 ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(of("[ contref ] [ anyref ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(of("[ nullref ] [ contref ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(of("[ null:3 ] [ funcref ]", "local.get 0"), "type_mismatch");
  EXPECT_EQ(verdict({.types = "func [ contref ] [ ]"}, with_features("wasm3")), "bad_reference_type");
}

TEST(Continuations, AreNotCast) {
  for (const std::string_view cast :
       {"ref.test 3", "ref.test_null cont", "ref.cast 3", "ref.cast_null nocont", "ref.cast cont"})
    EXPECT_EQ(of("[ contref ] [ ]", "local.get 0 " + std::string(cast) + " drop"), "bad_cast_target") << cast;
  EXPECT_EQ(of("[ contref ] [ null:3 ]", "local.get 0 br_on_cast 3 0 cont 3 unreachable"), "bad_cast_target");
  EXPECT_EQ(of("[ contref ] [ i32 ]", "local.get 0 ref.is_null"), valid);
}

TEST(Continuations, New) {
  EXPECT_EQ(of("[ null:2 ] [ ref:3 ]", "local.get 0 cont.new 3"), valid);
  EXPECT_EQ(of("[ null:2 ] [ ref:9 ]", "local.get 0 cont.new 9"), valid);
  EXPECT_EQ(of("[ null:4 ] [ ref:3 ]", "local.get 0 cont.new 3"), "type_mismatch");
  EXPECT_EQ(of("[ funcref ] [ ref:3 ]", "local.get 0 cont.new 3"), "type_mismatch");
  EXPECT_EQ(of("[ ] [ ref:3 ]", "cont.new 3"), "type_mismatch");
  EXPECT_EQ(of("[ ] [ ref:3 ]", "unreachable cont.new 3"), valid);
  EXPECT_EQ(of("[ null:2 ] [ ]", "local.get 0 cont.new 2 drop"), "not_continuation_type");
  EXPECT_EQ(of("[ null:2 ] [ ]", "local.get 0 cont.new 99 drop"), "unknown_type");
}

TEST(Continuations, Bind) {
  EXPECT_EQ(of("[ null:5 ] [ ref:3 ]", "f32.const 0 local.get 0 cont.bind 5 3"), valid);
  EXPECT_EQ(of("[ null:3 ] [ ref:9 ]", "local.get 0 cont.bind 3 9"), valid);  // binds nothing
  EXPECT_EQ(of("[ null:5 ] [ ref:3 ]", "i32.const 0 local.get 0 cont.bind 5 3"), "type_mismatch");
  EXPECT_EQ(of("[ null:5 ] [ ref:3 ]", "local.get 0 cont.bind 5 3"), "type_mismatch");
  EXPECT_EQ(of("[ null:3 ] [ ref:5 ]", "local.get 0 cont.bind 3 5"), "type_mismatch");  // would add an argument
  EXPECT_EQ(of("[ null:5 ] [ ref:1 ]", "local.get 0 cont.bind 5 1"), "type_mismatch");  // other results
  EXPECT_EQ(of("[ null:3 ] [ ref:3 ]", "f32.const 0 local.get 0 cont.bind 5 3"), "type_mismatch");
  EXPECT_EQ(of("[ null:5 ] [ ]", "cont.bind 5 4 drop"), "not_continuation_type");
  EXPECT_EQ(of("[ null:5 ] [ ]", "cont.bind 4 5 drop"), "not_continuation_type");
}

TEST(Continuations, Suspend) {
  EXPECT_EQ(of("[ ] [ i32 ]", "i64.const 0 suspend 0"), valid);
  EXPECT_EQ(of("[ ] [ i64 ]", "suspend 1"), valid);
  EXPECT_EQ(of("[ ] [ i32 ]", "i32.const 0 suspend 0"), "type_mismatch");
  EXPECT_EQ(of("[ ] [ i64 ]", "i64.const 0 suspend 0"), "type_mismatch");
  EXPECT_EQ(of("[ ] [ ]", "suspend 4"), "unknown_tag");
}

TEST(Continuations, Resume) {
  EXPECT_EQ(of("[ null:3 ] [ i64 ]", "i32.const 0 local.get 0 resume 3 [ ]"), valid);
  EXPECT_EQ(of("[ null:5 ] [ i64 ]", "f32.const 0 i32.const 0 local.get 0 resume 5 [ ]"), valid);
  EXPECT_EQ(of("[ null:3 ] [ i64 ]", "local.get 0 resume 3 [ ]"), "type_mismatch");
  EXPECT_EQ(of("[ null:3 ] [ i64 ]", "i64.const 0 local.get 0 resume 3 [ ]"), "type_mismatch");
  EXPECT_EQ(of("[ null:5 ] [ i64 ]", "i32.const 0 local.get 0 resume 3 [ ]"), "type_mismatch");
  EXPECT_EQ(of("[ null:3 ] [ i32 ]", "i32.const 0 local.get 0 resume 3 [ ]"), "type_mismatch");
  EXPECT_EQ(of("[ ] [ ]", "resume 2 [ ]"), "not_continuation_type");
}

// Tag 0 is of [ i64 ] -> [ i32 ]: its handler's label takes an i64 and a continuation of [ i32 ] -> [ i64 ], which is
// what is left of a continuation of type 3 or 5.
TEST(Continuations, AHandlerTakesTheSuspendedContinuation) {
  const std::string blocks = "func [ ] [ i64 null:3 ] ";
  const auto resumed = [&](std::string_view handlers) {
    return of("[ null:3 ] [ i64 ]",
              "block =12 i32.const 0 local.get 0 resume 3 [ " + std::string(handlers) + " ] return end drop", blocks);
  };
  EXPECT_EQ(resumed("on 0 0"), valid);
  EXPECT_EQ(resumed("on 0 0 on 0 0"), valid);
  EXPECT_EQ(resumed("on 1 0"), "type_mismatch");  // the tag gives nothing
  EXPECT_EQ(resumed("on 0 1"), "type_mismatch");  // the function's label takes an i64 alone
  EXPECT_EQ(resumed("on 0 2"), "unknown_label");
  EXPECT_EQ(resumed("on 4 0"), "unknown_tag");
  // A label of another continuation: one that gives nothing, one that takes more.
  const auto labelled = [&](std::string_view block) {
    return of("[ null:3 ] [ i64 ]", "block =12 i32.const 0 local.get 0 resume 3 [ on 0 0 ] return end drop", block);
  };
  EXPECT_EQ(labelled("func [ ] [ i64 null:9 ] "), valid);
  EXPECT_EQ(labelled("func [ ] [ i64 null:1 ] "), "type_mismatch");
  EXPECT_EQ(labelled("func [ ] [ i64 null:5 ] "), "type_mismatch");
  EXPECT_EQ(labelled("func [ ] [ i64 contref ] "), "type_mismatch");
  EXPECT_EQ(labelled("func [ ] [ i64 null:2 ] "), "type_mismatch");
  EXPECT_EQ(labelled("func [ ] [ i32 null:3 ] "), "type_mismatch");
}

TEST(Continuations, AHandlerForSwitches) {
  const auto resumed = [](std::string_view handlers) {
    return of("[ null:3 ] [ i64 ]", "i32.const 0 local.get 0 resume 3 [ " + std::string(handlers) + " ]");
  };
  EXPECT_EQ(resumed("on_switch 1"), valid);            // [ ] -> [ i64 ]
  EXPECT_EQ(resumed("on_switch 2"), "type_mismatch");  // [ ] -> [ ]
  EXPECT_EQ(resumed("on_switch 3"), "type_mismatch");  // [ i32 ] -> [ i64 ]
  EXPECT_EQ(resumed("on_switch 9"), "unknown_tag");
}

// The tag's results are the continuation's: neither may be a subtype of the other.
TEST(Continuations, AHandlerForSwitchesTakesNoSubtype) {
  const auto resumed = [](std::string_view results, std::string_view handlers) {
    const std::string types = "func [ ] [ " + std::string(results) + " ] cont 0 func [ ] [ funcref ] " +
                              "func [ ] [ ref:func ] func [ null:1 ] [ funcref ]";
    const std::string body = "local.get 0 resume 1 [ " + std::string(handlers) + " ]";
    return verdict({.types = types, .functions = "4", .tags = "2 3", .bodies = {body}}, on);
  };
  EXPECT_EQ(resumed("funcref", "on_switch 0"), valid);
  EXPECT_EQ(resumed("ref:func", "on_switch 1"), valid);
  EXPECT_EQ(resumed("funcref", "on_switch 1"), "type_mismatch");
  EXPECT_EQ(resumed("ref:func", "on_switch 0"), "type_mismatch");
}

TEST(Continuations, ResumeThrow) {
  // Tag 2 is of [ ] -> [ ]; one with results is no exception.
  EXPECT_EQ(of("[ null:3 ] [ i64 ]", "local.get 0 resume_throw 3 2 [ ]"), valid);
  EXPECT_EQ(of("[ null:3 ] [ i64 ]", "local.get 0 resume_throw 3 1 [ ]"), "tag_results");
  EXPECT_EQ(of("[ null:5 ] [ i64 ]", "local.get 0 resume_throw 3 2 [ ]"), "type_mismatch");
  EXPECT_EQ(of("[ null:3 ] [ i64 ]", "local.get 0 resume_throw 3 9 [ ]"), "unknown_tag");
  EXPECT_EQ(of("[ null:3 exnref ] [ i64 ]", "local.get 1 local.get 0 resume_throw_ref 3 [ ]"), valid);
  EXPECT_EQ(of("[ null:3 ] [ i64 ]", "local.get 0 resume_throw_ref 3 [ ]"), "type_mismatch");
  EXPECT_EQ(of("[ null:3 exnref ] [ i64 ]", "local.get 1 local.get 0 resume_throw_ref 3 [ on_switch 2 ]"),
            "type_mismatch");
}

TEST(Continuations, Switch) {
  // Type 11 takes an f64 and a continuation of type 1, which takes nothing; tag 2 is of [ ] -> [ ].
  EXPECT_EQ(of("[ null:11 ] [ ]", "f64.const 0 local.get 0 switch 11 2"), valid);
  EXPECT_EQ(of("[ null:11 ] [ ]", "local.get 0 switch 11 2"), "type_mismatch");
  EXPECT_EQ(of("[ null:11 ] [ ]", "f64.const 0 local.get 0 switch 11 1"), "type_mismatch");
  EXPECT_EQ(of("[ null:11 ] [ ]", "f64.const 0 local.get 0 switch 11 3"), "type_mismatch");
  EXPECT_EQ(of("[ null:3 ] [ ]", "local.get 0 switch 3 1"), "type_mismatch");  // takes no continuation last
  EXPECT_EQ(of("[ null:1 ] [ ]", "local.get 0 switch 1 2"), "type_mismatch");  // takes nothing
  EXPECT_EQ(of("[ null:11 ] [ ]", "f64.const 0 local.get 0 switch 11 9"), "unknown_tag");
  EXPECT_EQ(of("[ null:11 ] [ ]", "f64.const 0 local.get 0 switch 10 2"), "not_continuation_type");
}

TEST(Continuations, TagsWithResultsAreNoExceptions) {
  EXPECT_EQ(of("[ ] [ ]", "i64.const 0 throw 0"), "tag_results");
  EXPECT_EQ(of("[ ] [ ]", "throw 1"), "tag_results");
  EXPECT_EQ(of("[ ] [ ]", "throw 2"), valid);
  EXPECT_EQ(of("[ ] [ i64 ]", "try_table void [ catch 0 0 ] end i64.const 0"), "tag_results");
  EXPECT_EQ(verdict(test::ModuleText{.types = "func [ ] [ i32 ]", .tags = "0"}, with_features("wasm3")), "tag_results");
}

TEST(Continuations, MalformedHandlers) {
  const auto resumed = [](std::string_view bytes) {
    return of("[ null:1 ] [ ]", "local.get 0 #e3 #01 " + std::string(bytes));
  };
  EXPECT_EQ(resumed("#00"), valid);
  EXPECT_EQ(resumed("#01 #02 #00"), "bad_handler");
  EXPECT_EQ(resumed("#7f"), "length_out_of_bounds");
}

TEST(Continuations, AreOffByDefault) {
  for (const std::string_view code : {"cont.new 0", "cont.bind 0 0", "suspend 0", "resume 0 [ ]",
                                      "resume_throw 0 0 [ ]", "resume_throw_ref 0 [ ]", "switch 0 0"})
    EXPECT_EQ(verdict({.types = "func [ ] [ ]", .functions = "0", .bodies = {code}}, with_features("wasm3")),
              "feature_required")
        << code;
}

}  // namespace
}  // namespace plimsoll
