// Plain constants and data segments are read at once where they are surely valid (plain_constant.hpp). Whatever stands there,
// and however near to the end of its section, the load says what it says on the general path alone.
#include "validate/plain_constant.hpp"

#include <gtest/gtest.h>

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
