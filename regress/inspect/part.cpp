#include "inspect/part.hpp"

#include <algorithm>
#include <array>

#include "inspect/text.hpp"
#include "module/entries.hpp"
#include "types/read_types.hpp"

namespace plimsoll::regress::inspect {
namespace {

const std::uint8_t* base_of(FileBytes file) noexcept { return reinterpret_cast<const std::uint8_t*>(file.data()); }

}  // namespace

PartKind kind_of(const Part& part) noexcept {
  constexpr std::string_view module("\0asm\1\0\0\0", preamble_size);
  constexpr std::string_view component("\0asm\x0d\0\1\0", preamble_size);
  const std::string_view preamble = text_of(part.file, part.range).substr(0, preamble_size);
  return preamble == module ? PartKind::module : preamble == component ? PartKind::component : PartKind::unknown;
}

Cursor cursor_over(FileBytes file, ByteRange range) noexcept {
  range = within(range, file.size());
  return {base_of(file), base_of(file) + range.offset, base_of(file) + range.offset + range.size};
}

ByteRange take_name(Cursor& cursor) noexcept {
  const std::uint32_t size = cursor.length();
  const ByteRange range{cursor.offset(), size};
  cursor.take(size);
  return range;
}

bool RawSections::next(RawSection& section) noexcept {
  if (error_ || position_ >= end_) return false;
  Cursor cursor = cursor_over(file_, range_between(position_, end_));
  section = {};
  section.header = cursor.offset();
  section.id = cursor.byte();
  const std::uint32_t size_at = cursor.offset();
  section.declared = cursor.u32();
  if (!cursor.ok()) {
    error_ = cursor.error();
    return false;
  }
  const auto there = static_cast<std::uint32_t>(std::min<std::size_t>(section.declared, cursor.remaining()));
  section.payload = {cursor.offset(), there};
  position_ = cursor.offset() + there;
  if (there < section.declared) {
    cursor.fail_count(ErrorCode::length_out_of_bounds, size_at, section.declared, there);
    error_ = cursor.error();
  }
  if (section.id == number(SectionId::custom)) {
    Cursor inside = cursor_over(file_, section.payload);
    section.name = take_name(inside);
    section.contents = range_between(inside.offset(), section.payload.offset + section.payload.size);
  }
  return true;
}

std::string section_name(std::uint8_t id, PartKind kind) {
  constexpr std::array<std::string_view, 13> of_components = {
      "custom", "core module", "core instance", "core type", "component", "instance", "alias",
      "type",   "canonical",   "start",         "import",    "export",    "value"};
  if (kind == PartKind::module && id <= number(SectionId::tag)) return std::string(plimsoll::section_name(id));
  if (kind == PartKind::component && id < of_components.size()) return std::string(of_components[id]);
  return "section " + decimal(unsigned{id});
}

bool is_vector(std::uint8_t id, PartKind kind) noexcept {
  constexpr std::uint8_t component_start = 9;
  if (kind == PartKind::component) return id > 1 && id != 4 && id <= 12 && id != component_start;
  const bool is_single = id == number(SectionId::start) || id == number(SectionId::data_count);
  return kind == PartKind::module && id != 0 && id <= number(SectionId::tag) && !is_single;
}

std::string_view kind_name(ExternalKind kind) noexcept {
  switch (kind) {
    case ExternalKind::function: return "func";
    case ExternalKind::table: return "table";
    case ExternalKind::memory: return "memory";
    case ExternalKind::global: return "global";
    case ExternalKind::tag: return "tag";
  }
  return "";
}

void read_external_type(Cursor& cursor, ExternalKind kind, ExternalType& type) noexcept {
  type.kind = kind;
  const Features features = Features::all();
  switch (kind) {
    case ExternalKind::function: type.type = cursor.u32(); break;
    case ExternalKind::table:
      type.value = read_reference_type(cursor, features);
      type.limits = read_limits(cursor, features, false);
      break;
    case ExternalKind::memory: type.limits = read_limits(cursor, features, true); break;
    case ExternalKind::global: {
      const Global global = read_global_type(cursor, features);
      type.value = global.type;
      type.is_mutable = global.is_mutable;
      type.is_shared = global.is_shared;
      break;
    }
    case ExternalKind::tag:
      cursor.byte();  // the attribute
      type.type = cursor.u32();
      break;
  }
}

namespace {

std::string limits_text(const SizeLimits& limits) {
  std::string text = limits.is_64 ? "i64 " : "";
  text += decimal(limits.minimum);
  if (limits.has_maximum) text += ' ' + decimal(limits.maximum);
  if (limits.is_shared) text += " shared";
  if (limits.page_size_log2 != SizeLimits::usual_page)
    text += " (pagesize " + decimal(std::uint64_t{1} << limits.page_size_log2) + ')';
  return text;
}

}  // namespace

std::string to_text(const ExternalType& type) {
  switch (type.kind) {
    case ExternalKind::function:
      return type.is_exact ? "(exact (type " + decimal(type.type) + "))" : "(type " + decimal(type.type) + ')';
    case ExternalKind::tag: return "(type " + decimal(type.type) + ')';
    case ExternalKind::table: return limits_text(type.limits) + ' ' + to_string(type.value);
    case ExternalKind::memory: return limits_text(type.limits);
    case ExternalKind::global: {
      const std::string text = type.is_mutable ? "(mut " + to_string(type.value) + ')' : to_string(type.value);
      return type.is_shared ? "(shared " + text + ')' : text;
    }
  }
  return {};
}

namespace {

void read_import_type(Cursor& cursor, ExternalType& type) noexcept {
  const ImportKind kind = read_import_kind(cursor, Features::all());
  type = {};
  type.is_exact = kind.is_exact;
  if (cursor.ok()) read_external_type(cursor, kind.kind, type);
}

}  // namespace

std::optional<Error> each_import(const Part& part, const std::function<void(const RawImport&)>& use) {
  std::array<std::uint32_t, 5> counts{};
  RawImport import;
  const auto hand_over = [&](const Cursor& cursor) {
    if (!cursor.ok()) return;
    import.index = counts[static_cast<std::size_t>(import.type.kind)]++;
    use(import);
  };
  return each_entry(part, SectionId::import, [&](Cursor& cursor, std::uint32_t) {
    import.offset = cursor.offset();
    import.module = take_name(cursor);
    import.name = take_name(cursor);
    const ImportForm form = read_import_form(cursor, Features::all(), import.name.size == 0);
    if (form == ImportForm::single) {
      read_import_type(cursor, import.type);
      hand_over(cursor);
      return;
    }
    // A compact group: one module's name, then many imports (compact-import-section).
    if (form == ImportForm::names) read_import_type(cursor, import.type);
    const std::uint32_t count = cursor.u32();
    for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) {
      import.offset = cursor.offset();
      import.name = take_name(cursor);
      if (form == ImportForm::items) read_import_type(cursor, import.type);
      hand_over(cursor);
    }
  });
}

