// The whole of a body: locals, steps, operands and frames.
#include "smith/body.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::fuzz {

BodyMaker::BodyMaker(Entropy& entropy, Types& types, const Plan& plan, const Rows& rows, Style style)
    : entropy_(entropy), types_(types), plan_(plan), rows_(rows), values_(entropy, types, plan), code_(style) {}

void BodyMaker::make(Writer& out, std::uint32_t type, std::size_t most) {
  code_.truncate(0);
  most_ = most;
  function_type_ = type;
  shared_ = types_.store()[type].is_shared != 0;
  stack_.clear();
  initialised_.clear();
  const std::span<const ValueType> parameters = types_.store().parameters(type);
  locals_.assign(parameters.begin(), parameters.end());
  has_value_.assign(locals_.size(), 1);
  make_locals(out);
  frames_.clear();
  frames_.push_back({.kind = FrameKind::function, .type = type});
  while (!frames_.empty()) {
    if (must_end() || entropy_.one_in(24))
      close();
    else
      step();
  }
  out.raw(code_.view());
}

void BodyMaker::make_locals(Writer& out) {
  const std::uint32_t runs = entropy_.below(5);
  out.u32(runs);
  for (std::uint32_t i = 0; i < runs; ++i) {
    const std::uint32_t count = entropy_.below(entropy_.one_in(64) ? 200 : 4);
    const ValueType type = types_.value(shared_);
    out.u32(count);
    write_value_type(out, type);
    locals_.insert(locals_.end(), count, type);
    has_value_.insert(has_value_.end(), count, type.is_defaultable() ? 1 : 0);
  }
}

// One instruction, if one of a few that are tried can be had.
void BodyMaker::step() {
  for (int tries = 0; tries < 4; ++tries) {
    const std::vector<Opcode>& group = entropy_.pick(rows_.groups());
    if (apply(entropy_.pick(group))) return;
  }
}

// --- Operands -----------------------------------------------------------------------------------------------------------

bool BodyMaker::may_use_all(std::span<const ValueType> types) const noexcept {
  return std::ranges::all_of(types, [this](ValueType type) { return may_use(type); });
}

void BodyMaker::make_operand(ValueType type) {
  if (entropy_.one_in(2)) {
    const std::uint32_t index =
        find(locals_.size(), [&](std::uint32_t i) { return has_value_[i] != 0 && matches(locals_[i], type); });
    if (index != none) {
      emit(opcode("local.get"), index);
      return give(locals_[index]);
    }
  }
  values_.make(code_, type, {.in_body = true, .is_shared = shared_});
  give(type);
}

// Makes `operands`, the first one lowest, the top of the stack, and takes them off it. In unreachable code those that lie below
// what is there need not be made.
void BodyMaker::take(std::span<const ValueType> operands) {
  const bool bottomless = frames_.back().unreachable;
  const std::size_t have = operands_left();
  const auto fits = [&](std::size_t count) {
    if (count > have && !bottomless) return false;
    const std::size_t there = std::min(count, have);
    return types_.store().all_match(std::span(stack_).last(there), operands.subspan(count - there, there));
  };
  std::size_t count = operands.size();
  while (count != 0 && !fits(count)) --count;
  for (const ValueType type : operands.subspan(count)) make_operand(type);
  stack_.resize(stack_.size() - std::min(operands.size(), operands_left()));
}

std::optional<ValueType> BodyMaker::top() const noexcept {
  if (operands_left() == 0) return std::nullopt;
  return stack_.back();
}

// --- Frames -------------------------------------------------------------------------------------------------------------

std::span<const ValueType> BodyMaker::start_types(const Frame& frame) const noexcept {
  if (frame.type == none || frame.kind == FrameKind::function) return {};
  return types_.store().parameters(frame.type);
}

std::span<const ValueType> BodyMaker::end_types(const Frame& frame) const noexcept {
  if (frame.has_value) return {&frame.value, 1};
  if (frame.type == none) return {};
  return types_.store().results(frame.type);
}

