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

class SectionReader : public Cursor {
 public:
  // Reads the part of the range that lies inside the module.
  SectionReader(std::span<const std::byte> module, ByteRange range) noexcept
      : SectionReader(module, within(range, module.size()), 0) {}

  // A length and that many bytes. If they are no UTF-8, the reader goes on and gives an empty text.
  std::string_view text() noexcept {
    const std::uint32_t size = length();
    text_offset_ = offset();
    const std::span<const std::uint8_t> bytes = take(size);
    text_is_utf8_ = is_utf8(bytes.data(), bytes.size());
    return text_is_utf8_ ? std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())
                         : std::string_view();
  }
  // Of the last text.
  [[nodiscard]] bool text_is_utf8() const noexcept { return text_is_utf8_; }
  [[nodiscard]] std::uint32_t text_offset() const noexcept { return text_offset_; }

  [[nodiscard]] std::span<const std::byte> module() const noexcept { return module_; }
  [[nodiscard]] ByteRange rest() const noexcept { return {offset(), static_cast<std::uint32_t>(remaining())}; }

 private:
  SectionReader(std::span<const std::byte> module, ByteRange range, int) noexcept
      : Cursor(first_byte(module), first_byte(module) + range.offset, first_byte(module) + range.offset + range.size),
        module_(module) {}

  std::span<const std::byte> module_;
  std::uint32_t text_offset_ = 0;
  bool text_is_utf8_ = true;
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
