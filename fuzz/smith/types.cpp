#include "smith/types.hpp"

#include <algorithm>
#include <utility>

#include "types/read_types.hpp"

namespace plimsoll::fuzz {
namespace {

constexpr std::uint32_t most_types = 100;
constexpr std::uint32_t most_members = 24;  // of one type: parameters, results or fields
constexpr unsigned most_depth = 60;

}  // namespace

Types::Types(Entropy& entropy, Features features)
    : entropy_(entropy), features_(features), arena_(std::pmr::new_delete_resource()),
      groups_(std::pmr::new_delete_resource(), most_types, {}) {
  if (!features.has(Feature::reference_types)) return;
  for (const HeapTypeCode& code : heap_type_codes)
    if (features.has(code.needs)) heaps_.push_back(code.heap);
}

SubType Types::operator[](std::uint32_t index) const {
  const Definition& definition = definitions_[index];
  SubType type = definition.head;
  type.parameters = std::span(definition.values).first(definition.parameters);
  type.results = std::span(definition.values).subspan(definition.parameters);
  type.fields = definition.fields;
  return type;
}

// --- Types at random ----------------------------------------------------------------------------------------------------

ValueType Types::number() {
  constexpr ValueType numbers[] = {i32, i64, f32, f64, v128};
  return numbers[entropy_.below(features_.has(Feature::simd) ? 5 : 4)];
}

ValueType Types::reference(bool shared) { return random_reference(shared, store_.size()); }

// A reference; to types below `end`, which may be more than there are yet.
ValueType Types::random_reference(bool shared, std::uint32_t end) {
  const bool typed = features_.has(Feature::function_references);
  const bool nullable = !typed || entropy_.below(3) != 0;
  if (typed && end != 0 && entropy_.one_in(2)) {
    const std::uint32_t index = entropy_.below(end);
    const bool exact = features_.has(Feature::custom_descriptors) && entropy_.one_in(4);
    if (index >= store_.size()) {
      if (!shared) return ValueType::reference(index, nullable).with_exact(exact);
    } else if (!shared || store_[index].is_shared != 0) {
      return reference(index, nullable).with_exact(exact);
    }
  }
  const bool as_shared = shared || (features_.has(Feature::shared_everything_threads) && entropy_.one_in(4));
  return ValueType::reference(entropy_.pick(heaps_), nullable).with_shared(as_shared);
}

ValueType Types::random_value(bool shared, std::uint32_t end) {
  return has_references() && entropy_.one_in(2) ? random_reference(shared, end) : number();
}

ValueType Types::storage(bool shared, std::uint32_t end) {
  if (entropy_.one_in(4)) return entropy_.one_in(2) ? i8 : i16;
  return random_value(shared, end);
}

FieldType Types::field(bool shared, std::uint32_t end) {
  const ValueType type = storage(shared, end);
  return {type, entropy_.below(4) != 0};
}

ValueType Types::narrower(ValueType type) {
  if (!type.is_reference() || !features_.has(Feature::function_references)) return type;
  const bool forward = type.is_concrete() && type.type_index() >= store_.size();
  const ValueType result = type.with_null(type.is_nullable() && entropy_.one_in(2));
  if (forward || !entropy_.one_in(2)) return result;
  const bool exact = features_.has(Feature::custom_descriptors) && entropy_.one_in(3);
  const auto made = [&](std::uint32_t index) { return reference(index, result.is_nullable()).with_exact(exact); };
  const std::uint32_t index = find([&](std::uint32_t i) { return store_.matches(made(i), type); });
  if (index != size()) return made(index);
  const ValueType abstract =
      ValueType::reference(entropy_.pick(heaps_), result.is_nullable()).with_shared(store_.is_shared(type));
  return store_.matches(abstract, type) ? abstract : result;
}

// --- Definitions --------------------------------------------------------------------------------------------------------

void Types::make(std::uint32_t count) {
  count = std::min(count, most_types);
  store_.reserve(arena_, count, std::size_t{count} * (2 * most_members + 2));
  while (size() < count) {
    if (!make_switch(count - size())) make_group(count - size());
  }
  store_.finish(arena_);
}

void Types::make_group(std::uint32_t count) {
  const std::uint32_t start = size();
  const bool group = features_.has(Feature::gc) && entropy_.one_in(3);
  const std::uint32_t most = entropy_.one_in(16) ? 24 : 5;
  const std::uint32_t end = start + (group ? 1 + entropy_.below(std::min(count, most)) : 1);
  while (size() < end) make_type(start, end);
  store_.close_group(start, groups_);
}

// What a `switch` to a continuation that there is needs, which chance alone seldom brings together: the type of a function that
// takes the continuation last and has its results, a continuation of it, and the type of a tag with these results.
bool Types::make_switch(std::uint32_t count) {
  if (!features_.has(Feature::stack_switching) || count < 3 || !entropy_.one_in(8)) return false;
  const std::uint32_t other = find([&](std::uint32_t i) { return store_.is(i, CompositeKind::continuation); });
  if (other == size()) return false;
  const auto results_of_other = store_.results(store_.continued(other));
  const std::vector<ValueType> results(results_of_other.begin(), results_of_other.end());
  const auto add_alone = [&](Definition&& type) {
    const std::uint32_t start = size();
    add(std::move(type), start);
    store_.close_group(start, groups_);
  };
  Definition function;
  for (std::uint32_t more = entropy_.below(3); more > 0; --more) function.values.push_back(random_value(false, size()));
  function.values.push_back(reference(other, true));
  function.parameters = static_cast<std::uint32_t>(function.values.size());
  function.values.insert(function.values.end(), results.begin(), results.end());
  Definition continuation;
  continuation.head.kind = CompositeKind::continuation;
  continuation.head.continued = size();
  Definition tag;
  tag.values = results;
  add_alone(std::move(function));
  add_alone(std::move(continuation));
  add_alone(std::move(tag));
  return true;
}

void Types::make_type(std::uint32_t start, std::uint32_t end) {
  if (make_pair(start, end)) return;
  Definition type;
  const bool gc = features_.has(Feature::gc);
  if (gc && size() != 0 && entropy_.one_in(3) && inherit(type, choose_supertype())) {
    vary(type);
    return add(std::move(type), start);
  }
  type.head.is_shared = features_.has(Feature::shared_everything_threads) && entropy_.one_in(4);
  type.head.is_final = !gc || !entropy_.one_in(2);
  type.head.kind = CompositeKind::function;
  if (gc && size() != 0) {
    constexpr CompositeKind kinds[] = {CompositeKind::function, CompositeKind::struct_, CompositeKind::array,
                                       CompositeKind::continuation};
    type.head.kind = kinds[entropy_.below(features_.has(Feature::stack_switching) ? 4 : 3)];
  }
  if (type.head.kind == CompositeKind::continuation) {
    const bool shared = type.head.is_shared;
    const std::uint32_t function = find([&](std::uint32_t i) {
      return store_.is(i, CompositeKind::function) && (!shared || store_[i].is_shared != 0);
    });
    if (function != size())
      type.head.continued = function;
    else
      type.head.kind = CompositeKind::struct_;
  }
  fill(type, end);
  add(std::move(type), start);
}

// A struct and the type of its descriptor, which follows it; or both under another such pair.
bool Types::make_pair(std::uint32_t start, std::uint32_t end) {
  if (!features_.has(Feature::custom_descriptors) || end - size() < 2 || !entropy_.one_in(2)) return false;
  Definition described;
  Definition descriptor;
  const std::uint32_t super = find([&](std::uint32_t i) {
    const SubType& head = definitions_[i].head;
    return head.descriptor == i + 1 && head.described == SubType::no_type && !head.is_final &&
           !definitions_[i + 1].head.is_final;
  });
  const bool shared = features_.has(Feature::shared_everything_threads) && entropy_.one_in(4);
  described.head.kind = descriptor.head.kind = CompositeKind::struct_;
  described.head.is_shared = descriptor.head.is_shared = shared;
  described.head.is_final = !entropy_.one_in(2);
  descriptor.head.is_final = described.head.is_final;
  const bool under = super != size() && entropy_.one_in(2) && inherit(described, super);
  if (under && !inherit(descriptor, super + 1)) return false;
  described.head.descriptor = size() + 1;
  descriptor.head.described = size();
  descriptor.head.descriptor = SubType::no_type;
  add_fields(described, end);
  add(std::move(described), start);
  add_fields(descriptor, end);
  add(std::move(descriptor), start);
  return true;
}

// Any type, or the last that may have something under it: so chains become long.
std::uint32_t Types::choose_supertype() {
  if (entropy_.one_in(2)) return entropy_.below(size());
  for (std::uint32_t i = size(); i > 0; --i)
    if (!definitions_[i - 1].head.is_final) return i - 1;
  return 0;
}

// Makes a type start as a copy of one that it is to be under. False if that may have nothing under it.
bool Types::inherit(Definition& type, std::uint32_t super) {
  const Definition& above = definitions_[super];
  if (above.head.is_final || store_[super].depth >= most_depth) return false;
  const bool pair = above.head.descriptor != SubType::no_type || above.head.described != SubType::no_type;
  if (pair && type.head.kind != CompositeKind::struct_) return false;
  type = above;
  type.head.supertype = super;
  type.head.is_final = !entropy_.one_in(2);
  return true;
}

void Types::fill(Definition& type, std::uint32_t end) {
  const bool shared = type.head.is_shared;
  switch (type.head.kind) {
    case CompositeKind::function: {
      const std::uint32_t most = entropy_.one_in(32) ? most_members : 4;
      type.parameters = entropy_.below(most);
      const std::uint32_t results = entropy_.below(features_.has(Feature::multi_value) ? most : 2);
      for (std::uint32_t i = 0; i < type.parameters + results; ++i)
        type.values.push_back(random_value(shared, features_.has(Feature::gc) ? end : store_.size()));
      if (features_.has(Feature::stack_switching) && entropy_.one_in(3)) fit_for_switch(type);
      break;
    }
    case CompositeKind::struct_: add_fields(type, end); break;
    case CompositeKind::array: type.fields.push_back(field(shared, end)); break;
    case CompositeKind::continuation: break;
  }
}

// What a switch needs: a function whose last parameter is the continuation that it comes from, and whose results are those of
// that; or the type of a tag with such results. Or of a tag to suspend with, whose results a continuation takes.
void Types::fit_for_switch(Definition& type) {
  const bool shared = type.head.is_shared;
  const auto find_kind = [&](CompositeKind kind) {
    return find([&](std::uint32_t i) { return store_.is(i, kind) && (!shared || store_[i].is_shared != 0); });
  };
  const std::uint32_t continuation = find_kind(CompositeKind::continuation);
  const bool takes_it = continuation != size() && entropy_.one_in(2);
  const std::uint32_t function = takes_it ? store_.continued(continuation) : find_kind(CompositeKind::function);
  if (function == size()) return;
  const bool suspends = !takes_it && continuation != size() && entropy_.one_in(2);
  const std::span<const ValueType> results =
      suspends ? store_.parameters(store_.continued(continuation)) : store_.results(function);
  if (results.size() > 1 && !features_.has(Feature::multi_value)) return;
  type.parameters = takes_it ? std::max(type.parameters, 1U) : 0;
  type.values.resize(type.parameters);
  if (takes_it) type.values.back() = reference(continuation, true);
  type.values.insert(type.values.end(), results.begin(), results.end());
}

void Types::add_fields(Definition& type, std::uint32_t end) {
  const std::uint32_t more = entropy_.below(entropy_.one_in(32) ? most_members : 4);
  for (std::uint32_t i = 0; i < more && type.fields.size() < most_members; ++i)
    type.fields.push_back(field(type.head.is_shared, end));
}

// Makes what was inherited narrower where it may be: results and immutable fields; parameters wider.
void Types::vary(Definition& type) {
  for (std::size_t i = 0; i < type.values.size(); ++i) {
    ValueType& value = type.values[i];
    if (i >= type.parameters)
      value = narrower(value);
    else if (value.is_reference() && entropy_.one_in(2))
      value = value.with_null(true);
  }
  for (FieldType& field : type.fields)
    if (!field.is_mutable()) field = FieldType(narrower(field.storage()), false);
  if (type.head.kind == CompositeKind::struct_) add_fields(type, size());
}

// Puts a definition into the store as the loader does when it reads one.
void Types::add(Definition&& type, std::uint32_t start) {
  const std::uint32_t index = size();
  const SubType& head = type.head;
  type.head.starts_group = index == start;
  const auto canonical = [&](std::uint32_t i) { return i < start ? store_[i].canonical : std::uint32_t{i}; };
  TypeRecord record;
  record.values = store_.value_count();
  record.set_kind(head.kind);
  record.is_final = head.is_final ? 1 : 0;
  record.is_shared = head.is_shared ? 1 : 0;
  record.starts_group = head.starts_group ? 1 : 0;
  record.canonical = index & TypeRecord::no_supertype;
  record.describes = head.described != SubType::no_type ? 1 : 0;
  record.has_descriptor = head.descriptor != SubType::no_type ? 1 : 0;
  if (head.supertype != SubType::no_supertype) {
    record.supertype = canonical(head.supertype) & TypeRecord::no_supertype;
    record.depth = (store_[head.supertype].depth + 1U) & 0xFFU;
  }
  if (record.describes != 0) store_.add_value(ValueType::reference(head.described, false).bits());
  if (record.has_descriptor != 0) store_.add_value(ValueType::reference(head.descriptor, false).bits());
  const auto resolved = [&](ValueType value) {
    const bool earlier = value.is_reference() && value.is_concrete() && value.type_index() < start;
    return earlier ? store_.canonical(value) : value;
  };
  for (const ValueType value : type.values) store_.add_value(resolved(value).bits());
  for (const FieldType field : type.fields)
    store_.add_value(FieldType(resolved(field.storage()), field.is_mutable()).bits());
  record.parameter_count = static_cast<std::uint16_t>(type.parameters);
  record.count = static_cast<std::uint16_t>(type.values.size() + type.fields.size());
  if (head.kind == CompositeKind::continuation) record.values = canonical(head.continued);
  store_.add(record);
  definitions_.push_back(std::move(type));
}

}  // namespace plimsoll::fuzz
