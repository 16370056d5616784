// Module: what a load returns. An index over the bytes of a valid module (specification 3.0, section 2.5): every name, body,
// segment and custom section is a view into them; nothing is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "plimsoll/bytes.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/instruction_reader.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll {

// A range of the module's bytes, in bytes from its first one.
struct ByteRange {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

// The part of a range that lies inside `size` bytes.
constexpr ByteRange within(ByteRange range, std::size_t size) noexcept {
  const std::size_t begin = range.offset < size ? range.offset : size;
  const std::size_t rest = size - begin;
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(range.size < rest ? range.size : rest)};
}

// Section ids (section 5.5.2).
enum class SectionId : std::uint8_t {
  custom,
  type,
  import,
  function,
  table,
  memory,
  global,
  export_,
  start,
  element,
  code,
  data,
  data_count,
  tag,
};

// What an import or export is (section 5.5.5), with the binary format's numbers.
enum class ExternalKind : std::uint8_t { function, table, memory, global, tag };

// The records below are plain data. A Module keeps only where they stand and what validation needs again; the rest is read
// from the bytes when a record is asked for, in time linear in the record's own bytes.

struct ModuleData;

// The records of one kind: a forward range with operator[] that reads a record when it is dereferenced. Three words; valid
// as long as the Module. Indices must be below size().
template <class Record>
class Records {
 public:
  using Read = Record (*)(const ModuleData&, std::uint32_t) noexcept;
  class Iterator {
   public:
    using value_type = Record;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Records* records, std::uint32_t index) noexcept : records_(*records), index_(index) {}
    Record operator*() const noexcept { return records_[index_]; }
    Iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator old = *this;
      ++index_;
      return old;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    Records records_;
    std::uint32_t index_ = 0;
  };

  Records() = default;
  Records(const ModuleData& module, std::uint32_t size, Read read) noexcept
      : module_(&module), size_(size), read_(read) {}
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  Record operator[](std::size_t index) const noexcept { return read_(*module_, static_cast<std::uint32_t>(index)); }
  [[nodiscard]] Record front() const noexcept { return (*this)[0]; }
  [[nodiscard]] Record back() const noexcept { return (*this)[size_ - 1]; }
  [[nodiscard]] Iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] Iterator end() const noexcept { return {this, size_}; }

 private:
  const ModuleData* module_ = nullptr;
  std::uint32_t size_ = 0;
  Read read_ = nullptr;
};

struct Import {
  ByteRange module;
  ByteRange name;
  ExternalKind kind = ExternalKind::function;
  std::uint32_t index = 0;  // in the index space of its kind: the type is found there
  bool is_exact = false;    // functions: of this very type and of no subtype of it (custom descriptors)
};

struct Table {
  ValueType element;
  SizeLimits limits;  // entries
  ByteRange init;     // constant expression with its `end`; empty: none, or imported
};

struct Memory {
  SizeLimits limits;  // pages
};

struct Global {
  ValueType type;
  bool is_mutable = false;
  ByteRange init;          // constant expression with its `end`; empty: imported
  bool is_shared = false;  // shared-everything threads
};

struct Export {
  ByteRange name;
  ExternalKind kind = ExternalKind::function;
  std::uint32_t index = 0;
};

enum class SegmentMode : std::uint8_t { active, passive, declarative };

struct Element {
  SegmentMode mode = SegmentMode::active;
  bool has_expressions = false;  // the items are constant expressions; otherwise function indices
  std::uint32_t table = 0;       // active only
  ValueType type;
  std::uint32_t count = 0;  // items
  ByteRange offset;         // constant expression with its `end`; active only
  ByteRange items;
};

struct Data {
  SegmentMode mode = SegmentMode::active;
  std::uint32_t memory = 0;  // active only
  ByteRange offset;          // constant expression with its `end`; active only
  ByteRange bytes;
};

struct Section {
  SectionId id = SectionId::custom;
  ByteRange payload;         // for custom sections: what follows the name
  ByteRange name;            // custom sections only
  std::uint32_t offset = 0;  // bytes, of the id
};

// The sections of a module, walked where they stand.
class SectionWalk {
 public:
  explicit SectionWalk(std::span<const std::byte> module) noexcept
      : module_(module), position_(module.size() < preamble ? static_cast<std::uint32_t>(module.size()) : preamble) {}
  // Takes the next section; false after the last. Constant time.
  bool next(Section& section) noexcept;

 private:
  std::span<const std::byte> module_;
  static constexpr std::uint32_t preamble = 8;  // bytes
  std::uint32_t position_;
};

// Local declarations of a function body: `count` locals of one type, run by run, decoded as they are walked.
struct LocalRun {
  std::uint32_t count = 0;
  ValueType type;  // type indices as written
};

