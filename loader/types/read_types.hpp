// Reading types (specification 3.0, section 5.3). Type indices stay as they are written; whether they exist is for the
// caller to check. A type whose feature is off is refused here, which is the one place that knows which type needs which.
#pragma once

#include <array>
#include <cstdint>

#include "bytes/cursor.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/limits.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll {

// The abstract heap types by their byte, from 0x68 to 0x75 (section 5.3.3), and the feature that brought each.
struct HeapTypeCode {
  HeapType heap;
  Feature needs;
};
inline constexpr std::uint8_t first_heap_code = 0x68;
inline constexpr std::array<HeapTypeCode, 14> heap_type_codes = {
    HeapTypeCode{HeapType::cont, Feature::stack_switching},
    HeapTypeCode{HeapType::exn, Feature::exceptions},
    HeapTypeCode{HeapType::array, Feature::gc},
    HeapTypeCode{HeapType::struct_, Feature::gc},
    HeapTypeCode{HeapType::i31, Feature::gc},
    HeapTypeCode{HeapType::eq, Feature::gc},
    HeapTypeCode{HeapType::any, Feature::gc},
    HeapTypeCode{HeapType::extern_, Feature::reference_types},
    HeapTypeCode{HeapType::func, Feature::reference_types},
    HeapTypeCode{HeapType::none, Feature::gc},
    HeapTypeCode{HeapType::noextern, Feature::gc},
    HeapTypeCode{HeapType::nofunc, Feature::gc},
    HeapTypeCode{HeapType::noexn, Feature::exceptions},
    HeapTypeCode{HeapType::nocont, Feature::stack_switching},
};
// Numbers and vectors by their byte, from 0x7F downwards (sections 5.3.1 and 5.3.2), and the packed types that only fields
// have (section 5.3.7).
struct NumberTypeCode {
  std::uint8_t code;
  ValueType type;
  Feature needs;
};
inline constexpr std::array<NumberTypeCode, 5> number_type_codes = {
    NumberTypeCode{0x7F, i32, Feature::none},  NumberTypeCode{0x7E, i64, Feature::none},
    NumberTypeCode{0x7D, f32, Feature::none},  NumberTypeCode{0x7C, f64, Feature::none},
    NumberTypeCode{0x7B, v128, Feature::simd},
};
inline constexpr std::array<NumberTypeCode, 2> packed_type_codes = {NumberTypeCode{0x78, i8, Feature::none},
                                                                    NumberTypeCode{0x77, i16, Feature::none}};
inline constexpr std::uint8_t nullable_code = 0x63;
inline constexpr std::uint8_t non_null_code = 0x64;
inline constexpr std::uint8_t exact_code = 0x62;
inline constexpr std::uint8_t shared_code = 0x65;

// What definitions of types begin with (sections 5.3.8 to 5.3.10, and proposals).
namespace type_code {
inline constexpr std::uint8_t rec_group = 0x4E;
inline constexpr std::uint8_t sub_type = 0x50;
inline constexpr std::uint8_t sub_type_final = 0x4F;
inline constexpr std::uint8_t function_type = 0x60;
inline constexpr std::uint8_t struct_type = 0x5F;
inline constexpr std::uint8_t array_type = 0x5E;
inline constexpr std::uint8_t continuation_type = 0x5D;
inline constexpr std::uint8_t describes_clause = 0x4C;
inline constexpr std::uint8_t descriptor_clause = 0x4D;
}  // namespace type_code

// Takes the byte at the cursor if it is `code`, which is malformed unless the proposal is on.
inline bool take_prefix(Cursor& cursor, Features features, std::uint8_t code, Feature proposal,
                        ErrorCode malformed) noexcept {
  if (cursor.peek() != code) return false;
  if (!features.has(proposal)) return cursor.fail_byte(malformed, cursor.offset(), proposal);
  cursor.byte();
  return true;
}

