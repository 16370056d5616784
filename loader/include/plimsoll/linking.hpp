// Linking (the conventions of WebAssembly's tools, Linking and DynamicLinking): what an object file or a dynamic library says
// in `linking`, `reloc.*` and `dylink.0`.
// See custom_sections.hpp for what holds of all views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "plimsoll/custom_sections.hpp"

namespace plimsoll {

// Flags of symbols, also of imports and exports of a dynamic library.
namespace symbol_flag {
inline constexpr std::uint32_t weak = 0x1;
inline constexpr std::uint32_t local = 0x2;
inline constexpr std::uint32_t hidden = 0x4;
inline constexpr std::uint32_t undefined = 0x10;
inline constexpr std::uint32_t exported = 0x20;
inline constexpr std::uint32_t explicit_name = 0x40;
inline constexpr std::uint32_t no_strip = 0x80;
inline constexpr std::uint32_t thread_local_ = 0x100;
inline constexpr std::uint32_t absolute = 0x200;
inline constexpr std::uint32_t all = 0x3F7;
}  // namespace symbol_flag

// Flags of data segments.
namespace segment_flag {
inline constexpr std::uint32_t strings = 0x1;
inline constexpr std::uint32_t thread_local_ = 0x2;
inline constexpr std::uint32_t retain = 0x4;
inline constexpr std::uint32_t all = 0x7;
}  // namespace segment_flag

// --- `dylink.0` ---------------------------------------------------------------------------------------------------------

enum class DylinkPart : std::uint8_t { memory = 1, needed, exports, imports, runtime_path };

// What a dynamic library needs of the memory and the table; alignments are powers of two, given by their exponents.
struct DylinkMemory {
  std::uint32_t memory_size = 0;       // bytes
  std::uint32_t memory_alignment = 0;  // log2 of bytes
  std::uint32_t table_size = 0;        // entries
  std::uint32_t table_alignment = 0;   // log2 of entries
};

struct DylinkText {
  std::uint32_t offset = 0;  // bytes, of the entry
  std::string_view text;
};
struct DylinkExport {
  std::uint32_t offset = 0;
  std::string_view name;
  std::uint32_t flags = 0;  // symbol_flag
};
struct DylinkImport {
  std::uint32_t offset = 0;
  std::string_view module;
  std::string_view field;
  std::uint32_t flags = 0;  // symbol_flag
};

// A value of some 70 bytes.
class DylinkSection {
 public:
  // The section `dylink.0`; nothing is in it if it is another one. Linear in the number of subsections.
  DylinkSection(std::span<const std::byte> module, const CustomSection& section) noexcept;

  // Constant time.
  [[nodiscard]] std::optional<DylinkMemory> memory() const noexcept;
  [[nodiscard]] EntryList<DylinkText> needed() const noexcept;
  [[nodiscard]] EntryList<DylinkExport> exports() const noexcept;
  [[nodiscard]] EntryList<DylinkImport> imports() const noexcept;
  [[nodiscard]] EntryList<DylinkText> runtime_path() const noexcept;

 private:
  [[nodiscard]] ByteRange part(DylinkPart which) const noexcept {
    return parts_[static_cast<std::size_t>(which) - static_cast<std::size_t>(DylinkPart::memory)];
  }
  std::span<const std::byte> module_;
  ByteRange parts_[5]{};
};

// --- `linking` ----------------------------------------------------------------------------------------------------------

enum class LinkingPart : std::uint8_t { segments = 5, init_functions, comdats, symbols };

// Of the data segment with the same position.
struct LinkingSegment {
  std::uint32_t offset = 0;  // bytes, of the entry
  std::string_view name;
  std::uint32_t alignment = 0;  // log2 of bytes
  std::uint32_t flags = 0;      // segment_flag
};

struct InitFunction {
  std::uint32_t offset = 0;
  std::uint32_t priority = 0;
  std::uint32_t symbol = 0;  // in the symbol table
};

enum class ComdatKind : std::uint8_t { data, function, global, tag, table, section };
struct ComdatSymbol {
  std::uint32_t offset = 0;
  ComdatKind kind = ComdatKind::data;
  std::uint32_t index = 0;
};
struct Comdat {
  std::uint32_t offset = 0;
  std::string_view name;
  std::uint32_t flags = 0;  // none are known
  EntryList<ComdatSymbol> symbols;
};

enum class SymbolKind : std::uint8_t { function, data, global, section, tag, table };

struct Symbol {
  std::uint32_t offset = 0;  // bytes, of the entry
  SymbolKind kind = SymbolKind::function;
  std::uint32_t flags = 0;  // symbol_flag
  // Empty for a section, and for what is imported under the import's own name: see symbol_name.
  std::string_view name;
  bool has_name = false;
  // The function, global, section, tag or table; of defined data the segment.
  std::uint32_t index = 0;
  std::uint32_t data_offset = 0;  // of defined data, in its segment (or in memory, if absolute)
  std::uint32_t data_size = 0;
  [[nodiscard]] bool is_undefined() const noexcept { return (flags & symbol_flag::undefined) != 0; }
};

// The symbol's own name or, if it has none, that of the import it stands for. Linear in the number of imports if it stands
// for one, constant otherwise.
std::string_view symbol_name(const Module& module, const Symbol& symbol) noexcept;

// A value of some 60 bytes.
class LinkingSection {
 public:
  static constexpr std::uint32_t current_version = 2;

