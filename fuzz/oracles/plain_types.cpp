#include "oracles/plain_types.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace plimsoll::fuzz {
namespace {

// Section 5.3.3, from 0x68 on, and proposals.
constexpr std::array heap_codes = {HeapType::cont,  HeapType::exn,   HeapType::array,    HeapType::struct_,
                                   HeapType::i31,   HeapType::eq,    HeapType::any,      HeapType::extern_,
                                   HeapType::func,  HeapType::none,  HeapType::noextern, HeapType::nofunc,
                                   HeapType::noexn, HeapType::nocont};
constexpr unsigned first_heap_code = 0x68;

// Every pair of different abstract heap types of which the first matches the second (section 3.3.3).
constexpr std::pair<HeapType, HeapType> abstract_pairs[] = {
    {HeapType::eq, HeapType::any},      {HeapType::i31, HeapType::any},      {HeapType::i31, HeapType::eq},
    {HeapType::struct_, HeapType::any}, {HeapType::struct_, HeapType::eq},   {HeapType::array, HeapType::any},
    {HeapType::array, HeapType::eq},    {HeapType::none, HeapType::any},     {HeapType::none, HeapType::eq},
    {HeapType::none, HeapType::i31},    {HeapType::none, HeapType::struct_}, {HeapType::none, HeapType::array},
    {HeapType::nofunc, HeapType::func}, {HeapType::noexn, HeapType::exn},    {HeapType::noextern, HeapType::extern_},
    {HeapType::nocont, HeapType::cont},
};

bool is_above(CompositeKind kind, HeapType heap) {
  switch (kind) {
    case CompositeKind::function: return heap == HeapType::func;
    case CompositeKind::struct_: return heap == HeapType::struct_ || heap == HeapType::eq || heap == HeapType::any;
    case CompositeKind::array: return heap == HeapType::array || heap == HeapType::eq || heap == HeapType::any;
    case CompositeKind::continuation: return heap == HeapType::cont;
  }
  return false;
}

bool is_below(CompositeKind kind, HeapType heap) {
  switch (kind) {
    case CompositeKind::function: return heap == HeapType::nofunc;
    case CompositeKind::struct_:
    case CompositeKind::array: return heap == HeapType::none;
    case CompositeKind::continuation: return heap == HeapType::nocont;
  }
  return false;
}

HeapType abstract_of(ValueType type) { return type.with_shared(false).heap_type(); }

}  // namespace

PlainTypes::PlainTypes(StrictReader& reader) {
  const std::uint32_t groups = reader.u32();
  for (std::uint32_t i = 0; i < groups; ++i) read_group(reader);
}

void PlainTypes::read_group(StrictReader& reader) {
  std::uint32_t count = 1;
  if (reader.peek() == 0x4E) {
    reader.byte();
    count = reader.u32();
  }
  const auto start = static_cast<std::uint32_t>(types_.size());
  for (std::uint32_t i = 0; i < count; ++i) types_.push_back(read_type(reader));

  std::string spelling;
  for (std::uint32_t i = start; i < types_.size(); ++i) spelling += spelled(types_[i], start);
  const std::uint32_t first = groups_.emplace(std::move(spelling), start).first->second;
  for (std::uint32_t i = 0; i < count; ++i) types_[start + i].canonical = first + i;
  for (std::uint32_t i = start; i < types_.size(); ++i) make_canonical(types_[i]);
  for (std::uint32_t i = start; i < types_.size(); ++i) {
    const Type& type = types_[i];
    if (!type.supertype) continue;
    if (types_[*type.supertype].is_final) reader.refuse("no final type is a supertype", "one");
    if (!type_matches(type, types_[*type.supertype]))
      reader.refuse("a type matches its supertype", "one that does not");
  }
}

// Type indices stay as they are written.
PlainTypes::Type PlainTypes::read_type(StrictReader& reader) const {
  Type type;
  if (reader.peek() == 0x50 || reader.peek() == 0x4F) {
    type.is_final = reader.byte() == 0x4F;
    const std::uint32_t supertypes = reader.u32();
    if (supertypes > 1) reader.refuse("a type has one supertype at most", "more");
    if (supertypes == 1) type.supertype = reader.u32();
    if (type.supertype && *type.supertype >= types_.size())
      reader.refuse("a supertype stands in front", "one that does not");
  }
  if (reader.peek() == 0x65) type.is_shared = reader.byte() != 0;
  if (reader.peek() == 0x4C) type.described = (reader.byte(), reader.u32());
  if (reader.peek() == 0x4D) type.descriptor = (reader.byte(), reader.u32());
  const unsigned form = reader.byte();
  if (form == 0x60) {
    for (auto* const list : {&type.parameters, &type.results})
      for (std::uint32_t left = reader.u32(); left != 0; --left) list->push_back(read_value_type(reader));
  } else if (form == 0x5F || form == 0x5E) {
    type.kind = form == 0x5F ? CompositeKind::struct_ : CompositeKind::array;
    for (std::uint32_t left = form == 0x5F ? reader.u32() : 1; left != 0; --left)
      type.fields.push_back(read_field(reader));
  } else if (form == 0x5D) {
    type.kind = CompositeKind::continuation;
    const std::int64_t index = reader.signed_number(33);
    if (index < 0) reader.refuse("a continuation has a function type", "another");
    type.continued = static_cast<std::uint32_t>(index);
  } else {
    reader.refuse("a type is of a kind that there is", std::to_string(form));
  }
  return type;
}

