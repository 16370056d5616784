// Structs, arrays, and atomic accesses to them, to globals and to tables.
#include <algorithm>

#include "smith/body.hpp"

namespace plimsoll::fuzz {

bool BodyMaker::new_struct(Opcode opcode, bool defaults, bool described) {
  const TypeStore& store = types_.store();
  const std::uint32_t index = types_.find([&](std::uint32_t i) {
    if (!store.is(i, CompositeKind::struct_) || !may_use_type(i)) return false;
    if ((store.descriptor(i) != TypeRecord::no_supertype) != described) return false;
    return !defaults || store[i].all_defaultable != 0;
  });
  if (index == types_.size()) return false;
  Operands operands;
  if (!defaults) {
    for (const FieldType field : store.fields(index)) operands.push_back(field.storage().unpacked());
  }
  if (described) operands.push_back(types_.reference(store.descriptor(index), true).with_exact(true));
  take(operands);
  emit(opcode, index);
  give(types_.made(index));
  return true;
}

bool BodyMaker::struct_field(Opcode opcode) {
  const Rule rule = row(opcode).rule;
  const bool packed = rule == Rule::struct_get_packed;
  const auto fits = [&](FieldType field) {
    return rule == Rule::struct_set ? field.is_mutable() : field.storage().is_packed() == packed;
  };
  const TypeStore& store = types_.store();
  const std::uint32_t index = types_.find([&](std::uint32_t i) {
    return store.is(i, CompositeKind::struct_) && may_use_type(i) && std::ranges::any_of(store.fields(i), fits);
  });
  if (index == types_.size()) return false;
  const std::span<const FieldType> fields = store.fields(index);
  const std::uint32_t field = find(fields.size(), [&](std::uint32_t i) { return fits(fields[i]); });
  const ValueType value = fields[field].storage().unpacked();
  if (rule == Rule::struct_set)
    take({types_.reference(index, true), value});
  else
    take({types_.reference(index, true)});
  emit(opcode, index, field);
  if (rule != Rule::struct_set) give(value);
  return true;
}

bool BodyMaker::new_array(Opcode opcode) {
  const Rule rule = row(opcode).rule;
  const TypeStore& store = types_.store();
  const std::uint32_t index = types_.find([&](std::uint32_t i) {
    return store.is(i, CompositeKind::array) && may_use_type(i) &&
           (rule != Rule::array_new_default || store.fields(i).front().storage().is_defaultable());
  });
  if (index == types_.size()) return false;
  const ValueType value = store.fields(index).front().storage().unpacked();
  const std::uint32_t count = rule == Rule::array_new_fixed ? entropy_.below(6) : 0;
  if (rule == Rule::array_new)
    take({value, i32});
  else if (rule == Rule::array_new_default)
    take({i32});
  else
    take(Operands(count, value));
  emit(opcode, index, count);
  give(types_.made(index));
  return true;
}

bool BodyMaker::array_access(Opcode opcode) {
  const Rule rule = row(opcode).rule;
  const bool reads = rule == Rule::array_get || rule == Rule::array_get_packed;
  const TypeStore& store = types_.store();
  const std::uint32_t index = types_.find([&](std::uint32_t i) {
    if (!store.is(i, CompositeKind::array) || !may_use_type(i)) return false;
    const FieldType element = store.fields(i).front();
    return reads ? element.storage().is_packed() == (rule == Rule::array_get_packed) : element.is_mutable();
  });
  if (index == types_.size()) return false;
  const ValueType value = store.fields(index).front().storage().unpacked();
  const ValueType array = types_.reference(index, true);
  if (reads)
    take({array, i32});
  else if (rule == Rule::array_set)
    take({array, i32, value});
  else
    take({array, i32, value, i32});
  emit(opcode, index);
  if (reads) give(value);
  return true;
}

bool BodyMaker::array_copy(Opcode opcode) {
  const TypeStore& store = types_.store();
  const std::uint32_t to = types_.find([&](std::uint32_t i) {
    return store.is(i, CompositeKind::array) && may_use_type(i) && store.fields(i).front().is_mutable();
  });
  if (to == types_.size()) return false;
  const ValueType wanted = store.fields(to).front().storage();
  const std::uint32_t from = types_.find([&](std::uint32_t i) {
    return store.is(i, CompositeKind::array) && may_use_type(i) && matches(store.fields(i).front().storage(), wanted);
  });
  take({types_.reference(to, true), i32, types_.reference(from, true), i32, i32});
  emit(opcode, to, from);
  return true;
}

// Arrays made of segments, or filled from them.
bool BodyMaker::array_segment(Opcode opcode) {
  const Rule rule = row(opcode).rule;
  const bool fills = rule == Rule::array_init_data || rule == Rule::array_init_elem;
  const bool data = rule == Rule::array_new_data || rule == Rule::array_init_data;
  const TypeStore& store = types_.store();
  std::uint32_t segment = none;
  const auto find_segment = [&](ValueType storage) {
    if (data) return !storage.is_reference() && plan_.data_segments != 0 ? entropy_.below(plan_.data_segments) : none;
    return find(plan_.elements.size(), [&](std::uint32_t i) { return matches(plan_.elements[i], storage.unpacked()); });
  };
  const std::uint32_t index = types_.find([&](std::uint32_t i) {
    if (!store.is(i, CompositeKind::array) || !may_use_type(i)) return false;
    const FieldType element = store.fields(i).front();
    if (fills && !element.is_mutable()) return false;
    segment = find_segment(element.storage());
    return segment != none;
  });
  if (index == types_.size()) return false;
  if (fills)
    take({types_.reference(index, true), i32, i32, i32});
  else
    take({i32, i32});
  emit(opcode, index, segment);
  if (!fills) give(types_.made(index));
  return true;
}

// --- Atomic accesses ----------------------------------------------------------------------------------------------------

bool BodyMaker::atomic(Opcode opcode) {
  const InstructionRow& instruction_row = row(opcode);
  const Rule rule = instruction_row.rule;
  const TypeStore& store = types_.store();
  const bool reads_only = rule == Rule::atomic_get || rule == Rule::atomic_get_packed;
  const auto comparable = [&](ValueType storage) {
    const HeapType heap = rule == Rule::atomic_compare ? HeapType::eq : HeapType::any;
    return ValueType::reference(heap, true).with_shared(store.is_shared(storage));
  };
  const auto fits = [&](FieldType field) {
    const ValueType storage = field.storage();
    if (!reads_only && !field.is_mutable()) return false;
    if (reads_only && storage.is_packed() != (rule == Rule::atomic_get_packed)) return false;
    if (storage.is_packed()) return rule == Rule::atomic_set || rule == Rule::atomic_get_packed;
    if (storage == i32 || storage == i64) return true;
    return storage.is_reference() && rule != Rule::atomic_arithmetic && matches(storage, comparable(storage));
  };
  Instruction instruction;
  instruction.opcode = opcode;
  Operands operands;
  FieldType place;
  if (instruction_row.imm == Imm::ordering_global) {
    const std::uint32_t index = find(plan_.globals.size(), [&](std::uint32_t i) {
      const PlannedGlobal& one = plan_.globals[i];
      return (!shared_ || one.is_shared) && fits(FieldType(one.type, one.is_mutable));
    });
    if (index == none) return false;
    instruction.index[0] = index;
    place = FieldType(plan_.globals[index].type, plan_.globals[index].is_mutable);
  } else if (instruction_row.imm == Imm::ordering_table) {
    const std::uint32_t index = find(plan_.tables.size(), [&](std::uint32_t i) {
      const PlannedTable& one = plan_.tables[i];
      return (!shared_ || one.limits.is_shared) && fits(FieldType(one.element, true));
    });
    if (index == none) return false;
    instruction.index[0] = index;
    place = FieldType(plan_.tables[index].element, true);
    operands.push_back(plan_.tables[index].limits.address_type());
  } else {
    const bool is_struct = instruction_row.imm == Imm::ordering_field;
    const CompositeKind kind = is_struct ? CompositeKind::struct_ : CompositeKind::array;
    const std::uint32_t index = types_.find([&](std::uint32_t i) {
      return store.is(i, kind) && may_use_type(i) && std::ranges::any_of(store.fields(i), fits);
    });
    if (index == types_.size()) return false;
    const std::span<const FieldType> fields = store.fields(index);
    instruction.index[0] = index;
    instruction.index[1] = find(fields.size(), [&](std::uint32_t i) { return fits(fields[i]); });
    place = fields[instruction.index[1]];
    operands.push_back(types_.reference(index, true));
    if (!is_struct) operands.push_back(i32);
  }
  const ValueType value = place.storage().unpacked();
  if (rule == Rule::atomic_compare) operands.push_back(value.is_reference() ? comparable(value) : value);
  if (!reads_only) operands.push_back(value);
  const bool modifies =
      rule == Rule::atomic_arithmetic || rule == Rule::atomic_exchange || rule == Rule::atomic_compare;
  instruction.ordering = entropy_.one_in(2) ? modifies ? 0x11 : 1 : 0;
  take(operands);
  emit(instruction);
  if (rule != Rule::atomic_set) give(value);
  return true;
}

}  // namespace plimsoll::fuzz
