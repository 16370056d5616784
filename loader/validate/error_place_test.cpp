// Where an error is and what it says: the offset of the byte at fault, which of two errors is told (the one with the lower
// offset, also inside one entry or instruction), the instruction, what was expected and found, and the missing feature.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/body.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::load_error;
using test::module;
using test::section;
using test::sized;

std::string text(const std::optional<Error>& error) {
  return error ? std::to_string(error->offset) + ": " + describe(*error) : "valid";
}

std::string told(const Bytes& bytes, std::string_view features = "") {
  return text(load_error(bytes, test::with_features(features)));
}

// A module with one function, [] -> [], of these bytes; the body's first instruction is at offset 23.
constexpr unsigned first_instruction = 23;
Bytes body(const Bytes& code) {
  return module({section(1, {1, 0x60, 0, 0}), section(3, {1, 0}), section(10, Bytes{1} + sized(Bytes{0} + code))});
}
std::string told_in_body(const Bytes& code, std::string_view features = "") {
  const std::optional<Error> error = load_error(body(code), test::with_features(features));
  if (!error) return "valid";
  return "+" + std::to_string(error->offset - first_instruction) + ": " + describe(*error);
}

TEST(ErrorPlace, OfThePreamble) {
  EXPECT_EQ(told({0x7F, 'E', 'L', 'F', 2, 1}), "0: magic header not detected: found 7f 45 4c 46");
  EXPECT_EQ(told({0x00, 'a', 'x'}), "2: magic header not detected: found 00 61 78");
  EXPECT_EQ(told({0x00, 'a', 's', 'm', 2, 0, 0, 0}), "4: unknown binary version: expected 1, found 2");
}

TEST(ErrorPlace, OfSections) {
  const Bytes one_type = section(1, {1, 0x60, 0, 0});
  EXPECT_EQ(told(module({section(2, {0}), one_type})),
            "11: unexpected content after last section: found the type section behind the import section");
  EXPECT_EQ(told(module({one_type, one_type})),
            "14: unexpected content after last section: found the type section a second time");
  EXPECT_EQ(told(module({section(0x42, {})})), "8: malformed section id: found 0x42");
  EXPECT_EQ(told(module({section(1, {1, 0x60, 0, 0, 0, 0})})),
            "14: section size mismatch: expected 4, found 6 in the type section");
  EXPECT_EQ(told(module({one_type, section(3, {1, 0})})),
            "18: function and code section have inconsistent lengths: expected 1, found 0");
}

TEST(ErrorPlace, OfABadSequenceInAName) {
  EXPECT_EQ(told(module({section(7, {1, 4, 'a', 'b', 0xFF, 'c', 0, 0})})),
            "14: malformed UTF-8 encoding: found 0xff in the export section");
}

TEST(ErrorPlace, OfSizes) {
  EXPECT_EQ(told(module({section(5, Bytes{1, 1} + test::leb(70000) + test::leb(80000))})),
            "12: memory size must be at most 65536 pages (4GiB): expected at most 65536, found 70000 in the memory "
            "section");
  EXPECT_EQ(told(module({section(5, Bytes{1, 1} + test::leb(300) + test::leb(80000))})),
            "14: memory size must be at most 65536 pages (4GiB): expected at most 65536, found 80000 in the memory "
            "section");
  EXPECT_EQ(told(module({section(5, {1, 1, 3, 2})})),
            "13: size minimum must not be greater than maximum: minimum 3, maximum 2 in the memory section");
  EXPECT_EQ(told(module({section(4, {1, 0x70, 1, 3, 2})})),
            "14: size minimum must not be greater than maximum: minimum 3, maximum 2 in the table section");
  EXPECT_EQ(told(module({section(5, {1, 2, 3})})), "11: shared memory must have maximum in the memory section");
}

// The type stands before the mutability, and is judged before it.
TEST(ErrorPlace, OfATypeBeforeWhatFollowsIt) {
  EXPECT_EQ(told(module({section(6, {1, 0x64, 5, 2})})), "11: unknown type 5: there are none in the global section");
  EXPECT_EQ(told(module({section(4, {1, 0x64, 5, 0x42})})), "11: unknown type 5: there are none in the table section");
  EXPECT_EQ(told(module({section(4, {1, 0x64, 0x70, 0x42})})),
            "11: type mismatch: expected (ref func), found funcref in the table section");
}

