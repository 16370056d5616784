// The grammar of section entries.
#include "module/entries.hpp"

#include <algorithm>
#include <array>

#include "types/read_types.hpp"

namespace plimsoll {

void read_preamble(Cursor& cursor) noexcept {
  constexpr std::array<std::uint8_t, 4> magic = {0x00, 0x61, 0x73, 0x6D};
  cursor.set_end_code(ErrorCode::unexpected_end);
  const unsigned seen = static_cast<unsigned>(std::min<std::size_t>(cursor.remaining(), magic.size()));
  Cursor ahead = cursor;
  const std::uint64_t bytes = ahead.fixed(seen);
  for (const std::uint8_t expected : magic) {
    const std::uint32_t at = cursor.offset();
    if (cursor.byte() != expected) cursor.fail(ErrorCode::bad_magic, at, ErrorDetail::bytes, bytes, seen);
  }
  const std::uint32_t at = cursor.offset();
  const std::uint64_t version = cursor.fixed(4);
  if (version == 1) return;
  if (version >> 16 == 1)
    cursor.fail(ErrorCode::component, at);
  else
    cursor.fail(ErrorCode::unknown_version, at, ErrorDetail::exact, version, 1);
}

SectionHeader read_section_header(Cursor& cursor) noexcept {
  SectionHeader header;
  header.id_offset = cursor.offset();
  header.id = cursor.byte();
  if (header.id >= section_id_count) cursor.fail_byte(ErrorCode::bad_section_id, header.id_offset);
  const std::uint32_t size = cursor.length();
  header.begin = cursor.position();
  header.end = header.begin + size;
  cursor.take(size);
  return header;
}

std::uint8_t section_order(std::uint8_t id) noexcept {
  // custom type import function table memory global export start element code data data-count tag
  constexpr std::array<std::uint8_t, section_id_count> order = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};
  return order[id];
}

ValueType read_table_element(Cursor& cursor, Features features) noexcept {
  if (cursor.peek() == 0x70) features.add(Feature::reference_types);
  return read_reference_type(cursor, features);
}

Table read_table_type(Cursor& cursor, Features features) noexcept {
  Table table;
  table.element = read_table_element(cursor, features);
  table.limits = read_limits(cursor, features, false);
  return table;
}

Memory read_memory_type(Cursor& cursor, Features features) noexcept { return {read_limits(cursor, features, true)}; }

std::uint32_t read_tag_type(Cursor& cursor) noexcept {
  const std::uint32_t at = cursor.offset();
  if (cursor.byte() != 0) cursor.fail_byte(ErrorCode::zero_byte_expected, at);
  return cursor.u32();
}

ElementFront read_element_front(Cursor& cursor, Features features) noexcept {
  ElementFront front;
  const std::uint32_t at = cursor.offset();
  const std::uint32_t flags = cursor.u32();
  if (flags > 7) {
    cursor.fail(ErrorCode::bad_element_flags, at, ErrorDetail::byte, flags);
    return front;
  }
  // The tools write 2 for modules of the first version too, where it says no more than 0.
  if ((flags & 5U) != 0 && !features.has(Feature::bulk_memory)) cursor.fail_feature(Feature::bulk_memory, at);
  if ((flags & 1U) != 0) front.mode = (flags & 2U) != 0 ? SegmentMode::declarative : SegmentMode::passive;
  front.has_type = (flags & 3U) != 0;
  front.has_expressions = (flags & 4U) != 0;
  front.table_offset = at;
  if (front.mode == SegmentMode::active && (flags & 2U) != 0) {
    front.table_offset = cursor.offset();
    front.table = cursor.u32();
  }
  return front;
}

ValueType read_element_type(Cursor& cursor, const ElementFront& front, Features features) noexcept {
  if (!front.has_type) return front.has_expressions ? funcref : funcref.with_null(false);
  if (front.has_expressions) return read_table_element(cursor, features);
  const std::uint32_t at = cursor.offset();
  if (cursor.byte() != 0) cursor.fail_byte(ErrorCode::bad_element_kind, at);
  return funcref.with_null(false);
}

DataFront read_data_front(Cursor& cursor, Features features) noexcept {
  DataFront front;
  const std::uint32_t at = cursor.offset();
  const std::uint32_t flags = cursor.u32();
  front.memory_offset = at;
  if (flags > 2) cursor.fail(ErrorCode::bad_data_flags, at, ErrorDetail::byte, flags);
  if (flags == 1) {
    front.mode = SegmentMode::passive;
    if (!features.has(Feature::bulk_memory)) cursor.fail_feature(Feature::bulk_memory, at);
  }
  if (flags == 2) {
    if (!features.has(Feature::bulk_memory)) cursor.fail_feature(Feature::bulk_memory, at);
    front.memory_offset = cursor.offset();
    front.memory = cursor.u32();
  }
  return front;
}

}  // namespace plimsoll