std::span<const ValueType> BodyMaker::label_types(const Frame& frame) const noexcept {
  return frame.kind == FrameKind::loop ? start_types(frame) : end_types(frame);
}

void BodyMaker::set_unreachable() {
  stack_.resize(frames_.back().height);
  frames_.back().unreachable = true;
}

void BodyMaker::leave_locals() {
  while (!initialised_.empty() && initialised_.back().depth >= frames_.size()) {
    has_value_[initialised_.back().local] = 0;
    initialised_.pop_back();
  }
}

// Makes the operands of the innermost frame its results and nothing else.
void BodyMaker::settle() {
  constexpr std::size_t many = 12;  // operands to drop one by one
  const Frame& frame = frames_.back();
  const std::span<const ValueType> results = end_types(frame);
  const auto fits = [&](std::size_t first, std::size_t count) {
    return types_.store().all_match(std::span(stack_).subspan(frame.height, count), results.subspan(first, count));
  };
  const std::size_t have = operands_left();
  std::size_t keep = std::min(have, results.size());
  const auto good = [&] { return fits(frame.unreachable ? results.size() - keep : 0, keep); };
  while (keep != 0 && !good()) --keep;
  const bool complete = frame.unreachable || keep == results.size();
  if (have - keep > many || (!complete && must_end())) {
    emit(opcode("unreachable"));
    set_unreachable();
    return leave_locals();
  }
  for (std::size_t i = keep; i < have; ++i) {
    emit(opcode("drop"));
    stack_.pop_back();
  }
  if (!complete) {
    for (std::size_t i = keep; i < results.size(); ++i) make_operand(results[i]);
  }
  leave_locals();
}

void BodyMaker::end_frame() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  stack_.resize(frame.height);
  if (!frames_.empty()) give(end_types(frame));
}

// The innermost frame starts again as another kind.
void BodyMaker::reopen(FrameKind kind) {
  Frame& frame = frames_.back();
  frame.kind = kind;
  frame.unreachable = false;
  stack_.resize(frame.height);
}

// Goes on with an `if` or a `try`, or ends a frame.
bool BodyMaker::continue_frame(Opcode opcode) {
  const Frame& frame = frames_.back();
  const FrameKind kind = frame.kind;
  const Rule rule = row(opcode).rule;
  if (rule == Rule::else_) {
    if (kind != FrameKind::if_) return false;
    settle();
    emit(opcode);
    reopen(FrameKind::else_);
    give(start_types(frames_.back()));
  } else if (rule == Rule::catch_ || rule == Rule::catch_all) {
    if (kind != FrameKind::try_ && kind != FrameKind::catch_) return false;
    const bool all = rule == Rule::catch_all;
    const std::uint32_t tag = all ? 0 : find_tag(true);
    if (tag == none) return false;
    settle();
    emit(opcode, tag);
    reopen(all ? FrameKind::catch_all : FrameKind::catch_);
    if (!all) give(types_.store().parameters(plan_.tags[tag]));
  } else if (rule == Rule::delegate) {
    if (kind != FrameKind::try_) return false;
    settle();
    emit(opcode, entropy_.below(frames_.size() - 1));
    end_frame();
  } else {
    // Without an `else`, the parameters are the results.
    const bool half = kind == FrameKind::if_ && !types_.store().all_match(start_types(frame), end_types(frame));
    if (half || (frames_.size() == 1 && !must_end())) return false;
    settle();
    emit(opcode);
    end_frame();
  }
  return true;
}

void BodyMaker::close() {
  constexpr std::array ways = {opcode("end"), opcode("else"), opcode("catch"), opcode("catch_all"), opcode("delegate")};
  const Opcode way = must_end() ? ways[0] : entropy_.pick(ways);
  if (frames_.size() == 1 && frames_.back().kind == FrameKind::function) {
    settle();
    emit(ways[0]);
    return end_frame();
  }
  if (!continue_frame(way) && !continue_frame(ways[0])) continue_frame(ways[1]);
}

}  // namespace plimsoll::fuzz