TEST(ErrorPlace, OfTheSecondOfSomethingThatMayBeOnce) {
  EXPECT_EQ(told(module({section(5, {2, 0, 0, 0x42, 0})}), "wasm2"),
            "13: multiple memories in the memory section; needs multi-memory; enable it with --features multi-memory");
  EXPECT_EQ(told(module({section(4, {2, 0x70, 0, 0, 0x42})}), "wasm1"),
            "14: multiple tables in the table section; needs reference-types; enable it with --features "
            "reference-types");
  const Bytes name = test::name("m");
  EXPECT_EQ(told(module({section(5, {1, 0, 0}), section(7, Bytes{2} + name + Bytes{2, 0} + name + Bytes{9, 0})})),
            "20: duplicate export name in the export section");
}

// An element segment without a type is one of functions, which is wrong before its offset expression is looked at.
TEST(ErrorPlace, OfAnElementSegmentWithoutAType) {
  EXPECT_EQ(told(module({section(4, {1, 0x6F, 0, 1}), section(9, {1, 0, 0x42, 0, 0x0B, 0})})),
            "17: type mismatch: expected externref, found (ref func) in the element section");
}

TEST(ErrorPlace, OfTypes) {
  EXPECT_EQ(told(module({section(13, {1, 0, 0})})), "12: unknown type 0: there are none in the tag section");
  const Bytes structure = section(1, {1, 0x5F, 0});
  EXPECT_EQ(told(module({structure, section(3, {1, 0})})),
            "16: unknown type: not a function type: expected a function type, found a struct type in the function "
            "section");
  const Bytes function = section(1, {1, 0x60, 1, 0x7F, 1, 0x7F});
  EXPECT_EQ(told(module({function, section(13, {1, 0, 0})})),
            "20: non-empty tag result type: expected 0 values, found 1 in the tag section; "
            "needs stack-switching; enable it with --features stack-switching");
  EXPECT_EQ(told(module({function, section(3, {1, 0}), section(8, {0}), section(10, {1, 2, 0, 0x0B})})),
            "22: start function must not have parameters or results: expected 0 values, found 2 in the start section");
}

// Of two types that there are not, the first; also when bytes behind it, in the same group, are malformed.
TEST(ErrorPlace, InsideAGroupOfTypes) {
  EXPECT_EQ(told(module({section(1, {1, 0x5F, 2, 0x64, 5, 0, 0x64, 7, 0})})),
            "13: unknown type 5: there are 1 in the type section");
  EXPECT_EQ(told(module({section(1, {1, 0x4E, 2, 0x5F, 1, 0x64, 2, 0, 0x42})})),
            "15: unknown type 2: there are 2 in the type section");
  EXPECT_EQ(told(module({section(1, {1, 0x5F, 1, 0x64, 5, 2})})),
            "13: unknown type 5: there are 1 in the type section");
  EXPECT_EQ(told(module({section(1, {1, 0x4E, 2, 0x5F, 0, 0x50, 1, 0, 0x42})})),
            "18: malformed definition type: found 0x42 in the type section");
  EXPECT_EQ(told(module({section(1, {1, 0x4E, 2, 0x5F, 0, 0x50, 1, 0, 0x5F, 1, 0x42})})),
            "20: malformed reference type: found 0x42 in the type section");
  // A final supertype is known to be wrong before the group ends.
  EXPECT_EQ(told(module({section(1, {1, 0x4E, 3, 0x5F, 0, 0x50, 1, 0, 0x5F, 0, 0x42})})),
            "17: sub type has a final super type 0 in the type section");
  EXPECT_EQ(told(module({section(1, {2, 0x50, 0, 0x5F, 1, 0x7F, 0, 0x50, 1, 0, 0x5F, 0})})),
            "19: sub type does not match its super type 0 in the type section");
  EXPECT_EQ(told(module({section(1, {1, 0x50, 2, 0, 0, 0x5F, 0})})),
            "13: sub type has more than one super type: expected at most 1, found 2 in the type section");
  EXPECT_EQ(told(module({section(1, {1, 0x60, 0, 2, 0x7F, 0x42})}), "wasm1").substr(0, 30),
            "13: feature multi-value is off");
}

TEST(ErrorPlace, OfMemoryAccesses) {
  const auto access = [](const Bytes& code) { return told_in_body(code); };
  // Alignment, memory and offset, in this order.
  EXPECT_EQ(
      access({0x28, 3, 0, 0x0B}),
      "+1: alignment must not be larger than natural: expected at most 4 bytes, found 8 (in i32.load) in function "
      "0");
  EXPECT_EQ(access({0x28, 2, 0, 0x0B}), "+1: unknown memory 0: there are none (in i32.load) in function 0");
  EXPECT_EQ(access({0x28, 0x42, 7, 0, 0x0B}), "+2: unknown memory 7: there are none (in i32.load) in function 0");
  EXPECT_EQ(access(Bytes{0xFE, 0x10, 1, 0, 0x0B}),
            "+2: atomic alignment must be natural: expected 4 bytes, found 2 (in i32.atomic.load) in function 0");
  EXPECT_EQ(access({0xFC, 8, 5, 0, 0x0B}), "+0: data count section required (in memory.init) in function 0");
}