// The items of an element segment, walked where they stand.
class ElementItems {
 public:
  struct Item {
    bool is_expression = false;
    std::uint32_t function = 0;  // if not an expression
    ByteRange expression;        // with its `end`
  };
  ElementItems(std::span<const std::byte> module, const Element& element) noexcept
      : module_(module), element_(element) {
    element_.items = within(element.items, module.size());
    position_ = element_.items.offset;
  }
  // Takes the next item; false after the last. Linear in the item's bytes.
  bool next(Item& item) noexcept;

 private:
  std::span<const std::byte> module_;
  Element element_;
  std::uint32_t position_ = 0;
  std::uint32_t done_ = 0;
};

// A function body (section 5.5.13): local declarations, then instructions.
class FunctionBody {
 public:
  FunctionBody(std::span<const std::byte> module, ByteRange range) noexcept;
  [[nodiscard]] ByteRange range() const noexcept { return range_; }            // locals included
  [[nodiscard]] ByteRange expression() const noexcept { return expression_; }  // the instructions with their `end`
  // Takes the next run of locals; false after the last.
  bool next_locals(LocalRun& run) noexcept;
  // A reader at the first instruction; offsets count from the start of the module.
  [[nodiscard]] InstructionReader instructions() const noexcept;

 private:
  std::span<const std::byte> module_;
  ByteRange range_;
  ByteRange expression_;
  std::uint32_t locals_position_ = 0;
};

// What can be read of a module: an index over its bytes, in which everything outside of the bodies is valid. Of the bodies it
// says where they are; whether they are valid, the type of the whole says: those of a Module are, those of a LazyModule
// (lazy.hpp) need not be.
// Immutable and so safe to read from any number of threads. Every view dies with the Module or LazyModule. All accessors are
// constant-time; see Records for what reading a record costs. Names of functions, locals and the like stand in a custom
// section: see names.hpp.
class ModuleIndex {
 public:
  ModuleIndex(const ModuleIndex&) = delete;
  ModuleIndex& operator=(const ModuleIndex&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept;
  [[nodiscard]] std::span<const std::byte> bytes(ByteRange range) const noexcept {
    return bytes().subspan(range.offset, range.size);
  }
  // A name as text: valid UTF-8, not NUL-terminated.
  [[nodiscard]] std::string_view text(ByteRange range) const noexcept;

  // A walk over the sections in the order of the file, custom ones included.
  [[nodiscard]] SectionWalk sections() const noexcept { return SectionWalk(bytes()); }

  [[nodiscard]] Records<SubType> types() const noexcept;
  // The type with its type index replaced by the lowest one of an equal type: what == needs, where a type stands as it was
  // written (LocalRun, Instruction, BlockType). Types in records are so already. A type index that does not exist stays.
  [[nodiscard]] ValueType canonical(ValueType type) const noexcept;
  // Whether `sub` matches `super` (section 3.3): a value of the one may stand where the other is expected. Both may be as they
  // were written; false if a type index does not exist. At most as many steps as `super` has supertypes below `sub`.
  [[nodiscard]] bool matches(ValueType sub, ValueType super) const noexcept;
  [[nodiscard]] Records<Import> imports() const noexcept;
  // The index spaces: imported entries first.
  [[nodiscard]] std::span<const std::uint32_t> functions() const noexcept;  // type indices
  [[nodiscard]] Records<Table> tables() const noexcept;
  [[nodiscard]] std::span<const Memory> memories() const noexcept;
  [[nodiscard]] std::span<const std::uint32_t> tags() const noexcept;  // type indices
  [[nodiscard]] Records<Global> globals() const noexcept;
  [[nodiscard]] std::uint32_t imported_count(ExternalKind kind) const noexcept;

  [[nodiscard]] Records<Export> exports() const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> start() const noexcept;
  [[nodiscard]] Records<Element> elements() const noexcept;
  [[nodiscard]] ElementItems items(const Element& element) const noexcept { return {bytes(), element}; }
  [[nodiscard]] std::optional<std::uint32_t> data_count() const noexcept;
  [[nodiscard]] Records<Data> data() const noexcept;

  // The bodies of the defined functions: bodies()[i] belongs to function imported_count(function) + i.
  [[nodiscard]] Records<ByteRange> bodies() const noexcept;
  [[nodiscard]] FunctionBody body(std::size_t defined_index) const noexcept {
    return {bytes(), bodies()[defined_index]};
  }

  // The features the module was loaded with.
  [[nodiscard]] Features features() const noexcept;

 protected:
  ModuleIndex() = default;
  ~ModuleIndex() = default;

 private:
  friend struct ModuleAccess;
  ModuleData* data_ = nullptr;
};

// A valid module. Destroying it frees everything it owns to the memory resource it came from, and unmaps or frees its bytes if
// it owns them.
class Module final : public ModuleIndex {
 public:
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module() = default;

  // Runs the destructor and gives the memory back to the resource of the load; called by `delete`, so by unique_ptr.
  static void operator delete(Module* module, std::destroying_delete_t) noexcept;

 private:
  friend struct ModuleAccess;
  Module() = default;
};

}  // namespace plimsoll
