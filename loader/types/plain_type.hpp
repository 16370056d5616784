// PlainTypes: storage types in the forms that nearly all have, told from their bytes without a branch that depends on which: a
// number, a nullable abstract reference, a reference to a type index of one byte or two. An accelerator in front of
// read_types.hpp: what is not surely right is for the readers there, which alone reject.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "plimsoll/features.hpp"
#include "plimsoll/types.hpp"
#include "types/read_types.hpp"

namespace plimsoll {

// A plain type by the byte that it starts with: without its type index, if it has one; bottom, if there is none.
inline constexpr unsigned first_plain_code = 0x60;
inline constexpr std::size_t plain_codes = 32;
struct PlainTypeRow {
  ValueType type;
  Feature needs = Feature::none;
};
inline constexpr auto plain_type_rows = [] {
  std::array<PlainTypeRow, plain_codes> rows{};
  const auto add = [&](const NumberTypeCode& number) {
    rows[number.code - first_plain_code] = {number.type, number.needs};
  };
  for (const NumberTypeCode& number : number_type_codes) add(number);
  for (const NumberTypeCode& packed : packed_type_codes) add(packed);
  for (std::size_t i = 0; i < heap_type_codes.size(); ++i)
    rows[first_heap_code + i - first_plain_code] = {ValueType::reference(heap_type_codes[i].heap, true),
                                                    heap_type_codes[i].needs};
  rows[nullable_code - first_plain_code] = {ValueType::reference(0U, true), Feature::function_references};
  rows[non_null_code - first_plain_code] = {ValueType::reference(0U, false), Feature::function_references};
  return rows;
}();

class PlainTypes {
 public:
  // So many bytes must be there to read one: the longest, and the byte behind it.
  static constexpr std::ptrdiff_t read_at_once = 4;

  explicit PlainTypes(Features features) noexcept {
    for (unsigned code = 0; code < plain_codes; ++code) {
      const PlainTypeRow& row = plain_type_rows[code];
      const bool is_type = !row.type.is_bottom() && features.has(row.needs);
      storage_ |= std::uint32_t{is_type} << code;
      values_ |= std::uint32_t{is_type && !row.type.is_packed()} << code;
    }
  }

  // The position behind the storage type at `bytes`, with its type index as it is written; null if it is not a plain one, or a
  // feature is off.
  [[nodiscard]] const std::uint8_t* read_storage(const std::uint8_t* bytes, ValueType& type) const noexcept {
    return read(bytes, storage_, type);
  }
  // The same for value types.
  [[nodiscard]] const std::uint8_t* read_value(const std::uint8_t* bytes, ValueType& type) const noexcept {
    return read(bytes, values_, type);
  }

 private:
  static const std::uint8_t* read(const std::uint8_t* bytes, std::uint32_t allowed, ValueType& type) noexcept {
    constexpr unsigned sign = 0x40;  // of a number's last byte
    const unsigned code = bytes[0] - first_plain_code;
    if (code >= plain_codes || (allowed >> code & 1U) == 0) return nullptr;
    const std::uint32_t bits = plain_type_rows[code].type.bits();
    const unsigned has_index = ValueType::from_bits(bits).is_concrete() ? 1 : 0;
    const unsigned is_long = bytes[1] >> 7;
    const std::uint32_t second = bytes[2] & (0U - is_long);
    const std::uint32_t last = bytes[1] & (is_long - 1U);
    if (((last | second) & (0U - has_index)) >= sign) return nullptr;
    const std::uint32_t index = (bytes[1] & 0x7FU) | second << 7;
    type = ValueType::from_bits(bits | (index << 8 & (0U - has_index)));
    return bytes + 1 + has_index + (has_index & is_long);
  }

  std::uint32_t storage_ = 0;  // codes, a bit each
  std::uint32_t values_ = 0;
};

}  // namespace plimsoll
