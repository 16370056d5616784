// The hot loop's control instructions that are less frequent: blocks of any type, branches to
// them, br_table; and what operands in bundles need. Each accepts what the rule of the same name in body_control.cpp
// does, or leaves it to that.
#include "validate/hot_loop.hpp"

namespace plimsoll {

// --- Lists of operands ----------------------------------------------------------------------------------------------

// Goes on popping where the operand on top may be a bundle. It must be taken whole: there is nothing to be changed
// before all that the instruction wants is there.
std::uint32_t* HotLoop::take_bundle(std::uint32_t* sp, std::span<const ValueType> types) const noexcept {
  while (!types.empty()) {
    const std::uint32_t entry = sp[-1];
    if (!operand::is_bundle(entry)) {
      if (!fits(entry, types.back().bits())) return nullptr;
      --sp;
      types = types.first(types.size() - 1);
      continue;
    }
    const std::size_t count = entry - operand::bundle_base;
    if (count > types.size()) return nullptr;
    const std::span<const ValueType> found = checker_.bundle_list(sp[-2]).first(count);
    const std::span<const ValueType> expected = types.last(count);
    if (found.data() != expected.data() &&
        (count > most_compared || !checker_.module_.types.all_match(found, expected)))
      return nullptr;
    sp -= 2;
    types = types.first(types.size() - count);
  }
  return sp;
}

// Takes the last type out of the bundle on top, all of them if it has at most three: as many operands, at most a word
// more.
std::uint32_t* HotLoop::open_bundle(std::uint32_t* sp) const noexcept {
  const std::uint32_t count = sp[-1] - operand::bundle_base;
  const std::span<const ValueType> list = checker_.bundle_list(sp[-2]);
  if (count > 3) {
    --sp[-1];
    *sp = list[count - 1].bits();
    return sp + 1;
  }
  sp -= 2;
  for (const ValueType type : list.first(count)) *sp++ = type.bits();
  return sp;
}

// What a block of that type takes, or gives.
std::uint32_t* HotLoop::put_start(std::uint32_t* sp, std::uint32_t type, std::span<const ValueType> types) noexcept {
  return put(sp, operand::parameters_of(type & ~block::function_bit), types);
}

std::uint32_t* HotLoop::put_end(std::uint32_t* sp, std::uint32_t type, std::span<const ValueType> types) noexcept {
  return put(sp, operand::results_of(type & ~block::function_bit), types);
}

// What a branch to the label takes, or the first of it.
std::uint32_t* HotLoop::put_label(std::uint32_t* sp, const Frame& frame,
                                  std::span<const ValueType> types) const noexcept {
  return checker_.frame_kind(frame) == FrameKind::loop ? put_start(sp, frame.type(), types)
                                                       : put_end(sp, frame.type(), types);
}

// --- Blocks ---------------------------------------------------------------------------------------------------------

HotLoop::At HotLoop::enter_typed(At at, FrameKind kind) const noexcept {
  const TypeStore& types = checker_.module_.types;
  std::uint32_t type;
  if ((*at.p & 0xC0U) == 0x40) {  // a negative number in one byte: a value type
    ValueType value;
    if (!value_type(at.p, value)) return {};
    type = value.bits();
  } else {
    std::uint32_t index;
    if (!hot::read_signed_index(at.p, index) || !types.is(index, CompositeKind::function) ||
        is_off(Feature::multi_value))
      return {};
    // Long lists hardly ever stand where they are asked for: not worth a try.
    constexpr std::uint32_t longest = 64;
    if (types[index].count > longest) return {};
    type = block::of_function(types, index);
  }
  const std::span<const ValueType> start = checker_.start_types(type);
  at.sp = take(at.sp, start);
  if (at.sp != nullptr) at.sp = put_start(push_frame(at.sp, kind, type), type, start);
  return at;
}

HotLoop::At HotLoop::end_listed(At at) const noexcept {
  const Frame frame = checker_.top_frame();
  const std::span<const ValueType> types = checker_.end_types(frame);
  std::uint32_t* const base = checker_.stacks_.operands() + frame.height;
  if (take_any(at.sp, types) != base) return {};
  // Without an `else`, the parameters are the results.
  if (operand::kind(base[-1]) == FrameKind::if_ &&
      (types.size() > most_compared || !checker_.module_.types.all_match(checker_.start_types(frame.type()), types)))
    return {};
  checker_.locals_.leave(checker_.frame_count_--);
  return {at.p, put_end(base - 1, frame.type(), types)};
}

// In unreachable code the parameters come out of nothing: at most one, so that a byte adds no more words than it may.
HotLoop::At HotLoop::else_listed(At at) const noexcept {
  const Frame frame = checker_.top_frame();
  const std::span<const ValueType> start = checker_.start_types(frame.type());
  std::uint32_t* const base = checker_.stacks_.operands() + frame.height;
  if (operand::kind(base[-1]) != FrameKind::if_ || start.size() > 1 ||
      take_any(at.sp, checker_.end_types(frame)) != base)
    return {};
  checker_.locals_.leave(checker_.frame_count_);
  base[-1] = operand::guard(FrameKind::else_);
  return {at.p, put_start(base, frame.type(), start)};
}

// The end of the body: its results are there and so is its last byte.
bool HotLoop::end_function(Byte p, std::uint32_t* sp) const noexcept {
  const std::span<const ValueType> results = checker_.module_.types.results(checker_.function_type_);
  return p == checker_.cursor_.end() && take_any(sp, results) == checker_.stacks_.operands() + 1;
}

// --- Branches -------------------------------------------------------------------------------------------------------

// The frame of the label in the bytes, or null.
const Frame* HotLoop::frame_at(Byte& p) const noexcept {
  std::uint32_t label;
  if (!hot::read_index(p, label) || label >= checker_.frame_count_) return nullptr;
  return &checker_.stacks_.frame(checker_.frame_count_ - 1 - label);
}

HotLoop::At HotLoop::br_listed(At at) const noexcept {
  const Frame* const frame = frame_at(at.p);
  if (frame == nullptr || take_any(at.sp, checker_.label_types(*frame)) == nullptr) return {};
  leave_unreachable(at.sp);
  return at;
}

HotLoop::At HotLoop::br_if_listed(At at) const noexcept {
  const Frame* const frame = frame_at(at.p);
  if (frame == nullptr) return {};
  const std::span<const ValueType> types = checker_.label_types(*frame);
  at.sp = take(at.sp - 1, types);
  if (at.sp != nullptr) at.sp = put_label(at.sp, *frame, types);
  return at;
}

// Neighbouring labels are mostly alike: only those of other types than the last are asked about.
HotLoop::At HotLoop::br_table(At at) const noexcept {
  std::uint32_t count;
  if (at.sp[-1] != i32.bits() || !hot::read_index(at.p, count)) return {};
  const Frame* last = nullptr;
  std::span<const ValueType> types;
  for (std::uint32_t i = 0; i <= count; ++i) {
    if (at.p >= end_of_reading_) return {};
    const Frame* const frame = frame_at(at.p);
    if (frame == nullptr) return {};
    if (last != nullptr && frame->type() == last->type() && (frame == last || frame->type() == block::empty)) continue;
    const std::span<const ValueType> label = checker_.label_types(*frame);
    if (label.size() > most_compared || (last != nullptr && label.size() != types.size()) ||
        take_any(at.sp - 1, label) == nullptr)
      return {};
    types = label;
    last = frame;
  }
  leave_unreachable(at.sp);
  return at;
}

// A call that returns what it gets, for operands as for any call.
HotLoop::At HotLoop::tail_call(At at, std::uint32_t type_index) const noexcept {
  const TypeStore& types = checker_.module_.types;
  const std::span<const ValueType> own = types.results(checker_.function_type_);
  const std::span<const ValueType> callee = types.results(type_index);
  if (own.size() > most_compared || !types.all_match(callee, own) ||
      take(at.sp, types.parameters(type_index)) == nullptr)
    return {};
  leave_unreachable(at.sp);
  return at;
}

HotLoop::At HotLoop::return_call(At at) const noexcept {
  std::uint32_t function;
  const auto& functions = checker_.module_.functions;
  if (!hot::read_index(at.p, function) || function >= functions.size()) return {};
  return tail_call(at, functions[function]);
}

HotLoop::At HotLoop::return_call_ref(At at) const noexcept {
  std::uint32_t type;
  const TypeStore& types = checker_.module_.types;
  if (!hot::read_index(at.p, type) || !types.is(type, CompositeKind::function) ||
      !fits(at.sp[-1], ValueType::reference(types[type].canonical, true).bits()))
    return {};
  return tail_call({at.p, at.sp - 1}, type);
}

}  // namespace plimsoll
