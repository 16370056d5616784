// Tables, memories, globals, tags and element segments: imported ones first, then those that are defined.
#include <algorithm>
#include <string>

#include "inspect/instruction_text.hpp"
#include "inspect/text.hpp"
#include "inspect/view.hpp"
#include "types/read_types.hpp"

namespace plimsoll::regress::inspect {
namespace {

constexpr std::size_t index_width = 7;
constexpr std::size_t type_width = 24;
constexpr std::size_t place_width = 20;

// What one of the index spaces is: where its definitions stand, and what they are called.
struct Space {
  ExternalKind kind;
  SectionId section;
  NameKind names;
  std::string_view key;
};

struct Definition {
  std::uint32_t offset = 0;
  std::uint32_t index = 0;
  ExternalType type;
  ByteRange init;  // of globals and some tables
};

void read_definition(FileBytes file, Cursor& cursor, const Space& space, Definition& definition) {
  constexpr std::uint8_t with_init = 0x40;  // of tables; a zero byte follows
  const bool has_init = space.kind == ExternalKind::table && cursor.peek() == with_init;
  if (has_init) cursor.take(2);
  read_external_type(cursor, space.kind, definition.type);
  if (cursor.ok() && (has_init || space.kind == ExternalKind::global)) definition.init = take_expression(file, cursor);
}

std::string type_text(View& view, const ExternalType& type) {
  return type.kind == ExternalKind::tag ? view.index().type_use(type.type).substr(1) : to_text(type);
}

void put(View& view, const Space& space, const Definition& definition, const RawImport* import) {
  const std::string type = type_text(view, definition.type);
  const std::string init = expression_text(view.file(), definition.init, view.index());
  const auto name = view.index().name(space.names, definition.index);
  if (view.as_json()) {
    JsonOutput& json = view.json();
    json.begin_object();
    json.field("index", definition.index);
    json.field("offset", definition.offset);
    json.field("type", type);
    if (name) json.field("name", *name);
    if (import != nullptr) {
      json.key("import");
      json.begin_object();
      json.field("module", view.text(import->module));
      json.field("name", view.text(import->name));
      json.end_object();
    } else if (definition.init.size != 0) {
      json.field("init", init);
    }
    json.end_object();
    return;
  }
  view.offset(definition.offset);
  view.word(right(decimal(definition.index), index_width), index_width);
  view.word(type, type_width);
  const std::string source =
      import == nullptr ? init
                        : "(import " + quoted(view.text(import->module)) + ' ' + quoted(view.text(import->name)) + ')';
  view.word(source, place_width);
  view.last(name ? identifier(*name) : "");
}

void show_space(View& view, const Space& space) {
  view.begin(space.key, view.offset_title() + right("index", index_width) + "  " + left("type", type_width) + "  " +
                            left("import or value", place_width) + "  name");
  std::uint32_t imported = 0;
  each_import(view.part(), [&](const RawImport& import) {
    if (import.type.kind != space.kind) return;
    put(view, space, {.offset = import.offset, .index = imported++, .type = import.type, .init = {}}, &import);
  });
  const auto error = each_entry(view.part(), space.section, [&](Cursor& cursor, std::uint32_t index) {
    Definition definition{.offset = cursor.offset(), .index = imported + index, .type = {}, .init = {}};
    read_definition(view.file(), cursor, space, definition);
    if (cursor.ok()) put(view, space, definition, nullptr);
  });
  view.end(error);
}

// An element segment (specification 3.0, section 5.5.12). Bits of its flags:
constexpr std::uint32_t is_not_active = 1;
constexpr std::uint32_t has_table_or_is_declarative = 2;
constexpr std::uint32_t has_expressions = 4;

struct Segment {
  std::uint32_t offset = 0;
  std::uint32_t flags = 0;
  std::uint32_t table = 0;
  ByteRange address;
  std::string type = "func";
  std::uint32_t count = 0;
};

void read_front(FileBytes file, Cursor& cursor, Segment& segment) {
  segment.offset = cursor.offset();
  segment.flags = cursor.u32();
  const bool is_active = (segment.flags & is_not_active) == 0;
  const bool has_expression_items = (segment.flags & has_expressions) != 0;
  if (segment.flags > 7) cursor.fail(ErrorCode::bad_element_flags, segment.offset);
  if (is_active && (segment.flags & has_table_or_is_declarative) != 0) segment.table = cursor.u32();
  if (is_active && cursor.ok()) segment.address = take_expression(file, cursor);
  if (has_expression_items) segment.type = "funcref";
  if ((segment.flags & (is_not_active | has_table_or_is_declarative)) != 0) {
    if (has_expression_items)
      segment.type = to_string(read_reference_type(cursor, Features::all()));
    else
      cursor.byte();  // the kind: functions
  }
  segment.count = cursor.u32();
}

std::string take_item(View& view, Cursor& cursor, const Segment& segment) {
  if ((segment.flags & has_expressions) == 0) return decimal(cursor.u32());
  return '(' + expression_text(view.file(), take_expression(view.file(), cursor), view.index()) + ')';
}

std::string_view mode(const Segment& segment) {
  if ((segment.flags & is_not_active) == 0) return "active";
  return (segment.flags & has_table_or_is_declarative) != 0 ? "declarative" : "passive";
}

void put_json(View& view, Cursor& cursor, const Segment& segment, std::uint32_t index) {
  JsonOutput& json = view.json();
  json.begin_object();
  json.field("index", index);
  json.field("offset", segment.offset);
  if (const auto name = view.index().name(NameKind::element, index)) json.field("name", *name);
  json.field("mode", mode(segment));
  if ((segment.flags & is_not_active) == 0) {
    json.field("table", segment.table);
    json.field("address", expression_text(view.file(), segment.address, view.index()));
  }
  json.field("type", segment.type);
  json.field("count", segment.count);
  json.key("items");
  json.begin_array();
  for (std::uint32_t i = 0; i < segment.count && cursor.ok(); ++i) {
    const std::string item = take_item(view, cursor, segment);
    if (cursor.ok()) json.value(item);
  }
  json.end_array();
  json.end_object();
}

void put_text(View& view, Cursor& cursor, const Segment& segment, std::uint32_t index) {
  constexpr std::uint32_t most_shown = 8;
  std::string place(mode(segment));
  if (segment.address.size != 0) place = expression_text(view.file(), segment.address, view.index());
  if (segment.table != 0) place = "(table " + decimal(segment.table) + ") " + place;
  std::string items = segment.type;
  for (std::uint32_t i = 0; i < segment.count && cursor.ok(); ++i) {
    const std::string item = take_item(view, cursor, segment);
    if (i < most_shown) items += ' ' + item;
  }
  view.offset(segment.offset);
  view.number(segment.count, view.size_width());
  view.word(right(decimal(index), index_width), index_width);
  view.word(place, place_width);
  const std::string name = view.index().label(NameKind::element, index);
  view.last(items + (segment.count > most_shown ? " ..." : "") + (name.empty() ? "" : "  ;; " + name));
}

}  // namespace

void show_tables(View& view) { show_space(view, {ExternalKind::table, SectionId::table, NameKind::table, "tables"}); }
void show_memories(View& view) {
  show_space(view, {ExternalKind::memory, SectionId::memory, NameKind::memory, "memories"});
}
void show_globals(View& view) {
  show_space(view, {ExternalKind::global, SectionId::global, NameKind::global, "globals"});
}
void show_tags(View& view) { show_space(view, {ExternalKind::tag, SectionId::tag, NameKind::tag, "tags"}); }

void show_elements(View& view) {
  view.begin("elements", view.offset_title() + right("items", view.size_width()) + "  " + right("index", index_width) +
                             "  " + left("address", place_width) + "  type and items");
  const auto error = each_entry(view.part(), SectionId::element, [&](Cursor& cursor, std::uint32_t index) {
    Segment segment;
    read_front(view.file(), cursor, segment);
    if (!cursor.ok()) return;
    if (view.as_json())
      put_json(view, cursor, segment, index);
    else
      put_text(view, cursor, segment, index);
  });
  view.end(error);
}

}  // namespace plimsoll::regress::inspect
