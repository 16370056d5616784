// Folding of equal rec groups, and subtyping.
#include "types/type_store.hpp"

#include <algorithm>
#include <array>
#include <iterator>
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
    {HeapType::cont, HeapType::nocont, HeapType::cont},          // cont
    {HeapType::cont, HeapType::nocont, HeapType::cont},          // nocont
};

constexpr const HeapRow& row_of(HeapType type) noexcept { return heap_rows[static_cast<std::size_t>(type)]; }

constexpr bool is_at_or_under(HeapType sub, HeapType super) noexcept {
  if (sub == super) return true;
  if (row_of(sub).top != row_of(super).top) return false;
  if (sub == row_of(sub).bottom) return true;
  for (HeapType up = row_of(sub).parent; up != sub; sub = up, up = row_of(sub).parent)
    if (up == super) return true;
  return false;
}

// The answers, a bit for each super type.
constexpr auto answers = [] {
  std::array<std::uint16_t, std::size(heap_rows)> all{};
  for (std::size_t sub = 0; sub < all.size(); ++sub)
    for (std::size_t super = 0; super < all.size(); ++super)
      if (is_at_or_under(static_cast<HeapType>(sub), static_cast<HeapType>(super)))
        all[sub] = static_cast<std::uint16_t>(all[sub] | 1U << super);
  return all;
}();
constexpr bool abstract_matches(HeapType sub, HeapType super) noexcept {
  return (answers[static_cast<std::size_t>(sub)] >> static_cast<unsigned>(super) & 1U) != 0;
}
static_assert(abstract_matches(HeapType::i31, HeapType::any) && abstract_matches(HeapType::none, HeapType::array) &&
              !abstract_matches(HeapType::eq, HeapType::struct_) && !abstract_matches(HeapType::func, HeapType::any));

// What stands for an index, and for a value, in a group's hash and comparison: one that refers into the group, which starts at
// `start`, is made relative and marked by the highest bit, which is free as there are fewer than 2^23 types. Which ones do is
// hard to guess for a processor, so there are no branches.
std::uint32_t relative(std::uint32_t bits, std::uint32_t start_bits, unsigned is_inside) noexcept {
  const std::uint32_t mask = 0U - is_inside;
  return (bits - (start_bits & mask)) | (mask & 1U << 31);
}
std::uint32_t relative_index(std::uint32_t index, std::uint32_t start) noexcept {
  const unsigned is_index = index != TypeRecord::no_supertype ? 1 : 0;
  return relative(index, start, is_index & (index >= start ? 1U : 0U));
}
std::uint32_t relative_bits(ValueType type, std::uint32_t start) noexcept {
  const unsigned is_concrete = type.is_concrete() ? 1 : 0;  // which only a reference is
  return relative(type.bits(), start << 8, is_concrete & (type.type_index() >= start ? 1U : 0U));
}

}  // namespace

SubType TypeStore::view(std::uint32_t index) const noexcept {
  const TypeRecord& record = records_[index];
  SubType type;
  type.kind = record.kind();
  type.is_final = record.is_final != 0;
  type.starts_group = record.starts_group != 0;
  type.depth = static_cast<std::uint8_t>(record.depth);
  const std::uint32_t super = supertype(record);
  type.supertype = super == TypeRecord::no_supertype ? SubType::no_supertype : super;
  type.canonical = record.canonical;
  type.is_shared = record.is_shared != 0;
  if (record.kind() == CompositeKind::function) {
    type.parameters = parameters(index);
    type.results = results(index);
  } else if (record.kind() == CompositeKind::continuation) {
    type.continued = continued(index);
  } else {
    type.fields = fields(index);
    if (record.has_descriptor != 0) type.descriptor = descriptor(index);
    if (record.describes != 0) type.described = described(index);
  }
  return type;
}

template <class Hasher>
std::uint64_t TypeStore::hash_group(std::uint32_t start, Hasher hasher) const noexcept {
  const auto pair = [](std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; };
  for (std::uint32_t i = start; i < size() && (i == start || records_[i].starts_group == 0); ++i) {
    const TypeRecord& type = records_[i];
    const bool continues = type.kind() == CompositeKind::continuation;
    hasher.add(type.shape(),
               pair(relative_index(type.supertype, start), continues ? relative_index(type.values, start) : 0));
    // Of a continuation, `values` is the index of a type.
    const ValueType* value = continues ? nullptr : values_.data() + type.values;
    const ValueType* const end = continues ? nullptr : value + type.clauses() + type.count;
    for (; end - value >= 2; value += 2)
      hasher.add(pair(relative_bits(value[0], start), relative_bits(value[1], start)));
    if (value != end) hasher.add(relative_bits(*value, start));
  }
  return hasher.value();
}

