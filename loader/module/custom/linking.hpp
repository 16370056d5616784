// Reading `dylink.0`, `linking` and `reloc.*`, entry by entry: what their views and checks share.
#pragma once

#include "module/custom/section_reader.hpp"
#include "plimsoll/linking.hpp"

namespace plimsoll {

inline constexpr std::uint8_t first_dylink_part = static_cast<std::uint8_t>(DylinkPart::memory);
inline constexpr std::uint8_t last_dylink_part = static_cast<std::uint8_t>(DylinkPart::runtime_path);
DylinkMemory read_dylink_memory(SectionReader& reader) noexcept;
DylinkText read_dylink_text(SectionReader& reader) noexcept;
DylinkExport read_dylink_export(SectionReader& reader) noexcept;
DylinkImport read_dylink_import(SectionReader& reader) noexcept;

inline constexpr std::uint8_t first_linking_part = static_cast<std::uint8_t>(LinkingPart::segments);
inline constexpr std::uint8_t last_linking_part = static_cast<std::uint8_t>(LinkingPart::symbols);
LinkingSegment read_linking_segment(SectionReader& reader) noexcept;
InitFunction read_init_function(SectionReader& reader) noexcept;
ComdatSymbol read_comdat_symbol(SectionReader& reader) noexcept;
Comdat read_comdat(SectionReader& reader) noexcept;
// Nothing behind a symbol of an unknown kind can be read.
inline constexpr std::uint8_t last_symbol_kind = static_cast<std::uint8_t>(SymbolKind::table);
Symbol read_symbol(SectionReader& reader) noexcept;

// The same of a relocation of an unknown type.
Relocation read_relocation(SectionReader& reader) noexcept;

}  // namespace plimsoll