  // The section `linking`; nothing is in it if it is another one, or of another version. Linear in the number of subsections.
  LinkingSection(std::span<const std::byte> module, const CustomSection& section) noexcept;

  // Constant time.
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
  [[nodiscard]] EntryList<LinkingSegment> segments() const noexcept;
  [[nodiscard]] EntryList<InitFunction> init_functions() const noexcept;
  [[nodiscard]] EntryList<Comdat> comdats() const noexcept;
  [[nodiscard]] EntryList<Symbol> symbols() const noexcept;

 private:
  [[nodiscard]] ByteRange part(LinkingPart which) const noexcept {
    return parts_[static_cast<std::size_t>(which) - static_cast<std::size_t>(LinkingPart::segments)];
  }
  std::span<const std::byte> module_;
  std::uint32_t version_ = 0;
  ByteRange parts_[4]{};
};

// --- `reloc.*` ----------------------------------------------------------------------------------------------------------

// The relocation types, with the binary format's numbers.
enum class RelocationType : std::uint8_t {
  function_index_leb,
  table_index_sleb,
  table_index_i32,
  memory_addr_leb,
  memory_addr_sleb,
  memory_addr_i32,
  type_index_leb,
  global_index_leb,
  function_offset_i32,
  section_offset_i32,
  tag_index_leb,
  memory_addr_rel_sleb,
  table_index_rel_sleb,
  global_index_i32,
  memory_addr_leb64,
  memory_addr_sleb64,
  memory_addr_i64,
  memory_addr_rel_sleb64,
  table_index_sleb64,
  table_index_i64,
  table_number_leb,
  memory_addr_tls_sleb,
  function_offset_i64,
  memory_addr_locrel_i32,
  table_index_rel_sleb64,
  memory_addr_tls_sleb64,
  function_index_i32,
};
inline constexpr std::size_t relocation_type_count = 27;

// How the number stands in the bytes that are relocated.
enum class RelocationEncoding : std::uint8_t { leb, sleb, fixed32, leb64, sleb64, fixed64 };

// What a relocation type is. Total over all 256 numbers: of an unknown one the name is empty.
struct RelocationRow {
  std::string_view name;  // `R_WASM_FUNCTION_INDEX_LEB`
  RelocationEncoding encoding = RelocationEncoding::leb;
  std::uint8_t size = 0;  // bytes that are relocated
  bool has_addend = false;
  bool is_type = false;  // its index is a type index; otherwise a symbol's
  SymbolKind symbol = SymbolKind::function;
};
const RelocationRow& relocation_row(RelocationType type) noexcept;

struct Relocation {
  std::uint32_t at = 0;  // bytes, of the entry
  RelocationType type = RelocationType::function_index_leb;
  std::uint32_t offset =
      0;                    // bytes, from the start of the target section's contents (of a custom section: of its name)
  std::uint32_t index = 0;  // of a symbol or, for type_index_leb, a type
  std::int64_t addend = 0;
};

// A section `reloc.*`.
struct RelocationSection {
  std::uint32_t section = 0;  // index of the target section
  EntryList<Relocation> entries;
};

// Nothing is in it if it is another section. Constant time. The entries end at a relocation whose type is not known: how long
// it is is not known either.
RelocationSection relocations(std::span<const std::byte> module, const CustomSection& section) noexcept;

}  // namespace plimsoll
