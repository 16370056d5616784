// Plain constants and data segments are read at once where they are surely valid (plain_constant.hpp). Whatever stands there,
// and however near to the end of its section, the load says what it says on the general path alone.
#include "validate/plain_constant.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bytes;
using test::load_error;
using test::module;
using test::section;

std::string text(const std::optional<Error>& error) {
  return error ? std::string(name(error->code)) + "@" + std::to_string(error->offset) + ": " + describe(*error)
               : "valid";
}

// What the load says, which is the same on either path.
std::string told(const Bytes& bytes, std::string_view features = "") {
  Options options = test::with_features(features);
  const std::string fastest = text(load_error(bytes, options));
  options.bodies = BodyPath::general;
  EXPECT_EQ(fastest, text(load_error(bytes, options)));
  return fastest;
}

// Numbers in all lengths, up to what fits and beyond.
std::vector<Bytes> numbers() {
  std::vector<Bytes> all;
  for (std::size_t size = 1; size <= 11; ++size) {
    for (const std::uint8_t last : Bytes{0x00, 0x01, 0x07, 0x08, 0x0F, 0x10, 0x3F, 0x40, 0x70, 0x77, 0x78, 0x7F}) {
      Bytes number(size, 0x80);
      number.back() = last;
      all.push_back(number);
      for (std::size_t i = 0; i + 1 < size; ++i) number[i] = 0xFF;
      all.push_back(number);
    }
  }
  return all;
}

constexpr std::uint8_t i32_code = 0x7F;
constexpr std::uint8_t i64_code = 0x7E;

// Two functions, of types 0 and 1; imported globals i32 and mut i32; a global of the type with the expression, and `behind`
// bytes in the same section behind it, all of them in one more global.
Bytes with_global(std::uint8_t type, const Bytes& expression, std::size_t behind) {
  Bytes globals = {static_cast<std::uint8_t>(behind == 0 ? 1 : 2), type, 0};
  globals += expression;
  if (behind != 0) {
    const Bytes more = {i32_code, 0, 0x41};
    globals += more;
    globals.resize(globals.size() + behind, 0x80);  // too long: what is wrong is behind what is looked at
  }
  const Bytes imports = {4, 1, 'm', 1, 'a', 3, i32_code, 0, 1,   'm', 1,   'b', 3, i32_code,
                         1, 1, 'm', 1, 'f', 0, 0,        1, 'm', 1,   'g', 0,   1};
  return module({section(1, {2, 0x60, 0, 0, 0x60, 1, i32_code, 0}), section(2, imports), section(6, globals)});
}

TEST(PlainConstants, AreJudgedAsOnTheGeneralPath) {
  for (const std::uint8_t code : Bytes{0x41, 0x42, 0x23, 0xD2, 0xD0, 0x43}) {
    for (const Bytes& number : numbers()) {
      for (const std::uint8_t type : Bytes{0x7F, 0x7E, 0x7D, 0x70, 0x6F}) {
        for (const std::size_t behind : std::initializer_list<std::size_t>{0, 1, 8, 20}) {
          for (const std::uint8_t last : Bytes{0x0B, 0x0C}) {
            Bytes expression = Bytes{code} + number;
            expression.push_back(last);
            told(with_global(type, expression, behind));
          }
        }
      }
    }
  }
}

TEST(PlainConstants, EndAnywhere) {
  for (const std::uint8_t code : Bytes{0x41, 0x42, 0x23, 0xD2}) {
    for (std::size_t size = 0; size < 12; ++size) {
      for (const std::uint8_t byte : Bytes{0x00, 0x0B, 0x80}) {
        Bytes expression(size + 1, byte);
        expression[0] = code;
        told(with_global(code == 0x42 ? i64_code : i32_code, expression, 0));
      }
    }
  }
}

