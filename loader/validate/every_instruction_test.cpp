// Every instruction of the table, tried alike: used well, with each operand wrong, with each missing, with another result, in
// unreachable code, and with its feature off. Instructions with a signature are taken from the table; for the others a line
// each says what they take and give in the world below. An instruction without a line fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/instructions.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::valid;
using test::with_features;

std::vector<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> list;
  for (std::string word; stream >> word;) list.push_back(word);
  return list;
}

struct Use {
  std::string code;  // the instruction with its immediates, and what has to stand around it
  std::vector<std::string> operands;
  std::vector<std::string> results;
};

// A module with something of everything, and function 0 under test, of type 15.
std::optional<Error> error_of(const Use& use, const std::string& code, const Options& options) {
  std::string types =
      "func [ ] [ ] "                                                // 0
      "func [ i32 ] [ i64 ] "                                        // 1
      "struct [ mut i32 mut i8 mut i64 ] "                           // 2
      "array mut i32 "                                               // 3
      "array mut i8 "                                                // 4
      "array mut funcref "                                           // 5
      "cont 1 "                                                      // 6
      "rec [ descriptor 8 struct [ i32 ] describes 7 struct [ ] ] "  // 7, 8
      "cont 0 "                                                      // 9
      "func [ f64 null:9 ] [ ] cont 10 "                             // 10, 11
      "func [ ] [ i64 ] "                                            // 12
      "func [ i32 ] [ ] "                                            // 13
      "array mut anyref ";                                           // 14
  const auto list = [](const std::vector<std::string>& items) {
    std::string text = "[ ";
    for (const std::string& item : items) text += item + " ";
    return text + "] ";
  };
  types += "func " + list(use.operands) + list(use.results);
  return test::agreed_error(test::assemble({.types = types,
                                            .functions = "15 1",
                                            .tables = "funcref 1.. anyref 1..",
                                            .memories = "1..",
                                            .tags = "0 13",
                                            .globals = "mut i32 i32.const 0 end mut anyref ref.null any end",
                                            .exports = "f func 0 g func 1",
                                            .elements = "5 funcref [ ]",
                                            .data_count = "1",
                                            .bodies = {code, "unreachable"},
                                            .data = "1 abc"}),
                            options);
}

std::string verdict_of(const Use& use, const std::string& code) {
  const auto error = error_of(use, code, with_features(Features::all()));
  return error ? std::string(name(error->code)) : std::string(valid);
}

