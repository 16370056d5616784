// Custom sections (specification 3.0, section 5.5.3 and appendix "Custom Sections"; the conventions of WebAssembly's tools):
// which there are, and what all their views have in common.
//
// Nothing in a custom section makes a module invalid, so nothing here fails: views are total over any bytes. They are values
// of a few words that look into the module's bytes and allocate nothing; what they hand out lives as long as the bytes. Each
// view reads what it is asked for when it is asked. Where the bytes do not follow the format a list ends, a text that is not
// UTF-8 reads as empty, and a number that is not there as 0; check_custom_sections says what is wrong and where
// (custom_warnings.hpp).
// All functions are thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "plimsoll/module.hpp"

namespace plimsoll {

// The custom sections that are known, by name.
enum class CustomKind : std::uint8_t {
  other,
  name,                     // `name`
  producers,                // `producers`
  target_features,          // `target_features`
  dylink,                   // `dylink.0`
  linking,                  // `linking`
  relocations,              // `reloc.` and anything
  source_map,               // `sourceMappingURL`
  external_debug,           // `external_debug_info`
  build_id,                 // `build_id`
  branch_hints,             // `metadata.code.branch_hint`
  trace_marks,              // `metadata.code.trace_inst`
  compilation_priorities,   // `metadata.code.compilation_priority`
  instruction_frequencies,  // `metadata.code.instr_freq`
  call_targets,             // `metadata.code.call_targets`
  code_metadata,            // `metadata.code.` and anything else
  wasmedge,                 // `wasmedge`: code compiled ahead of time
};
inline constexpr std::size_t custom_kind_count = 17;

// The kind of the sections of a name. Constant time.
CustomKind custom_kind(std::string_view name) noexcept;

// The name of the sections of a kind; what it starts with for relocations and code_metadata; empty for `other`. Static storage.
std::string_view custom_name(CustomKind kind) noexcept;

struct CustomSection {
  CustomKind kind = CustomKind::other;
  std::uint32_t index = 0;   // among all sections of the module
  std::uint32_t offset = 0;  // bytes, of the section's id
  std::string_view name;     // valid UTF-8
  ByteRange contents;        // what follows the name
};

// The custom sections of a module in the order of the file. Takes any bytes: the walk ends at what is not a section.
class CustomSectionWalk {
 public:
  explicit CustomSectionWalk(std::span<const std::byte> module) noexcept : module_(module), sections_(module) {}
  explicit CustomSectionWalk(const Module& module) noexcept : CustomSectionWalk(module.bytes()) {}
  // Takes the next custom section; false after the last. Linear in the number of sections passed.
  bool next(CustomSection& section) noexcept;

 private:
  std::span<const std::byte> module_;
  SectionWalk sections_;
  std::uint32_t index_ = 0;
};

// The first section of a kind. Linear in the number of sections.
std::optional<CustomSection> find_custom_section(std::span<const std::byte> module, CustomKind kind) noexcept;

// Entries that stand one after the other in the bytes: a forward range that decodes each entry when it is reached. A value of
// five words. A walk is linear in the bytes of the entries and ends early at an entry that does not follow the format.
template <class Entry>
class EntryList {
 public:
  // Takes the entry at the front of `rest`; false if there is none.
  using Take = bool (*)(std::span<const std::byte> module, ByteRange& rest, Entry& entry) noexcept;

  class Iterator {
   public:
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(const EntryList& list) noexcept : rest_(list) { ++*this; }
    Entry operator*() const noexcept { return entry_; }
    const Entry* operator->() const noexcept { return &entry_; }
    Iterator& operator++() noexcept {
      at_end_ = rest_.count_ == 0 || !rest_.take_(rest_.module_, rest_.range_, entry_);
      if (!at_end_) --rest_.count_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator old = *this;
      ++*this;
      return old;
    }
    bool operator==(const Iterator& other) const noexcept {
      return at_end_ == other.at_end_ && (at_end_ || rest_.range_.offset == other.rest_.range_.offset);
    }
    bool operator==(std::default_sentinel_t) const noexcept { return at_end_; }

   private:
    EntryList rest_;
    Entry entry_{};
    bool at_end_ = true;
  };

  EntryList() = default;
  EntryList(std::span<const std::byte> module, ByteRange range, std::uint32_t count, Take take) noexcept
      : module_(module), range_(within(range, module.size())), count_(count), take_(take) {}
  // The entries that the section counts, at most as many as its bytes have room for. A walk may find fewer.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return begin() == end(); }
  // `count` of the entries, from the one at `offset` on: offsets are those that entries were found at.
  [[nodiscard]] EntryList part(std::uint32_t offset, std::uint32_t count) const noexcept {
    EntryList part = *this;
    part.range_ = {offset, range_.size - (offset - range_.offset)};
    part.count_ = count;
    return part;
  }
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(*this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  std::span<const std::byte> module_;
  ByteRange range_;
  std::uint32_t count_ = 0;
  Take take_ = nullptr;
};

}  // namespace plimsoll
