// What is inspected: a core module, on its own or inside a component; and the walks over its sections and entries.
//
// Nothing here asks whether a module is valid: every walk goes as far as the bytes can be read and then says why it stopped.
// Offsets count from the start of the file, also inside components. The grammar is section 5.5 of the specification 3.0.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bytes/cursor.hpp"
#include "plimsoll/module.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll::regress::inspect {

using FileBytes = std::span<const std::byte>;

inline constexpr std::uint32_t preamble_size = 8;  // bytes

// A module or a component, where it stands in the file.
struct Part {
  FileBytes file;
  ByteRange range;   // preamble included
  std::string name;  // `FILE`, `FILE#core0`, `FILE#component1#core0`
};

enum class PartKind : std::uint8_t { module, component, unknown };
[[nodiscard]] PartKind kind_of(const Part& part) noexcept;

[[nodiscard]] inline std::string_view text_of(FileBytes file, ByteRange range) noexcept {
  range = within(range, file.size());
  return {reinterpret_cast<const char*>(file.data()) + range.offset, range.size};
}
[[nodiscard]] Cursor cursor_over(FileBytes file, ByteRange range) noexcept;
[[nodiscard]] inline ByteRange range_between(std::uint32_t begin, std::uint32_t end) noexcept {
  return {begin, end - begin};
}
// A name, of which nothing but its length is checked.
ByteRange take_name(Cursor& cursor) noexcept;

// A section as it stands in the file.
struct RawSection {
  std::uint8_t id = 0;
  std::uint32_t header = 0;    // offset of the id
  std::uint32_t declared = 0;  // bytes that it says it has; `payload` has fewer if the file ends before
  ByteRange payload;           // custom sections: the name included
  ByteRange name;              // custom sections only
  ByteRange contents;          // custom sections: what follows the name
};

// The sections of a module or component. Ends at what cannot be read.
class RawSections {
 public:
  explicit RawSections(const Part& part) noexcept
      : file_(part.file), position_(part.range.offset + preamble_size), end_(part.range.offset + part.range.size) {}
  bool next(RawSection& section) noexcept;
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

 private:
  FileBytes file_;
  std::uint32_t position_;
  std::uint32_t end_;
  std::optional<Error> error_;
};

[[nodiscard]] constexpr std::uint8_t number(SectionId id) noexcept { return static_cast<std::uint8_t>(id); }
// `type`, `data count`, `section 99`.
[[nodiscard]] std::string section_name(std::uint8_t id, PartKind kind);
// Whether the section starts with the number of its entries.
[[nodiscard]] bool is_vector(std::uint8_t id, PartKind kind) noexcept;

// The entries of all sections with one id, one after the other: a module that is not valid may have several.
// `read(cursor, index)` takes one entry; an entry that it could not read ends the walk of that section.
// Returns the first error, if there was one.
template <class Read>
std::optional<Error> each_entry(const Part& part, SectionId id, Read read) {
  std::optional<Error> error;
  std::uint32_t index = 0;
  RawSections sections(part);
  for (RawSection section; sections.next(section);) {
    if (section.id != number(id)) continue;
    Cursor cursor = cursor_over(part.file, section.payload);
    const std::uint32_t count = cursor.u32();
    for (std::uint32_t i = 0; i < count && cursor.ok(); ++i, ++index) read(cursor, index);
    if (!cursor.ok() && !error) error = cursor.error();
  }
  return error;
}

// The type of an import, or of an entry of the table, memory, global or tag section.
struct ExternalType {
  ExternalKind kind = ExternalKind::function;
  bool is_exact = false;   // functions
  std::uint32_t type = 0;  // functions and tags: the type's index
  ValueType value;         // tables: the element type; globals
  bool is_mutable = false;
  bool is_shared = false;  // globals
  SizeLimits limits;       // tables and memories
};
[[nodiscard]] std::string_view kind_name(ExternalKind kind) noexcept;  // as in the text format: `func`
void read_external_type(Cursor& cursor, ExternalKind kind, ExternalType& type) noexcept;
// `(type 3)`, `10 20 funcref`, `i64 1 shared`, `(mut i32)`.
[[nodiscard]] std::string to_text(const ExternalType& type);

struct RawImport {
  std::uint32_t offset = 0;
  ByteRange module;
  ByteRange name;
  ExternalType type;
  std::uint32_t index = 0;  // in the index space of its kind
};

// Hands every import to `use`, those of compact groups one by one. Returns the first error, if there was one.
std::optional<Error> each_import(const Part& part, const std::function<void(const RawImport&)>& use);

struct RawExport {
  std::uint32_t offset = 0;
  ByteRange name;
  ExternalKind kind = ExternalKind::function;
  std::uint32_t index = 0;
};
// Takes one export.
void read_export(Cursor& cursor, RawExport& entry) noexcept;

// Takes the constant expression at the cursor; the range has its `end`.
ByteRange take_expression(FileBytes file, Cursor& cursor) noexcept;

struct RawData {
  std::uint32_t offset = 0;
  bool is_active = false;
  std::uint32_t memory = 0;
  ByteRange expression;  // active segments: where in memory
  ByteRange bytes;
};
void read_data(FileBytes file, Cursor& cursor, RawData& entry) noexcept;

}  // namespace plimsoll::regress::inspect
