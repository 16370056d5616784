// What each rule takes: the switch over all of them, and the rules of variables, memories and tables.
#include <utility>

#include "smith/body.hpp"

namespace plimsoll::fuzz {

bool BodyMaker::apply(Opcode opcode) {
  switch (row(opcode).rule) {
    case Rule::plain:
    case Rule::memory:
    case Rule::atomic:
    case Rule::table: return by_signature(opcode);
    case Rule::unreachable:
      if (!entropy_.one_in(4)) return false;  // little of what follows it would be of interest
      emit(opcode);
      set_unreachable();
      return true;
    case Rule::block: return block(opcode, FrameKind::block);
    case Rule::loop: return block(opcode, FrameKind::loop);
    case Rule::if_: return block(opcode, FrameKind::if_);
    case Rule::try_: return block(opcode, FrameKind::try_);
    case Rule::else_:
    case Rule::end:
    case Rule::catch_:
    case Rule::catch_all:
    case Rule::delegate: return continue_frame(opcode);
    case Rule::rethrow: return rethrow(opcode);
    case Rule::throw_: return throw_(opcode);
    case Rule::throw_ref:
      if (shared_ || !types_.has_references()) return false;
      take({ValueType::reference(HeapType::exn, true)});
      emit(opcode);
      set_unreachable();
      return true;
    case Rule::try_table: return try_table(opcode);
    case Rule::br: return branch(opcode);
    case Rule::br_if: return branch_if(opcode);
    case Rule::br_table: return branch_table(opcode);
    case Rule::return_: return return_(opcode);
    case Rule::call:
    case Rule::call_indirect:
    case Rule::call_ref:
    case Rule::return_call:
    case Rule::return_call_indirect:
    case Rule::return_call_ref: return call(opcode);
    case Rule::drop: return drop(opcode);
    case Rule::select: return select(opcode, false);
    case Rule::select_typed: return select(opcode, true);
    case Rule::local_get:
    case Rule::local_set:
    case Rule::local_tee: return local(opcode);
    case Rule::global_get:
    case Rule::global_set: return global(opcode);
    case Rule::memory_copy: return copy_memory(opcode);
    case Rule::data_drop:
      if (plan_.data_segments == 0) return false;
      emit(opcode, entropy_.below(plan_.data_segments));
      return true;
    case Rule::table_init: return init_table(opcode);
    case Rule::table_copy: return copy_table(opcode);
    case Rule::elem_drop:
      if (plan_.elements.empty()) return false;
      emit(opcode, entropy_.below(plan_.elements.size()));
      return true;
    case Rule::ref_null: return ref_null(opcode);
    case Rule::ref_func: return ref_func(opcode);
    case Rule::ref_is_null:
    case Rule::ref_as_non_null: return ref_is_null(opcode);
    case Rule::br_on_null: return branch_on_null(opcode);
    case Rule::br_on_non_null: return branch_on_non_null(opcode);
    case Rule::ref_test:
    case Rule::ref_cast: return test_or_cast(opcode);
    case Rule::br_on_cast: return branch_on_cast(opcode, false, false);
    case Rule::br_on_cast_fail: return branch_on_cast(opcode, true, false);
    case Rule::any_convert_extern: return convert(opcode, HeapType::extern_, HeapType::any);
    case Rule::extern_convert_any: return convert(opcode, HeapType::any, HeapType::extern_);
    case Rule::struct_new: return new_struct(opcode, false, false);
    case Rule::struct_new_default: return new_struct(opcode, true, false);
    case Rule::struct_new_desc: return new_struct(opcode, false, true);
    case Rule::struct_new_default_desc: return new_struct(opcode, true, true);
    case Rule::struct_get:
    case Rule::struct_get_packed:
    case Rule::struct_set: return struct_field(opcode);
    case Rule::array_new:
    case Rule::array_new_default:
    case Rule::array_new_fixed: return new_array(opcode);
    case Rule::array_get:
    case Rule::array_get_packed:
    case Rule::array_set:
    case Rule::array_fill: return array_access(opcode);
    case Rule::array_copy: return array_copy(opcode);
    case Rule::array_new_data:
    case Rule::array_new_elem:
    case Rule::array_init_data:
    case Rule::array_init_elem: return array_segment(opcode);
    case Rule::ref_get_desc: return get_descriptor(opcode);
    case Rule::ref_cast_desc_eq: return cast_by_descriptor(opcode);
    case Rule::br_on_cast_desc_eq: return branch_on_cast(opcode, false, true);
    case Rule::br_on_cast_desc_eq_fail: return branch_on_cast(opcode, true, true);
    case Rule::cont_new: return new_continuation(opcode);
    case Rule::cont_bind: return bind(opcode);
    case Rule::suspend: return suspend(opcode);
    case Rule::resume:
    case Rule::resume_throw:
    case Rule::resume_throw_ref: return resume(opcode);
    case Rule::switch_: return switch_(opcode);
    case Rule::atomic_get:
    case Rule::atomic_get_packed:
    case Rule::atomic_set:
    case Rule::atomic_arithmetic:
    case Rule::atomic_exchange:
    case Rule::atomic_compare: return atomic(opcode);
  }
  std::unreachable();
}

// --- Operands of any type -----------------------------------------------------------------------------------------------

bool BodyMaker::drop(Opcode opcode) {
  if (operands_left() == 0 && !frames_.back().unreachable) return false;
  emit(opcode);
  if (operands_left() != 0) stack_.pop_back();
  return true;
}

bool BodyMaker::select(Opcode opcode, bool typed) {
  const std::optional<ValueType> on_top = top();
  ValueType type = on_top && (typed || !on_top->is_reference()) ? *on_top : types_.number();
  // Without typed references there is no way to write the type of what ref.func gives.
  const bool typeless = type.is_reference() && !plan_.features.has(Feature::function_references);
  if (typed && (typeless || entropy_.one_in(2))) type = types_.value(shared_);
  take({type, type, i32});
  Instruction instruction;
  instruction.opcode = opcode;
  Writer list;
  write_value_type(list, type);
  instruction.list = ImmediateList(list.view().data(), list.view().data() + list.size(), 1);
  emit(instruction);
  give(type);
  return true;
}

// --- Variables ----------------------------------------------------------------------------------------------------------

bool BodyMaker::local(Opcode opcode) {
  const Rule rule = row(opcode).rule;
  const bool get = rule == Rule::local_get;
  const std::uint32_t index = find(locals_.size(), [&](std::uint32_t i) { return !get || has_value_[i] != 0; });
  if (index == none) return false;
  const ValueType type = locals_[index];
  if (!get) take({type});
  emit(opcode, index);
  if (rule != Rule::local_set) give(type);
  if (!get && has_value_[index] == 0) {
    has_value_[index] = 1;
    initialised_.push_back({index, frames_.size()});
  }
  return true;
}

bool BodyMaker::global(Opcode opcode) {
  const bool get = row(opcode).rule == Rule::global_get;
  const std::uint32_t index = find(plan_.globals.size(), [&](std::uint32_t i) {
    const PlannedGlobal& one = plan_.globals[i];
    return (get || one.is_mutable) && (!shared_ || one.is_shared);
  });
  if (index == none) return false;
  const ValueType type = plan_.globals[index].type;
  if (!get) take({type});
  emit(opcode, index);
  if (get) give(type);
  return true;
}

// --- Memories and tables ------------------------------------------------------------------------------------------------

bool BodyMaker::copy_memory(Opcode opcode) {
  const std::uint32_t to = find_memory();
  const std::uint32_t from = find_memory();
  if (to == none || from == none) return false;
  const ValueType to_address = plan_.memories[to].address_type();
  const ValueType from_address = plan_.memories[from].address_type();
  take({to_address, from_address, to_address == from_address ? to_address : i32});
  emit(opcode, to, from);
  return true;
}

bool BodyMaker::init_table(Opcode opcode) {
  const std::uint32_t table = find_table();
  if (table == none) return false;
  const PlannedTable& to = plan_.tables[table];
  const std::uint32_t segment =
      find(plan_.elements.size(), [&](std::uint32_t i) { return matches(plan_.elements[i], to.element); });
  if (segment == none) return false;
  take({to.limits.address_type(), i32, i32});
  emit(opcode, segment, table);
  return true;
}

bool BodyMaker::copy_table(Opcode opcode) {
  const std::uint32_t to = find_table();
  if (to == none) return false;
  const std::uint32_t from = find(plan_.tables.size(), [&](std::uint32_t i) {
    return (!shared_ || plan_.tables[i].limits.is_shared) && matches(plan_.tables[i].element, plan_.tables[to].element);
  });
  const ValueType to_address = plan_.tables[to].limits.address_type();
  const ValueType from_address = plan_.tables[from].limits.address_type();
  take({to_address, from_address, to_address == from_address ? to_address : i32});
  emit(opcode, to, from);
  return true;
}

}  // namespace plimsoll::fuzz
