// The general path's rules for continuations (stack switching proposal, "Specification changes: Instructions").
#include "validate/body.hpp"

namespace plimsoll {

// The continuation type in an immediate, and its function type.
bool BodyChecker::continuation(unsigned which, std::uint32_t& canonical, std::uint32_t& function) {
  const std::uint32_t index = instruction_.index[which];
  if (index >= module_.types.size()) return fail_index(ErrorCode::unknown_type, which, module_.types.size());
  if (!module_.types.is(index, CompositeKind::continuation))
    return fail_at(ErrorCode::not_continuation_type, instruction_.index_offset[which]);
  canonical = module_.types[index].canonical;
  function = module_.types.continued(canonical);
  return true;
}

// The function type of the continuation that a label or a function takes last.
bool BodyChecker::handled_continuation(ValueType reference, std::uint32_t& function) {
  if (!reference.is_reference() || !reference.is_concrete() ||
      !module_.types.is(reference.type_index(), CompositeKind::continuation))
    return fail_types(ValueType::reference(HeapType::cont, true), reference.bits());
  function = module_.types.continued(reference.type_index());
  return true;
}

// Whether a function with these parameters and results matches the function type `super` (section 3.3.8).
bool BodyChecker::functions_match(std::span<const ValueType> parameters, std::span<const ValueType> results,
                                  std::uint32_t super) {
  return (module_.types.all_match(module_.types.parameters(super), parameters) &&
          module_.types.all_match(results, module_.types.results(super))) ||
         fail(ErrorCode::type_mismatch);
}

bool BodyChecker::check_handler(const Handler& handler, std::uint32_t resumed) {
  const std::uint32_t at = instruction_.target_offset;
  const std::uint32_t* tag = find_tag(handler.tag, at);
  if (tag == nullptr) return false;
  const std::span<const ValueType> given = module_.types.parameters(*tag);
  const std::span<const ValueType> results = module_.types.results(resumed);
  if (handler.is_switch) {
    // The tag's results are those of the continuation, no more and no less.
    const std::span<const ValueType> own = module_.types.results(*tag);
    const bool same = given.empty() && module_.types.all_match(own, results) && module_.types.all_match(results, own);
    return same || fail(ErrorCode::type_mismatch);
  }
  const Frame* frame = find_label(handler.label, at);
  if (frame == nullptr) return false;
  const std::span<const ValueType> label = label_types(*frame);
  if (label.empty()) return fail_types(bottom, operand::nothing);
  std::uint32_t rest = 0;
  if (!handled_continuation(label.back(), rest)) return false;
  if (!module_.types.all_match(given, label.first(label.size() - 1))) return fail(ErrorCode::type_mismatch);
  return functions_match(module_.types.results(*tag), results, rest);
}

bool BodyChecker::check_handlers(std::uint32_t resumed) {
  ImmediateList handlers = instruction_.list;
  for (std::uint32_t i = 0; i < instruction_.list.size(); ++i)
    if (!check_handler(handlers.next_handler(), resumed)) return false;
  return true;
}

bool BodyChecker::rule_cont_new() {
  std::uint32_t type = 0;
  std::uint32_t function = 0;
  if (!continuation(0, type, function) || !pop(ValueType::reference(function, true))) return false;
  push(ValueType::reference(type, false));
  return true;
}

bool BodyChecker::rule_cont_bind() {
  std::uint32_t from = 0;
  std::uint32_t from_function = 0;
  std::uint32_t to = 0;
  std::uint32_t to_function = 0;
  if (!continuation(0, from, from_function) || !continuation(1, to, to_function)) return false;
  const std::span<const ValueType> parameters = module_.types.parameters(from_function);
  const std::size_t left = module_.types.parameters(to_function).size();
  if (parameters.size() < left) return fail(ErrorCode::type_mismatch);
  const std::size_t bound = parameters.size() - left;
  if (!functions_match(parameters.subspan(bound), module_.types.results(from_function), to_function) ||
      !pop_continuation(from) || !pop_types(parameters.first(bound)))
    return false;
  push(ValueType::reference(to, false));
  return true;
}

bool BodyChecker::rule_suspend() {
  const std::uint32_t* tag = find_tag(instruction_.index[0], instruction_.index_offset[0]);
  if (tag == nullptr || !pop_types(module_.types.parameters(*tag))) return false;
  push_list(operand::results_of(*tag), module_.types.results(*tag).size());
  return true;
}

bool BodyChecker::rule_resume() {
  std::uint32_t type = 0;
  std::uint32_t function = 0;
  if (!continuation(0, type, function) || !check_handlers(function) || !pop_continuation(type) ||
      !pop_types(module_.types.parameters(function)))
    return false;
  push_list(operand::results_of(function), module_.types.results(function).size());
  return true;
}

bool BodyChecker::rule_resume_throw() {
  std::uint32_t type = 0;
  std::uint32_t function = 0;
  if (!continuation(0, type, function)) return false;
  const std::uint32_t* tag = find_exception_tag(instruction_.index[1], instruction_.index_offset[1]);
  if (tag == nullptr || !check_handlers(function) || !pop_continuation(type) ||
      !pop_types(module_.types.parameters(*tag)))
    return false;
  push_list(operand::results_of(function), module_.types.results(function).size());
  return true;
}

bool BodyChecker::rule_resume_throw_ref() {
  std::uint32_t type = 0;
  std::uint32_t function = 0;
  if (!continuation(0, type, function) || !check_handlers(function) || !pop_continuation(type) ||
      !pop(ValueType::reference(HeapType::exn, true)))
    return false;
  push_list(operand::results_of(function), module_.types.results(function).size());
  return true;
}

bool BodyChecker::rule_switch() {
  std::uint32_t type = 0;
  std::uint32_t function = 0;
  if (!continuation(0, type, function)) return false;
  const std::uint32_t* tag = find_tag(instruction_.index[1], instruction_.index_offset[1]);
  if (tag == nullptr) return false;
  const std::span<const ValueType> parameters = module_.types.parameters(function);
  if (!module_.types.parameters(*tag).empty() || parameters.empty()) return fail(ErrorCode::type_mismatch);
  std::uint32_t other = 0;
  if (!handled_continuation(parameters.back(), other)) return false;
  const std::span<const ValueType> results = module_.types.results(*tag);
  if (!module_.types.all_match(module_.types.results(function), results) ||
      !module_.types.all_match(results, module_.types.results(other)))
    return fail(ErrorCode::type_mismatch);
  if (!pop_continuation(type) || !pop_types(parameters.first(parameters.size() - 1))) return false;
  push_list(operand::parameters_of(other), module_.types.parameters(other).size());
  return true;
}

}  // namespace plimsoll
