// TypeStore: the defined types of a module, equal ones folded onto one index (specification 3.0, sections 2.3.9, 3.1.3, 3.3).
//
// A type index inside a value type is replaced, when it is read, by the lowest index of an equal type, so from then on
// equality of types is equality of integers. The index of a rec group's own type stays as it is until the whole group is
// known; `close_group` then looks for an equal earlier group by a hash in which references into the group are relative.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/arena.hpp"
#include "bytes/hash.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll {

// One defined type, in sixteen bytes: an empty struct takes two in a module, and a load shall not take more than eight for
// each. Its value types or fields stand in the store's array from `values` on; before its fields a struct has a reference to
// the type it describes and one to its descriptor's type, as far as there are such. A continuation has its function type in
// `values` itself.
struct TypeRecord {
  static constexpr std::uint32_t no_supertype = (1U << 23) - 1;  // no index: see Limits::most_entries

  std::uint32_t values = 0;
  std::uint32_t supertype : 23 = no_supertype;  // once the store is finished: the type's node (TypeStore::finish)
  std::uint32_t depth : 8 = 0;
  std::uint32_t all_defaultable : 1 =
      0;  // a struct all of whose fields have a default; known once the store is finished
  std::uint32_t canonical : 23 = 0;
  std::uint32_t kind_bits : 4 = 0;
  std::uint32_t is_shared : 1 = 0;
  std::uint32_t has_descriptor : 1 = 0;
  std::uint32_t describes : 1 = 0;
  std::uint32_t is_final : 1 = 1;
  std::uint32_t starts_group : 1 = 1;
  std::uint16_t parameter_count = 0;
  std::uint16_t count = 0;  // parameters and results, or fields

  [[nodiscard]] CompositeKind kind() const noexcept { return static_cast<CompositeKind>(kind_bits); }
  void set_kind(CompositeKind kind) noexcept { kind_bits = static_cast<std::uint32_t>(kind) & 0xFU; }
  [[nodiscard]] std::uint32_t clauses() const noexcept { return has_descriptor + std::uint32_t{describes}; }
  // What equal types have in common, without what they refer to and where they stand.
  [[nodiscard]] std::uint64_t shape() const noexcept {
    const unsigned flags = kind_bits | std::uint32_t{is_shared} << 4 | std::uint32_t{has_descriptor} << 5 |
                           std::uint32_t{describes} << 6 | std::uint32_t{is_final} << 7;
    return flags | std::uint64_t{parameter_count} << 32 | std::uint64_t{count} << 48;
  }
};
static_assert(sizeof(TypeRecord) == 16);

// The type of a reference popped in unreachable code: matches every reference type, and no number. Never in a module.
inline constexpr ValueType bottom_reference = ValueType::reference(static_cast<HeapType>(0xFF), false);

// A reference made from one in unreachable code, of which nobody knows whether it is shared: matches as both would. A bit
// beside HeapType that no type read from a module has.
inline constexpr std::uint32_t unknown_share_bit = 1U << 17;
constexpr ValueType with_unknown_share(ValueType type) noexcept {
  return ValueType::from_bits(type.bits() | unknown_share_bit);
}
constexpr bool has_unknown_share(ValueType type) noexcept {
  return type == bottom_reference || (!type.is_concrete() && (type.bits() & unknown_share_bit) != 0);
}

class TypeStore {
 public:
  // Room for `types` records and `values` value types or fields in all.
  void reserve(Arena& arena, std::size_t types, std::size_t values) {
    records_.reserve(arena, types);
    values_.reserve(arena, values);
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return records_.size(); }
  [[nodiscard]] const TypeRecord& operator[](std::uint32_t index) const noexcept { return records_[index]; }
  [[nodiscard]] bool is(std::uint32_t index, CompositeKind kind) const noexcept {
    return index < size() && records_[index].kind() == kind;
  }
  [[nodiscard]] std::span<const ValueType> parameters(std::uint32_t index) const noexcept {
    const TypeRecord& type = records_[index];
    return {values_.data() + type.values, type.parameter_count};
  }
  [[nodiscard]] std::span<const ValueType> results(std::uint32_t index) const noexcept {
    const TypeRecord& type = records_[index];
    return {values_.data() + type.values + type.parameter_count,
            static_cast<std::size_t>(type.count - type.parameter_count)};
  }
  [[nodiscard]] std::span<const FieldType> fields(std::uint32_t index) const noexcept {
    const TypeRecord& type = records_[index];
    // A FieldType is one ValueType with a bit more; the record's kind says which are stored.
    return {reinterpret_cast<const FieldType*>(values_.data() + type.values + type.clauses()), type.count};
  }
  // The type of a struct's descriptor, and the type that it describes; TypeRecord::no_supertype if there is none.
  [[nodiscard]] std::uint32_t descriptor(std::uint32_t index) const noexcept {
    const TypeRecord& type = records_[index];
    return type.has_descriptor != 0 ? values_[type.values + type.describes].type_index() : TypeRecord::no_supertype;
  }
  [[nodiscard]] std::uint32_t described(std::uint32_t index) const noexcept {
    const TypeRecord& type = records_[index];
    return type.describes != 0 ? values_[type.values].type_index() : TypeRecord::no_supertype;
  }
  // The function type of a continuation type.
  [[nodiscard]] std::uint32_t continued(std::uint32_t index) const noexcept { return records_[index].values; }
  // Whether values of the type may pass between threads: numbers, and references to what is shared.
  [[nodiscard]] bool is_shared(ValueType type) const noexcept {
    if (!type.is_reference()) return true;
    return type.is_concrete() ? records_[type.type_index()].is_shared != 0 : type.is_shared_abstract();
  }
  [[nodiscard]] bool same_share(ValueType a, ValueType b) const noexcept;
  [[nodiscard]] SubType view(std::uint32_t index) const noexcept;