TEST(PlainConstants, FollowTheFeatures) {
  const auto global = [](std::uint8_t type, const Bytes& expression, std::string_view features) {
    const std::string said = told(with_global(type, expression, 12), features);
    return said.substr(0, said.find('@'));
  };
  // What is wrong behind a good one is in the next.
  EXPECT_EQ(global(i32_code, {0x41, 5, 0x0B}, ""), "integer_too_long");
  EXPECT_EQ(global(i64_code, {0x42, 5, 0x0B}, ""), "integer_too_long");
  EXPECT_EQ(global(i32_code, {0x23, 0, 0x0B}, ""), "integer_too_long");
  EXPECT_EQ(global(i32_code, {0x23, 1, 0x0B}, ""), "constant_required");  // mutable
  EXPECT_EQ(global(i32_code, {0x23, 2, 0x0B}, ""), "unknown_global");     // itself
  EXPECT_EQ(global(i64_code, {0x23, 0, 0x0B}, ""), "type_mismatch");
  EXPECT_EQ(global(0x70, {0xD2, 1, 0x0B}, ""), "integer_too_long");
  EXPECT_EQ(global(0x70, {0xD2, 2, 0x0B}, ""), "unknown_function");
  EXPECT_EQ(global(0x6F, {0xD2, 1, 0x0B}, ""), "type_mismatch");
  EXPECT_EQ(global(0x70, {0xD2, 1, 0x0B}, "-reference-types"), "feature_required");
  EXPECT_EQ(global(0x70, {0xD2, 1, 0x0B}, "custom-descriptors"), "integer_too_long");
}

// The items of a segment are expressions with bulk memory already; a function's reference is an instruction later.
TEST(PlainConstants, NameFunctionsWithReferenceTypesOnly) {
  const Bytes items = {1, 4, 0x41, 0x00, 0x0B, 2, 0xD2, 0x00, 0x0B, 0xD2, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0B};
  const Bytes bytes = module({section(1, {1, 0x60, 0, 0}), section(3, {1, 0}), section(4, {1, 0x70, 0, 9}),
                              section(9, items), section(10, {1, 2, 0, 0x0B})});
  EXPECT_EQ(told(bytes), "valid");
  EXPECT_EQ(told(bytes, "wasm1,bulk-memory").substr(0, 16), "feature_required");
}

// Exact types of functions, and typed references to them: (ref 0), (ref (exact 0)).
TEST(PlainConstants, KnowExactFunctions) {
  for (const std::string_view features : {"", "custom-descriptors"}) {
    for (const std::uint8_t function : Bytes{0, 1}) {
      for (const Bytes& type :
           {Bytes{0x64, 0}, Bytes{0x64, 1}, Bytes{0x63, 0}, Bytes{0x64, 0x62, 0}, Bytes{0x64, 0x70}}) {
        Bytes globals = Bytes{2} + type;
        const Bytes rest = {0, 0xD2, function, 0x0B, i32_code, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0B};
        globals += rest;
        told(module({section(1, {2, 0x60, 0, 0, 0x60, 1, i32_code, 0}), section(3, {2, 0, 1}), section(6, globals),
                     section(10, {2, 2, 0, 0x0B, 2, 0, 0x0B})}),
             features);
      }
    }
  }
}

// Types 0 (struct i32), 1 (struct (ref 0)), 2 (sub 0), 3 (array i8), 4 (func), 5 a shared struct or a plain one; a global of the type
// with the expression, and another one.
Bytes with_structs(const Bytes& type, const Bytes& expression) {
  const Bytes types = {6, 0x50, 0, 0x5F, 1, 0x7F, 0,    0x5F, 1,    0x64, 0, 0,    0x50, 1,
                       0, 0x5F, 1, 0x7F, 0, 0x5E, 0x78, 0,    0x60, 0,    0, 0x5F, 0};
  const Bytes more = {i64_code, 0, 0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0B};
  return module({section(1, types), section(6, Bytes{2} + type + Bytes{0} + expression + Bytes{0x0B} + more)});
}

