// Reading types (specification 3.0, section 5.3): every first byte, what needs which feature, and where the bytes end.
#include "types/read_types.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;

// What a read gives: a type's text and the bytes it took, or the error's code and offset.
template <class Read>
std::string result(const Bytes& bytes, Features features, Read read) {
  const auto block = std::make_unique<std::uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), block.get());
  Cursor cursor(block.get(), block.get(), block.get() + bytes.size());
  const auto value = read(cursor, features);
  if (!cursor.ok()) return std::string(name(cursor.error().code)) + "@" + std::to_string(cursor.error().offset);
  return value + "/" + std::to_string(cursor.offset());
}

std::string value_type(const Bytes& bytes, Features features = Features::all()) {
  return result(bytes, features, [](Cursor& c, Features f) { return to_string(read_value_type(c, f)); });
}
std::string reference_type(const Bytes& bytes, Features features = Features::all()) {
  return result(bytes, features, [](Cursor& c, Features f) { return to_string(read_reference_type(c, f)); });
}
std::string heap_type(const Bytes& bytes, Features features = Features::all()) {
  return result(bytes, features, [](Cursor& c, Features f) { return to_string(read_heap_type(c, f)); });
}
std::string field_type(const Bytes& bytes, Features features = Features::all()) {
  return result(bytes, features, [](Cursor& c, Features f) {
    const FieldType field = read_field_type(c, f);
    return std::string(field.is_mutable() ? "mut " : "") + to_string(field.storage());
  });
}

struct Heap {
  std::uint8_t byte;
  const char* word;
  const char* nullable;
  Feature feature;
};
// Section 5.3.3, and the version or proposal that brought each.
constexpr Heap heaps[] = {
    {0x69, "exn", "exnref", Feature::exceptions},
    {0x6A, "array", "arrayref", Feature::gc},
    {0x6B, "struct", "structref", Feature::gc},
    {0x6C, "i31", "i31ref", Feature::gc},
    {0x6D, "eq", "eqref", Feature::gc},
    {0x6E, "any", "anyref", Feature::gc},
    {0x6F, "extern", "externref", Feature::reference_types},
    {0x70, "func", "funcref", Feature::reference_types},
    {0x71, "none", "nullref", Feature::gc},
    {0x72, "noextern", "nullexternref", Feature::gc},
    {0x73, "nofunc", "nullfuncref", Feature::gc},
    {0x74, "noexn", "nullexnref", Feature::exceptions},
    {0x68, "cont", "contref", Feature::stack_switching},
    {0x75, "nocont", "nullcontref", Feature::stack_switching},
};

const Heap* heap_of(std::uint8_t byte) {
  const auto* found =
      std::find_if(std::begin(heaps), std::end(heaps), [&](const Heap& heap) { return heap.byte == byte; });
  return found == std::end(heaps) ? nullptr : found;
}

TEST(ReadTypes, EveryOneByteValueType) {
  const std::map<std::uint8_t, std::string> numbers = {
      {0x7F, "i32"}, {0x7E, "i64"}, {0x7D, "f32"}, {0x7C, "f64"}, {0x7B, "v128"}};
  for (unsigned i = 0; i < 256; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    const std::string read = value_type({byte, 0x00});
    if (const auto number = numbers.find(byte); number != numbers.end()) {
      EXPECT_EQ(read, number->second + "/1");
    } else if (const Heap* heap = heap_of(byte)) {
      EXPECT_EQ(read, std::string(heap->nullable) + "/1");
    } else if (byte == 0x63 || byte == 0x64) {
      EXPECT_EQ(read, byte == 0x63 ? "(ref null 0)/2" : "(ref 0)/2");
    } else {
      EXPECT_EQ(read, "bad_reference_type@0") << i;
    }
  }
  EXPECT_EQ(value_type({}), "unexpected_end_of_section@0");
}

