// The general path's rules for structs and arrays (specification 3.0, section 3.4.10).
#include <algorithm>

#include "validate/body.hpp"

namespace plimsoll {

// The canonical index of the struct or array type in an immediate.
bool BodyChecker::defined_type(unsigned which, CompositeKind kind, std::uint32_t& canonical) {
  const std::uint32_t index = instruction_.index[which];
  if (index >= module_.types.size()) return fail_index(ErrorCode::unknown_type, which, module_.types.size());
  if (!module_.types.is(index, kind)) return fail_kind(which, kind);
  canonical = module_.types[index].canonical;
  return true;
}

bool BodyChecker::struct_field(std::uint32_t& canonical, FieldType& field) {
  if (!defined_type(0, CompositeKind::struct_, canonical)) return false;
  const std::span<const FieldType> fields = module_.types.fields(canonical);
  if (instruction_.index[1] >= fields.size()) return fail_index(ErrorCode::unknown_field, 1, fields.size());
  field = fields[instruction_.index[1]];
  return true;
}

bool BodyChecker::array_type(unsigned which, std::uint32_t& canonical, FieldType& element) {
  if (!defined_type(which, CompositeKind::array, canonical)) return false;
  element = module_.types.fields(canonical).front();
  return true;
}

// A packed field is read with a sign, any other without.
bool BodyChecker::check_packing(FieldType field, bool packed) {
  if (field.storage().is_packed() == packed) return true;
  return fail_detail(packed ? ErrorCode::unpacked_field : ErrorCode::packed_field, instruction_.offset,
                     ErrorDetail::type, field.storage().bits());
}

bool BodyChecker::rule_struct_new(bool defaults, bool with_descriptor) {
  std::uint32_t type = 0;
  if (!defined_type(0, CompositeKind::struct_, type)) return false;
  const std::uint32_t descriptor = module_.types.descriptor(type);
  const bool has_descriptor = descriptor != TypeRecord::no_supertype;
  if (has_descriptor != with_descriptor)
    return fail(has_descriptor ? ErrorCode::descriptor_required : ErrorCode::descriptor_superfluous);
  if (has_descriptor && !pop(ValueType::reference(descriptor, true).with_exact(true))) return false;
  const std::span<const FieldType> fields = module_.types.fields(type);
  if (!defaults) {
    if (!pop_fields(fields)) return false;
  } else if (module_.types[type].all_defaultable == 0) {
    const auto has_default = [](FieldType field) { return field.storage().is_defaultable(); };
    const auto without = std::ranges::find_if_not(fields.rbegin(), fields.rend(), has_default);
    return fail_detail(ErrorCode::not_defaultable, instruction_.offset, ErrorDetail::type, without->storage().bits());
  }
  return push_type(type);
}

bool BodyChecker::pop_fields(std::span<const FieldType> fields) {
  return pop_many(
      fields.size(), [&](std::size_t i) { return fields[i].storage().unpacked(); },
      [&](const ValueType* found, std::size_t first, std::size_t count) {
        return ListMemo::fields(found, fields.data() + first, count);
      });
}

bool BodyChecker::rule_struct_get(bool packed) {
  std::uint32_t type = 0;
  FieldType field;
  if (!struct_field(type, field) || !check_packing(field, packed) || !pop_type(type)) return false;
  push(field.storage().unpacked());
  return true;
}

bool BodyChecker::rule_struct_set() {
  std::uint32_t type = 0;
  FieldType field;
  if (!struct_field(type, field)) return false;
  if (!field.is_mutable())
    return fail_detail(ErrorCode::immutable_field, instruction_.index_offset[1], ErrorDetail::number,
                       instruction_.index[1]);
  return pop(field.storage().unpacked()) && pop_type(type);
}

bool BodyChecker::rule_array_new(bool defaults) {
  std::uint32_t type = 0;
  FieldType element;
  if (!array_type(0, type, element)) return false;
  const ValueType value = element.storage().unpacked();
  if (defaults && !value.is_defaultable())
    return fail_detail(ErrorCode::not_defaultable, instruction_.offset, ErrorDetail::type, value.bits());
  return pop(i32) && (defaults || pop(value)) && push_type(type);
}

bool BodyChecker::rule_array_new_fixed() {
  std::uint32_t type = 0;
  FieldType element;
  if (!array_type(0, type, element)) return false;
  const std::uint32_t count = instruction_.index[1];
  if (count > limits_.array_new_fixed)
    return fail_detail(ErrorCode::limit_count, instruction_.index_offset[1], ErrorDetail::count, count,
                       limits_.array_new_fixed);
  const ValueType value = element.storage().unpacked();
  const auto popped = pop_many(
      count, [&](std::size_t) { return value; },
      [&](const ValueType* found, std::size_t, std::size_t run) { return ListMemo::all_of(found, value.bits(), run); });
  return popped && push_type(type);
}

bool BodyChecker::check_numeric(FieldType element) {
  return !element.storage().is_reference() ||
         fail_detail(ErrorCode::array_not_numeric, instruction_.offset, ErrorDetail::type, element.storage().bits());
}

bool BodyChecker::check_segment_type(FieldType element) {
  const ElementRecord* segment = find_element(1);
  if (segment == nullptr) return false;
  const ValueType expected = element.storage().unpacked();
  return module_.types.matches(segment->type, expected) || fail_types(expected, segment->type.bits());
}

bool BodyChecker::rule_array_new_data() {
  std::uint32_t type = 0;
  FieldType element;
  return array_type(0, type, element) && find_data(1) && check_numeric(element) && pop(i32) && pop(i32) &&
         push_type(type);
}

bool BodyChecker::rule_array_new_elem() {
  std::uint32_t type = 0;
  FieldType element;
  return array_type(0, type, element) && check_segment_type(element) && pop(i32) && pop(i32) && push_type(type);
}

bool BodyChecker::rule_array_get(bool packed) {
  std::uint32_t type = 0;
  FieldType element;
  if (!array_type(0, type, element) || !check_packing(element, packed) || !pop(i32) || !pop_type(type)) return false;
  push(element.storage().unpacked());
  return true;
}

bool BodyChecker::rule_array_set() {
  std::uint32_t type = 0;
  FieldType element;
  if (!array_type(0, type, element)) return false;
  if (!element.is_mutable()) return fail(ErrorCode::immutable_array);
  return pop(element.storage().unpacked()) && pop(i32) && pop_type(type);
}

bool BodyChecker::rule_array_fill() {
  std::uint32_t type = 0;
  FieldType element;
  if (!array_type(0, type, element)) return false;
  if (!element.is_mutable()) return fail(ErrorCode::immutable_array);
  return pop(i32) && pop(element.storage().unpacked()) && pop(i32) && pop_type(type);
}

bool BodyChecker::rule_array_copy() {
  std::uint32_t to = 0;
  std::uint32_t from = 0;
  FieldType to_element;
  FieldType from_element;
  if (!array_type(0, to, to_element) || !array_type(1, from, from_element)) return false;
  if (!to_element.is_mutable()) return fail(ErrorCode::immutable_array);
  if (!module_.types.matches(from_element.storage(), to_element.storage()))
    return fail_detail(ErrorCode::array_types_mismatch, instruction_.offset, ErrorDetail::types,
                       from_element.storage().bits(), to_element.storage().bits());
  return pop(i32) && pop(i32) && pop_type(from) && pop(i32) && pop_type(to);
}

bool BodyChecker::rule_array_init_data() {
  std::uint32_t type = 0;
  FieldType element;
  if (!array_type(0, type, element)) return false;
  if (!element.is_mutable()) return fail(ErrorCode::immutable_array);
  return find_data(1) && check_numeric(element) && pop(i32) && pop(i32) && pop(i32) && pop_type(type);
}

bool BodyChecker::rule_array_init_elem() {
  std::uint32_t type = 0;
  FieldType element;
  if (!array_type(0, type, element)) return false;
  if (!element.is_mutable()) return fail(ErrorCode::immutable_array);
  return check_segment_type(element) && pop(i32) && pop(i32) && pop(i32) && pop_type(type);
}

}  // namespace plimsoll
