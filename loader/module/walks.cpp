// Walks over parts of a module that are read where they stand: sections, element items, local declarations.
#include <algorithm>

#include "bytes/cursor.hpp"
#include "module/entries.hpp"
#include "module/records.hpp"
#include "plimsoll/module.hpp"
#include "types/read_types.hpp"

namespace plimsoll {
namespace {

const std::uint8_t* base_of(std::span<const std::byte> module) noexcept {
  return reinterpret_cast<const std::uint8_t*>(module.data());
}

// A cursor over [begin, end) of the bytes, cut off where they end: a walk may be given any range.
Cursor cursor_over(std::span<const std::byte> module, std::size_t begin, std::size_t end) noexcept {
  end = std::min(end, module.size());
  begin = std::min(begin, end);
  return {base_of(module), base_of(module) + begin, base_of(module) + end};
}

}  // namespace

bool SectionWalk::next(Section& section) noexcept {
  Cursor cursor = cursor_over(module_, position_, static_cast<std::uint32_t>(module_.size()));
  if (cursor.at_end()) return false;
  const SectionHeader header = read_section_header(cursor);
  if (!cursor.ok()) return false;
  position_ = cursor.offset();
  Cursor payload(cursor.base(), header.begin, header.end);
  section = {};
  section.id = static_cast<SectionId>(header.id);
  section.offset = header.id_offset;
  if (section.id == SectionId::custom) section.name = read_name(payload);
  section.payload = {payload.offset(), static_cast<std::uint32_t>(payload.remaining())};
  return true;
}

bool ElementItems::next(Item& item) noexcept {
  if (done_ == element_.count) return false;
  ++done_;
  const std::uint32_t end = element_.items.offset + element_.items.size;
  item = {};
  item.is_expression = element_.has_expressions;
  if (element_.has_expressions) {
    item.expression = expression_at(module_, position_, end);
    position_ += item.expression.size;
  } else {
    Cursor cursor = cursor_over(module_, position_, end);
    item.function = cursor.u32();
    position_ = cursor.offset();
  }
  return true;
}

FunctionBody::FunctionBody(std::span<const std::byte> module, ByteRange range) noexcept
    : module_(module), range_(within(range, module.size())) {
  Cursor cursor = cursor_over(module, range_.offset, std::size_t{range_.offset} + range_.size);
  const std::uint32_t runs = cursor.u32();
  locals_position_ = cursor.offset();
  for (std::uint32_t i = 0; i < runs && cursor.ok(); ++i) {
    cursor.u32();
    read_value_type(cursor, Features::all());
  }
  expression_ = {cursor.offset(), range_.offset + range_.size - cursor.offset()};
}

bool FunctionBody::next_locals(LocalRun& run) noexcept {
  if (locals_position_ >= expression_.offset) return false;
  Cursor cursor = cursor_over(module_, locals_position_, expression_.offset);
  run.count = cursor.u32();
  run.type = read_value_type(cursor, Features::all());
  locals_position_ = cursor.offset();
  return cursor.ok();
}

InstructionReader FunctionBody::instructions() const noexcept {
  return InstructionReader(module_.subspan(expression_.offset, expression_.size), expression_.offset);
}

}  // namespace plimsoll
