// SectionReader: what reading custom sections needs beyond a Cursor: texts that may be wrong without stopping the walk, and
// lists that are made into views.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/cursor.hpp"
#include "plimsoll/custom_sections.hpp"

namespace plimsoll {

inline const std::uint8_t* first_byte(std::span<const std::byte> module) noexcept {
  return reinterpret_cast<const std::uint8_t*>(module.data());
}
inline std::string_view text_at(std::span<const std::byte> module, ByteRange range) noexcept {
  return {reinterpret_cast<const char*>(module.data()) + range.offset, range.size};
}

class CustomCheck;

class SectionReader : public Cursor {
 public:
  // Reads the part of the range that lies inside the module. Tells `check`, if there is one, of texts that are not UTF-8.
  SectionReader(std::span<const std::byte> module, ByteRange range, CustomCheck* check = nullptr) noexcept
      : SectionReader(first_byte(module), within(range, module.size()), module, check) {}

  // A length and that many bytes. If they are no UTF-8, the reader goes on and gives an empty text.
  std::string_view text() noexcept;

  [[nodiscard]] std::span<const std::byte> module() const noexcept { return module_; }
  [[nodiscard]] ByteRange rest() const noexcept { return {offset(), static_cast<std::uint32_t>(remaining())}; }

 private:
  SectionReader(const std::uint8_t* base, ByteRange range, std::span<const std::byte> module,
                CustomCheck* check) noexcept
      : Cursor(base, base + range.offset, base + range.offset + range.size), module_(module), check_(check) {}

  std::span<const std::byte> module_;
  CustomCheck* check_;
};

template <class Entry>
using ReadEntry = Entry (*)(SectionReader&) noexcept;

template <class Entry, ReadEntry<Entry> read>
bool take_entry(std::span<const std::byte> module, ByteRange& rest, Entry& entry) noexcept {
  SectionReader reader(module, rest);
  entry = read(reader);
  if (!reader.ok()) return false;
  rest = reader.rest();
  return true;
}

// The list at the reader: a count, then entries of at least `least` bytes each, to the end of what the reader reads.
template <class Entry, ReadEntry<Entry> read>
EntryList<Entry> read_list(SectionReader& reader, std::uint32_t least) noexcept {
  const std::uint32_t declared = reader.u32();
  const std::uint32_t count = std::min(declared, static_cast<std::uint32_t>(reader.remaining() / least));
  return {reader.module(), reader.rest(), count, take_entry<Entry, read>};
}

// A list that something follows: the reader is behind its last entry afterwards.
template <class Entry, ReadEntry<Entry> read>
EntryList<Entry> read_inner_list(SectionReader& reader, std::uint32_t least) noexcept {
  const std::uint32_t at = reader.offset();
  const std::uint32_t declared = reader.u32();
  const std::uint32_t count = std::min(declared, static_cast<std::uint32_t>(reader.remaining() / least));
  const ByteRange rest = reader.rest();
  if (count != declared) reader.fail(ErrorCode::unexpected_end_of_section, at);
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) read(reader);
  return {reader.module(), {rest.offset, reader.offset() - rest.offset}, count, take_entry<Entry, read>};
}

// A part of a section: an id, a size, and that many bytes.
struct Subsection {
  std::uint8_t id = 0;
  std::uint32_t offset = 0;  // of the id
  ByteRange contents;
};
// Takes the next one; false at the end or where none can be read.
inline bool next_subsection(SectionReader& reader, Subsection& subsection) noexcept {
  if (!reader.ok() || reader.at_end()) return false;
  subsection.offset = reader.offset();
  subsection.id = reader.byte();
  const std::uint32_t size = reader.length();
  subsection.contents = {reader.offset(), size};
  reader.take(size);
  return reader.ok();
}

}  // namespace plimsoll
