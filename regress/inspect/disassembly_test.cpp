// The disassembly: mnemonics, immediates, nesting and names, as the text format writes them.
#include <gtest/gtest.h>

#include <string>

#include "inspect/shown.hpp"

namespace plimsoll::regress::inspect {
namespace {

// What is shown of a module with one function of type [] -> [] and this body; the lines between its head and its `end`,
// without offsets. It need not be valid.
std::string body(const std::string& source, const std::string& sections = "") {
  const auto bytes = assembled(R"(00 "asm" 01 00 00 00
    01 { leb(3) 60 00 00  60 01 7f 02 7e 70  5f 02 7f 00 78 01 }
    03 { leb(1) leb(0) }
    0a { leb(1) { leb(0) )" + source +
                               " 0b } } " + sections);
  std::string text = show(bytes, ViewKind::disassembly).text;
  std::string result;
  for (std::size_t begin = text.find('\n') + 1; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const bool is_remark = line.find(";; ^") != std::string::npos;
    if (!is_remark) result += line.substr(line.find("0x") + 6) + '\n';
  }
  const std::string tail = "end\n";
  EXPECT_TRUE(result.ends_with(tail)) << text;
  return result.substr(0, result.size() - tail.size());
}

TEST(InspectDisassembly, Integers) {
  EXPECT_EQ(body("41 sleb(-2147483648)"), "  i32.const -2147483648\n");
  EXPECT_EQ(body("41 sleb(2147483647)"), "  i32.const 2147483647\n");
  EXPECT_EQ(body("42 sleb(-9223372036854775808)"), "  i64.const -9223372036854775808\n");
}

TEST(InspectDisassembly, Floats) {
  EXPECT_EQ(body("43 00 00 c0 3f"), "  f32.const 1.5\n");
  EXPECT_EQ(body("43 01 00 a0 7f"), "  f32.const nan:0x200001\n");
  EXPECT_EQ(body("44 9a 99 99 99 99 99 b9 3f"), "  f64.const 0.1\n");
  EXPECT_EQ(body("44 00 00 00 00 00 00 f0 ff"), "  f64.const -inf\n");
}

TEST(InspectDisassembly, MemoryArgumentsSayWhatIsNotTheDefault) {
  EXPECT_EQ(body("28 02 00"), "  i32.load\n");
  EXPECT_EQ(body("28 00 leb(65536)"), "  i32.load offset=65536 align=1\n");
  EXPECT_EQ(body("37 41 leb(3) leb(8)"), "  i64.store 3 offset=8 align=2\n");
  EXPECT_EQ(body("fe leb(0x1e) 02 leb(4)"), "  i32.atomic.rmw.add offset=4\n");
  EXPECT_EQ(body("fd leb(84) 01 leb(2) 0f"), "  v128.load8_lane offset=2 align=2 15\n");
  EXPECT_EQ(body("fc leb(10) 00 00"), "  memory.copy\n");
  EXPECT_EQ(body("fc leb(10) 01 00"), "  memory.copy 1 0\n");
  EXPECT_EQ(body("fc leb(8) leb(5) leb(2)"), "  memory.init 2 5\n");
  EXPECT_EQ(body("3f 00 40 01"), "  memory.size\n  memory.grow 1\n");
  EXPECT_EQ(body("fe leb(3) 00"), "  atomic.fence\n");
}

TEST(InspectDisassembly, BlocksAndTheirTypes) {
  EXPECT_EQ(body("02 40 0b"), "  block\n  end\n");
  EXPECT_EQ(body("03 7f 04 63 6e 05 0b 0b"), "  loop (result i32)\n    if (result anyref)\n    else\n    end\n  end\n");
  EXPECT_EQ(body("02 leb(1) 0b"), "  block (type 1) (param i32) (result i64 funcref)\n  end\n");
  EXPECT_EQ(body("02 leb(9) 0b"), "  block (type 9)\n  end\n");
  EXPECT_EQ(body("06 40 07 leb(0) 19 0b 06 40 18 leb(0)"),
            "  try\n  catch 0\n  catch_all\n  end\n  try\n  delegate 0\n");
  EXPECT_EQ(body("1f 40 leb(4) 00 leb(1) leb(0) 01 leb(2) leb(0) 02 leb(0) 03 leb(0) 0b"),
            "  try_table (catch 1 0) (catch_ref 2 0) (catch_all 0) (catch_all_ref 0)\n  end\n");
}

TEST(InspectDisassembly, BranchesAndCalls) {
  EXPECT_EQ(body("0e leb(3) leb(2) leb(1) leb(0) leb(7)"), "  br_table 2 1 0 7\n");
  EXPECT_EQ(body("0e leb(0) leb(7)"), "  br_table 7\n");
  EXPECT_EQ(body("11 leb(1) leb(0) 13 leb(1) leb(4)"), "  call_indirect (type 1)\n  return_call_indirect 4 (type 1)\n");
  EXPECT_EQ(body("14 leb(1) 08 leb(3) 09 leb(2)"), "  call_ref 1\n  throw 3\n  rethrow 2\n");
  EXPECT_EQ(body("1b 1c leb(2) 7f 64 leb(1)"), "  select\n  select (result i32) (result (ref 1))\n");
}

TEST(InspectDisassembly, References) {
  EXPECT_EQ(body("d0 70 d0 leb(1)"), "  ref.null func\n  ref.null 1\n");
  EXPECT_EQ(body("fb leb(0x14) 6c fb leb(0x15) leb(2)"), "  ref.test (ref i31)\n  ref.test (ref null 2)\n");
  EXPECT_EQ(body("fb leb(0x18) 01 leb(0) 6e leb(2)"), "  br_on_cast 0 anyref (ref 2)\n");
  EXPECT_EQ(body("fb leb(2) leb(2) leb(1) fb leb(8) leb(3) leb(4)"), "  struct.get 2 1\n  array.new_fixed 3 4\n");
  EXPECT_EQ(body("fc leb(12) leb(5) leb(0) fc leb(12) leb(5) leb(1)"), "  table.init 5\n  table.init 1 5\n");
  EXPECT_EQ(body("fc leb(14) leb(0) leb(0) 25 leb(0)"), "  table.copy 0 0\n  table.get 0\n");
}

TEST(InspectDisassembly, Vectors) {
  EXPECT_EQ(body("fd leb(12) 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e ff"),
            "  v128.const i32x4 0x03020100 0x07060504 0x0b0a0908 0xff0e0d0c\n");
  EXPECT_EQ(body("fd leb(13) 00 1f 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 10"),
            "  i8x16.shuffle 0 31 2 3 4 5 6 7 8 9 10 11 12 13 14 16\n");
  EXPECT_EQ(body("fd leb(21) 0f"), "  i8x16.extract_lane_s 15\n");
}

TEST(InspectDisassembly, NamesStandBesideIndices) {
  const std::string names = R"(00 { { "name" }
    01 { leb(1) leb(0) { "do it" } }
    02 { leb(1) leb(0) leb(1) leb(1) { "sum" } }
    04 { leb(1) leb(2) { "point" } }
    07 { leb(1) leb(3) { "__stack_pointer" } }
  })";
  EXPECT_EQ(body("10 leb(0) 20 leb(1) 20 leb(0) fb leb(0) leb(2) 23 leb(3)", names),
            "  call 0  ;; $\"do it\"\n  local.get 1  ;; $sum\n  local.get 0\n  struct.new 2  ;; $point\n"
            "  global.get 3  ;; $__stack_pointer\n");
}

TEST(InspectDisassembly, IndentsBoundedly) {
  std::string open;
  for (int i = 0; i < 1000; ++i) open += " 02 40";
  std::string close;
  for (int i = 0; i < 1000; ++i) close += " 0b";
  EXPECT_LT(body(open + close).size(), 2000U * 100);
}

TEST(InspectDisassembly, OffsetsHeadAndLocals) {
  EXPECT_EQ(show(corpus_module("gc_struct"), ViewKind::disassembly).text.substr(0, 250),
            R"(  0x44  func (;0;) (type 3) (param (ref 1)) (result i32)  ;; 53 bytes
  0x45    (local (ref null 2))  ;; 1
  0x48    struct.new_default 2
  0x4b    local.set 1
  0x4d    local.get 1
  0x4f    i32.const 255
  0x52    struct.set 1 1
  0x56    local.get)");
}

TEST(InspectDisassembly, FunctionsAreChosenByIndexAndByName) {
  const auto module = corpus_module("every_section");
  const std::string chosen = show(module, ViewKind::disassembly, {"2"}).text;
  EXPECT_EQ(chosen, R"(  0xb3  func (;2;) (export "f") (type 1) (param i32 i32) (result i32)  ;; 7 bytes
  0xb4    local.get 0
  0xb6    local.get 1
  0xb8    i32.add
  0xb9  end
)");
  EXPECT_EQ(show(module, ViewKind::disassembly, {"f"}).text, chosen);
  EXPECT_EQ(show(module, ViewKind::disassembly, {"$f", "2"}).text, chosen);
  EXPECT_EQ(show(module, ViewKind::disassembly, {"2", "1"}).text, show(module, ViewKind::disassembly).text);
}

TEST(InspectDisassembly, AFunctionThatIsNotThereIsAMisfit) {
  const auto module = corpus_module("every_section");
  const Part part{module, {0, static_cast<std::uint32_t>(module.size())}, "test"};
  EXPECT_EQ(misfit(part, {"1", "f"}), std::nullopt);
  EXPECT_EQ(misfit(part, {"0"}), "function 0 is imported: it has no body to disassemble");
  EXPECT_EQ(misfit(part, {"1", "3"}), "no function 3: there are 3");
  EXPECT_EQ(misfit(part, {"g"}), "no function is named \"g\"; --functions lists them");
}

TEST(InspectDisassembly, JsonSaysTheSameAsTheText) {
  const auto document = show_json(corpus_module("legacy_exceptions"), ViewKind::disassembly);
  const auto& function = document["disassembly"].at(0);
  EXPECT_EQ(function["index"], 0);
  EXPECT_EQ(function["offset"], 0x20);
  EXPECT_EQ(function["size"], 25);
  const auto& instructions = function["instructions"];
  ASSERT_EQ(instructions.size(), 14U);
  EXPECT_EQ(instructions[0],
            (nlohmann::json{{"offset", 0x21}, {"depth", 1}, {"name", "try"}, {"immediates", {"(result i32)"}}}));
  EXPECT_EQ(instructions[3]["immediates"], nlohmann::json{"0"});
  EXPECT_EQ(instructions[3]["depth"], 3);
  EXPECT_EQ(instructions[13]["depth"], 0);
}

// A type that is long and used by every instruction must not be printed with each of them.
TEST(InspectDisassembly, IsLinearInTheModule) {
  const std::string uses =
      R"(00 "asm" 01 00 00 00
    01 { leb(1) 60 leb(1000) repeat(1000) { 7f } leb(1000) repeat(1000) { 7f } }
    03 { leb(1) leb(0) }
    0a { leb(1) { leb(0) repeat(1000) { 02 00 0b } 0b } })";
  const auto bytes = assembled(uses);
  const std::string text = show(bytes, ViewKind::disassembly).text;
  EXPECT_NE(text.find("func (;0;) (type 0)  ;;"), std::string::npos);
  EXPECT_NE(text.find("    block (type 0)\n"), std::string::npos);
  EXPECT_LT(text.size(), 20 * bytes.size());
}

// Nor must a name.
TEST(InspectDisassembly, CutsALongNameWhereItIsReferredTo) {
  const auto bytes = assembled(R"(00 "asm" 01 00 00 00
    01 { leb(1) 60 00 00 }
    03 { leb(1) leb(0) }
    07 { leb(1) { repeat(500) { "ab" } } 00 00 }
    0a { leb(1) { leb(0) repeat(1000) { 10 00 } 0b } })");
  const std::string text = show(bytes, ViewKind::disassembly).text;
  EXPECT_NE(text.find("call 0  ;; (export \"abab"), std::string::npos);
  EXPECT_NE(text.find("ab...\")\n"), std::string::npos);
  EXPECT_LT(text.size(), 150 * 1000U);
}

}  // namespace
}  // namespace plimsoll::regress::inspect
