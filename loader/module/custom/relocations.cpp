// The views of `reloc.*`, and the table of relocation types.
#include <array>

#include "module/custom/linking.hpp"

namespace plimsoll {
namespace {

using enum RelocationEncoding;
using enum SymbolKind;

constexpr RelocationRow row_of(std::string_view name, RelocationEncoding encoding, SymbolKind symbol,
                               bool has_addend = false) {
  constexpr std::uint8_t sizes[] = {5, 5, 4, 10, 10, 8};
  return {name, encoding, sizes[static_cast<std::size_t>(encoding)], has_addend, false, symbol};
}
constexpr bool with_addend = true;

// LLVM's names of today; the conventions still call tags events.
constexpr std::array<RelocationRow, relocation_type_count> relocation_rows = {
    row_of("R_WASM_FUNCTION_INDEX_LEB", leb, function),
    row_of("R_WASM_TABLE_INDEX_SLEB", sleb, function),
    row_of("R_WASM_TABLE_INDEX_I32", fixed32, function),
    row_of("R_WASM_MEMORY_ADDR_LEB", leb, data, with_addend),
    row_of("R_WASM_MEMORY_ADDR_SLEB", sleb, data, with_addend),
    row_of("R_WASM_MEMORY_ADDR_I32", fixed32, data, with_addend),
    RelocationRow{"R_WASM_TYPE_INDEX_LEB", leb, 5, false, true, function},
    row_of("R_WASM_GLOBAL_INDEX_LEB", leb, global),
    row_of("R_WASM_FUNCTION_OFFSET_I32", fixed32, function, with_addend),
    row_of("R_WASM_SECTION_OFFSET_I32", fixed32, section, with_addend),
    row_of("R_WASM_TAG_INDEX_LEB", leb, tag),
    row_of("R_WASM_MEMORY_ADDR_REL_SLEB", sleb, data, with_addend),
    row_of("R_WASM_TABLE_INDEX_REL_SLEB", sleb, function),
    row_of("R_WASM_GLOBAL_INDEX_I32", fixed32, global),
    row_of("R_WASM_MEMORY_ADDR_LEB64", leb64, data, with_addend),
    row_of("R_WASM_MEMORY_ADDR_SLEB64", sleb64, data, with_addend),
    row_of("R_WASM_MEMORY_ADDR_I64", fixed64, data, with_addend),
    row_of("R_WASM_MEMORY_ADDR_REL_SLEB64", sleb64, data, with_addend),
    row_of("R_WASM_TABLE_INDEX_SLEB64", sleb64, function),
    row_of("R_WASM_TABLE_INDEX_I64", fixed64, function),
    row_of("R_WASM_TABLE_NUMBER_LEB", leb, table),
    row_of("R_WASM_MEMORY_ADDR_TLS_SLEB", sleb, data, with_addend),
    row_of("R_WASM_FUNCTION_OFFSET_I64", fixed64, function, with_addend),
    row_of("R_WASM_MEMORY_ADDR_LOCREL_I32", fixed32, data, with_addend),
    row_of("R_WASM_TABLE_INDEX_REL_SLEB64", sleb64, function),
    row_of("R_WASM_MEMORY_ADDR_TLS_SLEB64", sleb64, data, with_addend),
    row_of("R_WASM_FUNCTION_INDEX_I32", fixed32, function),
};
constexpr RelocationRow unknown_row;

bool is_wide(RelocationEncoding encoding) noexcept {
  return encoding == leb64 || encoding == sleb64 || encoding == RelocationEncoding::fixed64;
}

}  // namespace

const RelocationRow& relocation_row(RelocationType type) noexcept {
  const auto index = static_cast<std::size_t>(type);
  return index < relocation_rows.size() ? relocation_rows[index] : unknown_row;
}

Relocation read_relocation(SectionReader& reader) noexcept {
  Relocation relocation;
  relocation.at = reader.offset();
  relocation.type = static_cast<RelocationType>(reader.byte());
  const RelocationRow& row = relocation_row(relocation.type);
  if (row.name.empty()) {
    reader.fail(ErrorCode::unexpected_end_of_section, relocation.at);
    return relocation;
  }
  relocation.offset = reader.u32();
  relocation.index = reader.u32();
  if (row.has_addend) relocation.addend = is_wide(row.encoding) ? reader.s64() : reader.s32();
  return relocation;
}

RelocationSection relocations(std::span<const std::byte> module, const CustomSection& section) noexcept {
  constexpr std::uint32_t least_relocation = 3;
  RelocationSection result;
  if (section.kind != CustomKind::relocations) return result;
  SectionReader reader(module, section.contents);
  result.section = reader.u32();
  result.entries = read_list<Relocation, read_relocation>(reader, least_relocation);
  return result;
}

}  // namespace plimsoll
