// References, casts and descriptors.
#include "smith/body.hpp"

namespace plimsoll::fuzz {

// The reference on top of the stack, or any that can be made.
ValueType BodyMaker::any_reference() {
  const std::optional<ValueType> on_top = top();
  return on_top && on_top->is_reference() ? *on_top : types_.reference(shared_);
}

bool BodyMaker::ref_null(Opcode opcode) {
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.type = types_.reference(shared_).with_null(true);
  emit(instruction);
  give(instruction.type);
  return true;
}

bool BodyMaker::ref_func(Opcode opcode) {
  const std::uint32_t function = find(plan_.functions.size(), [&](std::uint32_t i) {
    return plan_.functions[i].is_declared && may_use_type(plan_.functions[i].type);
  });
  if (function == none) return false;
  emit(opcode, function);
  const ValueType made = types_.made(plan_.functions[function].type);
  give(plan_.functions[function].is_exact ? made : made.with_exact(false));
  return true;
}

// And ref.as_non_null.
bool BodyMaker::ref_is_null(Opcode opcode) {
  const ValueType type = any_reference();
  take({type});
  emit(opcode);
  give(row(opcode).rule == Rule::ref_is_null ? i32 : type.with_null(false));
  return true;
}

bool BodyMaker::branch_on_null(Opcode opcode) {
  const std::uint32_t to = entropy_.below(frames_.size());
  const std::span<const ValueType> types = label_types(label(to));
  const ValueType type = any_reference();
  Operands operands(types.begin(), types.end());
  operands.push_back(type);
  take(operands);
  emit(opcode, to);
  give(label_types(label(to)));
  give(type.with_null(false));
  return true;
}

bool BodyMaker::branch_on_non_null(Opcode opcode) {
  const std::uint32_t to = find(frames_.size(), [&](std::uint32_t i) {
    const std::span<const ValueType> types = label_types(label(i));
    return !types.empty() && types.back().is_reference();
  });
  if (to == none) return false;
  const std::span<const ValueType> types = label_types(label(to));
  Operands operands(types.begin(), types.end());
  operands.back() = operands.back().with_null(true);
  take(operands);
  emit(opcode, to);
  give(types.first(types.size() - 1));
  return true;
}

// Continuations cannot be cast.
bool BodyMaker::test_or_cast(Opcode opcode) {
  const bool nullable = row(opcode).imm == Imm::reference_null;
  const ValueType type = types_.reference(shared_).with_null(nullable);
  const ValueType from = types_.store().top(type);
  if (from.heap_type() == HeapType::cont) return false;
  take({from});
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.type = type;
  emit(instruction);
  give(row(opcode).rule == Rule::ref_test ? i32 : type);
  return true;
}

bool BodyMaker::branch_on_cast(Opcode opcode, bool fail, bool by_descriptor) {
  const TypeStore& store = types_.store();
  const std::uint32_t label_index = find(frames_.size(), [&](std::uint32_t i) {
    const std::span<const ValueType> types = label_types(label(i));
    return !types.empty() && types.back().is_reference() && store.top(types.back()).heap_type() != HeapType::cont;
  });
  if (label_index == none) return false;
  const std::span<const ValueType> types = label_types(label(label_index));
  const ValueType last = types.back();
  // The label takes the target if the cast succeeds; if it fails, what is left of the source.
  ValueType to = types_.narrower(last);
  ValueType from = entropy_.one_in(2) ? store.top(last) : last;
  if (fail) {
    from = types_.narrower(last);
    to = types_.narrower(from);
  }
  std::uint32_t descriptor = TypeRecord::no_supertype;
  if (by_descriptor) {
    const ValueType around = fail ? from : last;
    const std::uint32_t index = types_.find([&](std::uint32_t i) {
      return store.descriptor(i) != TypeRecord::no_supertype && matches(types_.reference(i, false), around) &&
             may_use_type(i);
    });
    if (index == types_.size()) return false;
    to = types_.reference(index, around.is_nullable() && entropy_.one_in(2)).with_exact(entropy_.one_in(2));
    descriptor = store.descriptor(store[index].canonical);
  }
  const ValueType rest = from.with_null(from.is_nullable() && !to.is_nullable());
  if (!matches(to, from) || !matches(fail ? rest : to, last)) return false;
  Operands operands(types.begin(), types.end());
  operands.back() = from;
  if (by_descriptor) operands.push_back(types_.reference(descriptor, true).with_exact(to.is_exact()));
  take(operands);
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.index[0] = label_index;
  instruction.type = from;
  instruction.target = to;
  emit(instruction);
  give(types.first(types.size() - 1));
  give(fail ? to : rest);
  return true;
}

bool BodyMaker::convert(Opcode opcode, HeapType from, HeapType to) {
  const bool as_shared = shared_ || (plan_.features.has(Feature::shared_everything_threads) && entropy_.one_in(4));
  const ValueType type = ValueType::reference(from, entropy_.one_in(2)).with_shared(as_shared);
  take({type});
  emit(opcode);
  // What was there may be of a narrower type that is not null; a wider result is sound, but not always the same.
  give(ValueType::reference(to, type.is_nullable()).with_shared(as_shared));
  return true;
}

// --- Descriptors --------------------------------------------------------------------------------------------------------

bool BodyMaker::get_descriptor(Opcode opcode) {
  const TypeStore& store = types_.store();
  const std::uint32_t index =
      types_.find([&](std::uint32_t i) { return store.descriptor(i) != TypeRecord::no_supertype && may_use_type(i); });
  if (index == types_.size()) return false;
  const bool exact = entropy_.one_in(2);
  take({types_.reference(index, true).with_exact(exact)});
  emit(opcode, index);
  give(types_.reference(store.descriptor(store[index].canonical), false).with_exact(exact));
  return true;
}

bool BodyMaker::cast_by_descriptor(Opcode opcode) {
  const TypeStore& store = types_.store();
  const std::uint32_t index =
      types_.find([&](std::uint32_t i) { return store.descriptor(i) != TypeRecord::no_supertype && may_use_type(i); });
  if (index == types_.size()) return false;
  const bool exact = entropy_.one_in(2);
  const bool nullable = row(opcode).imm == Imm::reference_null;
  const ValueType type = types_.reference(index, nullable).with_exact(exact);
  take({store.top(type), types_.reference(store.descriptor(store[index].canonical), true).with_exact(exact)});
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.type = type;
  emit(instruction);
  give(type);
  return true;
}

}  // namespace plimsoll::fuzz