// `instruction and immediates | operands | results`; `*` before an operand: any type will do. What stands in front of `;` sets
// the scene.
constexpr std::string_view lines[] = {
    "unreachable | |",
    "block =1 drop i64.const 0 end | i32 | i64",
    "loop =1 drop i64.const 0 end | i32 | i64",
    "if =1 drop i64.const 0 else drop i64.const 1 end | i32 i32 | i64",
    "try =1 drop i64.const 0 catch 1 drop i64.const 1 catch_all i64.const 2 end | i32 | i64",
    "throw 1 | i32 |",
    "try void nop catch_all ; rethrow 0 end | |",
    "throw_ref | exnref |",
    "br 0 | i32 | i32",
    "br_if 0 | i64 i32 | i64",
    "br_table [ 0 0 ] 0 | f32 i32 | f32",
    "return | f64 | f64",
    "call 1 | i32 | i64",
    "call_indirect 1 0 | i32 i32 | i64",
    "return_call 1 | i32 | i64",
    "return_call_indirect 1 0 | i32 i32 | i64",
    "call_ref 1 | i32 null:1 | i64",
    "return_call_ref 1 | i32 null:1 | i64",
    "try =1 drop i64.const 0 ; delegate 0 | i32 | i64",
    "drop | *i32 |",
    "select | *i32 *i32 i32 | i32",
    "select_t [ funcref ] | funcref funcref i32 | funcref",
    "try_table =1 [ catch_all 0 ] drop i64.const 0 end drop | i32 |",
    "local 1 f32 ; local.get 0 | | f32",
    "local.set 0 | *f64 |",
    "local.tee 0 | i64 | i64",
    "global.get 0 | | i32",
    "global.set 0 | i32 |",
    "ref.null func | | funcref",
    "ref.is_null | anyref | i32",
    "ref.func 1 | | ref:1",
    "ref.as_non_null | *null:1 | ref:1",
    "br_on_null 0 drop | *null:1 |",
    "br_on_non_null 0 unreachable | null:1 | ref:1",
    "struct.new 2 | i32 i32 i64 | ref:2",
    "struct.new_default 2 | | ref:2",
    "struct.get 2 0 | null:2 | i32",
    "struct.get_s 2 1 | null:2 | i32",
    "struct.get_u 2 1 | null:2 | i32",
    "struct.set 2 2 | null:2 i64 |",
    "array.new 3 | i32 i32 | ref:3",
    "array.new_default 3 | i32 | ref:3",
    "array.new_fixed 3 2 | i32 i32 | ref:3",
    "array.new_data 3 0 | i32 i32 | ref:3",
    "array.new_elem 5 0 | i32 i32 | ref:5",
    "array.get 3 | null:3 i32 | i32",
    "array.get_s 4 | null:4 i32 | i32",
    "array.get_u 4 | null:4 i32 | i32",
    "array.set 3 | null:3 i32 i32 |",
    "array.fill 3 | null:3 i32 i32 i32 |",
    "array.copy 3 3 | null:3 i32 null:3 i32 i32 |",
    "array.init_data 3 0 | null:3 i32 i32 i32 |",
    "array.init_elem 5 0 | null:5 i32 i32 i32 |",
    "ref.test 2 | anyref | i32",
    "ref.test_null 2 | anyref | i32",
    "ref.cast 2 | anyref | ref:2",
    "ref.cast_null 2 | anyref | null:2",
    "br_on_cast 3 0 any 2 unreachable | anyref | null:2",
    "br_on_cast_fail 3 0 any 2 unreachable | anyref | anyref",
    "any.convert_extern | externref | anyref",
    "extern.convert_any | anyref | externref",
    "memory.copy 0 0 | i32 i32 i32 |",
    "data.drop 0 | |",
    "table.init 0 0 | i32 i32 i32 |",
    "table.copy 0 0 | i32 i32 i32 |",
    "elem.drop 0 | |",
    "struct.new_desc 7 | i32 null:exact:8 | ref:exact:7",
    "struct.new_default_desc 7 | null:exact:8 | ref:exact:7",
    "ref.get_desc 7 | null:7 | ref:8",
    "ref.cast_desc_eq 7 | anyref null:8 | ref:7",
    "ref.cast_desc_eq_null 7 | anyref null:8 | null:7",
    "br_on_cast_desc_eq 3 0 any 7 unreachable | anyref null:8 | null:7",
    "br_on_cast_desc_eq_fail 3 0 any 7 unreachable | anyref null:8 | anyref",
    "cont.new 6 | null:1 | ref:6",
    "cont.bind 6 6 | null:6 | ref:6",
    "suspend 1 | i32 |",
    "resume 6 [ ] | i32 null:6 | i64",
    "resume_throw 6 1 [ ] | i32 null:6 | i64",
    "resume_throw_ref 6 [ ] | exnref null:6 | i64",
    "switch 11 0 | f64 null:11 |",
    "global.atomic.get 0 0 | | i32",
    "global.atomic.set 0 0 | i32 |",
    "table.atomic.get 0 1 | i32 | anyref",
    "table.atomic.set 0 1 | i32 anyref |",
    "table.atomic.rmw.xchg 0 1 | i32 anyref | anyref",
    "struct.atomic.get 0 2 0 | null:2 | i32",
    "struct.atomic.get_s 0 2 1 | null:2 | i32",
    "struct.atomic.get_u 0 2 1 | null:2 | i32",
    "struct.atomic.set 0 2 2 | null:2 i64 |",
    "array.atomic.get 0 3 | null:3 i32 | i32",
    "array.atomic.get_s 0 4 | null:4 i32 | i32",
    "array.atomic.get_u 0 4 | null:4 i32 | i32",
    "array.atomic.set 0 3 | null:3 i32 i32 |",
};

