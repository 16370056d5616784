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

// The abstract heap types by their byte, from 0x69 to 0x74 (section 5.3.3), and the feature that brought each.
struct HeapTypeCode {
  HeapType heap;
  Feature needs;
};
inline constexpr std::uint8_t first_heap_code = 0x69;
inline constexpr std::array<HeapTypeCode, 12> heap_type_codes = {
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
};

// A heap type, as the non-null reference to it.
inline ValueType read_heap_type(Cursor& cursor, Features features) noexcept {
  const std::uint32_t at = cursor.offset();
  const unsigned code = cursor.peek() - unsigned{first_heap_code};
  if (code < heap_type_codes.size()) {
    cursor.byte();
    const HeapTypeCode& row = heap_type_codes[code];
    if (!features.has(row.needs)) cursor.fail_feature(row.needs, at);
    return ValueType::reference(row.heap, false);
  }
  const std::int64_t index = cursor.s33();
  if (index < 0) cursor.fail(ErrorCode::bad_heap_type, at);
  if (!features.has(Feature::function_references)) cursor.fail_feature(Feature::function_references, at);
  if (index > Limits::most_entries)
    cursor.fail_index(ErrorCode::unknown_type, at, static_cast<std::uint32_t>(index), Limits::most_entries);
  return cursor.ok() ? ValueType::reference(static_cast<std::uint32_t>(index), false) : bottom;
}

// A reference type.
inline ValueType read_reference_type(Cursor& cursor, Features features) noexcept {
  const std::uint32_t at = cursor.offset();
  const std::uint8_t byte = cursor.peek();
  if (byte == 0x63 || byte == 0x64) {
    cursor.byte();
    if (!features.has(Feature::function_references)) cursor.fail_feature(Feature::function_references, at);
    return read_heap_type(cursor, features).with_null(byte == 0x63);
  }
  if (byte - unsigned{first_heap_code} >= heap_type_codes.size()) {
    cursor.byte();  // at the end, that is the failure
    cursor.fail(ErrorCode::bad_reference_type, at);
    return bottom;
  }
  return read_heap_type(cursor, features).with_null(true);
}

// A value type.
inline ValueType read_value_type(Cursor& cursor, Features features) noexcept {
  const std::uint32_t at = cursor.offset();
  switch (cursor.peek()) {
    case 0x7F: cursor.byte(); return i32;
    case 0x7E: cursor.byte(); return i64;
    case 0x7D: cursor.byte(); return f32;
    case 0x7C: cursor.byte(); return f64;
    case 0x7B:
      cursor.byte();
      if (!features.has(Feature::simd)) cursor.fail_feature(Feature::simd, at);
      return v128;
    default: break;
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

// A field: storage type and mutability.
inline FieldType read_field_type(Cursor& cursor, Features features) noexcept {
  const bool packed = cursor.peek() == 0x78 || cursor.peek() == 0x77;
  const ValueType storage = !packed ? read_value_type(cursor, features) : cursor.byte() == 0x78 ? i8 : i16;
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
  const unsigned known = is_memory ? maximum | shared | address_64 | page_size : maximum | address_64;
  if ((flags & ~known) != 0) cursor.fail(ErrorCode::bad_limits_flags, at);
  if ((flags & page_size) != 0 && !features.has(Feature::custom_page_sizes)) {
    // A flag that no version of the specification knows; the feature would help.
    Error error;
    error.code = ErrorCode::bad_limits_flags;
    error.offset = at;
    error.feature = Feature::custom_page_sizes;
    cursor.fail(error);
  }
  const auto require = [&](unsigned flag, Feature feature) {
    if ((flags & flag) != 0 && !features.has(feature)) cursor.fail_feature(feature, at);
  };
  require(shared, Feature::threads);
  require(address_64, Feature::memory64);
  // Before memory64 the numbers were 32-bit ones.
  const auto number = [&] { return features.has(Feature::memory64) ? cursor.u64() : cursor.u32_before_memory64(); };
  limits.minimum = number();
  if (limits.has_maximum) limits.maximum = number();
  if ((flags & page_size) != 0) {
    const std::uint32_t size_at = cursor.offset();
    const std::uint32_t log2 = cursor.u32();
    if (log2 != 0 && log2 != SizeLimits::usual_page) cursor.fail(ErrorCode::page_size, size_at);
    limits.page_size_log2 = static_cast<std::uint8_t>(log2);
  }
  return limits;
}

}  // namespace plimsoll
