// The views of `linking`.
#include "module/custom/linking.hpp"

namespace plimsoll {

LinkingSegment read_linking_segment(SectionReader& reader) noexcept {
  LinkingSegment segment;
  segment.offset = reader.offset();
  segment.name = reader.text();
  segment.alignment = reader.u32();
  segment.flags = reader.u32();
  return segment;
}

InitFunction read_init_function(SectionReader& reader) noexcept {
  InitFunction function;
  function.offset = reader.offset();
  function.priority = reader.u32();
  function.symbol = reader.u32();
  return function;
}

ComdatSymbol read_comdat_symbol(SectionReader& reader) noexcept {
  ComdatSymbol symbol;
  symbol.offset = reader.offset();
  symbol.kind = static_cast<ComdatKind>(reader.byte());
  symbol.index = reader.u32();
  return symbol;
}

Comdat read_comdat(SectionReader& reader) noexcept {
  constexpr std::uint32_t least_symbol = 2;
  Comdat comdat;
  comdat.offset = reader.offset();
  comdat.name = reader.text();
  comdat.flags = reader.u32();
  comdat.symbols = read_inner_list<ComdatSymbol, read_comdat_symbol>(reader, least_symbol);
  return comdat;
}

Symbol read_symbol(SectionReader& reader) noexcept {
  Symbol symbol;
  symbol.offset = reader.offset();
  const std::uint8_t kind = reader.byte();
  symbol.kind = static_cast<SymbolKind>(kind);
  symbol.flags = reader.u32();
  if (kind > last_symbol_kind) {
    reader.fail(ErrorCode::unexpected_end_of_section, symbol.offset);
    return symbol;
  }
  if (symbol.kind == SymbolKind::data) {
    symbol.has_name = true;
    symbol.name = reader.text();
    if (symbol.is_undefined()) return symbol;
    symbol.index = reader.u32();
    symbol.data_offset = reader.u32();
    symbol.data_size = reader.u32();
    return symbol;
  }
  symbol.index = reader.u32();
  symbol.has_name = symbol.kind != SymbolKind::section &&
                    (!symbol.is_undefined() || (symbol.flags & symbol_flag::explicit_name) != 0);
  if (symbol.has_name) symbol.name = reader.text();
  return symbol;
}

LinkingSection::LinkingSection(std::span<const std::byte> module, const CustomSection& section) noexcept
    : module_(module) {
  if (section.kind != CustomKind::linking) return;
  SectionReader reader(module, section.contents);
  version_ = reader.u32();
  if (version_ != current_version) return;
  for (Subsection subsection; next_subsection(reader, subsection);) {
    if (subsection.id < first_linking_part || subsection.id > last_linking_part) continue;
    ByteRange& part = parts_[subsection.id - first_linking_part];
    if (part.size == 0) part = subsection.contents;
  }
}

EntryList<LinkingSegment> LinkingSection::segments() const noexcept {
  SectionReader reader(module_, part(LinkingPart::segments));
  return read_list<LinkingSegment, read_linking_segment>(reader, 3);
}
EntryList<InitFunction> LinkingSection::init_functions() const noexcept {
  SectionReader reader(module_, part(LinkingPart::init_functions));
  return read_list<InitFunction, read_init_function>(reader, 2);
}
EntryList<Comdat> LinkingSection::comdats() const noexcept {
  SectionReader reader(module_, part(LinkingPart::comdats));
  return read_list<Comdat, read_comdat>(reader, 3);
}
EntryList<Symbol> LinkingSection::symbols() const noexcept {
  SectionReader reader(module_, part(LinkingPart::symbols));
  return read_list<Symbol, read_symbol>(reader, 3);
}

std::string_view symbol_name(const Module& module, const Symbol& symbol) noexcept {
  if (symbol.has_name) return symbol.name;
  ExternalKind kind = ExternalKind::function;
  switch (symbol.kind) {
    case SymbolKind::function: break;
    case SymbolKind::global: kind = ExternalKind::global; break;
    case SymbolKind::tag: kind = ExternalKind::tag; break;
    case SymbolKind::table: kind = ExternalKind::table; break;
    case SymbolKind::data:
    case SymbolKind::section: return {};
  }
  if (symbol.index >= module.imported_count(kind)) return {};
  for (const Import& import : module.imports())
    if (import.kind == kind && import.index == symbol.index) return module.text(import.name);
  return {};
}

}  // namespace plimsoll