bool TypeStore::groups_equal(std::uint32_t a, std::uint32_t b, std::uint32_t count) const noexcept {
  if (b + count > a) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const TypeRecord& x = records_[a + i];
    const TypeRecord& y = records_[b + i];
    if (x.shape() != y.shape() || x.starts_group != y.starts_group) return false;
    if (relative_index(x.supertype, a) != relative_index(y.supertype, b)) return false;
    if (x.kind() == CompositeKind::continuation) {
      if (relative_index(x.values, a) != relative_index(y.values, b)) return false;
      continue;
    }
    for (std::uint32_t k = 0; k < x.clauses() + x.count; ++k)
      if (relative_bits(values_[x.values + k], a) != relative_bits(values_[y.values + k], b)) return false;
  }
  return b + count == size() || records_[b + count].starts_group != 0;
}

bool TypeStore::close_group(std::uint32_t start, HashIndex& groups) {
  const std::uint32_t count = size() - start;
  if (count == 0) return false;
  const auto hash = [&](std::uint32_t group) {
    return groups.with_hasher([&](auto hasher) { return hash_group(group, hasher); });
  };
  if (groups.needs_key()) groups.set_key(hash);
  // Equal groups take no room in the index, so there is little at first; when there are many distinct ones, for all to come.
  if (groups.is_full()) {
    groups.restart(size() + records_.room());
    for (std::uint32_t i = 0; i < start; ++i)
      if (records_[i].starts_group != 0 && records_[i].canonical == i) groups.add_again(hash(i), i);
  }
  const std::uint32_t twin =
      groups.find_or_insert(hash(start), start, [&](std::uint32_t other) { return groups_equal(start, other, count); });
  if (twin == HashIndex::none) return false;
  for (std::uint32_t i = start; i < size(); ++i) {
    if (records_[i].kind() == CompositeKind::continuation) continue;  // has no values here
    values_.truncate(records_[i].values);
    break;
  }
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
    case CompositeKind::continuation: return HeapType::cont;
  }
  std::unreachable();
}

std::uint32_t TypeStore::supertype(const TypeRecord& record) const noexcept {
  const bool is_node = !nodes_.empty() && record.supertype != TypeRecord::no_supertype;
  return is_node ? nodes_[record.supertype].supertype : record.supertype;
}

void TypeStore::finish(Arena& arena) {
  std::size_t nodes = 0;
  bool any_supertype = false;
  for (std::uint32_t i = 0; i < size(); ++i) {
    TypeRecord& type = records_[i];
    if (type.canonical != i) {
      type.all_defaultable = records_[type.canonical].all_defaultable;
      continue;
    }
    const auto is_defaultable = [](FieldType field) { return field.storage().is_defaultable(); };
    type.all_defaultable =
        type.kind() == CompositeKind::struct_ && std::ranges::all_of(fields(i), is_defaultable) ? 1 : 0;
    any_supertype |= type.depth != 0;
    nodes += type.is_final == 0 || type.depth != 0 ? 1 : 0;
  }
  if (any_supertype) number_trees(arena, nodes);
}

// A supertype has a lower index than its subtypes, so sizes are summed up from the last type to the first and places given from
// the first to the last, without a stack.
void TypeStore::number_trees(Arena& arena, std::size_t nodes) {
  nodes_.reserve(arena, nodes);
  for (std::uint32_t i = 0; i < size(); ++i) {
    TypeRecord& type = records_[i];
    if (type.canonical == i && (type.is_final == 0 || type.depth != 0)) {
      nodes_.push_back({type.supertype, 1, 0});
      type.supertype = (nodes_.size() - 1) & TypeRecord::no_supertype;
    }
  }
  const auto parent = [&](const Node& node) -> Node& { return nodes_[records_[node.supertype].supertype]; };
  for (std::uint32_t i = nodes_.size(); i != 0; --i)
    if (nodes_[i - 1].supertype != TypeRecord::no_supertype) parent(nodes_[i - 1]).size += nodes_[i - 1].size;
  // While places are given, a node's is where its next child goes.
  std::uint32_t next_tree = 0;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    std::uint32_t& next = node.supertype == TypeRecord::no_supertype ? next_tree : parent(node).place;
    node.place = next + 1;
    next += node.size;
  }
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) nodes_[i].place -= nodes_[i].size;
  for (std::uint32_t i = 0; i < size(); ++i) {
    TypeRecord& type = records_[i];
    if (type.canonical != i)
      type.supertype = records_[type.canonical].supertype;
    else if (type.supertype != TypeRecord::no_supertype)
      type.supertype = nodes_[type.supertype].place & TypeRecord::no_supertype;
  }
  for (std::uint32_t i = 0; i < nodes_.size(); ++i)
    while (nodes_[i].place != i) std::swap(nodes_[i], nodes_[nodes_[i].place]);
}

