// ModuleData: what is behind a Module. Filled section by section while it is loaded, read-only afterwards.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "bytes/arena.hpp"
#include "bytes/stream_buffer.hpp"
#include "plimsoll/bytes.hpp"
#include "plimsoll/module.hpp"
#include "types/type_store.hpp"

namespace plimsoll {

using Source = std::variant<BorrowedBytes, OwnedBytes, MappedBytes, StreamBuffer>;

struct ModuleData;

// The one way to make a Module, for ModuleData alone, and to what is behind an index.
struct ModuleAccess {
  static Module make() noexcept { return Module(); }
  static void bind(ModuleIndex& index, ModuleData& data) noexcept { index.data_ = &data; }
  static ModuleData& data(ModuleIndex& index) noexcept { return *index.data_; }
  static const ModuleData& data(const ModuleIndex& index) noexcept { return *index.data_; }
};

// What is kept of an entry: where it stands, and what validation asks for again and again. The accessors of Module read the
// rest from the bytes (records.cpp). They are small so that no module, however it is made, costs many times its size.

struct ImportRecord {
  std::uint32_t at = 0;    // of the module name's length
  std::uint32_t name = 0;  // of the name's length
  ExternalKind kind = ExternalKind::function;
  std::uint32_t index : 24 = 0;
};
static_assert(sizeof(ImportRecord) == 12);

struct TableRecord {
  std::uint32_t at = 0;  // of the table, its initialiser's prefix included
  ValueType element;
  bool is_64 = false;
  bool is_shared = false;
  [[nodiscard]] ValueType address_type() const noexcept { return is_64 ? i64 : i32; }
};

struct GlobalRecord {
  FieldType type;
  std::uint32_t init = 0;  // of the initialiser; 0 if imported
  bool is_shared = false;
};

struct ExportRecord {
  std::uint32_t name = 0;  // of the name's length
  std::uint32_t kind : 3 = 0;
  std::uint32_t index : 29 = 0;
};
static_assert(sizeof(ExportRecord) == 8);

struct ElementRecord {
  std::uint32_t at = 0;
  ValueType type;
};

struct DataRecord {
  std::uint32_t at = 0;
  std::uint32_t bytes = 0;  // of the contents, which end where the next segment starts
};

// An index space: imported entries, then defined ones, each part sized once.
template <class T>
class IndexSpace {
 public:
  // Makes room for `extra` more entries, if there is not enough: existing ones (imports) move over then.
  void reserve(Arena& arena, std::size_t extra) {
    if (entries_.room() >= extra) return;
    FixedVector<T> larger;
    larger.reserve(arena, entries_.size() + extra);
    for (const T& entry : entries_) larger.push_back(entry);
    entries_ = larger;
  }
  void push_back(const T& entry) noexcept { entries_.push_back(entry); }
  [[nodiscard]] std::uint32_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool has(std::uint32_t index) const noexcept { return index < entries_.size(); }
  [[nodiscard]] const T& operator[](std::uint32_t index) const noexcept { return entries_[index]; }
  [[nodiscard]] std::span<const T> view() const noexcept { return entries_.view(); }
  [[nodiscard]] const T* data() const noexcept { return entries_.data(); }

 private:
  FixedVector<T> entries_;
};

struct ModuleData {
  ModuleData(Source&& bytes, std::pmr::memory_resource* memory, Features on) noexcept
      : source(std::move(bytes)), features(on), arena(memory) {
    ModuleAccess::bind(facade, *this);
    const std::span<const std::byte> view = std::visit([](const auto& s) { return s.view(); }, source);
    base = reinterpret_cast<const std::uint8_t*>(view.data());
    size = view.size();
  }
  ModuleData(const ModuleData&) = delete;
  ModuleData& operator=(const ModuleData&) = delete;

  Module facade = ModuleAccess::make();
  Source source;
  const std::uint8_t* base = nullptr;
  std::size_t size = 0;
  Features features;
  Arena arena;

  // Whether a reference to the function has the function's very type: all but imports, unless they say so.
  [[nodiscard]] bool is_exact_function(std::uint32_t index) const noexcept {
    return index >= imported[static_cast<std::size_t>(ExternalKind::function)] ||
           std::ranges::binary_search(exact_functions.view(), index);
  }

  // The type of a reference to the function, which must exist.
  [[nodiscard]] ValueType function_reference(std::uint32_t index) const noexcept {
    return ValueType::reference(types[functions[index]].canonical, false)
        .with_exact(features.has(Feature::custom_descriptors) && is_exact_function(index));
  }

  TypeStore types;
  FixedVector<ImportRecord> imports;
  std::array<std::uint32_t, 5> imported{};     // by ExternalKind
  IndexSpace<std::uint32_t> functions;         // type indices, as written
  FixedVector<std::uint32_t> exact_functions;  // imported ones whose type is exact, ascending (custom descriptors)
  IndexSpace<TableRecord> tables;
  IndexSpace<Memory> memories;
  IndexSpace<std::uint32_t> tags;  // type indices, as written
  IndexSpace<GlobalRecord> globals;
  FixedVector<ExportRecord> exports;
  std::optional<std::uint32_t> start;
  FixedVector<ElementRecord> elements;
  std::uint32_t elements_end = 0;  // offset
  std::optional<std::uint32_t> data_count;
  FixedVector<std::uint32_t> bodies;  // offsets of the bodies' sizes
  FixedVector<DataRecord> data;
  std::uint32_t data_end = 0;  // offset
};

}  // namespace plimsoll
