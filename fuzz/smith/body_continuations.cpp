// Continuations (stack switching).
#include <algorithm>

#include "smith/body.hpp"

namespace plimsoll::fuzz {

std::uint32_t BodyMaker::find_continuation() {
  return types_.find(
      [&](std::uint32_t i) { return types_.store().is(i, CompositeKind::continuation) && may_use_type(i); });
}

bool BodyMaker::new_continuation(Opcode opcode) {
  const std::uint32_t type = find_continuation();
  if (type == types_.size()) return false;
  take({types_.reference(types_.store().continued(type), true)});
  emit(opcode, type);
  give(types_.reference(type, false));
  return true;
}

bool BodyMaker::bind(Opcode opcode) {
  const TypeStore& store = types_.store();
  const std::uint32_t from = find_continuation();
  if (from == types_.size()) return false;
  const std::uint32_t function = store.continued(from);
  const std::span<const ValueType> parameters = store.parameters(function);
  const std::uint32_t to = types_.find([&](std::uint32_t i) {
    if (!store.is(i, CompositeKind::continuation) || !may_use_type(i)) return false;
    const std::uint32_t other = store.continued(i);
    const std::size_t left = store.parameters(other).size();
    return left <= parameters.size() && store.all_match(store.parameters(other), parameters.last(left)) &&
           store.all_match(store.results(function), store.results(other));
  });
  if (to == types_.size()) return false;
  const std::size_t bound = parameters.size() - store.parameters(store.continued(to)).size();
  Operands operands(parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(bound));
  operands.push_back(types_.reference(from, true));
  take(operands);
  emit(opcode, from, to);
  give(types_.reference(to, false));
  return true;
}

bool BodyMaker::suspend(Opcode opcode) {
  const std::uint32_t tag = find_tag(false);
  if (tag == none) return false;
  take(types_.store().parameters(plan_.tags[tag]));
  emit(opcode, tag);
  give(types_.store().results(plan_.tags[tag]));
  return true;
}

// Handlers of a continuation with the type of `function`; how many.
std::uint32_t BodyMaker::choose_handlers(std::uint32_t function, Writer& list) {
  const TypeStore& store = types_.store();
  const std::span<const ValueType> results = store.results(function);
  std::uint32_t count = 0;
  for (std::uint32_t tries = entropy_.below(4); tries > 0; --tries) {
    Handler handler;
    handler.is_switch = entropy_.one_in(3);
    if (handler.is_switch) {
      handler.tag = find(plan_.tags.size(), [&](std::uint32_t i) {
        const std::uint32_t type = plan_.tags[i];
        return store.parameters(type).empty() && std::ranges::equal(store.results(type), results);
      });
    } else {
      handler.tag = find(plan_.tags.size(), [&](std::uint32_t) { return true; });
      if (handler.tag == none) continue;
      const std::uint32_t type = plan_.tags[handler.tag];
      handler.label = find(frames_.size(), [&](std::uint32_t i) {
        const std::span<const ValueType> types = label_types(label(i));
        if (types.empty() || !types.back().is_reference() || !types.back().is_concrete()) return false;
        const std::uint32_t last = types.back().type_index();
        if (!store.is(last, CompositeKind::continuation)) return false;
        const std::uint32_t rest = store.continued(last);
        return store.all_match(store.parameters(type), types.first(types.size() - 1)) &&
               store.all_match(store.parameters(rest), store.results(type)) &&
               store.all_match(results, store.results(rest));
      });
      if (handler.label == none) continue;
    }
    if (handler.tag == none) continue;
    write_handler(list, handler);
    ++count;
  }
  return count;
}

// Now and then, a block that takes what is left of a continuation when it suspends with a tag without parameters.
void BodyMaker::surround_with_handler(std::uint32_t function) {
  const TypeStore& store = types_.store();
  if (plan_.tags.empty() || frames_.size() >= most_frames || entropy_.one_in(2)) return;
  const std::uint32_t tag =
      find(plan_.tags.size(), [&](std::uint32_t i) { return store.parameters(plan_.tags[i]).empty(); });
  if (tag == none) return;
  const std::uint32_t rest = types_.find([&](std::uint32_t i) {
    if (!store.is(i, CompositeKind::continuation) || !may_use_type(i)) return false;
    const std::uint32_t other = store.continued(i);
    return store.all_match(store.parameters(other), store.results(plan_.tags[tag])) &&
           store.all_match(store.results(function), store.results(other));
  });
  if (rest == types_.size()) return;
  Instruction around;
  around.opcode = opcode("block");
  around.block_type = {.kind = BlockType::Kind::value, .value = types_.reference(rest, true)};
  emit(around);
  frames_.push_back(
      {.kind = FrameKind::block, .has_value = true, .value = around.block_type.value, .height = stack_.size()});
}

bool BodyMaker::resume(Opcode opcode) {
  const TypeStore& store = types_.store();
  const Rule rule = row(opcode).rule;
  const std::uint32_t type = find_continuation();
  if (type == types_.size()) return false;
  const std::uint32_t function = store.continued(type);
  surround_with_handler(function);
  Operands operands;
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.index[0] = type;
  if (rule == Rule::resume_throw) {
    instruction.index[1] = find_tag(true);
    if (instruction.index[1] == none) return false;
    const std::span<const ValueType> parameters = store.parameters(plan_.tags[instruction.index[1]]);
    operands.assign(parameters.begin(), parameters.end());
  } else if (rule == Rule::resume_throw_ref) {
    if (shared_) return false;  // there is no exception that threads share
    operands.push_back(ValueType::reference(HeapType::exn, true));
  } else {
    const std::span<const ValueType> parameters = store.parameters(function);
    operands.assign(parameters.begin(), parameters.end());
  }
  operands.push_back(types_.reference(type, true));
  take(operands);
  Writer list;
  const std::uint32_t count = choose_handlers(function, list);
  instruction.list = ImmediateList(list.view().data(), list.view().data() + list.size(), count);
  emit(instruction);
  give(store.results(function));
  return true;
}

bool BodyMaker::switch_(Opcode opcode) {
  const TypeStore& store = types_.store();
  std::uint32_t tag = none;
  const std::uint32_t type = types_.find([&](std::uint32_t i) {
    if (!store.is(i, CompositeKind::continuation) || !may_use_type(i)) return false;
    const std::uint32_t function = store.continued(i);
    const std::span<const ValueType> parameters = store.parameters(function);
    if (parameters.empty() || !parameters.back().is_reference() || !parameters.back().is_concrete()) return false;
    const std::uint32_t last = parameters.back().type_index();
    if (!store.is(last, CompositeKind::continuation)) return false;
    tag = find(plan_.tags.size(), [&](std::uint32_t t) {
      const std::uint32_t own = plan_.tags[t];
      return may_use_type(own) && store.parameters(own).empty() &&
             store.all_match(store.results(function), store.results(own)) &&
             store.all_match(store.results(own), store.results(store.continued(last)));
    });
    return tag != none;
  });
  if (type == types_.size()) return false;
  const std::span<const ValueType> parameters = store.parameters(store.continued(type));
  Operands operands(parameters.begin(), parameters.end());
  const std::uint32_t other = store.continued(parameters.back().type_index());
  operands.back() = types_.reference(type, true);
  take(operands);
  emit(opcode, type, tag);
  give(store.parameters(other));
  return true;
}

}  // namespace plimsoll::fuzz