// Whether one type is under another, once the trees are numbered. A type without a node has the greatest number.
inline bool TypeStore::is_under(std::uint32_t sub, std::uint32_t super) const noexcept {
  const std::uint32_t node = records_[super].supertype;
  return node != TypeRecord::no_supertype && records_[sub].supertype - node < nodes_[node].size;
}

// The same for references, if they are all that is asked for over and over: to type indices, with nothing special but null.
inline bool TypeStore::is_under(ValueType sub, ValueType super) const noexcept {
  constexpr std::uint32_t plain = ValueType::reference(0U, false).bits();
  constexpr std::uint32_t null = ValueType::reference(0U, true).bits() ^ plain;
  constexpr std::uint32_t kind = 0xFF ^ null;
  return (sub.bits() & kind) == plain && (super.bits() & kind) == plain && ((sub.bits() & ~super.bits()) & null) == 0 &&
         !nodes_.empty() && is_under(sub.type_index(), super.type_index());
}

bool TypeStore::index_matches(std::uint32_t sub, std::uint32_t super) const noexcept {
  if (sub == super) return true;
  if (!nodes_.empty()) return is_under(sub, super);
  // Up the chain of supertypes to the depth of `super`: there it is or is not.
  const unsigned depth = records_[super].depth;
  while (records_[sub].depth > depth) sub = records_[sub].supertype;
  return sub == super;
}

bool TypeStore::same_share(ValueType a, ValueType b) const noexcept {
  return has_unknown_share(a) || has_unknown_share(b) || is_shared(a) == is_shared(b);
}

bool TypeStore::matches_slow(ValueType sub, ValueType super) const noexcept {
  if (is_under(sub, super) || sub.is_bottom()) return true;
  if (!sub.is_reference() || !super.is_reference()) return false;
  if (sub == bottom_reference || super == bottom_reference) return sub == bottom_reference;
  if (sub.is_nullable() && !super.is_nullable()) return false;
  if (super.is_concrete()) {
    if (sub.is_concrete())
      return super.is_exact() ? sub.is_exact() && sub.type_index() == super.type_index()
                              : index_matches(sub.type_index(), super.type_index());
    return sub.heap_type() == row_of(abstract(super.type_index())).bottom && same_share(sub, super);
  }
  if (!same_share(sub, super)) return false;
  return abstract_matches(sub.is_concrete() ? abstract(sub.type_index()) : sub.heap_type(), super.heap_type());
}

bool TypeStore::matches(FieldType sub, FieldType super) const noexcept {
  if (sub.is_mutable() != super.is_mutable()) return false;
  return sub.is_mutable() ? sub.storage() == super.storage() : matches(sub.storage(), super.storage());
}

bool TypeStore::all_match(std::span<const ValueType> sub, std::span<const ValueType> super) const noexcept {
  if (sub.size() != super.size()) return false;
  for (std::size_t i = 0; i < sub.size(); ++i)
    if (sub[i] != super[i] && !is_under(sub[i], super[i]) && !matches_slow(sub[i], super[i])) return false;
  return true;
}

// A descriptor may be added but not lost, and is one of the super type's descriptor's; what describes a type has only super
// types that do, of what are its super types.
bool TypeStore::clauses_match(std::uint32_t sub, std::uint32_t super) const noexcept {
  if (records_[super].has_descriptor != 0 &&
      (records_[sub].has_descriptor == 0 || !index_matches(descriptor(sub), descriptor(super))))
    return false;
  return records_[sub].describes == records_[super].describes &&
         (records_[sub].describes == 0 || index_matches(described(sub), described(super)));
}

bool TypeStore::composite_matches(std::uint32_t sub, std::uint32_t super) const noexcept {
  if (records_[sub].kind_bits != records_[super].kind_bits || records_[sub].is_shared != records_[super].is_shared)
    return false;
  switch (records_[sub].kind()) {
    case CompositeKind::function:
      return all_match(parameters(super), parameters(sub)) && all_match(results(sub), results(super));
    case CompositeKind::struct_:
    case CompositeKind::array: {
      if (!clauses_match(sub, super)) return false;
      const std::span<const FieldType> own = fields(sub);
      const std::span<const FieldType> inherited = fields(super);
      if (own.size() < inherited.size()) return false;
      for (std::size_t i = 0; i < inherited.size(); ++i)
        if (!matches(own[i], inherited[i])) return false;
      return true;
    }
    case CompositeKind::continuation:
      return matches(ValueType::reference(continued(sub), false), ValueType::reference(continued(super), false));
  }
  std::unreachable();
}

ValueType TypeStore::top(ValueType reference) const noexcept {
  const HeapType heap = reference.is_concrete() ? abstract(reference.type_index()) : reference.heap_type();
  const ValueType top = ValueType::reference(row_of(heap).top, true).with_shared(is_shared(reference));
  return has_unknown_share(reference) ? with_unknown_share(top) : top;
}

}  // namespace plimsoll
