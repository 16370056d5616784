// The name section (specification 3.0, appendix "Name Section", and the proposal extended-name-section): what the things in a
// module were called in its source.
//
//   const plimsoll::NameSection names(module);
//   const auto functions = plimsoll::NameIndex::make(names.functions());
//   if (functions) print((*functions)[7]);  // empty if function 7 has no name
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plimsoll/custom_sections.hpp"
#include "plimsoll/error.hpp"

namespace plimsoll {

// What a subsection names, with the binary format's numbers.
enum class NameKind : std::uint8_t {
  module,
  function,
  local,  // by function
  label,  // by function; the structured instructions of a body in the order in which they stand
  type,
  table,
  memory,
  global,
  element,
  data,
  field,  // by type
  tag,
};
inline constexpr std::size_t name_kind_count = 12;

struct NameEntry {
  std::uint32_t index = 0;
  std::uint32_t offset = 0;  // bytes, of the entry
  std::string_view name;     // valid UTF-8
};
using NameMap = EntryList<NameEntry>;

// The names of what belongs to one function or type.
struct NameGroup {
  std::uint32_t index = 0;   // of the function or type
  std::uint32_t offset = 0;  // bytes, of the group
  NameMap names;
};
using IndirectNameMap = EntryList<NameGroup>;

// The name of an index, or of an index in a group; nothing if it has none. Of several the first. Linear in the map: to look up
// more than a few, make a NameIndex.
std::optional<std::string_view> find_name(const NameMap& map, std::uint32_t index) noexcept;
NameMap find_names(const IndirectNameMap& map, std::uint32_t index) noexcept;

// The name section of a module: the first, if there are several. A value of some 150 bytes.
class NameSection {
 public:
  NameSection() = default;
  // Linear in the number of sections and subsections. Takes any bytes, so that the names of a module that was refused can be
  // shown too.
  explicit NameSection(std::span<const std::byte> module) noexcept;
  explicit NameSection(const Module& module) noexcept : NameSection(module.bytes()) {}

  // Whether there is one.
  explicit operator bool() const noexcept { return exists_; }

  // Constant time. Maps are empty where the subsection is missing, and for the kinds that are indirect maps.
  [[nodiscard]] std::string_view module_name() const noexcept;
  [[nodiscard]] NameMap map(NameKind kind) const noexcept;
  [[nodiscard]] NameMap functions() const noexcept { return map(NameKind::function); }
  [[nodiscard]] NameMap types() const noexcept { return map(NameKind::type); }
  [[nodiscard]] NameMap tables() const noexcept { return map(NameKind::table); }
  [[nodiscard]] NameMap memories() const noexcept { return map(NameKind::memory); }
  [[nodiscard]] NameMap globals() const noexcept { return map(NameKind::global); }
  [[nodiscard]] NameMap elements() const noexcept { return map(NameKind::element); }
  [[nodiscard]] NameMap data() const noexcept { return map(NameKind::data); }
  [[nodiscard]] NameMap tags() const noexcept { return map(NameKind::tag); }
  // The kinds local, label and field; empty for the others.
  [[nodiscard]] IndirectNameMap indirect_map(NameKind kind) const noexcept;
  [[nodiscard]] IndirectNameMap locals() const noexcept { return indirect_map(NameKind::local); }
  [[nodiscard]] IndirectNameMap labels() const noexcept { return indirect_map(NameKind::label); }
  [[nodiscard]] IndirectNameMap fields() const noexcept { return indirect_map(NameKind::field); }

 private:
  std::span<const std::byte> module_;
  std::array<ByteRange, name_kind_count> subsections_{};
  bool exists_ = false;
};

// Looks names up by index: what a disassembler or a stack trace needs. Of several names of one index the first is found.
//
// Made in time linear in the map if its indices ascend, as they should; otherwise they are sorted. Keeps 1 byte per entry if
// they ascend, 8 if they do not. Looking up takes the logarithm of the number of entries. Movable, not copyable.
class NameIndex {
 public:
  NameIndex() = default;  // finds nothing
  NameIndex(NameIndex&&) noexcept = default;
  NameIndex& operator=(NameIndex&& other) noexcept;
  NameIndex(const NameIndex&) = delete;
  NameIndex& operator=(const NameIndex&) = delete;
  ~NameIndex() = default;

  // Fails with out_of_memory only. `memory` must outlive the index.
  static std::expected<NameIndex, Error> make(
      const NameMap& map, std::pmr::memory_resource* memory = std::pmr::new_delete_resource()) noexcept;

  // The name of an index; nothing if it has none.
  [[nodiscard]] std::optional<std::string_view> find(std::uint32_t index) const noexcept;
  // The same, and an empty name if it has none.
  [[nodiscard]] std::string_view operator[](std::uint32_t index) const noexcept { return find(index).value_or(""); }

 private:
  struct Place {
    std::uint32_t index = 0;
    std::uint32_t offset = 0;
  };
  NameIndex(const NameMap& map, std::pmr::memory_resource* memory) noexcept : map_(map), places_(memory) {}

  NameMap map_;
  std::pmr::vector<Place> places_;  // ascending; of every stride-th entry of the map
  std::uint32_t stride_ = 1;
  std::uint32_t entries_ = 0;
};

}  // namespace plimsoll
