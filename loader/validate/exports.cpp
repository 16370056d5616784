// The export section (specification 3.0, sections 3.5 and 5.5.10).
//
// Names are looked up some at a time, after all of them have been hashed: the places where searches begin are fetched while
// further entries are read, so a search that takes other steps than the processor guessed costs less.
#include <algorithm>
#include <array>
#include <span>

#include "bytes/hash.hpp"
#include "validate/loader.hpp"

namespace plimsoll {
namespace {

// The names of the exports of a module, among which there must be no two alike.
class ExportNames {
 public:
  static constexpr std::uint32_t at_once = 16;
  static constexpr std::uint32_t none = HashIndex::none;

  // Of `count` entries, of which there can be `room` in the section. Throws std::bad_alloc.
  ExportNames(std::pmr::memory_resource* memory, const ModuleData& module, std::span<const std::uint8_t> section,
              std::uint32_t count, std::size_t room)
      : module_(module), section_(section), index_(memory, room, section, count) {}

  // Adds the next one, whose length stands at `at`; whether it is ASCII. At most `at_once` of them, then find_twin() is due.
  bool add(std::span<const std::uint8_t> name, std::uint32_t at) noexcept {
    bool is_ascii = true;
    const std::uint64_t hash = hash_of(name, is_ascii);
    index_.prefetch(hash);
    added_[added_size_++] = {hash, name.data(), static_cast<std::uint32_t>(name.size()), at};
    return is_ascii;
  }

  // Where the first of those added stands that is like one in front of it. The records of all must be there, but for the last.
  std::uint32_t find_twin() noexcept {
    for (const Added& added : std::span(added_).first(added_size_)) {
      const std::span name(added.name, added.size);
      const auto is_equal = [&](std::uint32_t other) { return std::ranges::equal(text(other), name); };
      if (index_.find_or_insert(added.hash, size_++, is_equal) != HashIndex::none) return added.at;
    }
    added_size_ = 0;
    return none;
  }

  // Sees to it that names made to collide do not for long. The records of all must be there. Throws std::bad_alloc.
  void keep_apart() {
    if (!index_.needs_key()) return;
    index_.set_key([&](std::uint32_t other) {
      bool is_ascii = true;
      return hash_of(text(other), is_ascii);
    });
  }

 private:
  struct Added {
    std::uint64_t hash;
    const std::uint8_t* name;
    std::uint32_t size;
    std::uint32_t at;
  };

  [[nodiscard]] std::span<const std::uint8_t> text(std::uint32_t other) const noexcept {
    Cursor name(module_.base, module_.base + module_.exports[other].name, section_.data() + section_.size());
    return name.take(name.u32());
  }
  std::uint64_t hash_of(std::span<const std::uint8_t> name, bool& is_ascii) const noexcept {
    return index_.with_hasher([&](auto hasher) {
      is_ascii = hasher.add(name);
      return hasher.value();
    });
  }

  const ModuleData& module_;
  std::span<const std::uint8_t> section_;
  HashIndex index_;
  std::uint32_t size_ = 0;
  std::array<Added, at_once> added_;
  std::size_t added_size_ = 0;
};

}  // namespace

// What is exported, under the name at `name_at`.
[[gnu::always_inline]] inline void Loader::load_external(Cursor& cursor, std::uint32_t name_at) {
  constexpr ErrorCode unknown[] = {ErrorCode::unknown_function, ErrorCode::unknown_table, ErrorCode::unknown_memory,
                                   ErrorCode::unknown_global, ErrorCode::unknown_tag};
  const ExternalKind kind = read_external_kind(cursor, ErrorCode::bad_export_kind);
  const std::uint32_t index_at = cursor.offset();
  const std::uint32_t index = cursor.u32();
  if (!cursor.ok()) return;
  const std::uint32_t size = index_space_size(kind);
  if (index >= size) {
    cursor.fail_index(unknown[static_cast<std::size_t>(kind)], index_at, index, size);
    return;
  }
  if (kind == ExternalKind::function) declared_.set(index);
  if (kind == ExternalKind::global && module_.globals[index].type.is_mutable())
    require(cursor, Feature::mutable_global, index_at);
  module_.exports.push_back({name_at, static_cast<std::uint32_t>(kind) & 7U, index & 0x1FFF'FFFFU});
}

void Loader::load_exports(Cursor& cursor) {
  constexpr std::uint32_t export_bytes = 3;  // at least
  const std::span<const std::uint8_t> section(cursor.position(), cursor.end());
  const std::uint32_t count = read_section_count(SectionId::export_, cursor);
  if (!cursor.ok()) return;
  const std::size_t room = std::min<std::size_t>(count, cursor.remaining() / export_bytes);
  declared_.reserve(module_.functions.size());
  module_.exports.reserve(module_.arena, room);
  ExportNames names(options_.memory, module_, section, count, room);
  for (std::uint32_t i = 0; i < count && cursor.ok();) {
    const Cursor before = cursor;
    for (const std::uint32_t end = i + std::min(count - i, ExportNames::at_once); i < end && cursor.ok(); ++i) {
      const std::uint32_t name_at = cursor.offset();
      const std::span<const std::uint8_t> name = cursor.take(cursor.length());
      if (!cursor.ok()) break;
      if (!names.add(name, name_at)) cursor.check_utf8(name);
      load_external(cursor, name_at);
    }
    // A name stands in front of what is wrong with its entry, or with a later one.
    if (const std::uint32_t twin = names.find_twin(); twin != ExportNames::none) {
      cursor = before;
      cursor.fail(ErrorCode::duplicate_export, twin);
    }
    if (cursor.ok()) names.keep_apart();
  }
}

}  // namespace plimsoll
