// Folding of equal rec groups, and subtyping.
#include "types/type_store.hpp"

#include <utility>

namespace plimsoll {
namespace {

// The hierarchies of abstract heap types (section 3.3.3), a row per type in the order of HeapType: its top, its bottom, and
// its parent (itself for a top; a bottom has no single parent and is treated apart).
struct HeapRow {
  HeapType top;
  HeapType bottom;
  HeapType parent;
};
constexpr HeapRow heap_rows[] = {
    {HeapType::func, HeapType::nofunc, HeapType::func},          // func
    {HeapType::func, HeapType::nofunc, HeapType::func},          // nofunc
    {HeapType::extern_, HeapType::noextern, HeapType::extern_},  // extern
    {HeapType::extern_, HeapType::noextern, HeapType::extern_},  // noextern
    {HeapType::any, HeapType::none, HeapType::any},              // any
    {HeapType::any, HeapType::none, HeapType::any},              // eq
    {HeapType::any, HeapType::none, HeapType::eq},               // i31
    {HeapType::any, HeapType::none, HeapType::eq},               // struct
    {HeapType::any, HeapType::none, HeapType::eq},               // array
    {HeapType::any, HeapType::none, HeapType::any},              // none
    {HeapType::exn, HeapType::noexn, HeapType::exn},             // exn
    {HeapType::exn, HeapType::noexn, HeapType::exn},             // noexn
};

constexpr const HeapRow& row_of(HeapType type) noexcept { return heap_rows[static_cast<std::size_t>(type)]; }

constexpr bool abstract_matches(HeapType sub, HeapType super) noexcept {
  if (sub == super) return true;
  if (row_of(sub).top != row_of(super).top) return false;
  if (sub == row_of(sub).bottom) return true;
  for (HeapType up = row_of(sub).parent; up != sub; sub = up, up = row_of(sub).parent)
    if (up == super) return true;
  return false;
}
static_assert(abstract_matches(HeapType::i31, HeapType::any) && abstract_matches(HeapType::none, HeapType::array) &&
              !abstract_matches(HeapType::eq, HeapType::struct_) && !abstract_matches(HeapType::func, HeapType::any));

// A value in a group's hash or comparison: whether it refers into the group, and the reference made relative.
struct Relative {
  bool inside;
  std::uint32_t value;
  friend bool operator==(const Relative&, const Relative&) = default;
};

Relative relative_index(std::uint32_t index, std::uint32_t start) noexcept {
  return index != TypeRecord::no_supertype && index >= start ? Relative{true, index - start} : Relative{false, index};
}

Relative relative_bits(std::uint32_t bits, std::uint32_t start) noexcept {
  const ValueType type = ValueType::from_bits(bits);
  if (!type.is_reference() || !type.is_concrete() || type.type_index() < start) return {false, bits};
  return {true, bits - (start << 8)};
}

}  // namespace

SubType TypeStore::view(std::uint32_t index) const noexcept {
  const TypeRecord& record = records_[index];
  SubType type;
  type.kind = record.kind();
  type.is_final = record.is_final != 0;
  type.starts_group = record.starts_group != 0;
  type.depth = static_cast<std::uint8_t>(record.depth);
  type.supertype = record.supertype == TypeRecord::no_supertype ? SubType::no_supertype : record.supertype;
  type.canonical = record.canonical;
  if (record.kind() == CompositeKind::function) {
    type.parameters = parameters(index);
    type.results = results(index);
  } else {
    type.fields = fields(index);
  }
  return type;
}

std::uint64_t TypeStore::hash_group(std::uint32_t start, std::uint64_t seed) const noexcept {
  Hasher hasher(seed);
  for (std::uint32_t i = start; i < size() && (i == start || records_[i].starts_group == 0); ++i) {
    const TypeRecord& type = records_[i];
    const Relative super = relative_index(type.supertype, start);
    hasher.add(static_cast<std::uint64_t>(type.kind()) | static_cast<std::uint64_t>(type.is_final) << 8 |
               static_cast<std::uint64_t>(super.inside) << 9 | static_cast<std::uint64_t>(type.parameter_count) << 16 |
               static_cast<std::uint64_t>(type.count) << 32);
    hasher.add(super.value);
    for (std::uint32_t k = 0; k < type.count; ++k) {
      const Relative value = relative_bits(values_[type.values + k].bits(), start);
      hasher.add(static_cast<std::uint64_t>(value.inside) << 32 | value.value);
    }
  }
  return hasher.value();
}

bool TypeStore::groups_equal(std::uint32_t a, std::uint32_t b, std::uint32_t count) const noexcept {
  if (b + count > a) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const TypeRecord& x = records_[a + i];
    const TypeRecord& y = records_[b + i];
    if (x.kind_bits != y.kind_bits || x.is_final != y.is_final || x.parameter_count != y.parameter_count ||
        x.count != y.count || x.starts_group != y.starts_group)
      return false;
    if (relative_index(x.supertype, a) != relative_index(y.supertype, b)) return false;
    for (std::uint32_t k = 0; k < x.count; ++k)
      if (relative_bits(values_[x.values + k].bits(), a) != relative_bits(values_[y.values + k].bits(), b))
        return false;
  }
  return b + count == size() || records_[b + count].starts_group != 0;
}

