// Long lists of operands: what matched once is remembered (list_memo.hpp), which must change no answer and no error.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "testing/assemble.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all.append(text).append(" ");
  return all;
}

// Structs 0 and, under each other, 1 and 2. Functions without parameters give 40 of (ref 2), (ref 1), or all of (ref 1)
// but the 20th, which is (ref 0): functions 0, 1, 2. Functions 3, 4, 5 take such lists and give nothing.
std::string types() {
  const std::string lists[] = {times(40, "ref:2"), times(40, "ref:1"),
                               times(19, "ref:1") + "ref:0 " + times(20, "ref:1")};
  std::string text = "sub [ ] struct [ ] sub [ 0 ] struct [ ] sub [ 1 ] struct [ ] ";
  for (const std::string& list : lists) text += "func [ ] [ " + list + "] ";        // 3, 4, 5
  for (const std::string& list : lists) text += "func [ " + list + "] [ ] ";        // 6, 7, 8
  text += "struct [ " + times(80, "ref:1") + "] ";                                  // 9
  text += "array ref:1 ";                                                           // 10
  text += "struct [ " + times(60, "ref:1") + "ref:2 " + times(19, "ref:1") + "] ";  // 11
  text += "func [ " + lists[1] + "] [ " + lists[1] + "] ";                          // 12
  text += "func [ " + times(20, "ref:1") + "] [ ] ";                                // 13
  text += "func [ ] [ " + times(20, "ref:1") + "] ";                                // 14
  return text + "func [ ] [ ] ";                                                    // 15
}

constexpr std::string_view imports =
    "m a func 3 m b func 4 m c func 5 m d func 6 m e func 7 m f func 8 m g func 13 m h func 14";

// The answer to a body of a function of the type.
std::string answer(std::string_view body, std::string_view type = "15") {
  const std::string all = types();
  return test::verdict({.types = all, .imports = imports, .functions = type, .tags = "6 7 8", .bodies = {body}});
}

Error error(std::string_view body) {
  const std::string all = types();
  return test::load_error(
             test::assemble({.types = all, .imports = imports, .functions = "15", .tags = "6 7 8", .bodies = {body}}))
      .value();
}

TEST(BodyLists, AnAnswerIsForItsListsOnly) {
  EXPECT_EQ(answer("call 0 call 4 call 0 call 4"), "valid");
  EXPECT_EQ(answer("call 0 call 3 call 0 call 4 call 0 call 5"), "valid");
  EXPECT_EQ(answer("call 1 call 4 call 1 call 5"), "valid");
  EXPECT_EQ(answer("call 0 call 4 call 1 call 3"), "type_mismatch");
  EXPECT_EQ(answer("call 0 call 4 call 2 call 4"), "type_mismatch");
  EXPECT_EQ(answer("call 0 call 5 call 1 call 5 call 2 call 5 call 2 call 3"), "type_mismatch");
}

TEST(BodyLists, TheLastThatDoesNotMatchIsNamed) {
  const Error wrong = error("call 0 call 4 call 2 call 4");
  EXPECT_EQ(wrong.expected, ValueType::reference(1U, false).bits());
  EXPECT_EQ(wrong.found, ValueType::reference(0U, false).bits());
  const Error label = error("block =3 call 2 i32.const 0 br_table [ 0 0 ] 0 end call 3");
  EXPECT_EQ(label.expected, ValueType::reference(2U, false).bits());
  EXPECT_EQ(label.found, ValueType::reference(1U, false).bits());
}

TEST(BodyLists, PartsOfALongList) {
  EXPECT_EQ(answer("call 0 call 6 call 6"), "valid");
  EXPECT_EQ(answer("call 1 call 6 call 6 call 1 call 6 call 6"), "valid");
  EXPECT_EQ(answer("call 2 call 6 call 6"), "type_mismatch");  // the 20th is in the first half, which is popped last
  EXPECT_EQ(answer("call 7 call 7 call 4 call 7 call 7 call 4"), "valid");
  EXPECT_EQ(answer("call 7 call 4"), "type_mismatch");
  EXPECT_EQ(answer("call 0 drop call 7 call 6 " + times(39, "drop")), "valid");
  EXPECT_EQ(answer("call 0 drop call 4"), "type_mismatch");
  EXPECT_EQ(answer("unreachable call 7 call 4"), "valid");
}

