// `metadata.code.*`: what hints say, and what is wrong in them.
#include "plimsoll/code_metadata.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "testing/custom.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::leb;
using test::Strings;
using test::vec;

// Function 0 is imported. The body of 1: no locals at 0; local.get at 1, if at 3, else at 5, end at 6, local.get at 7, br_if at
// 9, i32.const at 11, call_indirect at 13, nop at 16, end at 17. The body of 2: a run of locals at 1, nop at 3, end at 4.
test::CustomCase section(std::string_view title) {
  return {.module = test::assemble({
              .types = "func [ i32 ] [ ] func [ ] [ ]",
              .imports = "env f func 0",
              .functions = "0 0",
              .tables = "funcref 1..",
              .bodies = {"local.get 0 if void else end local.get 0 br_if 0 i32.const 0 call_indirect 1 0 nop",
                         "local 1 i32 nop"},
          }),
          .name = title,
          .at_start = true};
}

Bytes hint(std::uint32_t position, const Bytes& value) { return leb(position) + test::sized(value); }
Bytes of_one(const Bytes& hints) { return vec({leb(1) + hints}); }

const test::CustomCase branches = section("metadata.code.branch_hint");
const Bytes both = vec({leb(1) + vec({hint(3, {0}), hint(9, {1})}), leb(2) + vec({})});

TEST(CodeMetadata, IsHintsByFunction) {
  const Bytes module = branches.with(both);
  const std::span<const std::byte> bytes = std::as_bytes(std::span(module));
  Strings lines;
  for (const FunctionHints& function : code_metadata(bytes, *find_custom_section(bytes, CustomKind::branch_hints))) {
    std::string line = std::to_string(function.function);
    for (const CodeHint& one : function.hints)
      line += " " + std::to_string(one.position) + (branch_likely(bytes, one) == true ? "likely" : "unlikely");
    lines.push_back(line);
  }
  EXPECT_EQ(lines, (Strings{"1 3unlikely 9likely", "2"}));
  EXPECT_TRUE(code_metadata(bytes, CustomSection{}).empty());
}

TEST(CodeHint, MeansSomethingOrNothing) {
  const auto in = [](const Bytes& value, auto read) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(value));
    return read(bytes, CodeHint{.offset = 0, .position = 0, .value = {0, static_cast<std::uint32_t>(value.size())}});
  };
  EXPECT_EQ(in({0}, branch_likely), false);
  EXPECT_EQ(in({1}, branch_likely), true);
  for (const Bytes& value : {Bytes{}, Bytes{2}, Bytes{1, 0}}) EXPECT_EQ(in(value, branch_likely), std::nullopt);
  EXPECT_EQ(in({0xAC, 0x02}, trace_mark), 300U);
  for (const Bytes& value : {Bytes{}, Bytes{0x80}, Bytes{1, 0}}) EXPECT_EQ(in(value, trace_mark), std::nullopt);
  EXPECT_EQ(in({5}, compilation_priority)->compilation, 5U);
  EXPECT_EQ(in({5}, compilation_priority)->optimization, std::nullopt);
  EXPECT_EQ(in({5, 127, 9}, compilation_priority)->optimization, CompilationPriority::run_once);
  for (const Bytes& value : {Bytes{}, Bytes{0x80}, Bytes{1, 0x80}})
    EXPECT_FALSE(in(value, compilation_priority).has_value());
  EXPECT_EQ(in({64}, instruction_frequency), InstructionFrequency::most);
  EXPECT_EQ(in({127, 1}, instruction_frequency), InstructionFrequency::always_optimize);
  for (const Bytes& value : {Bytes{}, Bytes{65}, Bytes{0x80}})
    EXPECT_EQ(in(value, instruction_frequency), std::nullopt);
  const Bytes targets = {1, 73, 2, 21, 3};
  const std::span<const std::byte> bytes = std::as_bytes(std::span(targets));
  Strings lines;
  for (const CallTarget& one : call_targets(bytes, {.offset = 0, .position = 0, .value = {0, 5}}))
    lines.push_back(std::to_string(one.function) + ":" + std::to_string(one.percent));
  EXPECT_EQ(lines, (Strings{"1:73", "2:21"}));
}

TEST(CheckBranchHints, HasNothingAgainstGoodOnes) {
  EXPECT_EQ(branches.warnings(both), Strings{});
  EXPECT_EQ(branches.silent_prefixes(both), std::vector<std::size_t>{both.size()});
  branches.mutate(both);
}

TEST(CheckBranchHints, FunctionsAscendAndHaveABody) {
  EXPECT_EQ(branches.warnings(vec({leb(0) + vec({}), leb(3) + vec({})})),
            (Strings{"import_mismatch+1 0", "index_out_of_range+3 3/3"}));
  EXPECT_EQ(branches.warnings(vec({leb(2) + vec({}), leb(1) + vec({hint(4, {0})}), leb(1) + vec({})})),
            (Strings{"index_out_of_order+3 1", "duplicate_index+8 1"}));
}

