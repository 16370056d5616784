// The general path's parametric, variable and bulk instructions (specification 3.0, sections 3.4.4 to 3.4.7).
#include "types/read_types.hpp"
#include "validate/body.hpp"

namespace plimsoll {

bool BodyChecker::rule_select_typed() {
  if (instruction_.list.size() != 1)
    return fail_detail(ErrorCode::bad_select_arity, instruction_.index_offset[0], ErrorDetail::exact,
                       instruction_.list.size(), 1);
  ValueType type = ImmediateList(instruction_.list).next_value_type();
  if (!resolve(type, offset_of(instruction_.list)) || !pop(i32) || !pop(type) || !pop(type)) return false;
  push(type);
  return true;
}

bool BodyChecker::rule_select() {
  ValueType first;
  ValueType second;
  if (!pop(i32) || !pop_any(second) || !pop_any(first)) return false;
  if (second.is_reference() || first.is_reference())
    return fail_detail(ErrorCode::type_mismatch, instruction_.offset, ErrorDetail::type,
                       second.is_reference() ? second.bits() : first.bits());
  if (first != second && !first.is_bottom() && !second.is_bottom()) return fail_types(first, second.bits());
  push(first.is_bottom() ? second : first);
  return true;
}

bool BodyChecker::rule_global_get() {
  const std::uint32_t index = instruction_.index[0];
  const std::uint32_t visible = constant_ ? visible_globals_ : module_.globals.size();
  if (index >= visible)  // constant expressions see those before them if gc is on
    return fail_detail(ErrorCode::unknown_global, instruction_.index_offset[0], ErrorDetail::index, index, visible,
                       module_.globals.has(index) ? Feature::gc : Feature::none);
  const FieldType global = module_.globals[index].type;
  if (constant_ && global.is_mutable()) return fail(ErrorCode::constant_required);
  push(global.storage());
  return true;
}

bool BodyChecker::rule_global_set() {
  const std::uint32_t index = instruction_.index[0];
  if (!module_.globals.has(index)) return fail_index(ErrorCode::unknown_global, 0, module_.globals.size());
  const FieldType global = module_.globals[index].type;
  return global.is_mutable()
             ? pop(global.storage())
             : fail_detail(ErrorCode::immutable_global, instruction_.index_offset[0], ErrorDetail::number, index);
}

bool BodyChecker::rule_drop() {
  ValueType type;
  return pop_any(type);
}

bool BodyChecker::find_local() noexcept {
  return instruction_.index[0] < locals_.size() || fail_index(ErrorCode::unknown_local, 0, locals_.size());
}

bool BodyChecker::rule_local_get() {
  if (!find_local()) return false;
  if (!locals_.has_value(instruction_.index[0]))
    return fail_detail(ErrorCode::uninitialized_local, instruction_.index_offset[0], ErrorDetail::number,
                       instruction_.index[0]);
  push(locals_.type(instruction_.index[0]));
  return true;
}

bool BodyChecker::rule_local_set(bool tee) {
  if (!find_local()) return false;
  const ValueType type = locals_.type(instruction_.index[0]);
  if (!pop(type)) return false;
  locals_.initialise(instruction_.index[0], frame_count_);
  if (tee) push(type);
  return true;
}

bool BodyChecker::pop_copy_operands(ValueType to, ValueType from) {
  return pop(to == from ? to : i32) && pop(from) && pop(to);
}

bool BodyChecker::rule_memory_copy() {
  const Memory* to = find_memory(0, instruction_.index[0]);
  const Memory* from = to == nullptr ? nullptr : find_memory(1, instruction_.index[1]);
  return from != nullptr && pop_copy_operands(to->limits.address_type(), from->limits.address_type());
}

bool BodyChecker::rule_table_copy() {
  const TableRecord* to = find_table(0);
  const TableRecord* from = to == nullptr ? nullptr : find_table(1);
  if (from == nullptr) return false;
  if (!module_.types.matches(from->element, to->element)) return fail_types(to->element, from->element.bits());
  return pop_copy_operands(to->address_type(), from->address_type());
}

bool BodyChecker::rule_table_init() {
  const ElementRecord* element = find_element(0);
  const TableRecord* table = element == nullptr ? nullptr : find_table(1);
  if (table == nullptr) return false;
  if (!module_.types.matches(element->type, table->element)) return fail_types(table->element, element->type.bits());
  return pop(i32) && pop(i32) && pop(table->address_type());
}

}  // namespace plimsoll