void read_export(Cursor& cursor, RawExport& entry) noexcept {
  entry.offset = cursor.offset();
  entry.name = take_name(cursor);
  const std::uint32_t at = cursor.offset();
  const std::uint8_t kind = cursor.byte();
  if (kind > static_cast<std::uint8_t>(ExternalKind::tag)) cursor.fail(ErrorCode::bad_export_kind, at);
  entry.kind = static_cast<ExternalKind>(kind);
  entry.index = cursor.u32();
}

ByteRange take_expression(FileBytes file, Cursor& cursor) noexcept {
  const std::uint32_t begin = cursor.offset();
  InstructionReader reader(file.subspan(begin, cursor.remaining()), begin);
  Instruction instruction;
  while (reader.next(instruction) && instruction.opcode != opcode("end")) {
  }
  if (reader.failed()) cursor.fail(reader.error());
  cursor.take(reader.offset() - begin);
  return range_between(begin, reader.offset());
}

void read_data(FileBytes file, Cursor& cursor, RawData& entry) noexcept {
  constexpr std::uint32_t passive = 1;
  constexpr std::uint32_t with_memory = 2;
  entry = {};
  entry.offset = cursor.offset();
  const std::uint32_t flags = cursor.u32();
  if (flags > with_memory) cursor.fail(ErrorCode::bad_data_flags, entry.offset);
  entry.is_active = flags != passive;
  if (flags == with_memory) entry.memory = cursor.u32();
  if (entry.is_active && cursor.ok()) entry.expression = take_expression(file, cursor);
  entry.bytes = take_name(cursor);
}

}  // namespace plimsoll::regress::inspect