TEST(ReadTypes, ReferenceTypesLongAndShort) {
  for (const Heap& heap : heaps) {
    EXPECT_EQ(reference_type({heap.byte}), std::string(heap.nullable) + "/1");
    EXPECT_EQ(reference_type({0x63, heap.byte}), std::string(heap.nullable) + "/2");
    EXPECT_EQ(reference_type({0x64, heap.byte}), "(ref " + std::string(heap.word) + ")/2");
  }
  EXPECT_EQ(reference_type(Bytes{0x64} + test::leb(300)), "(ref 300)/3");
  EXPECT_EQ(reference_type(Bytes{0x63} + test::sleb(64)), "(ref null 64)/3");
  for (const unsigned byte : {0x7FU, 0x7EU, 0x7DU, 0x7CU, 0x7BU, 0x78U, 0x77U, 0x60U, 0x00U, 0x67U, 0x76U, 0xFFU})
    EXPECT_EQ(reference_type({static_cast<std::uint8_t>(byte), 0x00}), "bad_reference_type@0") << byte;
  EXPECT_EQ(reference_type({}), "unexpected_end_of_section@0");
  EXPECT_EQ(reference_type({0x63}), "unexpected_end_of_section@1");
  EXPECT_EQ(reference_type({0x64, 0x80}), "unexpected_end_of_section@2");
  EXPECT_EQ(reference_type({0x63, 0x63, 0x00}), "bad_heap_type@1");
  EXPECT_EQ(reference_type({0x64, 0x7F}), "bad_heap_type@1");
}

// A heap type is one of fourteen bytes, one with a prefix, or a type index as a number of 33 bits that is not negative.
TEST(ReadTypes, EveryOneByteHeapType) {
  for (unsigned i = 0; i < 0x80; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    const std::string read = heap_type({byte});
    if (const Heap* heap = heap_of(byte))
      EXPECT_EQ(read, "(ref " + std::string(heap->word) + ")/1");
    else if (i < 0x40)
      EXPECT_EQ(read, "(ref " + std::to_string(i) + ")/1");
    else if (byte == 0x62 || byte == 0x65)  // prefixes
      EXPECT_EQ(read, "unexpected_end_of_section@1");
    else
      EXPECT_EQ(read, "bad_heap_type@0") << i;
  }
}