// An abstract heap type that is known to stand there, as the non-null reference to it. One that only a proposal has is
// malformed without that.
inline ValueType read_abstract_heap_type(Cursor& cursor, Features features, bool shared, ErrorCode malformed) noexcept {
  const std::uint32_t at = cursor.offset();
  const HeapTypeCode& row = heap_type_codes[cursor.byte() - unsigned{first_heap_code}];
  if (row.needs == Feature::stack_switching && !features.has(row.needs)) cursor.fail_byte(malformed, at, row.needs);
  if (!features.has(row.needs)) cursor.fail_feature(row.needs, at);
  return ValueType::reference(row.heap, false).with_shared(shared);
}

inline bool is_abstract_heap_type(std::uint8_t byte) noexcept {
  return byte - unsigned{first_heap_code} < heap_type_codes.size();
}

// A heap type, as the non-null reference to it.
inline ValueType read_heap_type(Cursor& cursor, Features features) noexcept {
  constexpr ErrorCode malformed = ErrorCode::bad_heap_type;
  const bool exact = take_prefix(cursor, features, exact_code, Feature::custom_descriptors, malformed);
  const bool shared =
      !exact && take_prefix(cursor, features, shared_code, Feature::shared_everything_threads, malformed);
  if (!exact && is_abstract_heap_type(cursor.peek()))
    return read_abstract_heap_type(cursor, features, shared, malformed);
  const std::uint32_t at = cursor.offset();
  // An exact type's index is unsigned, so that there is no exact abstract type; what is shared is an abstract one.
  const std::int64_t index = exact ? std::int64_t{cursor.u32()} : cursor.s33();
  if (index < 0 || shared) cursor.fail_byte(malformed, at);
  if (!features.has(Feature::function_references)) cursor.fail_feature(Feature::function_references, at);
  if (index > Limits::most_entries)
    cursor.fail_index(ErrorCode::unknown_type, at, static_cast<std::uint32_t>(index), Limits::most_entries);
  return cursor.ok() ? ValueType::reference(static_cast<std::uint32_t>(index), false).with_exact(exact) : bottom;
}

// A reference to a type index of one or two bytes, which is nearly every one that is not abstract: takes it, if that is surely
// what stands there; else takes nothing and gives the bottom type.
inline ValueType take_short_reference(Cursor& cursor, Features features) noexcept {
  constexpr std::uint8_t sign = 0x40;
  const std::uint8_t* const bytes = cursor.position();
  if (cursor.remaining() < 3 || (bytes[0] != nullable_code && bytes[0] != non_null_code) ||
      !features.has(Feature::function_references))
    return bottom;
  std::uint32_t index = bytes[1];
  unsigned size = 2;
  if (index >= 0x80) {
    index = (index & 0x7F) | std::uint32_t{bytes[2]} << 7;
    size = 3;
  }
  if (bytes[size - 1] >= sign) return bottom;  // a negative number or a longer one
  cursor.seek(bytes + size);
  return ValueType::reference(index, bytes[0] == nullable_code);
}

// A reference type.
inline ValueType read_reference_type(Cursor& cursor, Features features) noexcept {
  if (const ValueType type = take_short_reference(cursor, features); !type.is_bottom()) return type;
  constexpr ErrorCode malformed = ErrorCode::bad_reference_type;
  const std::uint32_t at = cursor.offset();
  const std::uint8_t byte = cursor.peek();
  if (byte == nullable_code || byte == non_null_code) {
    cursor.byte();
    if (!features.has(Feature::function_references)) cursor.fail_feature(Feature::function_references, at);
    return read_heap_type(cursor, features).with_null(byte == nullable_code);
  }
  const bool shared = take_prefix(cursor, features, shared_code, Feature::shared_everything_threads, malformed);
  if (is_abstract_heap_type(cursor.peek()))
    return read_abstract_heap_type(cursor, features, shared, malformed).with_null(true);
  cursor.byte();  // at the end, that is the failure
  cursor.fail_byte(malformed, at);
  return bottom;
}

