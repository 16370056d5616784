// What has to be known of a module before its functions can be shown: types, function types and names, by index.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/part.hpp"
#include "inspect/type_text.hpp"
#include "plimsoll/names.hpp"

namespace plimsoll::regress::inspect {

// The names under which functions are exported. Where a function has several, the first counts.
class ExportNames {
 public:
  void add(std::uint32_t function, ByteRange name) { entries_.push_back({function, name}); }
  // To be called when all are added.
  void sort();
  [[nodiscard]] std::optional<ByteRange> find(std::uint32_t function) const noexcept;
  // The functions exported under a name.
  [[nodiscard]] std::vector<std::uint32_t> named(FileBytes file, std::string_view name) const;

 private:
  struct Entry {
    std::uint32_t function;
    ByteRange name;
  };
  std::vector<Entry> entries_;
};

// The groups of an indirect name map, by the index of the function or type that each is for.
class NameGroups {
 public:
  NameGroups() = default;
  explicit NameGroups(const IndirectNameMap& map);
  // Empty if there is no group.
  [[nodiscard]] NameMap find(std::uint32_t index) const noexcept;

 private:
  struct Place {
    std::uint32_t index;
    std::uint32_t offset;
  };
  IndirectNameMap map_;
  std::vector<Place> places_;
};

// Made in time linear in the module; holds a few words for each type, function and name.
class Index {
 public:
  explicit Index(const Part& part);

  [[nodiscard]] const Part& part() const noexcept { return part_; }
  [[nodiscard]] std::uint32_t imported_functions() const noexcept { return imported_functions_; }
  [[nodiscard]] std::uint32_t functions() const noexcept { return static_cast<std::uint32_t>(function_types_.size()); }
  [[nodiscard]] std::optional<std::uint32_t> function_type(std::uint32_t function) const noexcept;
  // Reads a type's definition; false if there is none.
  bool read_type(std::uint32_t type, TypeDefinition& definition) const;
  // How many parameters a type has; 0 if it is not one of functions.
  [[nodiscard]] std::uint32_t parameters(std::uint32_t type) const noexcept;
  // `(param i32) (result i32)`, as far as it is known, with a blank before each. Of a type with many of them nothing: what is
  // printed would not be linear in the module, which may use it in every instruction.
  [[nodiscard]] std::string signature(std::uint32_t type) const;
  // ` (type 3)` and the signature.
  [[nodiscard]] std::string type_use(std::uint32_t type) const;

  [[nodiscard]] std::optional<std::string_view> name(NameKind kind, std::uint32_t index) const;
  // The name under which the function is exported first.
  [[nodiscard]] std::optional<std::string_view> exported(std::uint32_t function) const;
  // `$name`; for functions without one `(export "name")` or `(import "module" "name")`; or nothing.
  // A name of more than `most` bytes is cut, and ends in `...`.
  [[nodiscard]] std::string label(NameKind kind, std::uint32_t index, std::size_t most = std::string_view::npos) const;
  // The functions whose name, or else whose export's name, this is.
  [[nodiscard]] std::vector<std::uint32_t> functions_named(std::string_view name) const;
  // The names of one function's locals, and of one type's fields.
  [[nodiscard]] NameIndex local_names(std::uint32_t function) const { return index_of(locals_.find(function)); }
  [[nodiscard]] NameIndex field_names(std::uint32_t type) const { return index_of(fields_.find(type)); }

 private:
  void read_types();
  void read_functions();
  void read_exports();
  [[nodiscard]] static NameIndex index_of(const NameMap& map);

  Part part_;
  struct TypePlace {
    std::uint32_t offset = 0;  // of the definition
    std::uint32_t parameters = 0;
    bool is_long = false;  // too long to be printed with every use
  };
  std::vector<TypePlace> types_;
  std::vector<std::uint32_t> function_types_;
  std::uint32_t imported_functions_ = 0;
  std::vector<ByteRange> import_names_;  // of functions: module, then name
  ExportNames export_names_;
  NameSection names_;
  std::array<NameIndex, name_kind_count> name_indices_;
  NameGroups locals_;
  NameGroups fields_;
};

}  // namespace plimsoll::regress::inspect
