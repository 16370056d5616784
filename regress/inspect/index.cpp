#include "inspect/index.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "inspect/text.hpp"

namespace plimsoll::regress::inspect {
void ExportNames::sort() {
  const auto before = [](const Entry& a, const Entry& b) {
    return a.function != b.function ? a.function < b.function : a.name.offset < b.name.offset;
  };
  std::ranges::sort(entries_, before);
}

std::optional<ByteRange> ExportNames::find(std::uint32_t function) const noexcept {
  const auto entry = std::ranges::lower_bound(entries_, function, {}, &Entry::function);
  if (entry == entries_.end() || entry->function != function) return std::nullopt;
  return entry->name;
}

std::vector<std::uint32_t> ExportNames::named(FileBytes file, std::string_view name) const {
  std::vector<std::uint32_t> functions;
  for (const Entry& entry : entries_) {
    if (text_of(file, entry.name) == name) functions.push_back(entry.function);
  }
  return functions;
}

NameGroups::NameGroups(const IndirectNameMap& map) : map_(map) {
  for (const NameGroup& group : map) places_.push_back({group.index, group.offset});
  const auto before = [](const Place& a, const Place& b) {
    return a.index != b.index ? a.index < b.index : a.offset < b.offset;
  };
  if (!std::ranges::is_sorted(places_, before)) std::ranges::sort(places_, before);
}

NameMap NameGroups::find(std::uint32_t index) const noexcept {
  const auto place = std::ranges::lower_bound(places_, index, {}, &Place::index);
  if (place == places_.end() || place->index != index) return {};
  return map_.part(place->offset, 1).begin()->names;
}

Index::Index(const Part& part)
    : part_(part), names_(part.file.subspan(part.range.offset, part.range.size)), locals_(names_.locals()),
      fields_(names_.fields()) {
  read_types();
  read_functions();
  read_exports();
  for (std::size_t kind = 0; kind < name_kind_count; ++kind)
    name_indices_[kind] = index_of(names_.map(static_cast<NameKind>(kind)));
}

NameIndex Index::index_of(const NameMap& map) {
  auto index = NameIndex::make(map);
  if (!index) throw std::bad_alloc();
  return *std::move(index);
}

void Index::read_types() {
  TypeSectionUse use;
  use.definition = [this](const TypeDefinition& type) {
    constexpr std::size_t many = 64;
    types_.push_back({.offset = type.offset,
                      .parameters = static_cast<std::uint32_t>(type.parameters.size()),
                      .is_long = type.parameters.size() + type.results.size() > many});
  };
  each_type(part_, use);
}

void Index::read_functions() {
  each_import(part_, [this](const RawImport& import) {
    if (import.type.kind != ExternalKind::function) return;
    function_types_.push_back(import.type.type);
    import_names_.push_back(import.module);
    import_names_.push_back(import.name);
  });
  imported_functions_ = functions();
  each_entry(part_, SectionId::function, [this](Cursor& cursor, std::uint32_t) {
    const std::uint32_t type = cursor.u32();
    if (cursor.ok()) function_types_.push_back(type);
  });
}

void Index::read_exports() {
  each_entry(part_, SectionId::export_, [this](Cursor& cursor, std::uint32_t) {
    RawExport entry;
    read_export(cursor, entry);
    if (cursor.ok() && entry.kind == ExternalKind::function) export_names_.add(entry.index, entry.name);
  });
  export_names_.sort();
}

std::optional<std::uint32_t> Index::function_type(std::uint32_t function) const noexcept {
  if (function >= function_types_.size()) return std::nullopt;
  return function_types_[function];
}

bool Index::read_type(std::uint32_t type, TypeDefinition& definition) const {
  if (type >= types_.size()) return false;
  const std::uint32_t end = part_.range.offset + part_.range.size;
  Cursor cursor = cursor_over(part_.file, range_between(types_[type].offset, end));
  definition.index = type;
  read_definition(cursor, definition);
  return cursor.ok();
}

std::uint32_t Index::parameters(std::uint32_t type) const noexcept {
  return type < types_.size() ? types_[type].parameters : 0;
}

std::string Index::signature(std::uint32_t type) const {
  TypeDefinition definition;
  if (type >= types_.size() || types_[type].is_long || !read_type(type, definition)) return {};
  return definition.kind == DefinitionKind::function ? signature_text(definition) : std::string();
}

std::string Index::type_use(std::uint32_t type) const { return " (type " + decimal(type) + ')' + signature(type); }

std::optional<std::string_view> Index::name(NameKind kind, std::uint32_t index) const {
  return name_indices_[static_cast<std::size_t>(kind)].find(index);
}

std::optional<std::string_view> Index::exported(std::uint32_t function) const {
  const auto range = export_names_.find(function);
  if (!range) return std::nullopt;
  return text_of(part_.file, *range);
}

std::string Index::label(NameKind kind, std::uint32_t index, std::size_t most) const {
  if (const auto own = name(kind, index)) return identifier(cut(*own, most));
  if (kind != NameKind::function) return {};
  if (const auto outside = exported(index)) return "(export " + quoted(cut(*outside, most)) + ')';
  if (index >= imported_functions_) return {};
  const auto imported = [&](std::size_t which) {
    return quoted(cut(text_of(part_.file, import_names_[2 * std::size_t{index} + which]), most));
  };
  return "(import " + imported(0) + ' ' + imported(1) + ')';
}

std::vector<std::uint32_t> Index::functions_named(std::string_view name) const {
  std::vector<std::uint32_t> found;
  for (const NameEntry& entry : names_.functions()) {
    if (entry.name == name && entry.index < functions()) found.push_back(entry.index);
  }
  return found.empty() ? export_names_.named(part_.file, name) : found;
}

}  // namespace plimsoll::regress::inspect
