// Instructions whose type is a signature (specification 3.0, sections 3.4.4 to 3.4.7 and 3.4.11): every one of them,
// with the right operands and with each wrong one; alignments, offsets and lanes; and each behind its feature.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/instructions.hpp"
#include "testing/body.hpp"

namespace plimsoll {
namespace {

using test::body_verdict;

const std::map<char, std::string> letters = {
    {'i', "i32"},   {'l', "i64"},    {'f', "f32"},      {'d', "f64"},     {'v', "v128"},
    {'E', "eqref"}, {'I', "i31ref"}, {'A', "arrayref"}, {'j', "ref:i31"}, {'J', "ref:shared:i31"}};

// An instruction with a signature, where it finds its memory or table.
struct Use {
  const InstructionRow* row;
  std::string code;  // with immediates
  std::vector<std::string> operands;
  std::vector<std::string> results;
};

Use make_use(const InstructionRow& row, std::string_view immediates, const std::string& address,
             const std::string& element) {
  Use use{&row, std::string(row.name) + " " + std::string(immediates), {}, {}};
  bool is_result = false;
  for (const char letter : row.signature) {
    if (letter == ':') {
      is_result = true;
      continue;
    }
    const std::string type = letter == 'm' || letter == 't' ? address : letter == 'e' ? element : letters.at(letter);
    (is_result ? use.results : use.operands).push_back(type);
  }
  return use;
}

// Every row that has a signature, with memory 0 and 1, table 0 and 2.
std::vector<Use> all_uses() {
  std::vector<Use> uses;
  for (const InstructionRow& row : instruction_table()) {
    const bool by_signature =
        row.rule == Rule::plain || row.rule == Rule::memory || row.rule == Rule::atomic || row.rule == Rule::table;
    if (!by_signature) continue;
    const std::string align = std::to_string(row.width);
    const auto add = [&](const std::string& immediates, const std::string& address = "",
                         const std::string& element = "") {
      uses.push_back(make_use(row, immediates, address, element));
    };
    if (row.imm == Imm::none || row.imm == Imm::zero_byte) {
      add("");
    } else if (row.imm == Imm::i32_const || row.imm == Imm::i64_const) {
      add("-5");
    } else if (row.imm == Imm::f32_const || row.imm == Imm::f64_const || row.imm == Imm::v128_const) {
      add("0x1234");
    } else if (row.imm == Imm::lane) {
      add("0");
    } else if (row.imm == Imm::shuffle) {
      add("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31");
    } else if (row.imm == Imm::memarg || row.imm == Imm::memarg_lane) {
      const std::string lane = row.imm == Imm::memarg_lane ? " 0" : "";
      add(align + " 16" + lane, "i32");
      add("m1 " + align + " 0x100000000" + lane, "i64");
    } else if (row.imm == Imm::memory) {
      add("0", "i32");
      add("1", "i64");
    } else if (row.imm == Imm::data_memory) {
      add("0 0", "i32");
      add("0 1", "i64");
    } else if (row.imm == Imm::table) {
      add("0", "i32", "funcref");
      add("1", "i32", "externref");
      add("2", "i64", "funcref");
      add("3", "i32", "null:0");
    } else {
      ADD_FAILURE() << "no immediates for " << row.name;
    }
  }
  return uses;
}

std::string join(const std::vector<std::string>& types) {
  std::string text;
  for (const std::string& type : types) text += type + " ";
  return text;
}

// A function that has the operands as its parameters and gives what the instruction gives.
std::string run(const Use& use, const std::vector<std::string>& operands, const std::vector<std::string>& results,
                const std::string& before = "") {
  std::string body = before;
  for (std::size_t i = 0; i < operands.size(); ++i) body += "local.get " + std::to_string(i) + " ";
  return body_verdict("[ " + join(operands) + "] [ " + join(results) + "]", body + use.code,
                      test::with_features(Features::all()));
}

TEST(BodySignatures, TakeTheirOperandsAndGiveTheirResults) {
  for (const Use& use : all_uses()) EXPECT_EQ(run(use, use.operands, use.results), "valid") << use.code;
}

TEST(BodySignatures, RefuseAnyOtherOperand) {
  const std::string others[] = {"i32", "i64", "f32", "f64", "v128", "externref"};
  for (const Use& use : all_uses()) {
    for (std::size_t i = 0; i < use.operands.size(); ++i) {
      for (const std::string& other : others) {
        if (other == use.operands[i]) continue;
        std::vector<std::string> operands = use.operands;
        operands[i] = other;
        EXPECT_EQ(run(use, operands, use.results), "type_mismatch") << use.code << " with " << join(operands);
      }
    }
  }
}

TEST(BodySignatures, RefuseAMissingOperandAndAnyOtherResult) {
  for (const Use& use : all_uses()) {
    if (!use.operands.empty()) {
      EXPECT_EQ(run(use, std::vector(use.operands.begin() + 1, use.operands.end()), use.results), "type_mismatch")
          << use.code;
    }
    std::vector<std::string> results = use.results;
    results.push_back("i32");
    EXPECT_EQ(run(use, use.operands, results), "type_mismatch") << use.code;
    if (use.results.empty()) continue;
    EXPECT_EQ(run(use, use.operands, std::vector(use.results.begin() + 1, use.results.end())), "type_mismatch")
        << use.code;
    results = use.results;
    results.back() = results.back() == "f32" ? "f64" : "f32";
    EXPECT_EQ(run(use, use.operands, results), "type_mismatch") << use.code;
  }
}

// In unreachable code operands may be missing, but one that is there must be right.
TEST(BodySignatures, InUnreachableCode) {
  for (const Use& use : all_uses()) {
    EXPECT_EQ(run(use, {}, use.results, "unreachable "), "valid") << use.code;
    EXPECT_EQ(run(use, use.operands, use.results, "unreachable "), "valid") << use.code;
    if (use.operands.empty()) continue;
    const std::string wrong = use.operands.back() == "f32" ? "f64" : "f32";
    EXPECT_EQ(run(use, {wrong}, use.results, "unreachable "), "type_mismatch") << use.code;
    std::vector<std::string> results = use.results;
    results.push_back("i32");  // unreachable code has that as well
    EXPECT_EQ(run(use, use.operands, results, "unreachable "),
              use.results.empty() || use.results.back() == "i32" ? "valid" : "type_mismatch")
        << use.code;
  }
}

// References match by subtyping, whatever stands in the signature.
TEST(BodySignatures, ReferencesMatchBySubtyping) {
  const test::BodyCase cases[] = {
      {"[ ref:9 ref:i31 ] [ i32 ]", "local.get 0 local.get 1 ref.eq", "valid"},
      {"[ null:none null:11 ] [ i32 ]", "local.get 0 local.get 1 ref.eq", "valid"},
      {"[ anyref eqref ] [ i32 ]", "local.get 0 local.get 1 ref.eq", "type_mismatch"},
      {"[ funcref eqref ] [ i32 ]", "local.get 0 local.get 1 ref.eq", "type_mismatch"},
      {"[ ref:11 ] [ i32 ]", "local.get 0 array.len", "valid"},
      {"[ nullref ] [ i32 ]", "local.get 0 array.len", "valid"},
      {"[ eqref ] [ i32 ]", "local.get 0 array.len", "type_mismatch"},
      {"[ ref:8 ] [ i32 ]", "local.get 0 array.len", "type_mismatch"},
      {"[ ref:i31 ] [ i32 ]", "local.get 0 i31.get_u", "valid"},
      {"[ eqref ] [ i32 ]", "local.get 0 i31.get_s", "type_mismatch"},
      {"[ i32 ] [ i31ref ]", "local.get 0 ref.i31", "valid"},
      {"[ i32 ] [ ref:eq ]", "local.get 0 ref.i31", "valid"},
      {"[ ref:0 ] [ ]", "i32.const 0 local.get 0 table.set 0", "valid"},
      {"[ ref:0 ] [ ]", "i32.const 0 local.get 0 table.set 3", "valid"},
      {"[ funcref ] [ ]", "i32.const 0 local.get 0 table.set 3", "type_mismatch"},
      {"[ ] [ funcref ]", "i32.const 0 table.get 3", "valid"},
      {"[ ref:1 ] [ i32 ]", "local.get 0 i32.const 1 table.grow 3", "type_mismatch"},
      {"[ nullfuncref ] [ i32 ]", "local.get 0 i32.const 1 table.grow 3", "valid"},
  };
  for (const test::BodyCase& one : cases)
    EXPECT_EQ(body_verdict(one.signature, one.body), one.expected) << one.signature << one.body;
}

// --- Memory instructions --------------------------------------------------------------------------------------------

TEST(BodyMemory, AlignmentsAreAtMostNaturalAndOfAtomicsExact) {
  for (const InstructionRow& row : instruction_table()) {
    if (row.imm != Imm::memarg && row.imm != Imm::memarg_lane) continue;
    for (const unsigned align : {0U, 1U, 2U, 3U, 4U, 5U, 31U, 32U, 63U}) {
      const std::string lane = row.imm == Imm::memarg_lane ? " 0" : "";
      const std::string code = "unreachable " + std::string(row.name) + " " + std::to_string(align) + " 0" + lane;
      const bool good = row.rule == Rule::atomic ? align == row.width : align <= row.width;
      EXPECT_EQ(body_verdict("[ ] [ ]", code + (row.signature.back() == ':' ? "" : " drop")), good ? "valid"
                                                                                              : row.rule == Rule::atomic
                                                                                                  ? "atomic_alignment"
                                                                                                  : "bad_alignment")
          << code;
    }
  }
}

TEST(BodyMemory, OffsetsAreInsideTheAddressSpace) {
  const std::string longest = " 0 0xffffffff";
  const std::string beyond = " 0 0x100000000";
  const std::string last = " 0 0xffffffffffffffff";
  for (const std::string name : {"i32.load8_u", "v128.load8_splat", "i32.atomic.load8_u"}) {
    EXPECT_EQ(body_verdict("[ ] [ ]", "i32.const 0 " + name + longest + " drop"), "valid") << name;
    EXPECT_EQ(body_verdict("[ ] [ ]", "i32.const 0 " + name + beyond + " drop"), "offset_out_of_range") << name;
    EXPECT_EQ(body_verdict("[ ] [ ]", "i32.const 0 " + name + last + " drop"), "offset_out_of_range") << name;
    EXPECT_EQ(body_verdict("[ ] [ ]", "i64.const 0 " + name + " m1" + beyond + " drop"), "valid") << name;
    EXPECT_EQ(body_verdict("[ ] [ ]", "i64.const 0 " + name + " m1" + last + " drop"), "valid") << name;
  }
}

TEST(BodyMemory, TheMemoryMustBeThere) {
  const test::BodyCase cases[] = {
      {"[ ] [ ]", "i32.const 0 i32.load m2 0 0 drop", "unknown_memory"},
      {"[ ] [ ]", "i32.const 0 i32.const 0 i32.store m2 0 0", "unknown_memory"},
      {"[ ] [ i32 ]", "memory.size 2", "unknown_memory"},
      {"[ ] [ i32 ]", "i32.const 0 memory.grow 2", "unknown_memory"},
      {"[ ] [ ]", "unreachable memory.fill 2", "unknown_memory"},
      {"[ ] [ ]", "unreachable memory.copy 2 0", "unknown_memory"},
      {"[ ] [ ]", "unreachable memory.copy 0 2", "unknown_memory"},
      {"[ ] [ ]", "unreachable memory.init 0 2", "unknown_memory"},
      {"[ ] [ ]", "unreachable v128.load8_lane m2 0 0 0 drop", "unknown_memory"},
      {"[ ] [ ]", "unreachable i32.atomic.rmw.add m7 2 0 drop", "unknown_memory"},
      {"[ ] [ ]", "i32.const 0 i32.load m0 2 0 drop", "valid"},
      {"[ ] [ ]", "unreachable memory.init 1 0", "unknown_data"},
      {"[ ] [ ]", "data.drop 0", "valid"},
      {"[ ] [ ]", "data.drop 1", "unknown_data"},
  };
  for (const test::BodyCase& one : cases) EXPECT_EQ(body_verdict(one.signature, one.body), one.expected) << one.body;
  const test::ModuleText none = {
      .types = "func [ ] [ ]", .functions = "0", .bodies = {"i32.const 0 i32.load 2 0 drop"}};
  EXPECT_EQ(test::verdict(none), "unknown_memory");
}

// memory.copy between memories of either address type: the size is of the smaller one.
TEST(BodyMemory, CopiesBetweenAddressTypes) {
  const test::BodyCase cases[] = {
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 local.get 0 memory.copy 0 0", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 1 local.get 1 memory.copy 1 1", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 1 local.get 0 memory.copy 0 1", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 0 memory.copy 1 0", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 1 local.get 1 memory.copy 0 1", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 1 memory.copy 1 0", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 0 memory.copy 0 1", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 1 local.get 0 memory.copy 1 1", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 0 local.get 0 memory.copy 0 0", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 1 memory.fill 1", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 0 memory.fill 1", "type_mismatch"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 0 memory.init 0 1", "valid"},
      {"[ i32 i64 ] [ ]", "local.get 1 local.get 0 local.get 1 memory.init 0 1", "type_mismatch"},
  };
  for (const test::BodyCase& one : cases) EXPECT_EQ(body_verdict(one.signature, one.body), one.expected) << one.body;
}

TEST(BodyVectors, LanesMustExist) {
  for (const InstructionRow& row : instruction_table()) {
    if (row.imm != Imm::lane && row.imm != Imm::memarg_lane) continue;
    const unsigned lanes = 16U >> row.width;
    for (const unsigned lane : {0U, lanes - 1, lanes, 0x7FU, 0xFFU}) {
      const std::string memarg = row.imm == Imm::memarg_lane ? " 0 0 " : " ";
      const std::string code = "unreachable " + std::string(row.name) + memarg + std::to_string(lane);
      EXPECT_EQ(body_verdict("[ ] [ ]", code + (row.signature.back() == ':' ? "" : " drop")),
                lane < lanes ? "valid" : "bad_lane")
          << code;
    }
  }
}

TEST(BodyVectors, ShufflesSelectFromTwoVectors) {
  for (std::size_t at = 0; at < 16; ++at) {
    for (const std::string lane : {"31", "32", "255"}) {
      std::string code = "unreachable i8x16.shuffle";
      for (std::size_t i = 0; i < 16; ++i) code += " " + (i == at ? lane : std::string("31"));
      EXPECT_EQ(body_verdict("[ ] [ ]", code + " drop"), lane == "31" ? "valid" : "bad_lane") << code;
    }
  }
}

// --- Features -------------------------------------------------------------------------------------------------------

// Every instruction that came later, without what brought it: the error is at its opcode and names the feature.
TEST(BodyFeatures, InstructionsAreOffWithTheirFeature) {
  for (const InstructionRow& row : instruction_table()) {
    if (row.feature == Feature::none) continue;
    const test::Bytes opcode = row.prefix == 0 ? test::Bytes{static_cast<std::uint8_t>(row.code)}
                                               : test::Bytes{row.prefix} + test::leb(row.code);
    const test::Bytes body = test::Bytes{0x00, 0x00} + opcode + test::repeat(20, {0x00}) + test::Bytes{0x0B};
    const test::Bytes module =
        test::module({test::section(1, test::assemble_types("func [ ] [ ]")), test::section(3, {1, 0}),
                      test::section(10, test::Bytes{1} + test::sized(body))});
    for (Features features : {Features::all().remove(row.feature), Features::mvp()}) {
      const std::optional<Error> error = test::load_error(module, test::with_features(features));
      ASSERT_TRUE(error.has_value()) << row.name;
      EXPECT_EQ(name(error->code), "feature_required") << row.name;
      EXPECT_EQ(name(error->feature), name(row.feature)) << row.name;
      EXPECT_EQ(error->offset, module.size() - 21 - opcode.size()) << row.name;
      ASSERT_LT(error->instruction, instruction_count);
      EXPECT_EQ(plimsoll::row(static_cast<Opcode>(error->instruction)).name, row.name);
      EXPECT_EQ(error->function, 0u);
    }
  }
}

}  // namespace
}  // namespace plimsoll
