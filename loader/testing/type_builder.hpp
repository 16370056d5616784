// Defined types put into a TypeStore one rec group after the other, for tests of the type layer alone: as the type section
// does it, but without a word on whether the types are valid.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <utility>
#include <vector>

#include "types/type_store.hpp"

namespace plimsoll::test {

inline ValueType ref(std::uint32_t index) { return ValueType::reference(index, false); }
inline ValueType null_ref(std::uint32_t index) { return ValueType::reference(index, true); }
inline ValueType ref(HeapType heap) { return ValueType::reference(heap, false); }
inline ValueType null_ref(HeapType heap) { return ValueType::reference(heap, true); }

struct Definition {
  CompositeKind kind = CompositeKind::function;
  std::vector<ValueType> parameters = {};
  std::vector<ValueType> results = {};
  std::vector<FieldType> fields = {};
  bool is_final = true;
  std::optional<std::uint32_t> supertype = {};
};

inline Definition function(std::vector<ValueType> parameters, std::vector<ValueType> results) {
  return {CompositeKind::function, std::move(parameters), std::move(results)};
}
inline Definition structure(std::vector<FieldType> fields) {
  return {CompositeKind::struct_, {}, {}, std::move(fields)};
}
inline Definition array_of(FieldType element) { return {CompositeKind::array, {}, {}, {element}}; }
inline Definition open(Definition definition) {
  definition.is_final = false;
  return definition;
}
inline Definition final_under(std::uint32_t supertype, Definition definition) {
  definition.supertype = supertype;
  return definition;
}
inline Definition under(std::uint32_t supertype, Definition definition) {
  return open(final_under(supertype, std::move(definition)));
}

class TypeBuilder {
 public:
  TypeBuilder() { store_.reserve(arena_, 4096, 65536); }

  // Adds a group and returns the index of its first type.
  std::uint32_t add(const std::vector<Definition>& group) {
    const std::uint32_t start = store_.size();
    for (const Definition& definition : group) add_one(definition, start);
    if (store_.close_group(start, groups_)) return start;
    for (std::uint32_t i = start; i < store_.size(); ++i)
      if (store_[i].supertype != TypeRecord::no_supertype) store_.set_depth(i, store_[store_[i].supertype].depth + 1U);
    return start;
  }
  std::uint32_t add(const Definition& definition) { return add(std::vector<Definition>{definition}); }

  void finish() { store_.finish(arena_); }

  // As if the groups so far, of which there must be one, had collided: they get hashes with a key.
  void collide() {
    while (!groups_.needs_key()) groups_.add_again(0, 0);
  }

  [[nodiscard]] const TypeStore& store() const { return store_; }
  [[nodiscard]] std::vector<std::uint32_t> canonical() const {
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < store_.size(); ++i) indices.push_back(store_[i].canonical);
    return indices;
  }

 private:
  ValueType resolve(ValueType type, std::uint32_t start) const {
    const bool earlier = type.is_reference() && type.is_concrete() && type.type_index() < start;
    return earlier ? store_.canonical(type) : type;
  }
  void add_one(const Definition& definition, std::uint32_t start) {
    TypeRecord record;
    record.values = store_.value_count();
    record.set_kind(definition.kind);
    record.is_final = definition.is_final ? 1 : 0;
    record.starts_group = store_.size() == start ? 1 : 0;
    record.canonical = store_.size() & TypeRecord::no_supertype;
    if (definition.supertype) {
      const std::uint32_t super = *definition.supertype;
      record.supertype = (super < start ? store_[super].canonical : super) & TypeRecord::no_supertype;
    }
    for (const ValueType type : definition.parameters) store_.add_value(resolve(type, start).bits());
    for (const ValueType type : definition.results) store_.add_value(resolve(type, start).bits());
    for (const FieldType field : definition.fields)
      store_.add_value(FieldType(resolve(field.storage(), start), field.is_mutable()).bits());
    record.parameter_count = static_cast<std::uint16_t>(definition.parameters.size());
    record.count = static_cast<std::uint16_t>(store_.value_count() - record.values);
    store_.add(record);
  }

  Arena arena_{std::pmr::new_delete_resource()};
  HashIndex groups_{std::pmr::new_delete_resource(), 64, {}};  // more groups than that, and it starts again
  TypeStore store_;
};

}  // namespace plimsoll::test
