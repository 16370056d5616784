// The views of `dylink.0`.
#include "module/custom/linking.hpp"

namespace plimsoll {

DylinkMemory read_dylink_memory(SectionReader& reader) noexcept {
  DylinkMemory memory;
  memory.memory_size = reader.u32();
  memory.memory_alignment = reader.u32();
  memory.table_size = reader.u32();
  memory.table_alignment = reader.u32();
  return memory;
}

DylinkText read_dylink_text(SectionReader& reader) noexcept {
  DylinkText entry;
  entry.offset = reader.offset();
  entry.text = reader.text();
  return entry;
}

DylinkExport read_dylink_export(SectionReader& reader) noexcept {
  DylinkExport entry;
  entry.offset = reader.offset();
  entry.name = reader.text();
  entry.flags = reader.u32();
  return entry;
}

DylinkImport read_dylink_import(SectionReader& reader) noexcept {
  DylinkImport entry;
  entry.offset = reader.offset();
  entry.module = reader.text();
  entry.field = reader.text();
  entry.flags = reader.u32();
  return entry;
}

DylinkSection::DylinkSection(std::span<const std::byte> module, const CustomSection& section) noexcept
    : module_(module) {
  if (section.kind != CustomKind::dylink) return;
  SectionReader reader(module, section.contents);
  for (Subsection subsection; next_subsection(reader, subsection);) {
    if (subsection.id < first_dylink_part || subsection.id > last_dylink_part) continue;
    ByteRange& part = parts_[subsection.id - first_dylink_part];
    if (part.size == 0) part = subsection.contents;
  }
}

std::optional<DylinkMemory> DylinkSection::memory() const noexcept {
  SectionReader reader(module_, part(DylinkPart::memory));
  const DylinkMemory memory = read_dylink_memory(reader);
  return reader.ok() ? std::optional(memory) : std::nullopt;
}
EntryList<DylinkText> DylinkSection::needed() const noexcept {
  SectionReader reader(module_, part(DylinkPart::needed));
  return read_list<DylinkText, read_dylink_text>(reader, 1);
}
EntryList<DylinkExport> DylinkSection::exports() const noexcept {
  SectionReader reader(module_, part(DylinkPart::exports));
  return read_list<DylinkExport, read_dylink_export>(reader, 2);
}
EntryList<DylinkImport> DylinkSection::imports() const noexcept {
  SectionReader reader(module_, part(DylinkPart::imports));
  return read_list<DylinkImport, read_dylink_import>(reader, 3);
}
EntryList<DylinkText> DylinkSection::runtime_path() const noexcept {
  SectionReader reader(module_, part(DylinkPart::runtime_path));
  return read_list<DylinkText, read_dylink_text>(reader, 1);
}

}  // namespace plimsoll