TEST(PlainConstants, MakeNullsAndStructs) {
  std::vector<Bytes> heaps;
  for (unsigned byte = 0; byte < 0x80; ++byte) heaps.push_back({static_cast<std::uint8_t>(byte)});
  for (const std::uint8_t last : Bytes{0x00, 0x01, 0x3F, 0x40, 0x70, 0x7F}) {
    heaps.push_back({0x82, last});
    heaps.push_back({0xF0, 0xFF, last});
    heaps.push_back({0x80, 0x80, 0x80, 0x80, last});
  }
  std::size_t valid = 0;
  for (const std::string_view features : {"", "-gc", "-function-references", "custom-descriptors", "all", "wasm1"}) {
    for (const Bytes& type :
         {Bytes{0x63, 0}, Bytes{0x64, 0}, Bytes{0x63, 2}, Bytes{0x63, 1}, Bytes{0x64, 0x6B}, Bytes{0x6E}, Bytes{0x70},
          Bytes{0x71}, Bytes{0x6F}, Bytes{0x63, 4}, Bytes{0x64, 0x62, 0}}) {
      for (const Bytes& heap : heaps) {
        valid += told(with_structs(type, Bytes{0xD0} + heap), features) == "valid" ? 1 : 0;
        for (const Bytes& code : {Bytes{0xFB, 0x01}, Bytes{0xFB, 0x00}, Bytes{0xFB, 0x81, 0x00}})
          valid += told(with_structs(type, code + heap), features) == "valid" ? 1 : 0;
      }
    }
  }
  EXPECT_GT(valid, 100u);
}

// Any few instructions, of which some make a constant.
TEST(PlainConstants, OfSeveralInstructionsAreJudgedAsOnTheGeneralPath) {
  std::mt19937 random(6);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  const std::vector<Bytes> instructions = {{0x41, 0x05},
                                           {0x41, 0xFF, 0x7F},
                                           {0x42, 0x01},
                                           {0x43, 1, 2, 3, 4},
                                           {0x23, 0x00},
                                           {0x23, 0x01},
                                           {0xD0, 0x00},
                                           {0xD0, 0x71},
                                           {0xD0, 0x6E},
                                           {0xFB, 0x00, 0x00},
                                           {0xFB, 0x00, 0x00},
                                           {0xFB, 0x00, 0x01},
                                           {0xFB, 0x00, 0x02},
                                           {0xFB, 0x01, 0x00},
                                           {0xFB, 0x00, 0x03},
                                           {0xFB, 0x00, 0x05},
                                           {0xFB, 0x00, 0x82, 0x00},
                                           {0xD2, 0x00},
                                           {0x6A},
                                           {0x44, 1, 2, 3, 4, 5, 6, 7, 8}};
  std::size_t valid = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes expression;
    // Towards what is valid: often a number for a struct.
    for (std::size_t left = 1 + below(4); left != 0; --left) {
      if (below(2) == 0) expression += instructions[0];
      expression += instructions[below(instructions.size())];
    }
    const Bytes type = std::vector<Bytes>{{0x63, 0}, {0x64, 1}, {0x6E}, {i32_code}, {0x64, 0x6B}}[below(5)];
    const char* const features[] = {"", "all", "-gc", "custom-descriptors"};
    valid += told(with_structs(type, expression), features[below(4)]) == "valid" ? 1 : 0;
  }
  EXPECT_GT(valid, 300u);
}

// More operands than are kept, and a struct that takes them.
TEST(PlainConstants, MayHaveManyOperands) {
  for (const std::size_t fields : {1U, 30U, 31U, 32U, 33U, 100U}) {
    const Bytes types = Bytes{1, 0x5F} + test::leb(fields) + test::repeat(fields, {i32_code, 0});
    for (const std::size_t operands : {fields - 1, fields, fields + 1}) {
      const Bytes expression = test::repeat(operands, {0x41, 0}) + Bytes{0xFB, 0x00, 0x00, 0x0B};
      const Bytes more = {i64_code, 0, 0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0B};
      const std::string said = told(module({section(1, types), section(6, Bytes{2, 0x64, 0, 0} + expression + more)}));
      EXPECT_EQ(said == "valid", operands == fields) << said;
    }
  }
}

