// The types of a module, read and compared again without anything of the loader's: rec groups are equal if they are written alike
// once what they refer to is, a type matches another if the rules of the specification (sections 3.1.3 and 3.3) say so one by one.
// Slow on purpose: no hashes, no numbering of trees, no table of parents.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oracles/strict_reader.hpp"
#include "plimsoll/module.hpp"

namespace plimsoll::fuzz {

class PlainTypes {
 public:
  // Reads the type section at the reader. Breaks `valid` where it breaks a rule.
  explicit PlainTypes(StrictReader& reader);
  PlainTypes() = default;

  [[nodiscard]] std::size_t size() const noexcept { return types_.size(); }
  // The lowest index of an equal type.
  [[nodiscard]] std::uint32_t canonical(std::uint32_t index) const { return types_[index].canonical; }
  // Whether one value type matches another; type indices are canonical.
  [[nodiscard]] bool matches(ValueType sub, ValueType super) const;
  // A value type at the reader, its type index as it is written.
  static ValueType read_value_type(StrictReader& reader);
  // The fields of a struct or array.
  [[nodiscard]] const std::vector<FieldType>& fields(std::uint32_t index) const { return types_[index].fields; }

 private:
  struct Type {
    CompositeKind kind = CompositeKind::function;
    bool is_final = true;
    bool is_shared = false;
    std::optional<std::uint32_t> supertype;
    std::optional<std::uint32_t> described;
    std::optional<std::uint32_t> descriptor;
    std::vector<ValueType> parameters;
    std::vector<ValueType> results;
    std::vector<FieldType> fields;
    std::uint32_t continued = 0;
    std::uint32_t canonical = 0;
  };

  void read_group(StrictReader& reader);
  Type read_type(StrictReader& reader) const;
  static ValueType read_heap_type(StrictReader& reader, bool nullable);
  static FieldType read_field(StrictReader& reader);
  void make_canonical(Type& type) const;
  [[nodiscard]] std::string spelled(const Type& type, std::uint32_t start) const;
  [[nodiscard]] bool heap_matches(ValueType sub, ValueType super) const;
  [[nodiscard]] bool index_matches(std::uint32_t sub, std::uint32_t super) const;
  [[nodiscard]] bool field_matches(FieldType sub, FieldType super) const;
  [[nodiscard]] bool type_matches(const Type& sub, const Type& super) const;

  std::vector<Type> types_;
  std::map<std::string, std::uint32_t> groups_;  // as they are spelled; where the first such group starts
};

// Breaks `types` if the Module and its types read again do not agree on which types are equal, and on which match.
void require_same_types(const Module& module, const PlainTypes& types);

}  // namespace plimsoll::fuzz