ValueType PlainTypes::read_value_type(StrictReader& reader) {
  const unsigned code = reader.peek();
  if (code >= 0x7B && code <= 0x7F) {
    reader.byte();
    return ValueType::from_bits(0x80 - code);
  }
  if (code == 0x63 || code == 0x64) {
    reader.byte();
    return read_heap_type(reader, code == 0x63);
  }
  return read_heap_type(reader, true);
}

ValueType PlainTypes::read_heap_type(StrictReader& reader, bool nullable) {
  const bool exact = reader.peek() == 0x62;
  const bool shared = reader.peek() == 0x65;
  if (exact || shared) reader.byte();
  const unsigned code = reader.peek() - first_heap_code;
  if (!exact && code < heap_codes.size()) {
    reader.byte();
    return ValueType::reference(heap_codes[code], nullable).with_shared(shared);
  }
  const std::int64_t index = exact ? std::int64_t{reader.u32()} : reader.signed_number(33);
  if (index < 0) reader.refuse("a heap type is one that there is", std::to_string(index));
  return ValueType::reference(static_cast<std::uint32_t>(index), nullable).with_exact(exact);
}

FieldType PlainTypes::read_field(StrictReader& reader) {
  const unsigned code = reader.peek();
  const bool packed = code == 0x78 || code == 0x77;
  if (packed) reader.byte();
  const ValueType storage = packed ? (code == 0x78 ? i8 : i16) : read_value_type(reader);
  const unsigned mutability = reader.byte();
  if (mutability > 1) reader.refuse("a field is mutable or not", std::to_string(mutability));
  return {storage, mutability == 1};
}

// All that two types must have in common to be equal. A type of their own group is told by its place in it.
std::string PlainTypes::spelled(const Type& type, std::uint32_t start) const {
  std::string text;
  const auto index = [&](std::uint32_t each) {
    text += each >= start ? "+" + std::to_string(each - start) : std::to_string(types_[each].canonical);
    text += ' ';
  };
  const auto value = [&](ValueType each) {
    if (!each.is_reference() || !each.is_concrete()) {
      text += "b" + std::to_string(each.bits()) + ' ';
      return;
    }
    text += each.is_nullable() ? "null " : "";
    text += each.is_exact() ? "exact " : "";
    index(each.type_index());
  };
  text += std::to_string(static_cast<unsigned>(type.kind)) + (type.is_final ? "final " : "open ") +
          (type.is_shared ? "shared " : "");
  if (type.supertype) text += "under ", index(*type.supertype);
  if (type.described) text += "describes ", index(*type.described);
  if (type.descriptor) text += "described by ", index(*type.descriptor);
  if (type.kind == CompositeKind::continuation) index(type.continued);
  for (const ValueType each : type.parameters) value(each);
  text += "-> ";
  for (const ValueType each : type.results) value(each);
  for (const FieldType each : type.fields) {
    text += each.is_mutable() ? "var " : "";
    value(each.storage());
  }
  return text + ";";
}

void PlainTypes::make_canonical(Type& type) const {
  const auto value = [&](ValueType each) {
    return each.is_reference() && each.is_concrete() ? each.with_type_index(canonical(each.type_index())) : each;
  };
  for (ValueType& each : type.parameters) each = value(each);
  for (ValueType& each : type.results) each = value(each);
  for (FieldType& each : type.fields) each = {value(each.storage()), each.is_mutable()};
  if (type.supertype) type.supertype = canonical(*type.supertype);
  if (type.described) type.described = canonical(*type.described);
  if (type.descriptor) type.descriptor = canonical(*type.descriptor);
  if (type.kind == CompositeKind::continuation) type.continued = canonical(type.continued);
}

