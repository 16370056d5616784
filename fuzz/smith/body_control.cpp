// Blocks, branches, calls and exceptions.
#include <algorithm>

#include "smith/body.hpp"

namespace plimsoll::fuzz {
namespace {

// The end of a list of immediates that a Writer holds.
ImmediateList list_of(const Writer& list, std::uint32_t count) {
  return {list.view().data(), list.view().data() + list.size(), count};
}

}  // namespace

// --- Blocks -------------------------------------------------------------------------------------------------------------

bool BodyMaker::choose_block_type(BlockType& written, Frame& frame) {
  if (frames_.size() >= most_frames) return false;
  const std::uint32_t how = entropy_.below(4);
  if (how == 0) return true;
  if (how == 1 || !plan_.features.has(Feature::multi_value)) {
    written.kind = BlockType::Kind::value;
    frame.has_value = true;
    frame.value = written.value = types_.value(shared_);
    return true;
  }
  const std::uint32_t type = types_.find([&](std::uint32_t i) {
    return types_.store().is(i, CompositeKind::function) && may_use_all(types_.store().parameters(i)) &&
           may_use_all(types_.store().results(i));
  });
  if (type == types_.size()) return true;
  written.kind = BlockType::Kind::function;
  written.type_index = type;
  frame.type = type;
  return true;
}

bool BodyMaker::block(Opcode opcode, FrameKind kind) {
  Instruction instruction;
  instruction.opcode = opcode;
  Frame frame{.kind = kind};
  if (!choose_block_type(instruction.block_type, frame)) return false;
  const std::span<const ValueType> start = start_types(frame);
  Operands operands(start.begin(), start.end());
  if (kind == FrameKind::if_) operands.push_back(i32);
  take(operands);
  emit(instruction);
  frame.height = stack_.size();
  frames_.push_back(frame);
  give(start);
  return true;
}

bool BodyMaker::try_table(Opcode opcode) {
  Instruction instruction;
  instruction.opcode = opcode;
  // A block around it that takes what a clause with a reference gives.
  if (types_.has_references() && !shared_ && entropy_.one_in(2) && frames_.size() + 1 < most_frames) {
    Instruction around;
    around.opcode = plimsoll::opcode("block");
    around.block_type = {.kind = BlockType::Kind::value, .value = ValueType::reference(HeapType::exn, true)};
    emit(around);
    frames_.push_back(
        {.kind = FrameKind::block, .has_value = true, .value = around.block_type.value, .height = stack_.size()});
  }
  Frame frame{.kind = FrameKind::try_table};
  if (!choose_block_type(instruction.block_type, frame)) return false;
  take(start_types(frame));
  Writer list;
  std::uint32_t count = 0;
  choose_catches(count, list);
  instruction.list = list_of(list, count);
  emit(instruction);
  frame.height = stack_.size();
  frames_.push_back(frame);
  give(start_types(frame));
  return true;
}

void BodyMaker::choose_catches(std::uint32_t& count, Writer& list) {
  for (std::uint32_t tries = entropy_.below(5); tries > 0; --tries) {
    CatchClause clause;
    clause.has_tag = entropy_.one_in(2);
    clause.takes_reference = types_.has_references() && !shared_ && entropy_.one_in(2);
    Operands given;
    if (clause.has_tag) {
      clause.tag = find_tag(true);
      if (clause.tag == none) continue;
      const std::span<const ValueType> parameters = types_.store().parameters(plan_.tags[clause.tag]);
      given.assign(parameters.begin(), parameters.end());
    }
    if (clause.takes_reference) given.push_back(ValueType::reference(HeapType::exn, false));
    clause.label =
        find(frames_.size(), [&](std::uint32_t i) { return types_.store().all_match(given, label_types(label(i))); });
    if (clause.label == none) continue;
    write_catch(list, clause);
    ++count;
  }
}

// --- Exceptions ---------------------------------------------------------------------------------------------------------

std::uint32_t BodyMaker::find_tag(bool exception) {
  return find(plan_.tags.size(), [&](std::uint32_t i) {
    const std::uint32_t type = plan_.tags[i];
    return may_use_type(type) && (!exception || types_.store().results(type).empty());
  });
}

bool BodyMaker::throw_(Opcode opcode) {
  const std::uint32_t tag = find_tag(true);
  if (tag == none) return false;
  take(types_.store().parameters(plan_.tags[tag]));
  emit(opcode, tag);
  set_unreachable();
  return true;
}

bool BodyMaker::rethrow(Opcode opcode) {
  const std::uint32_t handler = find(frames_.size(), [&](std::uint32_t i) {
    return label(i).kind == FrameKind::catch_ || label(i).kind == FrameKind::catch_all;
  });
  if (handler == none) return false;
  emit(opcode, handler);
  set_unreachable();
  return true;
}

// --- Branches -----------------------------------------------------------------------------------------------------------

bool BodyMaker::branch(Opcode opcode) {
  const std::uint32_t to = entropy_.below(frames_.size());
  take(label_types(label(to)));
  emit(opcode, to);
  set_unreachable();
  return true;
}

bool BodyMaker::branch_if(Opcode opcode) {
  const std::uint32_t to = entropy_.below(frames_.size());
  const std::span<const ValueType> types = label_types(label(to));
  Operands operands(types.begin(), types.end());
  operands.push_back(i32);
  take(operands);
  emit(opcode, to);
  give(label_types(label(to)));
  return true;
}

// The default label says what the operands are; the others must take them too.
bool BodyMaker::branch_table(Opcode opcode) {
  const std::uint32_t last = entropy_.below(frames_.size());
  const std::span<const ValueType> types = label_types(label(last));
  // Where nothing is on the stack of unreachable code, labels of as many values will do, whatever their types.
  const bool any_types = frames_.back().unreachable && operands_left() == 0;
  Writer list;
  std::uint32_t count = 0;
  for (std::uint32_t more = entropy_.below(entropy_.one_in(16) ? 64 : 8); more > 0; --more) {
    const std::uint32_t to = find(frames_.size(), [&](std::uint32_t i) {
      const std::span<const ValueType> own = label_types(label(i));
      return any_types ? own.size() == types.size() : types_.store().all_match(types, own);
    });
    list.u32(to);
    ++count;
  }
  list.u32(last);
  Operands operands;
  if (!any_types) operands.assign(types.begin(), types.end());
  operands.push_back(i32);
  take(operands);
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.list = list_of(list, count + 1);
  emit(instruction);
  set_unreachable();
  return true;
}

bool BodyMaker::return_(Opcode opcode) {
  take(end_types(frames_.front()));
  emit(opcode);
  set_unreachable();
  return true;
}

// --- Calls --------------------------------------------------------------------------------------------------------------

bool BodyMaker::call(Opcode opcode) {
  const InstructionRow& instruction_row = row(opcode);
  const TypeStore& store = types_.store();
  const bool tail = instruction_row.rule == Rule::return_call || instruction_row.rule == Rule::return_call_indirect ||
                    instruction_row.rule == Rule::return_call_ref;
  const auto fits = [&](std::uint32_t type) {
    if (!store.is(type, CompositeKind::function) || !may_use_type(type)) return false;
    return !tail || store.all_match(store.results(type), store.results(function_type_));
  };
  if (instruction_row.imm == Imm::function) {
    const std::uint32_t function =
        find(plan_.functions.size(), [&](std::uint32_t i) { return fits(plan_.functions[i].type); });
    if (function == none) return false;
    return finish_call(opcode, plan_.functions[function].type, bottom, function, 0);
  }
  const std::uint32_t type = types_.find(fits);
  if (type == types_.size()) return false;
  if (instruction_row.imm == Imm::type) return finish_call(opcode, type, types_.reference(type, true), type, 0);
  const std::uint32_t table = find(plan_.tables.size(), [&](std::uint32_t i) {
    return (!shared_ || plan_.tables[i].limits.is_shared) && matches(plan_.tables[i].element, funcref);
  });
  if (table == none) return false;
  return finish_call(opcode, type, plan_.tables[table].limits.address_type(), type, table);
}

// `last`: the operand behind the arguments, if there is one.
bool BodyMaker::finish_call(Opcode opcode, std::uint32_t type, ValueType last, std::uint32_t first,
                            std::uint32_t second) {
  const std::span<const ValueType> parameters = types_.store().parameters(type);
  Operands operands(parameters.begin(), parameters.end());
  if (!last.is_bottom()) operands.push_back(last);
  take(operands);
  emit(opcode, first, second);
  const Rule rule = row(opcode).rule;
  if (rule == Rule::call || rule == Rule::call_indirect || rule == Rule::call_ref)
    give(types_.store().results(type));
  else
    set_unreachable();
  return true;
}

}  // namespace plimsoll::fuzz
