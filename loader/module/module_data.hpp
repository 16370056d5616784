// ModuleData: what is behind a Module. Filled section by section while it is loaded, read-only afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "bytes/arena.hpp"
#include "plimsoll/bytes.hpp"
#include "plimsoll/module.hpp"
#include "types/type_store.hpp"

namespace plimsoll {

using Source = std::variant<BorrowedBytes, OwnedBytes, MappedBytes>;

struct ModuleData;

// The one way to make a Module, for ModuleData alone.
struct ModuleAccess {
  static Module make() noexcept { return Module(); }
  static void bind(Module& module, ModuleData& data) noexcept { module.data_ = &data; }
  static ModuleData& data(Module& module) noexcept { return *module.data_; }
};

// An index space: imported entries, then defined ones, each part sized once.
template <class T>
class IndexSpace {
 public:
  // Makes room for `extra` more entries. Existing ones (imports, few) move over.
  void reserve(Arena& arena, std::size_t extra) {
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

  TypeStore types;
  FixedVector<Import> imports;
  std::array<std::uint32_t, 5> imported{};  // by ExternalKind
  IndexSpace<std::uint32_t> functions;      // type indices, as written
  IndexSpace<Table> tables;
  IndexSpace<Memory> memories;
  IndexSpace<std::uint32_t> tags;  // type indices, as written
  IndexSpace<Global> globals;
  FixedVector<Export> exports;
  std::optional<std::uint32_t> start;
  FixedVector<Element> elements;
  std::optional<std::uint32_t> data_count;
  FixedVector<ByteRange> bodies;
  FixedVector<Data> data;
};

}  // namespace plimsoll