// A value type.
inline ValueType read_value_type(Cursor& cursor, Features features) noexcept {
  const std::uint32_t at = cursor.offset();
  if (const unsigned number = number_type_codes.front().code - cursor.peek(); number < number_type_codes.size()) {
    cursor.byte();
    const NumberTypeCode& row = number_type_codes[number];
    if (!features.has(row.needs)) cursor.fail_feature(row.needs, at);
    return row.type;
  }
  const ValueType type = read_reference_type(cursor, features);
  if (type == funcref && !features.has(Feature::reference_types)) cursor.fail_feature(Feature::reference_types, at);
  return type;
}

// A mutability: whether it is `var`.
inline bool read_mutability(Cursor& cursor) noexcept {
  const std::uint32_t at = cursor.offset();
  const std::uint8_t mutability = cursor.byte();
  if (mutability > 1) cursor.fail_byte(ErrorCode::bad_mutability, at);
  return mutability == 1;
}

// The storage type of a field.
inline ValueType read_storage_type(Cursor& cursor, Features features) noexcept {
  const unsigned packed = packed_type_codes.front().code - cursor.peek();
  if (packed >= packed_type_codes.size()) return read_value_type(cursor, features);
  cursor.byte();
  return packed_type_codes[packed].type;
}

// A field: storage type and mutability.
inline FieldType read_field_type(Cursor& cursor, Features features) noexcept {
  const ValueType storage = read_storage_type(cursor, features);
  return {storage, read_mutability(cursor)};
}

// The limits of a table or memory, flags first (section 5.3.12). Which sizes are allowed is for validation to say.
inline SizeLimits read_limits(Cursor& cursor, Features features, bool is_memory) noexcept {
  constexpr unsigned maximum = 1;
  constexpr unsigned shared = 2;
  constexpr unsigned address_64 = 4;
  constexpr unsigned page_size = 8;
  const std::uint32_t at = cursor.offset();
  const unsigned flags = cursor.byte();
  SizeLimits limits;
  limits.has_maximum = (flags & maximum) != 0;
  limits.is_shared = (flags & shared) != 0;
  limits.is_64 = (flags & address_64) != 0;
  const unsigned known = is_memory ? maximum | shared | address_64 | page_size : maximum | shared | address_64;
  if ((flags & ~known) != 0) cursor.fail_byte(ErrorCode::bad_limits_flags, at);
  if ((flags & page_size) != 0 && !features.has(Feature::custom_page_sizes))
    cursor.fail_byte(ErrorCode::bad_limits_flags, at, Feature::custom_page_sizes);
  const auto require = [&](unsigned flag, Feature feature) {
    if ((flags & flag) != 0 && !features.has(feature)) cursor.fail_feature(feature, at);
  };
  if (is_memory)
    require(shared, Feature::threads);
  else if (limits.is_shared && !features.has(Feature::shared_everything_threads))
    cursor.fail_byte(ErrorCode::bad_limits_flags, at, Feature::shared_everything_threads);
  require(address_64, Feature::memory64);
  // Before memory64 the numbers were 32-bit ones.
  const auto number = [&] { return features.has(Feature::memory64) ? cursor.u64() : cursor.u32_before_memory64(); };
  limits.minimum = number();
  if (limits.has_maximum) limits.maximum = number();
  if ((flags & page_size) != 0) {
    const std::uint32_t size_at = cursor.offset();
    const std::uint32_t log2 = cursor.u32();
    if (log2 != 0 && log2 != SizeLimits::usual_page)
      cursor.fail(ErrorCode::page_size, size_at, ErrorDetail::byte, log2);
    if (cursor.ok()) limits.page_size_log2 = static_cast<std::uint8_t>(log2);
  }
  return limits;
}

}  // namespace plimsoll