TEST(ReadTypes, TypeIndicesAreReadStrictly) {
  EXPECT_EQ(heap_type(test::sleb(8191)), "(ref 8191)/2");
  EXPECT_EQ(heap_type({0x80, 0x00}), "(ref 0)/2");
  EXPECT_EQ(heap_type({0x80, 0x80, 0x80, 0x80, 0x00}), "(ref 0)/5");
  EXPECT_EQ(heap_type({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer_too_long@5");
  EXPECT_EQ(heap_type({0x80, 0x80, 0x80, 0x80, 0x10}), "integer_too_large@4");
  EXPECT_EQ(heap_type({0xFF, 0x7F}), "bad_heap_type@0");  // -1 in two bytes
  EXPECT_EQ(heap_type({0xF0, 0x7F}), "bad_heap_type@0");  // func, but not in its one byte
  // Indices no module can have: still numbers of the right form.
  EXPECT_EQ(heap_type({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), "unknown_type@0");
  EXPECT_EQ(heap_type({}), "unexpected_end_of_section@0");
}

// Prefixes of proposals: exact, in front of a type index, and shared, in front of an abstract heap type.
TEST(ReadTypes, ExactAndSharedTypes) {
  EXPECT_EQ(heap_type({0x62, 0x05}), "(ref (exact 5))/2");
  EXPECT_EQ(heap_type({0x62, 0x70}), "(ref (exact 112))/2");  // unsigned: no exact func
  EXPECT_EQ(reference_type({0x63, 0x62, 0x05}), "(ref null (exact 5))/3");
  EXPECT_EQ(heap_type({0x62, 0x05}, Features::wasm3()), "bad_heap_type@0");
  EXPECT_EQ(value_type({0x62, 0x05}), "bad_reference_type@0");  // no short form
  EXPECT_EQ(heap_type({0x65, 0x6E}), "(ref (shared any))/2");
  EXPECT_EQ(value_type({0x65, 0x6E}), "(ref null (shared any))/2");
  EXPECT_EQ(reference_type({0x64, 0x65, 0x70}), "(ref (shared func))/3");
  EXPECT_EQ(heap_type({0x65, 0x05}), "bad_heap_type@1");
  EXPECT_EQ(heap_type({0x65, 0x62, 0x05}), "bad_heap_type@1");
  EXPECT_EQ(heap_type({0x65, 0x65, 0x6E}), "bad_heap_type@1");
  EXPECT_EQ(value_type({0x65, 0x05}), "bad_reference_type@0");
  EXPECT_EQ(heap_type({0x65, 0x6E}, Features::wasm3()), "bad_heap_type@0");
  EXPECT_EQ(value_type({0x65, 0x6E}, Features::wasm3()), "bad_reference_type@0");
}

TEST(ReadTypes, EveryTypeNeedsItsFeature) {
  for (const Heap& heap : heaps) {
    const Features without = Features::all().remove(heap.feature);
    const bool proposed = heap.feature == Feature::stack_switching;  // no version of the specification has it
    EXPECT_EQ(heap_type({heap.byte}, without), proposed ? "bad_heap_type@0" : "feature_required@0") << heap.word;
    EXPECT_EQ(value_type({heap.byte}, without), proposed ? "bad_reference_type@0" : "feature_required@0") << heap.word;
    EXPECT_EQ(value_type({heap.byte}, Features::mvp().add(heap.feature)), std::string(heap.nullable) + "/1");
    EXPECT_EQ(value_type({0x63, heap.byte}, Features::all().remove(Feature::function_references)),
              "feature_required@0");
  }
  EXPECT_EQ(heap_type({0x00}, Features::all().remove(Feature::function_references)), "feature_required@0");
  EXPECT_EQ(value_type({0x7B}, Features::all().remove(Feature::simd)), "feature_required@0");
  for (const unsigned byte : {0x7FU, 0x7EU, 0x7DU, 0x7CU})
    EXPECT_NE(value_type({static_cast<std::uint8_t>(byte)}, Features::mvp()).find("/1"), std::string::npos);
}

TEST(ReadTypes, TheErrorNamesTheFeature) {
  const Bytes bytes{0x6E};
  Cursor cursor(bytes.data(), bytes.data(), bytes.data() + 1);
  read_value_type(cursor, Features::wasm2());
  EXPECT_EQ(cursor.error().feature, Feature::gc);
}

TEST(ReadTypes, Mutability) {
  const auto read = [](const Bytes& bytes) {
    return result(bytes, Features::all(),
                  [](Cursor& c, Features) { return std::string(read_mutability(c) ? "mut" : "const"); });
  };
  EXPECT_EQ(read({0x00}), "const/1");
  EXPECT_EQ(read({0x01}), "mut/1");
  for (unsigned i = 2; i < 256; ++i) EXPECT_EQ(read({static_cast<std::uint8_t>(i)}), "bad_mutability@0");
  EXPECT_EQ(read({}), "unexpected_end_of_section@0");
}

TEST(ReadTypes, Fields) {
  EXPECT_EQ(field_type({0x78, 0x00}), "i8/2");
  EXPECT_EQ(field_type({0x77, 0x01}), "mut i16/2");
  EXPECT_EQ(field_type({0x7E, 0x01}), "mut i64/2");
  EXPECT_EQ(field_type({0x64, 0x05, 0x00}), "(ref 5)/3");
  EXPECT_EQ(field_type({0x78, 0x02}), "bad_mutability@1");
  EXPECT_EQ(field_type({0x79, 0x00}), "bad_reference_type@0");
  EXPECT_EQ(field_type({0x78}), "unexpected_end_of_section@1");
  EXPECT_EQ(field_type({}), "unexpected_end_of_section@0");
}

std::string limits(const Bytes& bytes, bool is_memory, Features features) {
  return result(bytes, features, [is_memory](Cursor& c, Features f) {
    const SizeLimits sizes = read_limits(c, f, is_memory);
    return std::string(sizes.is_64 ? "i64 " : "") + (sizes.is_shared ? "shared " : "") + std::to_string(sizes.minimum) +
           ".." + (sizes.has_maximum ? std::to_string(sizes.maximum) : "");
  });
}

TEST(ReadTypes, LimitsOfTables) {
  const Features features = Features::browsers();
  EXPECT_EQ(limits({0x00, 0x05}, false, features), "5../2");
  EXPECT_EQ(limits({0x01, 0x05, 0x06}, false, features), "5..6/3");
  EXPECT_EQ(limits({0x04, 0x05}, false, features), "i64 5../2");
  EXPECT_EQ(limits({0x05, 0x05, 0x06}, false, features), "i64 5..6/3");
  for (unsigned flags = 0; flags < 256; ++flags) {
    if (flags == 0 || flags == 1 || flags == 4 || flags == 5) continue;
    EXPECT_EQ(limits({static_cast<std::uint8_t>(flags), 0x01, 0x01}, false, features), "bad_limits_flags@0") << flags;
  }
}

TEST(ReadTypes, LimitsOfMemories) {
  const Features features = Features::browsers();
  EXPECT_EQ(limits({0x00, 0x05}, true, features), "5../2");
  EXPECT_EQ(limits({0x01, 0x05, 0x06}, true, features), "5..6/3");
  EXPECT_EQ(limits({0x03, 0x05, 0x06}, true, features), "shared 5..6/3");
  EXPECT_EQ(limits({0x05, 0x05, 0x06}, true, features), "i64 5..6/3");
  EXPECT_EQ(limits({0x07, 0x05, 0x06}, true, features), "i64 shared 5..6/3");
  for (unsigned flags = 16; flags < 256; ++flags)
    EXPECT_EQ(limits({static_cast<std::uint8_t>(flags), 0x01, 0x01}, true, features), "bad_limits_flags@0") << flags;
}

TEST(ReadTypes, LimitsNeedTheirFeatures) {
  Features without = Features::browsers().remove(Feature::threads);
  EXPECT_EQ(limits({0x03, 0x01, 0x01}, true, without), "feature_required@0");
  EXPECT_EQ(limits({0x01, 0x01, 0x01}, true, without), "1..1/3");
  without = Features::browsers().remove(Feature::memory64);
  EXPECT_EQ(limits({0x04, 0x01}, true, without), "feature_required@0");
  EXPECT_EQ(limits({0x05, 0x01, 0x01}, false, without), "feature_required@0");
}

// Since memory64 the numbers have 64 bits, whatever the flags; before, they had 32.
TEST(ReadTypes, TheNumbersOfLimits) {
  const Features now = Features::browsers();
  const Features before = Features::browsers().remove(Feature::memory64);
  const Bytes largest = test::leb(~std::uint64_t{0});
  for (const std::uint8_t flags : {std::uint8_t{0x00}, std::uint8_t{0x04}}) {
    const std::string front = flags == 4 ? "i64 " : "";
    EXPECT_EQ(limits(Bytes{flags} + largest, true, now), front + "18446744073709551615../11");
    EXPECT_EQ(limits(Bytes{flags, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, true, now), front + "0../7");
  }
  EXPECT_EQ(limits(Bytes{0x00} + test::leb(0xFFFF'FFFF), true, before), "4294967295../6");
  EXPECT_EQ(limits(Bytes{0x00} + test::leb(0x1'0000'0000), true, before), "integer_too_large@5");
  EXPECT_EQ(limits({0x00, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, true, before), "integer_too_long@6");
  EXPECT_EQ(limits({}, true, now), "unexpected_end_of_section@0");
  EXPECT_EQ(limits({0x00}, true, now), "unexpected_end_of_section@1");
  EXPECT_EQ(limits({0x01, 0x01}, false, now), "unexpected_end_of_section@2");
  EXPECT_EQ(limits({0x01, 0x01, 0x80}, false, now), "unexpected_end_of_section@3");
}

TEST(TypeNames, AreThoseOfTheTextFormat) {
  EXPECT_EQ(to_string(i32), "i32");
  EXPECT_EQ(to_string(i64), "i64");
  EXPECT_EQ(to_string(f32), "f32");
  EXPECT_EQ(to_string(f64), "f64");
  EXPECT_EQ(to_string(v128), "v128");
  EXPECT_EQ(to_string(i8), "i8");
  EXPECT_EQ(to_string(i16), "i16");
  EXPECT_EQ(to_string(funcref), "funcref");
  EXPECT_EQ(to_string(externref), "externref");
  EXPECT_EQ(to_string(ValueType::reference(HeapType::none, true)), "nullref");
  EXPECT_EQ(to_string(ValueType::reference(HeapType::struct_, false)), "(ref struct)");
  EXPECT_EQ(to_string(ValueType::reference(1'000'000, true)), "(ref null 1000000)");
  EXPECT_EQ(to_string(ValueType::reference(0, false)), "(ref 0)");
  EXPECT_EQ(to_string(bottom), "bottom");
}

static_assert(sizeof(ValueType) == 4 && sizeof(FieldType) == 4);
static_assert(i32.is_number() && !i32.is_reference() && i32.is_defaultable() && !v128.is_number() && v128.is_vector());
static_assert(i8.is_packed() && i16.is_packed() && i8.unpacked() == i32 && i16.unpacked() == i32 &&
              i64.unpacked() == i64);
static_assert(funcref.is_nullable() && funcref.is_defaultable() && !funcref.with_null(false).is_defaultable());
static_assert(!bottom.is_reference() && bottom.is_bottom());
static_assert(FieldType(i16, true).is_mutable() && FieldType(i16, true).storage() == i16);
static_assert(ValueType::reference(0xFF'FFFF, true).type_index() == 0xFF'FFFF);

// References to indices of one and two bytes are taken at once where three bytes are left; they are what they are at the end of
// the bytes, or written longer.
TEST(ReadTypes, TakesShortReferencesAtOnce) {
  const auto without_size = [](const std::string& read) { return read.substr(0, read.find('/')); };
  for (const std::uint8_t code : Bytes{0x63, 0x64}) {
    for (unsigned first = 0; first < 0x80; ++first) {
      const auto low = static_cast<std::uint8_t>(first);
      for (const Features features : {Features::all(), Features::wasm2(), Features::wasm3()}) {
        if (first == 0x62 || first == 0x65) continue;  // not an index: what follows belongs to it
        EXPECT_EQ(value_type({code, low, 0x00}, features), value_type({code, low}, features)) << first;
        for (unsigned second = 0; second < 0x40; ++second) {
          const auto high = static_cast<std::uint8_t>(second);
          const auto more = static_cast<std::uint8_t>(first | 0x80);
          EXPECT_EQ(without_size(value_type({code, more, high}, features)),
                    without_size(value_type({code, more, static_cast<std::uint8_t>(high | 0x80), 0x00}, features)));
        }
      }
    }
  }
  EXPECT_EQ(value_type({0x64, 0x85, 0x02, 0x7F}), "(ref 261)/3");
  EXPECT_EQ(value_type({0x63, 0x05, 0x7F, 0x7F}), "(ref null 5)/2");
  EXPECT_EQ(value_type({0x63, 0xFF, 0x3F, 0x7F}), "(ref null 8191)/3");
  EXPECT_EQ(value_type({0x63, 0xFF, 0x40, 0x7F}), value_type({0x63, 0xFF, 0x40}));  // negative
}

}  // namespace
}  // namespace plimsoll
