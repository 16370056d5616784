// Imports and exports.
#include <algorithm>
#include <string>

#include "inspect/text.hpp"
#include "inspect/view.hpp"

namespace plimsoll::regress::inspect {
namespace {

constexpr std::size_t kind_width = 6;
constexpr std::size_t index_width = 7;
constexpr std::size_t widest_name = 60;

std::string names_of(const View& view, const RawImport& import) {
  return quoted(view.text(import.module)) + ' ' + quoted(view.text(import.name));
}

// The type, and for functions what it says.
std::string full_type(View& view, const ExternalType& type) {
  const bool has_signature = (type.kind == ExternalKind::function && !type.is_exact) || type.kind == ExternalKind::tag;
  return has_signature ? view.index().type_use(type.type).substr(1) : to_text(type);
}

void put_type(View& view, const ExternalType& type) {
  JsonOutput& json = view.json();
  const bool has_index = type.kind == ExternalKind::function || type.kind == ExternalKind::tag;
  if (has_index) json.field("type_index", type.type);
  json.field("type", full_type(view, type));
}

NameKind names_kind(ExternalKind kind) {
  switch (kind) {
    case ExternalKind::function: return NameKind::function;
    case ExternalKind::table: return NameKind::table;
    case ExternalKind::memory: return NameKind::memory;
    case ExternalKind::global: return NameKind::global;
    case ExternalKind::tag: return NameKind::tag;
  }
  return NameKind::function;
}

}  // namespace

void show_imports(View& view) {
  std::size_t width = 0;
  if (!view.as_json()) {
    each_import(view.part(), [&](const RawImport& import) { width = std::max(width, names_of(view, import).size()); });
    width = std::min(width, widest_name);
  }
  view.begin("imports", view.offset_title() + left("kind", kind_width) + "  " + right("index", index_width) + "  " +
                            left("module and name", width) + "  type");
  const auto error = each_import(view.part(), [&](const RawImport& import) {
    if (view.as_json()) {
      JsonOutput& json = view.json();
      json.begin_object();
      json.field("offset", import.offset);
      json.field("module", view.text(import.module));
      json.field("name", view.text(import.name));
      json.field("kind", kind_name(import.type.kind));
      json.field("index", import.index);
      put_type(view, import.type);
      json.end_object();
      return;
    }
    view.offset(import.offset);
    view.word(kind_name(import.type.kind), kind_width);
    view.word(right(decimal(import.index), index_width), index_width);
    view.word(names_of(view, import), width);
    view.last(full_type(view, import.type));
  });
  view.end(error);
}

void show_exports(View& view) {
  view.begin("exports", view.offset_title() + left("kind", kind_width) + "  " + right("index", index_width) + "  name");
  const auto error = each_entry(view.part(), SectionId::export_, [&](Cursor& cursor, std::uint32_t) {
    RawExport entry;
    read_export(cursor, entry);
    if (!cursor.ok()) return;
    const std::string_view name = view.text(entry.name);
    const auto own_name = view.index().name(names_kind(entry.kind), entry.index);
    if (view.as_json()) {
      JsonOutput& json = view.json();
      json.begin_object();
      json.field("offset", entry.offset);
      json.field("name", name);
      json.field("kind", kind_name(entry.kind));
      json.field("index", entry.index);
      if (own_name) json.field("own_name", *own_name);
      json.end_object();
      return;
    }
    view.offset(entry.offset);
    view.word(kind_name(entry.kind), kind_width);
    view.word(right(decimal(entry.index), index_width), index_width);
    const bool says_more = own_name && *own_name != name;
    view.last(quoted(name) + (says_more ? "  ;; " + identifier(*own_name) : ""));
  });
  view.end(error);
}

}  // namespace plimsoll::regress::inspect
