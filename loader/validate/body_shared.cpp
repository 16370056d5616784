// The general path's rules for what threads share (shared-everything threads proposal): what a shared function may use,
// and atomic accesses to globals, tables, structs and arrays.
#include <utility>

#include "validate/body.hpp"

namespace plimsoll {

bool BodyChecker::is_shared_type(unsigned which) const noexcept {
  const std::uint32_t index = instruction_.index[which];
  return index >= module_.types.size() || module_.types[index].is_shared != 0;
}

// Whether all that the immediates name is shared. What does not exist is for the rules to find.
bool BodyChecker::check_shared() {
  const InstructionRow& row = plimsoll::row(instruction_.opcode);
  const TypeStore& types = module_.types;
  const auto shared_value = [&](ValueType type) {
    return !type.is_reference() || !type.is_concrete() || type.type_index() < types.size() ? types.is_shared(type)
                                                                                           : true;
  };
  const auto shared_function = [&](std::uint32_t index) {
    return !module_.functions.has(index) || types[module_.functions[index]].is_shared != 0;
  };
  const auto shared_tag = [&](std::uint32_t index) {
    return !module_.tags.has(index) || types[module_.tags[index]].is_shared != 0;
  };
  const auto shared_table = [&](std::uint32_t index) {
    return !module_.tables.has(index) || module_.tables[index].is_shared;
  };
  const auto shared_memory = [&](std::uint32_t index) {
    return !module_.memories.has(index) || module_.memories[index].limits.is_shared;
  };
  const auto shared_global = [&](std::uint32_t index) {
    return !module_.globals.has(index) || module_.globals[index].is_shared;
  };
  const std::uint32_t first = instruction_.index[0];
  const std::uint32_t second = instruction_.index[1];
  bool shared = true;
  switch (row.imm) {
    case Imm::none:  // (ref i31) and exnref are not shared
      shared = row.rule != Rule::throw_ref && row.signature != "i:j";
      break;
    case Imm::block_type:
    case Imm::try_table: shared = shared_value(instruction_.block_type.value); break;
    case Imm::function: shared = shared_function(first); break;
    case Imm::type:
    case Imm::type_count:
    case Imm::type_field:
    case Imm::type_data:
    case Imm::type_element:
    case Imm::type_handlers:
    case Imm::ordering_field:
    case Imm::ordering_type: shared = is_shared_type(0); break;
    case Imm::type_type: shared = is_shared_type(0) && is_shared_type(1); break;
    case Imm::type_table: shared = is_shared_type(0) && shared_table(second); break;
    case Imm::type_tag:
    case Imm::type_tag_handlers: shared = is_shared_type(0) && shared_tag(second); break;
    case Imm::global:
    case Imm::ordering_global: shared = shared_global(first); break;
    case Imm::table:
    case Imm::ordering_table: shared = shared_table(first); break;
    case Imm::table_table: shared = shared_table(first) && shared_table(second); break;
    case Imm::element_table: shared = shared_table(second); break;
    case Imm::memory: shared = shared_memory(first); break;
    case Imm::memory_memory: shared = shared_memory(first) && shared_memory(second); break;
    case Imm::data_memory: shared = shared_memory(second); break;
    case Imm::memarg:
    case Imm::memarg_lane: shared = shared_memory(instruction_.memory); break;
    case Imm::tag: shared = shared_tag(first); break;
    case Imm::reference:
    case Imm::reference_null: shared = shared_value(instruction_.type); break;
    case Imm::cast: shared = shared_value(instruction_.type) && shared_value(instruction_.target); break;
    case Imm::value_types: {
      ImmediateList list = instruction_.list;
      shared = list.size() == 0 || shared_value(list.next_value_type());
      break;
    }
    // Numbers, and what a shared function has nothing of that is not: its labels and locals, segments.
    case Imm::label:
    case Imm::labels:
    case Imm::local:
    case Imm::element:
    case Imm::data:
    case Imm::lane:
    case Imm::shuffle:
    case Imm::i32_const:
    case Imm::i64_const:
    case Imm::f32_const:
    case Imm::f64_const:
    case Imm::v128_const:
    case Imm::zero_byte: break;
  }
  return shared || fail(ErrorCode::unshared_access);
}

// Pops a reference that matches `expected` or the shared type of the same name.
bool BodyChecker::pop_as_shared(ValueType expected, ValueType& found) {
  const std::uint32_t entry = top_[-1];
  if (operand::is_guard(entry) && !operand::is_unreachable(entry)) return fail_types(expected, entry);
  pop_any(found);
  if (found.is_bottom()) found = bottom_reference;
  const bool shared = found.is_reference() && !has_unknown_share(found) && module_.types.is_shared(found);
  return module_.types.matches(found, expected.with_shared(shared)) || fail_types(expected, found.bits());
}

bool BodyChecker::atomic_place(Place& place) {
  const InstructionRow& row = plimsoll::row(instruction_.opcode);
  if (row.imm == Imm::ordering_global) {
    const std::uint32_t index = instruction_.index[0];
    if (!module_.globals.has(index)) return fail_index(ErrorCode::unknown_global, 0, module_.globals.size());
    place.type = module_.globals[index].type;
    return true;
  }
  if (row.imm == Imm::ordering_table) {
    const TableRecord* table = find_table(0);
    if (table == nullptr) return false;
    place.type = FieldType(table->element, true);
    place.operands[0] = table->address_type();
    return true;
  }
  std::uint32_t type = 0;
  const bool is_struct = row.imm == Imm::ordering_field;
  if (is_struct ? !struct_field(type, place.type) : !array_type(0, type, place.type)) return false;
  place.operands[0] = ValueType::reference(type, true);
  if (!is_struct) place.operands[1] = i32;
  return true;
}

bool BodyChecker::pop_place(const Place& place) {
  return (place.operands[1].is_bottom() || pop(place.operands[1])) &&
         (place.operands[0].is_bottom() || pop(place.operands[0]));
}

namespace {

ErrorCode immutable(Imm imm) noexcept {
  if (imm == Imm::ordering_global) return ErrorCode::immutable_global;
  return imm == Imm::ordering_field ? ErrorCode::immutable_field : ErrorCode::immutable_array;
}

}  // namespace

bool BodyChecker::rule_atomic(Rule rule) {
  Place place;
  if (!atomic_place(place)) return false;
  const ValueType storage = place.type.storage();
  const ValueType value = storage.unpacked();
  const bool reads_only = rule == Rule::atomic_get || rule == Rule::atomic_get_packed;
  if (!reads_only && !place.type.is_mutable()) return fail(immutable(row(instruction_.opcode).imm));
  if (reads_only && !check_packing(place.type, rule == Rule::atomic_get_packed)) return false;
  // Integers, and for what does no arithmetic with them references that are small or can be compared.
  const HeapType top = rule == Rule::atomic_compare ? HeapType::eq : HeapType::any;
  const ValueType reference = ValueType::reference(top, true).with_shared(module_.types.is_shared(storage));
  const bool integer = storage == i32 || storage == i64;
  const bool fits = integer || (rule != Rule::atomic_arithmetic && module_.types.matches(storage, reference)) ||
                    (storage.is_packed() && (rule == Rule::atomic_set || rule == Rule::atomic_get_packed));
  if (!fits) return fail(ErrorCode::bad_atomic_type);
  if (!reads_only && !pop(value)) return false;
  if (rule == Rule::atomic_compare && !pop(integer ? value : reference)) return false;
  if (!pop_place(place)) return false;
  if (rule != Rule::atomic_set) push(value);
  return true;
}

}  // namespace plimsoll