TEST(ErrorPlace, OfLanes) {
  EXPECT_EQ(told_in_body({0xFD, 0x15, 16, 0x0B}),
            "+2: invalid lane index: expected at most 15, found 16 (in i8x16.extract_lane_s) in function 0");
  Bytes shuffle = Bytes{0xFD, 0x0D} + test::repeat(16, {1}) + Bytes{0x0B};
  shuffle[2 + 9] = 32;
  EXPECT_EQ(told_in_body(shuffle),
            "+11: invalid lane index: expected at most 31, found 32 (in i8x16.shuffle) in function 0");
}

TEST(ErrorPlace, OfControl) {
  EXPECT_EQ(told_in_body({0x0C, 1, 0x0B}), "+1: unknown label 1: there are 1 (in br) in function 0");
  // The third label of a br_table.
  EXPECT_EQ(told_in_body({0x41, 0, 0x0E, 2, 0, 0x80, 0, 9, 0x0B}),
            "+7: unknown label 9: there are 1 (in br_table) in function 0");
  // Two labels that take different numbers of values.
  EXPECT_EQ(told_in_body({0x02, 0x7F, 0x41, 0, 0x41, 0, 0x0E, 1, 0, 1, 0x0B, 0x1A, 0x0B}),
            "+9: type mismatch: expected 1 value, found 0 (in br_table) in function 0");
  EXPECT_EQ(told_in_body({0x1A, 0x0B}), "+0: type mismatch: expected a value, found nothing (in drop) in function 0");
  EXPECT_EQ(told_in_body({0x41, 0, 0x0B}), "+2: type mismatch: expected nothing, found i32 (in end) in function 0");
  EXPECT_EQ(told_in_body({0x41, 0, 0x04, 0x7F, 0x41, 0, 0x0B, 0x1A, 0x0B}),
            "+6: type mismatch: expected 1 value, found 0 (in end) in function 0");
  EXPECT_EQ(told_in_body({0xD4, 0x0B}),
            "+0: type mismatch: expected a reference, found nothing (in ref.as_non_null) in function 0");
  EXPECT_EQ(told_in_body({0x11, 5, 7, 0x0B}), "+1: unknown type 5: there are 1 (in call_indirect) in function 0");
}

// The block type stands before the clauses; in a clause the tag stands before the label.
TEST(ErrorPlace, OfTryTables) {
  EXPECT_EQ(told_in_body({0x1F, 0x63, 5, 1, 0, 9, 9, 0x0B, 0x0B}),
            "+1: unknown type 5: there are 1 (in try_table) in function 0");
  EXPECT_EQ(told_in_body({0x1F, 5, 1, 0, 9, 9, 0x0B, 0x0B}),
            "+1: unknown type 5: there are 1 (in try_table) in function 0");
  EXPECT_EQ(told_in_body({0x1F, 0x40, 2, 2, 0, 0, 9, 9, 0x0B, 0x0B}),
            "+6: unknown tag 9: there are none (in try_table) in function 0");
  EXPECT_EQ(told_in_body({0x1F, 0x40, 2, 2, 0, 2, 0x89, 0, 0x0B, 0x0B}),
            "+6: unknown label 9: there are 1 (in try_table) in function 0");
}

TEST(ErrorPlace, OfATypedSelect) {
  EXPECT_EQ(told_in_body({0x1C, 0x81, 0, 0x64, 5, 0x0B}), "+3: unknown type 5: there are 1 (in select) in function 0");
  EXPECT_EQ(told_in_body({0x1C, 2, 0x7F, 0x7F, 0x0B}),
            "+1: invalid result arity: expected 1, found 2 (in select) in function 0");
}

// An opcode that cannot be read names no instruction, and neither do bytes behind the body.
TEST(ErrorPlace, OfWhatIsNoInstruction) {
  EXPECT_EQ(told_in_body({0x01, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x0B}), "+6: integer too large in function 0");
  EXPECT_EQ(told_in_body({0x01, 0xFF, 0x0B}), "+1: illegal opcode ff in function 0");
  EXPECT_EQ(told_in_body({0x0B, 0x01}), "+1: section size mismatch: expected 2, found 3 in function 0");
  EXPECT_EQ(told_in_body({0x41, 0x0B}), "+2: END opcode expected in function 0");
}

