// The general path's rules for control instructions (specification 3.0, sections 3.4.8 and appendix "Validation
// Algorithm"; legacy exceptions from their proposal).
#include "validate/body.hpp"

namespace plimsoll {

// --- Frames ---------------------------------------------------------------------------------------------------------

bool BodyChecker::resolve_block_type(std::uint32_t& type) {
  const BlockType& written = instruction_.block_type;
  if (written.kind == BlockType::Kind::empty) {
    type = block::empty;
    return true;
  }
  if (written.kind == BlockType::Kind::value) {
    ValueType value = written.value;
    if (!resolve(value, written.offset)) return false;
    type = value.bits();
    return true;
  }
  instruction_.index[0] = written.type_index;
  instruction_.index_offset[0] = written.offset;
  std::uint32_t index = 0;
  if (!function_type(0, index)) return false;
  type = block::of_function(module_.types, index);
  return true;
}

// What a block takes, or gives, but for the last `dropped` of it.
void BodyChecker::push_start(std::uint32_t type, unsigned dropped) {
  if (!block::is_function(type)) return;
  const std::uint32_t index = type & ~block::function_bit;
  push_list(operand::parameters_of(index), module_.types.parameters(index).size() - dropped);
}

void BodyChecker::push_end(std::uint32_t type, unsigned dropped) {
  if (block::is_function(type)) {
    const std::uint32_t index = type & ~block::function_bit;
    push_list(operand::results_of(index), module_.types.results(index).size() - dropped);
  } else if (type != block::empty && dropped == 0) {
    push_entry(type);
  }
}

const Frame* BodyChecker::find_label(std::uint32_t label, std::uint32_t at) noexcept {
  if (label < frame_count_) return &stacks_.frame(frame_count_ - 1 - label);
  fail_index(ErrorCode::unknown_label, at, label, frame_count_);
  return nullptr;
}

void BodyChecker::push_frame(FrameKind kind, std::uint32_t type) {
  push_entry(operand::guard(kind));
  if (stacks_.free_words(operand_count(), frame_count_) < Stacks::frame_words) reserve_words(Stacks::frame_words);
  stacks_.put_frame(frame_count_++, {static_cast<std::uint32_t>(operand_count()), ValueType::from_bits(type)});
}

// The operands of the top frame must be its results and nothing else.
bool BodyChecker::close_frame() {
  const Frame& frame = top_frame();
  if (!pop_types(end_types(frame))) return false;
  if (operand_count() != frame.height) {
    ValueType left;
    pop_any(left);
    return fail_types(ValueType::from_bits(operand::nothing), left.bits());
  }
  if (locals_.any_initialised()) locals_.leave(frame_count_);
  return true;
}

// The top frame starts again as another kind: the second branch of an `if`, a handler.
void BodyChecker::reopen_frame(FrameKind kind) {
  top_ = stacks_.operands() + top_frame().height;
  top_[-1] = operand::guard(kind);
}

// The labels of the catch clauses are those around the try_table, not its own.
bool BodyChecker::rule_try_table() {
  std::uint32_t type = block::empty;
  if (!resolve_block_type(type) || !check_catches() || !pop_types(start_types(type))) return false;
  push_frame(FrameKind::try_table, type);
  push_start(type);
  return true;
}

bool BodyChecker::enter_block(FrameKind kind) {
  std::uint32_t type = block::empty;
  if (!resolve_block_type(type) || !pop_types(start_types(type))) return false;
  push_frame(kind, type);
  push_start(type);
  return true;
}

bool BodyChecker::rule_end() {
  const FrameKind kind = frame_kind(top_frame());
  if (!close_frame()) return false;
  const Frame frame = top_frame();
  if (kind == FrameKind::if_) {
    // Without an `else`, the parameters are the results.
    const std::span<const ValueType> results = end_types(frame);
    if (!lists_match(start_types(frame.type()), results)) return fail_lists(results, start_types(frame.type()));
  }
  --frame_count_;
  top_ = stacks_.operands() + frame.height - 1;
  if (frame_count_ != 0) push_end(frame.type());
  return true;
}

bool BodyChecker::rule_else() {
  if (frame_kind(top_frame()) != FrameKind::if_) return fail(ErrorCode::unexpected_else);
  if (!close_frame()) return false;
  reopen_frame(FrameKind::else_);
  push_start(top_frame().type());
  return true;
}

// --- Exceptions -----------------------------------------------------------------------------------------------------

const std::uint32_t* BodyChecker::find_tag(std::uint32_t tag, std::uint32_t at) noexcept {
  if (module_.tags.has(tag)) return &module_.tags[tag];
  fail_index(ErrorCode::unknown_tag, at, tag, module_.tags.size());
  return nullptr;
}

// A tag for an exception has no results; with stack switching others may have.
const std::uint32_t* BodyChecker::find_exception_tag(std::uint32_t tag, std::uint32_t at) noexcept {
  const std::uint32_t* type = find_tag(tag, at);
  if (type == nullptr || module_.types.results(*type).empty()) return type;
  fail_at(ErrorCode::tag_results, at);
  return nullptr;
}

bool BodyChecker::rule_throw() {
  const std::uint32_t* type = find_exception_tag(instruction_.index[0], instruction_.index_offset[0]);
  if (type == nullptr || !pop_types(module_.types.parameters(*type))) return false;
  set_unreachable();
  return true;
}

bool BodyChecker::rule_throw_ref() {
  if (!pop(ValueType::reference(HeapType::exn, true))) return false;
  set_unreachable();
  return true;
}

bool BodyChecker::check_catch(const CatchClause& clause, std::uint32_t at) {
  std::span<const ValueType> parameters;
  if (clause.has_tag) {
    const std::uint32_t* type = find_exception_tag(clause.tag, at + 1);
    if (type == nullptr) return false;
    parameters = module_.types.parameters(*type);
  }
  const Frame* frame = find_label(clause.label, at + clause.label_offset);
  if (frame == nullptr) return false;
  std::span<const ValueType> label = label_types(*frame);
  const ValueType exception = ValueType::reference(HeapType::exn, false);
  if (clause.takes_reference) {
    if (label.empty() || !module_.types.matches(exception, label.back()))
      return fail_types(label.empty() ? ValueType::from_bits(operand::nothing) : label.back(), exception.bits());
    label = label.first(label.size() - 1);
  }
  return lists_match(parameters, label) || fail_lists(label, parameters);
}

bool BodyChecker::check_catches() {
  ImmediateList clauses = instruction_.list;
  for (std::uint32_t i = 0; i < instruction_.list.size(); ++i) {
    const std::uint32_t at = offset_of(clauses);
    if (!check_catch(clauses.next_catch(), at)) return false;
  }
  return true;
}

bool BodyChecker::rule_catch(bool all) {
  const FrameKind kind = frame_kind(top_frame());
  if (kind != FrameKind::try_ && kind != FrameKind::catch_) return fail(ErrorCode::end_expected);
  if (!close_frame()) return false;
  const std::uint32_t* type = all ? nullptr : find_exception_tag(instruction_.index[0], instruction_.index_offset[0]);
  if (!all && type == nullptr) return false;
  reopen_frame(all ? FrameKind::catch_all : FrameKind::catch_);
  if (!all) push_list(operand::parameters_of(*type), module_.types.parameters(*type).size());
  return true;
}

bool BodyChecker::rule_delegate() {
  if (frame_kind(top_frame()) != FrameKind::try_) return fail(ErrorCode::bad_delegate);
  if (!close_frame()) return false;
  const Frame frame = top_frame();
  --frame_count_;
  top_ = stacks_.operands() + frame.height - 1;
  if (find_label() == nullptr) return false;
  push_end(frame.type());
  return true;
}

bool BodyChecker::rule_rethrow() {
  const Frame* frame = find_label();
  if (frame == nullptr) return false;
  const FrameKind kind = frame_kind(*frame);
  if (kind != FrameKind::catch_ && kind != FrameKind::catch_all)
    return fail_detail(ErrorCode::bad_rethrow, instruction_.index_offset[0], ErrorDetail::number,
                       instruction_.index[0]);
  set_unreachable();
  return true;
}

// --- Branches -------------------------------------------------------------------------------------------------------

bool BodyChecker::rule_br() {
  const Frame* frame = find_label();
  if (frame == nullptr || !pop_types(label_types(*frame))) return false;
  set_unreachable();
  return true;
}

bool BodyChecker::rule_br_if() {
  const Frame* frame = find_label();
  if (frame == nullptr || !pop(i32) || !pop_types(label_types(*frame))) return false;
  push_label(*frame);
  return true;
}

// What a label takes, back on the stack after a branch that may not be taken.
void BodyChecker::push_label(const Frame& frame, unsigned dropped) {
  if (frame_kind(frame) == FrameKind::loop)
    push_start(frame.type(), dropped);
  else
    push_end(frame.type(), dropped);
}

bool BodyChecker::rule_br_table() {
  if (!pop(i32)) return false;
  // The default label, the last, says how many operands there are; each other one must take as many.
  ImmediateList labels = instruction_.list;
  std::uint32_t checked = 0;  // a label type that is known to fit: neighbours are mostly alike
  bool any_checked = false;
  std::size_t arity = 0;
  for (std::uint32_t i = 0; i < instruction_.list.size(); ++i) {
    const std::uint32_t at = offset_of(labels);
    const Frame* frame = find_label(labels.next_label(), at);
    if (frame == nullptr) return false;
    const bool is_loop = frame_kind(*frame) == FrameKind::loop;
    const std::uint32_t loop_key =
        block::is_function(frame->type()) ? frame->type() ^ block::function_bit >> 1 : block::empty;
    const std::uint32_t key = is_loop ? loop_key : frame->type();
    if (any_checked && key == checked) continue;
    const std::span<const ValueType> types = label_types(*frame);
    if (any_checked && types.size() != arity)
      return fail_detail(ErrorCode::type_mismatch, at, ErrorDetail::arity, types.size(), arity);
    if (!peek_types(types)) return false;
    checked = key;
    arity = types.size();
    any_checked = true;
  }
  set_unreachable();
  return true;
}

bool BodyChecker::rule_return() {
  if (!pop_types(end_types(stacks_.frame(0)))) return false;
  set_unreachable();
  return true;
}

// --- Calls ----------------------------------------------------------------------------------------------------------

bool BodyChecker::function_type(unsigned which, std::uint32_t& type_index) {
  type_index = instruction_.index[which];
  if (type_index >= module_.types.size()) return fail_index(ErrorCode::unknown_type, which, module_.types.size());
  if (!module_.types.is(type_index, CompositeKind::function)) return fail_kind(which, CompositeKind::function);
  return true;
}

bool BodyChecker::finish_call(std::uint32_t type_index, bool tail) {
  if (!pop_types(module_.types.parameters(type_index))) return false;
  if (!tail) {
    push_list(operand::results_of(type_index), module_.types.results(type_index).size());
    return true;
  }
  const std::span<const ValueType> own = module_.types.results(function_type_);
  const std::span<const ValueType> callee = module_.types.results(type_index);
  if (!lists_match(callee, own)) return fail_lists(own, callee);
  set_unreachable();
  return true;
}

bool BodyChecker::rule_call(bool tail) {
  const std::uint32_t function = instruction_.index[0];
  if (!module_.functions.has(function)) return fail_index(ErrorCode::unknown_function, 0, module_.functions.size());
  return finish_call(module_.functions[function], tail);
}

bool BodyChecker::rule_call_indirect(bool tail) {
  std::uint32_t type_index = 0;
  if (!function_type(0, type_index)) return false;
  const TableRecord* table = find_table(1);
  if (table == nullptr) return false;
  if (!module_.types.matches(table->element, funcref)) return fail_types(funcref, table->element.bits());
  return pop(table->address_type()) && finish_call(type_index, tail);
}

bool BodyChecker::rule_call_ref(bool tail) {
  std::uint32_t type_index = 0;
  if (!function_type(0, type_index)) return false;
  return pop(ValueType::reference(module_.types[type_index].canonical, true)) && finish_call(type_index, tail);
}

}  // namespace plimsoll