  // Building: types are added one by one, groups closed in order.
  void add_value(std::uint32_t bits) noexcept { values_.push_back(ValueType::from_bits(bits)); }
  [[nodiscard]] std::uint32_t value_count() const noexcept { return values_.size(); }
  // Takes back values that were added, from `first` on.
  void drop_values(std::uint32_t first) noexcept { values_.truncate(first); }
  void add(const TypeRecord& record) noexcept { records_.push_back(record); }
  void set_depth(std::uint32_t index, unsigned depth) noexcept { records_[index].depth = depth & 0xFFU; }
  // Folds the group that starts at `start` and ends with the last type onto an equal earlier one, if there is one: true.
  // Expected time linear in the group.
  // Throws std::bad_alloc.
  bool close_group(std::uint32_t start, HashIndex& groups);

  // Prepares for questions when all types are there: from then on `matches` takes constant time. Adds nothing if no type has
  // a supertype, else 12 bytes for each that has one or may be one. Linear in the types. Throws std::bad_alloc.
  void finish(Arena& arena);

  // The value type with its type index replaced by the canonical one. The index must exist.
  [[nodiscard]] ValueType canonical(ValueType type) const noexcept {
    return type.is_reference() && type.is_concrete() ? type.with_type_index(records_[type.type_index()].canonical)
                                                     : type;
  }

  // Subtyping (section 3.3). Both types must be canonical. Time is bounded by the depth of the hierarchy; constant once the
  // store is finished.
  [[nodiscard]] bool matches(ValueType sub, ValueType super) const noexcept {
    return sub == super || sub.with_null(true) == super || matches_slow(sub, super);
  }
  [[nodiscard]] bool matches(FieldType sub, FieldType super) const noexcept;
  // Whether the composite type of `sub` matches that of `super` (section 3.3.8); linear in their members.
  [[nodiscard]] bool composite_matches(std::uint32_t sub, std::uint32_t super) const noexcept;
  // Whether each type of `sub` matches its counterpart in `super`.
  [[nodiscard]] bool all_match(std::span<const ValueType> sub, std::span<const ValueType> super) const noexcept;
  // The top of the hierarchy that a reference belongs to: any, func, extern, exn or cont, as shared as it is, nullable.
  [[nodiscard]] ValueType top(ValueType reference) const noexcept;

 private:
  // A type that has a supertype or may be one, in a walk over the trees of them, parents first. Nodes stand in that order:
  // those of the types under it are the `size` from its own on.
  struct Node {
    std::uint32_t supertype;  // as in a record
    std::uint32_t size;
    std::uint32_t place;  // in nodes_
  };

  void number_trees(Arena& arena, std::size_t nodes);
  [[nodiscard]] std::uint32_t supertype(const TypeRecord& record) const noexcept;
  [[nodiscard]] bool is_under(std::uint32_t sub, std::uint32_t super) const noexcept;
  [[nodiscard]] bool is_under(ValueType sub, ValueType super) const noexcept;
  [[nodiscard]] bool clauses_match(std::uint32_t sub, std::uint32_t super) const noexcept;
  [[nodiscard]] bool matches_slow(ValueType sub, ValueType super) const noexcept;
  [[nodiscard]] bool index_matches(std::uint32_t sub, std::uint32_t super) const noexcept;
  [[nodiscard]] HeapType abstract(std::uint32_t index) const noexcept;
  template <class Hasher>
  [[nodiscard]] std::uint64_t hash_group(std::uint32_t start, Hasher hasher) const noexcept;
  [[nodiscard]] bool groups_equal(std::uint32_t a, std::uint32_t b, std::uint32_t count) const noexcept;

  FixedVector<TypeRecord> records_;
  FixedVector<ValueType> values_;
  FixedVector<Node> nodes_;  // empty until the store is finished, and if no type has a supertype
};

}  // namespace plimsoll
