// PlainTypes: what it takes, the readers take too, as the same type and as many bytes; and it takes what is usual.
#include "types/plain_type.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <initializer_list>

#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;

std::array<Features, 7> feature_sets() {
  const auto without = [](Feature feature) { return Features::all().remove(feature); };
  return {Features::all(),
          Features::mvp(),
          Features::wasm2(),
          without(Feature::simd),
          without(Feature::gc),
          without(Feature::function_references),
          without(Feature::exceptions)};
}

// Every first and second byte, and third ones around the sign, the end of a number and of the bytes.
TEST(PlainTypes, AreWhatTheReadersRead) {
  std::size_t taken = 0;
  for (const Features features : feature_sets()) {
    const PlainTypes plain(features);
    for (unsigned i = 0; i < 0x10000; ++i) {
      for (const std::uint8_t third : Bytes{0x00, 0x01, 0x3F, 0x40, 0x7F, 0x80, 0xFF}) {
        const Bytes bytes = {static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i), third, 0};
        ValueType type;
        Cursor value(bytes.data(), bytes.data(), bytes.data() + bytes.size());
        if (const std::uint8_t* next = plain.read_value(bytes.data(), type); next != nullptr) {
          ASSERT_EQ(read_value_type(value, features), type) << i << ' ' << int{third};
          ASSERT_TRUE(value.ok() && value.position() == next) << i << ' ' << int{third};
          ++taken;
        }
        Cursor storage(bytes.data(), bytes.data(), bytes.data() + bytes.size());
        if (const std::uint8_t* next = plain.read_storage(bytes.data(), type); next != nullptr) {
          ASSERT_EQ(read_storage_type(storage, features), type) << i << ' ' << int{third};
          ASSERT_TRUE(storage.ok() && storage.position() == next) << i << ' ' << int{third};
        }
      }
    }
  }
  EXPECT_GT(taken, 100'000u);
}

TEST(PlainTypes, AreWhatIsUsual) {
  const PlainTypes all(Features::all());
  const auto value = [&](const Bytes& start) {
    Bytes bytes = start;
    bytes.resize(4);
    ValueType type;
    const std::uint8_t* next = all.read_value(bytes.data(), type);
    EXPECT_TRUE(next == nullptr || next == bytes.data() + start.size());
    return next == nullptr ? bottom : type;
  };
  EXPECT_EQ(value({0x7F}), i32);
  EXPECT_EQ(value({0x7E}), i64);
  EXPECT_EQ(value({0x7D}), f32);
  EXPECT_EQ(value({0x7C}), f64);
  EXPECT_EQ(value({0x7B}), v128);
  EXPECT_EQ(value({0x78}), bottom);  // i8 is a storage type
  EXPECT_EQ(value({0x70}), funcref);
  EXPECT_EQ(value({0x6F}), externref);
  EXPECT_EQ(value({0x71}), ValueType::reference(HeapType::none, true));
  EXPECT_EQ(value({0x63, 0x05}), ValueType::reference(5U, true));
  EXPECT_EQ(value({0x64, 0x3F}), ValueType::reference(63U, false));
  EXPECT_EQ(value({0x64, 0xC0, 0x00}), ValueType::reference(64U, false));
  EXPECT_EQ(value({0x64, 0xFF, 0x3F}), ValueType::reference(8191U, false));
}

}  // namespace
}  // namespace plimsoll