// A function that a plain constant names may be named by bodies.
TEST(PlainConstants, DeclareFunctions) {
  const auto with = [](std::uint8_t function) {
    const Bytes globals = {2, 0x70, 0, 0xD2, function, 0x0B, i64_code, 0, 0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x0B};
    const Bytes code = {2, 5, 0, 0xD2, 1, 0x1A, 0x0B, 2, 0, 0x0B};
    return told(module({section(1, {1, 0x60, 0, 0}), section(3, {2, 0, 0}), section(6, globals), section(10, code)}));
  };
  EXPECT_EQ(with(1), "valid");
  EXPECT_EQ(with(0).substr(0, 19), "undeclared_function");
}

// --- Data segments ------------------------------------------------------------------------------------------------------

Bytes with_data(const Bytes& data, std::uint8_t memories = 1) {
  Bytes all = {memories};
  for (unsigned i = 0; i < memories; ++i) all += Bytes{static_cast<std::uint8_t>(i == 0 ? 0 : 4), 1};
  return module({section(5, all), section(11, data)});
}

TEST(PlainData, IsJudgedAsOnTheGeneralPath) {
  for (const std::uint8_t flags : Bytes{0, 1, 2, 3, 0x80}) {
    for (const Bytes& size : numbers()) {
      for (const std::size_t behind : std::initializer_list<std::size_t>{0, 1, 7, 8, 9, 127, 128, 200}) {
        Bytes data = {1, flags, 0x41, 0x80, 0x80, 0x01, 0x0B};
        data += size;
        data.resize(data.size() + behind, 0x0B);
        told(with_data(data));
      }
    }
  }
}

TEST(PlainData, FollowsTheMemory) {
  Bytes two = {2, 0, 0x41, 0x80, 0x01, 0x0B, 1, 'a', 0, 0x41, 0x00, 0x0B, 3, 'b', 'c', 'd'};
  EXPECT_EQ(told(with_data(two)), "valid");
  EXPECT_EQ(told(with_data(two, 0)).substr(0, 14), "unknown_memory");
  two[2] = 0x42;
  EXPECT_EQ(told(with_data(two)).substr(0, 13), "type_mismatch");
  // Every way to cut it short.
  two[2] = 0x41;
  for (std::size_t size = 1; size < two.size(); ++size)
    told(with_data(Bytes(two.begin(), two.begin() + static_cast<std::ptrdiff_t>(size))));
}

// What is recorded is where the segment stands and where its contents do.
TEST(PlainData, IsRecorded) {
  const Bytes bytes =
      with_data({2, 0, 0x41, 0x80, 0x01, 0x0B, 0x82, 0x00, 'a', 'b', 0, 0x41, 0x07, 0x0B, 3, 'c', 'd', 'e'});
  for (const BodyPath path : {BodyPath::fastest, BodyPath::general}) {
    Options options;
    options.bodies = path;
    const LoadResult loaded = load(BorrowedBytes(std::as_bytes(std::span(bytes))), options);
    ASSERT_TRUE(loaded.has_value());
    const Module& whole = **loaded;
    ASSERT_EQ(whole.data().size(), 2u);
    const auto contents = [&](std::uint32_t i) {
      const ByteRange range = whole.data()[i].bytes;
      return std::string(bytes.begin() + range.offset, bytes.begin() + range.offset + range.size);
    };
    EXPECT_EQ(contents(0), "ab");
    EXPECT_EQ(contents(1), "cde");
  }
}

}  // namespace
}  // namespace plimsoll