bool TypeStore::close_group(std::uint32_t start, HashIndex& groups) {
  const std::uint32_t count = size() - start;
  if (count == 0) return false;
  // Equal groups take no room in the index, so it is sized by the distinct ones, as they come.
  if (groups.is_full()) groups.grow([&](std::uint32_t other) { return hash_group(other, groups.key()); });
  const std::uint32_t twin = groups.find_or_insert(
      hash_group(start, groups.key()), start, [&](std::uint32_t other) { return groups_equal(start, other, count); });
  if (twin == HashIndex::none) return false;
  values_.truncate(records_[start].values);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t starts = records_[start + i].starts_group;
    records_[start + i] = records_[twin + i];
    records_[start + i].starts_group = starts & 1U;
  }
  return true;
}

HeapType TypeStore::abstract(std::uint32_t index) const noexcept {
  switch (records_[index].kind()) {
    case CompositeKind::function: return HeapType::func;
    case CompositeKind::struct_: return HeapType::struct_;
    case CompositeKind::array: return HeapType::array;
  }
  std::unreachable();
}

bool TypeStore::index_matches(std::uint32_t sub, std::uint32_t super) const noexcept {
  // Up the chain of supertypes to the depth of `super`: there it is or is not.
  const unsigned depth = records_[super].depth;
  while (sub != super && records_[sub].depth > depth) sub = records_[sub].supertype;
  return sub == super;
}

bool TypeStore::matches_slow(ValueType sub, ValueType super) const noexcept {
  if (sub.is_bottom()) return true;
  if (!sub.is_reference() || !super.is_reference()) return false;
  if (sub == bottom_reference || super == bottom_reference) return sub == bottom_reference;
  if (sub.is_nullable() && !super.is_nullable()) return false;
  if (super.is_concrete()) {
    if (sub.is_concrete()) return index_matches(sub.type_index(), super.type_index());
    return sub.heap_type() == row_of(abstract(super.type_index())).bottom;
  }
  return abstract_matches(sub.is_concrete() ? abstract(sub.type_index()) : sub.heap_type(), super.heap_type());
}

bool TypeStore::matches(FieldType sub, FieldType super) const noexcept {
  if (sub.is_mutable() != super.is_mutable()) return false;
  return sub.is_mutable() ? sub.storage() == super.storage() : matches(sub.storage(), super.storage());
}

bool TypeStore::all_match(std::span<const ValueType> sub, std::span<const ValueType> super) const noexcept {
  if (sub.size() != super.size()) return false;
  for (std::size_t i = 0; i < sub.size(); ++i)
    if (!matches(sub[i], super[i])) return false;
  return true;
}

bool TypeStore::composite_matches(std::uint32_t sub, std::uint32_t super) const noexcept {
  if (records_[sub].kind_bits != records_[super].kind_bits) return false;
  switch (records_[sub].kind()) {
    case CompositeKind::function:
      return all_match(parameters(super), parameters(sub)) && all_match(results(sub), results(super));
    case CompositeKind::struct_:
    case CompositeKind::array: {
      const std::span<const FieldType> own = fields(sub);
      const std::span<const FieldType> inherited = fields(super);
      if (own.size() < inherited.size()) return false;
      for (std::size_t i = 0; i < inherited.size(); ++i)
        if (!matches(own[i], inherited[i])) return false;
      return true;
    }
  }
  std::unreachable();
}

ValueType TypeStore::top(ValueType reference) const noexcept {
  const HeapType heap = reference.is_concrete() ? abstract(reference.type_index()) : reference.heap_type();
  return ValueType::reference(row_of(heap).top, true);
}

}  // namespace plimsoll