// Part of another instruction's line.
const std::set<std::string_view> inner = {"else", "end", "catch", "catch_all"};

Use parse(std::string_view line) {
  const std::size_t first = line.find('|');
  const std::size_t second = line.find('|', first + 1);
  return {std::string(line.substr(0, first)), words(line.substr(first + 1, second - first - 1)),
          words(line.substr(second + 1))};
}

const std::map<char, std::string> letters = {
    {'i', "i32"},      {'l', "i64"},     {'f', "f32"},           {'d', "f64"},   {'v', "v128"},
    {'m', "i32"},      {'t', "i32"},     {'e', "funcref"},       {'E', "eqref"}, {'I', "i31ref"},
    {'A', "arrayref"}, {'j', "ref:i31"}, {'J', "ref:shared:i31"}};

// What the table's signature says, with immediates that exist.
Use by_signature(const InstructionRow& row) {
  Use use{std::string(row.name), {}, {}};
  const std::string align = std::to_string(row.width);
  if (row.imm == Imm::memarg)
    use.code += " " + align + " 0";
  else if (row.imm == Imm::memarg_lane)
    use.code += " " + align + " 0 0";
  else if (row.imm == Imm::data_memory)
    use.code += " 0 0";
  else if (row.imm == Imm::shuffle)
    use.code += " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15";
  else if (row.imm != Imm::none && row.imm != Imm::zero_byte)
    use.code += " 0";
  bool results = false;
  for (const char letter : row.signature) {
    if (letter == ':')
      results = true;
    else
      (results ? use.results : use.operands).push_back(letters.at(letter));
  }
  return use;
}

// The atomic read-modify-write accesses that are alike: places, operands in front, and operations.
void add_atomics(std::map<std::string, Use>& uses) {
  struct Place {
    std::string name;
    std::string immediates;
    std::vector<std::string> where;
  };
  const Place places[] = {{"global", "0 0", {}}, {"struct", "0 2 0", {"null:2"}}, {"array", "0 3", {"null:3", "i32"}}};
  for (const Place& place : places) {
    for (const std::string operation : {"add", "sub", "and", "or", "xor", "xchg", "cmpxchg"}) {
      Use use{place.name + ".atomic.rmw." + operation + " " + place.immediates, place.where, {"i32"}};
      use.operands.push_back("i32");
      if (operation == "cmpxchg") use.operands.push_back("i32");
      uses[place.name + ".atomic.rmw." + operation] = use;
    }
  }
}

bool is_by_signature(const InstructionRow& row) {
  return row.rule == Rule::plain || row.rule == Rule::memory || row.rule == Rule::atomic || row.rule == Rule::table;
}

// The names of the test assembler, which tells the encodings of one name apart.
std::string assembler_name(const InstructionRow& row) {
  if (row.imm == Imm::value_types) return "select_t";
  return std::string(row.name) + (row.imm == Imm::reference_null && row.rule != Rule::ref_null ? "_null" : "");
}

const std::map<std::string, Use>& uses() {
  static const std::map<std::string, Use> all = [] {
    std::map<std::string, Use> found;
    for (const std::string_view line : lines) {
      Use use = parse(line);
      const std::size_t scene = use.code.find(';');
      const std::string main = scene == std::string::npos ? use.code : use.code.substr(scene + 1);
      if (scene != std::string::npos) use.code.erase(scene, 1);
      found[words(main).front()] = use;
    }
    add_atomics(found);
    for (const InstructionRow& row : instruction_table())
      if (is_by_signature(row)) found[std::string(row.name)] = by_signature(row);
    return found;
  }();
  return all;
}

