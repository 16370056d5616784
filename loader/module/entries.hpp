// The grammar of what stands in the sections (specification 3.0, section 5.5): from bytes to records, entry by entry.
// Whether what they say is valid is for validate/ to judge.
#pragma once

#include <cstdint>
#include <span>

#include "bytes/cursor.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/limits.hpp"
#include "plimsoll/module.hpp"
#include "types/read_types.hpp"

namespace plimsoll {

// The preamble (section 5.5.16): magic and version.
void read_preamble(Cursor& cursor) noexcept;

// A section's header: its id and where its payload stands. Custom sections get their name read as well.
struct SectionHeader {
  std::uint8_t id = 0;
  std::uint32_t id_offset = 0;
  const std::uint8_t* begin = nullptr;
  const std::uint8_t* end = nullptr;
};
SectionHeader read_section_header(Cursor& cursor) noexcept;

inline constexpr std::uint8_t section_id_count = 14;
// The place of a section in the order that the specification demands; ids are not in that order.
std::uint8_t section_order(std::uint8_t id) noexcept;

// A range of the input from a span of its bytes.
inline ByteRange to_range(const Cursor& cursor, std::span<const std::uint8_t> bytes) noexcept {
  return {static_cast<std::uint32_t>(bytes.data() - cursor.base()), static_cast<std::uint32_t>(bytes.size())};
}

// A name's range.
inline ByteRange read_name(Cursor& cursor) noexcept {
  const std::span<const std::uint8_t> name = cursor.name();
  return cursor.ok() ? to_range(cursor, name) : ByteRange{};
}

// The kind of an export, and of an import, which for a function may say that its type is exact (custom descriptors).
inline ExternalKind read_external_kind(Cursor& cursor, ErrorCode malformed) noexcept {
  const std::uint32_t at = cursor.offset();
  const std::uint8_t kind = cursor.byte();
  if (kind > 4) {
    cursor.fail_byte(malformed, at);
    return ExternalKind::function;
  }
  return static_cast<ExternalKind>(kind);
}
struct ImportKind {
  ExternalKind kind = ExternalKind::function;
  bool is_exact = false;
};
inline ImportKind read_import_kind(Cursor& cursor, Features features) noexcept {
  constexpr std::uint8_t exact_function = 0x20;
  if (cursor.peek() != exact_function) return {read_external_kind(cursor, ErrorCode::bad_import_kind), false};
  take_prefix(cursor, features, exact_function, Feature::custom_descriptors, ErrorCode::bad_import_kind);
  return {ExternalKind::function, true};
}

// How an entry of the import section goes on behind its two names: with one external type, or, if the second name is empty,
// with a list of items or an external type that a list of names shares (compact import section).
enum class ImportForm : std::uint8_t { single, items, names };
inline ImportForm read_import_form(Cursor& cursor, Features features, bool name_is_empty) noexcept {
  constexpr std::uint8_t items = 0x7F;
  constexpr std::uint8_t names = 0x7E;
  const std::uint8_t byte = cursor.peek();
  if (!name_is_empty || (byte != items && byte != names)) return ImportForm::single;
  take_prefix(cursor, features, byte, Feature::compact_imports, ErrorCode::bad_import_kind);
  return byte == items ? ImportForm::items : ImportForm::names;
}

// What a table or an element segment holds: funcref, also before reference types made it a value type.
ValueType read_table_element(Cursor& cursor, Features features) noexcept;

// Table, memory and global types (sections 5.3.10 to 5.3.15), without initialisers.
Table read_table_type(Cursor& cursor, Features features) noexcept;
Memory read_memory_type(Cursor& cursor, Features features) noexcept;
// The byte behind a global's value type: whether it is mutable, and shared.
inline void read_global_flags(Cursor& cursor, Features features, Global& global) noexcept {
  constexpr unsigned variable = 1;
  constexpr unsigned shared = 2;
  const std::uint32_t at = cursor.offset();
  const unsigned flags = cursor.byte();
  global.is_mutable = (flags & variable) != 0;
  global.is_shared = (flags & shared) != 0;
  if ((flags & ~(variable | shared)) != 0) cursor.fail_byte(ErrorCode::bad_mutability, at);
  if (global.is_shared && !features.has(Feature::shared_everything_threads))
    cursor.fail_byte(ErrorCode::bad_mutability, at, Feature::shared_everything_threads);
}

inline Global read_global_type(Cursor& cursor, Features features) noexcept {
  Global global;
  global.type = read_value_type(cursor, features);
  read_global_flags(cursor, features, global);
  return global;
}
// A tag type: the attribute, then the type index, which is returned.
std::uint32_t read_tag_type(Cursor& cursor) noexcept;

// The front of an element segment (section 5.5.12): everything before the offset expression.
struct ElementFront {
  SegmentMode mode = SegmentMode::active;
  bool has_type = false;  // an element kind or type follows the offset
  bool has_expressions = false;
  std::uint32_t table = 0;
  std::uint32_t table_offset = 0;
};
ElementFront read_element_front(Cursor& cursor, Features features) noexcept;
// What follows the offset: the element kind or type.
ValueType read_element_type(Cursor& cursor, const ElementFront& front, Features features) noexcept;

// The front of a data segment (section 5.5.14).
struct DataFront {
  SegmentMode mode = SegmentMode::active;
  std::uint32_t memory = 0;
  std::uint32_t memory_offset = 0;
};
DataFront read_data_front(Cursor& cursor, Features features) noexcept;

}  // namespace plimsoll