TEST(ErrorPlace, OfConstantExpressions) {
  const auto global = [](const Bytes& code, std::string_view features = "") {
    return told(module({section(6, Bytes{2, 0x7F, 0, 0x41, 1, 0x0B, 0x7F, 0} + code)}), features);
  };
  EXPECT_EQ(global({0x05, 0x0B}), "18: misplaced ELSE opcode (in else) in the global section");
  EXPECT_EQ(global({0x45, 0x0B}), "18: constant expression required (in i32.eqz) in the global section");
  EXPECT_EQ(global({0x41, 1, 0x41, 1, 0x6A, 0x0B}, "wasm2"),
            "22: constant expression required (in i32.add) in the global section; needs extended-const; enable it with "
            "--features extended-const");
  EXPECT_EQ(global({0x23, 0, 0x0B}, "wasm2"),
            "19: unknown global 0: there are none (in global.get) in the global section; needs gc; enable it with "
            "--features gc");
  EXPECT_EQ(global({0x23, 1, 0x0B}, "wasm2"),
            "19: unknown global 1: there are none (in global.get) in the global section");
}

// Where a byte is malformed that a feature gives a meaning, the error names the feature.
TEST(ErrorPlace, WithTheFeatureThatWouldHelp) {
  constexpr std::string_view multi = "; needs multi-memory; enable it with --features multi-memory";
  EXPECT_EQ(told_in_body({0x3F, 1, 0x0B}, "wasm2"),
            "+1: zero byte expected: found 0x01 (in memory.size) in function 0" + std::string(multi));
  EXPECT_EQ(told_in_body({0x28, 0x42, 1, 0, 0x0B}, "wasm2"),
            "+1: malformed memop flags: found 0x42 (in i32.load) in function 0" + std::string(multi));
  EXPECT_EQ(told_in_body({0x28, 0x80, 1, 0, 0x0B}, "wasm2"),
            "+1: malformed memop flags: found 0x80 (in i32.load) in function 0");
  EXPECT_EQ(
      told_in_body({0x11, 0, 1, 0x0B}, "wasm1"),
      "+2: zero byte expected: found 0x01 (in call_indirect) in function 0; needs reference-types; enable it with "
      "--features reference-types");
  const Bytes long_offset = Bytes{0x28, 2} + test::leb(0x1'0000'0000) + Bytes{0x0B};
  EXPECT_EQ(told_in_body(long_offset, "wasm2"),
            "+6: integer too large (in i32.load) in function 0; needs memory64; enable it with --features memory64");
  EXPECT_EQ(told_in_body({0x28, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0x0B}, "wasm2"),
            "+6: integer too large (in i32.load) in function 0");
  EXPECT_EQ(told(module({section(5, {1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0})}), "wasm2"),
            "17: integer representation too long in the memory section; needs memory64; enable it with --features "
            "memory64");
}

// A relaxed instruction is of no use without vectors, also where none is reached.
TEST(ErrorPlace, WithTheFeatureThatAnotherBuildsOn) {
  const Bytes relaxed{0x00, 0xFD, 0x80, 0x02, 0x1A, 0x0B};
  EXPECT_EQ(told_in_body(relaxed), "valid");
  EXPECT_EQ(told_in_body(relaxed, "-relaxed-simd").substr(0, 30), "+1: feature relaxed-simd is of");
  EXPECT_EQ(told_in_body(relaxed, "-simd"),
            "+1: feature simd is off (in i8x16.relaxed_swizzle) in function 0; enable it with --features simd");
  EXPECT_EQ(told(module({section(1, {1, 0x5F, 1, 0x63, 0, 0})}), "wasm2,function-references").substr(0, 24),
            "11: feature gc is off in");
  EXPECT_EQ(told(module({section(1, {1, 0x60, 1, 0x63, 0, 0})}), "wasm2,function-references"),
            "13: unknown type 0: there are none in the type section; needs gc; enable it with --features gc");
}

TEST(Options, NoMemoryResourceIsTheDefaultOne) {
  Options options;
  options.memory = nullptr;
  EXPECT_EQ(text(load_error(body({0x0B}), options)), "valid");
}

TEST(ErrorPlace, OfTailCalls) {
  EXPECT_EQ(text(load_error(test::world("[ ] [ i32 i32 ]", "return_call 1"))).substr(5),
            "type mismatch: expected 2 values, found 1 (in return_call) in function 10");
}

}  // namespace
}  // namespace plimsoll
