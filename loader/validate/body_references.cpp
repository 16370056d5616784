// The general path's rules for references and casts (specification 3.0, section 3.4.9).
#include "validate/body.hpp"

namespace plimsoll {

bool BodyChecker::rule_ref_null() {
  ValueType type = instruction_.type;
  if (!resolve(type, instruction_.index_offset[0])) return false;
  push(type);
  return true;
}

bool BodyChecker::rule_ref_func() {
  const std::uint32_t function = instruction_.index[0];
  if (!module_.functions.has(function)) return fail_index(ErrorCode::unknown_function, 0, module_.functions.size());
  // Outside of functions, naming a function declares it; inside, it must have been declared.
  if (constant_) {
    declared_.reserve(module_.functions.size());
    declared_.set(function);
  } else if (!declared_.has(function)) {
    return fail_detail(ErrorCode::undeclared_function, instruction_.index_offset[0], ErrorDetail::number, function);
  }
  push(ValueType::reference(module_.types[module_.functions[function]].canonical, false));
  return true;
}

bool BodyChecker::rule_ref_is_null() {
  ValueType type;
  if (!pop_reference(type)) return false;
  push(i32);
  return true;
}

bool BodyChecker::rule_ref_as_non_null() {
  ValueType type;
  if (!pop_reference(type)) return false;
  push(type.with_null(false));
  return true;
}

bool BodyChecker::rule_br_on_null() {
  const Frame* frame = find_label();
  ValueType type;
  if (frame == nullptr || !pop_reference(type) || !pop_types(label_types(*frame))) return false;
  push_label(*frame);
  push(type.with_null(false));
  return true;
}

bool BodyChecker::rule_br_on_non_null() {
  const Frame* frame = find_label();
  if (frame == nullptr) return false;
  const std::span<const ValueType> types = label_types(*frame);
  if (types.empty() || !types.back().is_reference())
    return fail_types(bottom_reference, types.empty() ? operand::nothing : types.back().bits());
  if (!pop(types.back().with_null(true))) return false;
  if (!pop_types(types.first(types.size() - 1))) return false;
  push_label(*frame, 1);
  return true;
}

bool BodyChecker::rule_ref_test(bool cast) {
  ValueType type = instruction_.type;
  if (!resolve(type, instruction_.index_offset[0]) || !pop(module_.types.top(type))) return false;
  push(cast ? type : i32);
  return true;
}

bool BodyChecker::rule_br_on_cast(bool fail) {
  ValueType from = instruction_.type;
  ValueType to = instruction_.target;
  const Frame* frame = find_label();
  if (frame == nullptr || !resolve(from, instruction_.index_offset[1]) || !resolve(to, instruction_.target_offset))
    return false;
  if (!module_.types.matches(to, from)) return fail_types(from, to.bits());
  // What is left of `from` when it is not `to`: null has gone with `to` if that took it.
  const ValueType rest = from.with_null(from.is_nullable() && !to.is_nullable());
  const ValueType taken = fail ? rest : to;
  const std::span<const ValueType> types = label_types(*frame);
  if (types.empty() || !module_.types.matches(taken, types.back()))
    return fail_types(types.empty() ? ValueType::from_bits(operand::nothing) : types.back(), taken.bits());
  if (!pop(from) || !pop_types(types.first(types.size() - 1))) return false;
  push_label(*frame, 1);
  push(fail ? to : rest);
  return true;
}

bool BodyChecker::rule_convert(HeapType from, HeapType to) {
  ValueType type;
  if (!pop_reference(type)) return false;
  const ValueType expected = ValueType::reference(from, true);
  if (!module_.types.matches(type, expected)) return fail_types(expected, type.bits());
  push(ValueType::reference(to, type.is_nullable()));
  return true;
}

}  // namespace plimsoll
