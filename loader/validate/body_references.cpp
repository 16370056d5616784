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
  push(module_.function_reference(function));
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
  if (!resolve(type, instruction_.index_offset[0]) || !check_cast_target(type) || !pop(module_.types.top(type)))
    return false;
  push(cast ? type : i32);
  return true;
}

bool BodyChecker::rule_br_on_cast(bool fail, bool by_descriptor) {
  ValueType from = instruction_.type;
  ValueType to = instruction_.target;
  const Frame* frame = find_label();
  if (frame == nullptr || !resolve(from, instruction_.index_offset[1]) || !resolve(to, instruction_.target_offset))
    return false;
  if (!check_cast_target(to)) return false;
  // With custom descriptors it is enough that both are of one hierarchy.
  const bool of_one_hierarchy = module_.types.top(to) == module_.types.top(from);
  if (exact_types_ ? !of_one_hierarchy : !module_.types.matches(to, from))
    return fail_detail(ErrorCode::type_mismatch, instruction_.offset, ErrorDetail::types, to.bits(), from.bits(),
                       of_one_hierarchy ? Feature::custom_descriptors : Feature::none);
  ValueType descriptor;
  if (by_descriptor && (!find_descriptor(to, descriptor) || !pop(descriptor))) return false;
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

// Continuations are of no use for casts (stack switching).
bool BodyChecker::check_cast_target(ValueType target) {
  return module_.types.top(target).heap_type() != HeapType::cont || fail(ErrorCode::bad_cast_target);
}

// --- Custom descriptors ---------------------------------------------------------------------------------------------

// The nullable reference to the descriptor of what is described, as exact as that is.
bool BodyChecker::find_descriptor(ValueType described, ValueType& descriptor) {
  const std::uint32_t index =
      described.is_concrete() ? module_.types.descriptor(described.type_index()) : TypeRecord::no_supertype;
  if (index == TypeRecord::no_supertype) return fail(ErrorCode::no_descriptor);
  descriptor = ValueType::reference(index, true).with_exact(described.is_exact());
  return true;
}

bool BodyChecker::rule_ref_get_desc() {
  const std::uint32_t index = instruction_.index[0];
  if (index >= module_.types.size()) return fail_index(ErrorCode::unknown_type, 0, module_.types.size());
  ValueType described = ValueType::reference(module_.types[index].canonical, true);
  ValueType descriptor;
  ValueType found;
  if (!find_descriptor(described, descriptor) || !pop_any(found)) return false;
  const bool exact = module_.types.matches(found, described.with_exact(true));
  if (!exact && !module_.types.matches(found, described)) return fail_types(described, found.bits());
  push(descriptor.with_null(false).with_exact(exact));
  return true;
}

bool BodyChecker::rule_ref_cast_desc_eq() {
  ValueType type = instruction_.type;
  ValueType descriptor;
  if (!resolve(type, instruction_.index_offset[0]) || !find_descriptor(type, descriptor) || !pop(descriptor) ||
      !pop(module_.types.top(type)))
    return false;
  push(type);
  return true;
}

bool BodyChecker::rule_convert(HeapType from, HeapType to) {
  ValueType type;
  if (!pop_as_shared(ValueType::reference(from, true), type)) return false;
  const ValueType result = ValueType::reference(to, type.is_nullable());
  push(has_unknown_share(type) ? with_unknown_share(result) : result.with_shared(module_.types.is_shared(type)));
  return true;
}

}  // namespace plimsoll