bool PlainTypes::index_matches(std::uint32_t sub, std::uint32_t super) const {
  for (std::optional<std::uint32_t> up = sub; up; up = types_[*up].supertype)
    if (*up == super) return true;
  return false;
}

bool PlainTypes::heap_matches(ValueType sub, ValueType super) const {
  const auto is_shared = [&](ValueType type) {
    return type.is_concrete() ? types_[type.type_index()].is_shared : type.is_shared_abstract();
  };
  if (is_shared(sub) != is_shared(super)) return false;
  if (sub.is_concrete() && super.is_concrete()) {
    if (super.is_exact()) return sub.is_exact() && sub.type_index() == super.type_index();
    return index_matches(sub.type_index(), super.type_index());
  }
  if (sub.is_concrete()) return is_above(types_[sub.type_index()].kind, abstract_of(super));
  if (super.is_concrete()) return is_below(types_[super.type_index()].kind, abstract_of(sub));
  return abstract_of(sub) == abstract_of(super) ||
         std::ranges::find(abstract_pairs, std::pair(abstract_of(sub), abstract_of(super))) != std::end(abstract_pairs);
}

bool PlainTypes::matches(ValueType sub, ValueType super) const {
  if (!sub.is_reference() || !super.is_reference()) return sub == super;
  return (!sub.is_nullable() || super.is_nullable()) && heap_matches(sub, super);
}

bool PlainTypes::field_matches(FieldType sub, FieldType super) const {
  if (sub.is_mutable() != super.is_mutable()) return false;
  return sub.is_mutable() ? sub.storage() == super.storage() : matches(sub.storage(), super.storage());
}

bool PlainTypes::type_matches(const Type& sub, const Type& super) const {
  if (sub.kind != super.kind || sub.is_shared != super.is_shared) return false;
  if (super.descriptor && (!sub.descriptor || !index_matches(*sub.descriptor, *super.descriptor))) return false;
  if (sub.described.has_value() != super.described.has_value()) return false;
  if (sub.described && !index_matches(*sub.described, *super.described)) return false;
  const auto all = [&](const std::vector<ValueType>& lower, const std::vector<ValueType>& upper) {
    return std::ranges::equal(lower, upper, [&](ValueType a, ValueType b) { return matches(a, b); });
  };
  if (sub.kind == CompositeKind::continuation) return index_matches(sub.continued, super.continued);
  if (sub.kind == CompositeKind::function)
    return all(super.parameters, sub.parameters) && all(sub.results, super.results);
  if (sub.fields.size() < super.fields.size()) return false;
  return std::equal(super.fields.begin(), super.fields.end(), sub.fields.begin(),
                    [&](FieldType upper, FieldType lower) { return field_matches(lower, upper); });
}

namespace {

void require_same_match(const Module& module, const PlainTypes& types, ValueType sub, ValueType super) {
  const bool expected = types.matches(sub, super);
  if (module.matches(sub, super) == expected) return;
  broken("types", "whether " + to_string(sub) + " matches " + to_string(super), expected ? "no" : "yes",
         expected ? "yes" : "no");
}

// These do not depend on the module.
void require_abstract_matches(const Module& module) {
  std::vector<ValueType> all = {i32, i64, f32, f64, v128};
  for (const HeapType heap : heap_codes)
    for (const bool nullable : {false, true})
      for (const bool shared : {false, true}) all.push_back(ValueType::reference(heap, nullable).with_shared(shared));
  for (const ValueType sub : all)
    for (const ValueType super : all) require_same_match(module, {}, sub, super);
}

}  // namespace

void require_same_types(const Module& module, const PlainTypes& types) {
  static bool abstract_ones_done = false;
  if (!std::exchange(abstract_ones_done, true)) require_abstract_matches(module);
  require_equal("types", "number of types", module.types().size(), types.size());
  const auto count = static_cast<std::uint32_t>(types.size());
  for (std::uint32_t i = 0; i < count; ++i)
    require_equal("types", "the lowest index of a type that equals a type",
                  module.canonical(ValueType::reference(i, false)).type_index(), types.canonical(i));
  // The first and the last of them, with each other and with what is abstract.
  constexpr std::uint32_t most = 6;
  std::vector<ValueType> some;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i >= most && i + most < count) continue;
    for (const bool nullable : {false, true}) some.push_back(ValueType::reference(types.canonical(i), nullable));
  }
  for (const ValueType sub : some) {
    for (const ValueType super : some) require_same_match(module, types, sub, super);
    for (const HeapType heap : heap_codes) {
      require_same_match(module, types, sub, ValueType::reference(heap, true));
      require_same_match(module, types, ValueType::reference(heap, false), sub);
    }
  }
}

}  // namespace plimsoll::fuzz