TEST(CheckBranchHints, AreAtBranches) {
  EXPECT_EQ(branches.warnings(of_one(vec({hint(0, {0}), hint(4, {0}), hint(18, {0}), hint(1000, {0})}))),
            (Strings{"hint_not_at_instruction+3 0", "hint_not_at_instruction+6 4", "hint_not_at_instruction+9 18",
                     "hint_not_at_instruction+12 1000"}));
  EXPECT_EQ(branches.warnings(of_one(vec({hint(1, {0}), hint(17, {0})}))),
            (Strings{"hint_at_wrong_instruction+3 1", "hint_at_wrong_instruction+6 17"}));
  EXPECT_EQ(branches.warnings(vec({leb(2) + vec({hint(1, {0}), hint(3, {0})})})),
            (Strings{"hint_not_at_instruction+3 1", "hint_at_wrong_instruction+6 3"}));
}

TEST(CheckBranchHints, PositionsAscend) {
  EXPECT_EQ(branches.warnings(of_one(vec({hint(9, {0}), hint(3, {0}), hint(3, {0})}))),
            (Strings{"index_out_of_order+6 3", "duplicate_index+9 3"}));
}

TEST(CheckBranchHints, AreOneByteOfTwoValues) {
  EXPECT_EQ(branches.warnings(of_one(vec({hint(3, {0, 0}), hint(9, {2})}))),
            (Strings{"bad_hint_size+3 2", "bad_hint_value+9"}));
  EXPECT_EQ(branches.warnings(of_one(vec({hint(3, {})}))), Strings{"bad_hint_size+3 0"});
}

TEST(CheckBranchHints, TheFormatIsKept) {
  EXPECT_EQ(branches.warnings(leb(0xFFFF'FFFF)), Strings{"unexpected_end+5"});
  EXPECT_EQ(branches.warnings(leb(1) + leb(1) + leb(0xFFFF'FFFF)), Strings{"unexpected_end+7"});
  EXPECT_EQ(branches.warnings(of_one(leb(1) + leb(3) + leb(5))), Strings{"length_out_of_bounds+4"});
  EXPECT_EQ(branches.warnings(vec({}) + Bytes{0}), Strings{"trailing_bytes+1"});
}

TEST(CheckBranchHints, TheSectionStandsBeforeTheCodeAndOnce) {
  const Bytes section = test::custom_section("metadata.code.branch_hint", vec({}));
  EXPECT_EQ(test::warnings(test::module({test::section(10, {0}), section})), Strings{"misplaced_section@11"});
  EXPECT_EQ(test::warnings(test::module({section, section, test::section(10, {0})})), Strings{"duplicate_section@37"});
}

TEST(CheckCodeMetadata, TraceMarksAreNumbersAtInstructions) {
  const test::CustomCase marks = section("metadata.code.trace_inst");
  EXPECT_EQ(marks.warnings(of_one(vec({hint(1, {5}), hint(17, {0x80, 0x01})}))), Strings{});
  EXPECT_EQ(marks.warnings(of_one(vec({hint(1, {}), hint(2, {5}), hint(3, {5, 5})}))),
            (Strings{"bad_hint_size+3 0", "hint_not_at_instruction+5 2", "bad_hint_value+10"}));
}

TEST(CheckCodeMetadata, CompilationPrioritiesAreOfFunctions) {
  const test::CustomCase priorities = section("metadata.code.compilation_priority");
  EXPECT_EQ(priorities.warnings(of_one(vec({hint(0, {5, 6, 7})}))), Strings{});
  EXPECT_EQ(priorities.warnings(of_one(vec({hint(1, {0x80})}))),
            (Strings{"hint_not_at_instruction+3 1", "bad_hint_value+5"}));
}

TEST(CheckCodeMetadata, InstructionFrequenciesAreInTheirRange) {
  const test::CustomCase frequencies = section("metadata.code.instr_freq");
  EXPECT_EQ(frequencies.warnings(of_one(vec({hint(1, {0}), hint(3, {64}), hint(13, {127})}))), Strings{});
  EXPECT_EQ(frequencies.warnings(of_one(vec({hint(1, {65}), hint(2, {1})}))),
            (Strings{"bad_hint_value+5", "hint_not_at_instruction+6 2"}));
}

TEST(CheckCodeMetadata, CallTargetsAreFunctionsAndAHundredPercentAtMost) {
  const test::CustomCase targets = section("metadata.code.call_targets");
  EXPECT_EQ(targets.warnings(of_one(vec({hint(13, {1, 73, 2, 27})}))), Strings{});
  EXPECT_EQ(targets.warnings(of_one(vec({hint(13, {1, 73, 3, 28})}))),
            (Strings{"index_out_of_range+7 3/3", "bad_hint_value+5 101/100"}));
  EXPECT_EQ(targets.warnings(of_one(vec({hint(9, {1})}))),
            (Strings{"hint_at_wrong_instruction+3 9", "unexpected_end+6"}));
}

// Kinds that are not known keep to the format; what they mean is theirs.
TEST(CheckCodeMetadata, OtherKindsAreOnlyRead) {
  const test::CustomCase other = section("metadata.code.hotness");
  EXPECT_EQ(other.warnings(of_one(vec({hint(2, {}), hint(1000, {1, 2, 3})}))), Strings{});
  EXPECT_EQ(other.warnings(vec({leb(1) + vec({hint(2, {}), hint(2, {})}), leb(9) + vec({})})),
            (Strings{"duplicate_index+5 2", "index_out_of_range+7 9/3"}));
}

}  // namespace
}  // namespace plimsoll