// Local declarations come first in a body, then the operands, then the code.
std::string body(const Use& use, const std::string& front, std::size_t left_out = ~std::size_t{0}) {
  std::string locals;
  std::string code = use.code;
  if (code.starts_with("local ")) {
    locals = "local 1 f32 ";
    code = code.substr(locals.size());
  }
  std::string operands;
  for (std::size_t i = 0; i < use.operands.size(); ++i)
    if (i != left_out) operands += "local.get " + std::to_string(i) + " ";
  return locals + front + operands + code;
}

Use plain(Use use) {
  for (std::string& operand : use.operands)
    if (operand.starts_with('*')) operand.erase(0, 1);
  return use;
}

// table.atomic.rmw.cmpxchg wants a table of what can be compared, which this world does not have; body_shared_test does.
bool is_elsewhere(const InstructionRow& row) { return row.name == "table.atomic.rmw.cmpxchg"; }

class EveryInstruction : public testing::Test {
 protected:
  template <class Check>
  static void each(Check check) {
    for (const InstructionRow& row : instruction_table()) {
      if (inner.contains(row.name) || is_elsewhere(row)) continue;
      const auto use = uses().find(assembler_name(row));
      ASSERT_NE(use, uses().end()) << "no use of " << row.name;
      SCOPED_TRACE(use->second.code);
      check(row, use->second);
    }
  }
};

TEST_F(EveryInstruction, CanBeUsed) {
  each([](const InstructionRow&, const Use& use) { EXPECT_EQ(verdict_of(plain(use), body(use, "")), valid); });
}

TEST_F(EveryInstruction, RefusesEachWrongOperand) {
  each([](const InstructionRow&, const Use& use) {
    for (std::size_t i = 0; i < use.operands.size(); ++i) {
      if (use.operands[i].starts_with('*')) continue;
      Use wrong = plain(use);
      wrong.operands[i] = wrong.operands[i] == "v128" ? "externref" : "v128";
      EXPECT_EQ(verdict_of(wrong, body(use, "")), "type_mismatch") << "operand " << i;
    }
  });
}

TEST_F(EveryInstruction, RefusesEachMissingOperand) {
  each([](const InstructionRow&, const Use& use) {
    if (use.operands.empty()) return;
    EXPECT_EQ(verdict_of(plain(use), body(use, "", 0)), "type_mismatch");
  });
}

TEST_F(EveryInstruction, GivesNoOtherResult) {
  each([](const InstructionRow& row, const Use& use) {
    const bool ends = row.rule == Rule::br || row.rule == Rule::br_if || row.rule == Rule::br_table;
    if (use.results.empty() || ends) return;
    Use wrong = plain(use);
    wrong.results.back() = wrong.results.back() == "v128" ? "externref" : "v128";
    EXPECT_EQ(verdict_of(wrong, body(use, "")), "type_mismatch");
  });
}

TEST_F(EveryInstruction, TakesAnythingInUnreachableCode) {
  each([](const InstructionRow&, const Use& use) {
    Use bare = plain(use);
    const std::string code = body({use.code, {}, {}}, "unreachable ");
    EXPECT_EQ(verdict_of(bare, code), valid);
  });
}

TEST_F(EveryInstruction, NamesItsFeatureWhenThatIsOff) {
  each([](const InstructionRow& row, const Use& use) {
    if (row.feature == Feature::none) return;
    const auto error = error_of(plain(use), body(use, ""), with_features(Features::all().remove(row.feature)));
    ASSERT_TRUE(error);
    EXPECT_EQ(name(error->feature), name(row.feature));
  });
}

// What the lines name is in the table: a line for an instruction that is gone fails.
TEST_F(EveryInstruction, IsInTheTable) {
  std::set<std::string> known;
  for (const InstructionRow& row : instruction_table()) known.insert(assembler_name(row));
  for (const auto& [name, use] : uses()) EXPECT_TRUE(known.contains(name)) << name;
}

}  // namespace
}  // namespace plimsoll
