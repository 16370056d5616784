// The views of the name section (specification 3.0, appendix "Name Section").
#include "module/custom/names.hpp"

namespace plimsoll {

NameEntry read_name_entry(SectionReader& reader) noexcept {
  NameEntry entry;
  entry.offset = reader.offset();
  entry.index = reader.u32();
  entry.name = reader.text();
  return entry;
}

NameGroup read_name_group(SectionReader& reader) noexcept {
  NameGroup group;
  group.offset = reader.offset();
  group.index = reader.u32();
  group.names = read_inner_list<NameEntry, read_name_entry>(reader, least_name);
  return group;
}

NameSection::NameSection(std::span<const std::byte> module) noexcept : module_(module) {
  const std::optional<CustomSection> section = find_custom_section(module, CustomKind::name);
  if (!section) return;
  exists_ = true;
  SectionReader reader(module, section->contents);
  Subsection subsection;
  while (next_subsection(reader, subsection)) {
    if (subsection.id >= name_kind_count) continue;
    ByteRange& known = subsections_[subsection.id];
    if (known.size == 0) known = subsection.contents;
  }
}

std::string_view NameSection::module_name() const noexcept {
  return SectionReader(module_, subsections_[static_cast<std::size_t>(NameKind::module)]).text();
}

NameMap NameSection::map(NameKind kind) const noexcept {
  if (kind == NameKind::module || is_indirect(kind)) return {};
  SectionReader reader(module_, subsections_[static_cast<std::size_t>(kind)]);
  return read_list<NameEntry, read_name_entry>(reader, least_name);
}

IndirectNameMap NameSection::indirect_map(NameKind kind) const noexcept {
  if (!is_indirect(kind)) return {};
  SectionReader reader(module_, subsections_[static_cast<std::size_t>(kind)]);
  return read_list<NameGroup, read_name_group>(reader, least_name_group);
}

std::optional<std::string_view> find_name(const NameMap& map, std::uint32_t index) noexcept {
  for (const NameEntry& entry : map)
    if (entry.index == index) return entry.name;
  return std::nullopt;
}

NameMap find_names(const IndirectNameMap& map, std::uint32_t index) noexcept {
  for (const NameGroup& group : map)
    if (group.index == index) return group.names;
  return {};
}

}  // namespace plimsoll