TEST(BodyLists, OfFieldsAndElements) {
  EXPECT_EQ(answer("call 0 call 1 struct.new 9 drop call 0 call 1 struct.new 9 drop"), "valid");
  EXPECT_EQ(answer("call 0 call 1 struct.new 9 drop call 0 call 1 struct.new 11 drop"), "type_mismatch");
  EXPECT_EQ(answer("call 1 call 0 struct.new 9 drop call 1 call 0 struct.new 11 drop"), "valid");
  EXPECT_EQ(answer("call 0 struct.new 9 drop"), "type_mismatch");
  EXPECT_EQ(answer("unreachable call 0 struct.new 9 drop"), "valid");
  EXPECT_EQ(answer("call 0 call 1 array.new_fixed 10 80 drop call 0 call 1 array.new_fixed 10 80 drop"), "valid");
  EXPECT_EQ(answer("call 0 array.new_fixed 10 40 drop call 2 array.new_fixed 10 40 drop"), "type_mismatch");
  EXPECT_EQ(answer("call 0 array.new_fixed 10 41 drop"), "type_mismatch");
  EXPECT_EQ(answer("unreachable call 0 array.new_fixed 10 4000 drop"), "valid");
}

TEST(BodyLists, OfLabels) {
  const auto table = [](std::string_view operands, std::string_view labels) {
    return answer("block =4 block =3 block =5 " + std::string(operands) + " i32.const 0 br_table [ " +
                  std::string(labels) + " ] 1 end unreachable end call 3 unreachable end call 4");
  };
  EXPECT_EQ(table("call 0", "0 1 2 0 1 2"), "valid");
  EXPECT_EQ(table("call 1", "0 2 0 2"), "type_mismatch");  // the default is label 1
  EXPECT_EQ(table("call 7 call 7", "0 2 0 2 1"), "type_mismatch");
  EXPECT_EQ(table(times(40, "ref.null none ref.as_non_null"), "0 2 0 1"), "valid");
  EXPECT_EQ(table("call 0 drop ref.null none ref.as_non_null", "0 1 2 0 1 2"), "valid");
  EXPECT_EQ(table("call 0 drop ref.null none", "0 1 2 0 1 2"), "type_mismatch");
  EXPECT_EQ(table("call 0 drop", "0 1 2 0 1 2"), "type_mismatch");
}

// The same operands in front of one instruction are not those in front of another.
TEST(BodyLists, OfOneInstructionOnly) {
  const std::string some = times(40, "ref.null none ref.as_non_null");
  const std::string wrong = times(40, "ref.null none");
  const std::string table = "i32.const 0 br_table [ 0 0 ] 0";
  EXPECT_EQ(answer("block =4 " + some + table + " end call 4 block =4 " + some + table + " end call 4"), "valid");
  EXPECT_EQ(answer("block =4 " + some + table + " end call 4 block =4 " + wrong + table + " end call 4"),
            "type_mismatch");
}

TEST(BodyLists, OfTagsTailCallsAndBranchesWithoutElse) {
  EXPECT_EQ(answer("block =4 try_table void [ catch 0 0 catch 1 0 catch 0 0 ] end unreachable end call 4"), "valid");
  EXPECT_EQ(answer("block =4 try_table void [ catch 0 0 catch 1 0 catch 2 0 ] end unreachable end call 4"),
            "type_mismatch");
  EXPECT_EQ(answer("return_call 0", "4"), "valid");
  EXPECT_EQ(answer("return_call 0 return_call 1", "4"), "valid");
  EXPECT_EQ(answer("return_call 0 return_call 2", "4"), "type_mismatch");
  EXPECT_EQ(answer("call 1 i32.const 0 if =12 end call 4 call 1 i32.const 0 if =12 end call 4"), "valid");
  EXPECT_EQ(answer("call 2 i32.const 0 if =12 end call 4"), "type_mismatch");
}

}  // namespace
}  // namespace plimsoll
