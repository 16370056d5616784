// The wide path's third pass (checker.hpp): operands.
#include <algorithm>
#include <bit>

#include "validate/wide/checker.hpp"

namespace plimsoll::wide {

bool Checker::check_types() noexcept {
  const Effect* const effects = effects_.data();
  std::uint64_t stack = stack_;
  const auto apply = [&](std::uint16_t which) __attribute__((always_inline)) {
    const Effect& effect = effects[which];
    if (((stack ^ effect.pattern) & effect.mask) != 0) [[unlikely]]
      return (stack = apply_other(which, stack)) != no_stack;
    stack = std::rotl(stack ^ effect.change, static_cast<int>(effect.turn));
    return true;
  };
  // Four at a time, the last ones with effects that do nothing.
  std::uint16_t* const end = stretch_.effects.data() + stretch_.size;
  std::fill(end, end + 3, std::uint16_t{Group::nothing});
  for (const std::uint16_t* which = stretch_.effects.data(); which < end; which += 4)
    if (!apply(which[0]) || !apply(which[1]) || !apply(which[2]) || !apply(which[3])) return false;
  stack_ = stack;
  return true;
}

// What fits no pattern. What takes any type is seen here first, since it is not so rare.
std::uint64_t Checker::apply_other(std::uint16_t which, std::uint64_t stack) noexcept {
  const std::uint64_t second = stack >> 4 & 0xF;
  if (which == Group::select && (stack & 0xF) == i32.bits() && second - 1 < code::vector &&
      (stack >> 8 & 0xF) == second)
    return stack >> 8;
  if (which == Group::drop && is_code(stack & 0xF)) return stack >> 4;
  stack_ = stack;
  return apply_slowly(which) ? stack_ : no_stack;
}

// At least `wanted` entries in the word, if there are so many, which must not be more than nine.
bool Checker::refill(unsigned wanted) noexcept {
  const unsigned there = count();
  if (there >= wanted || spilled_size_ == 0) return false;
  stack_ |= std::uint64_t{spilled_[--spilled_size_]} << 4 * there;
  return true;
}

// Half of the word made free.
bool Checker::spill() noexcept {
  const unsigned there = count();
  if (there <= 8 || spilled_size_ == most_spilled) return false;
  const unsigned kept = there - 8;
  spilled_[spilled_size_++] = static_cast<std::uint32_t>(stack_ >> 4 * kept);
  stack_ &= low_entries(kept);
  return true;
}

bool Checker::drop_to_guard() noexcept {
  for (;;) {
    if (stack_ == 0 && !refill(1)) return false;
    if ((stack_ & 0xF) == code::guard) return true;
    stack_ >>= 4;
  }
}

// What does not fit: because entries are not in the word or have no room in it, because the instruction takes any type,
// or because the code behind it is never reached and so the operands are dropped.
bool Checker::apply_slowly(std::uint16_t which) noexcept {
  const Effect& effect = effects_[which];
  while (refill(effect.popped)) {
  }
  if (which == Group::drop) {
    while (refill(1)) {
    }
    if (!is_code(stack_ & 0xF)) return false;
    stack_ >>= 4;
    return true;
  }
  if (which == Group::select) {
    while (refill(3)) {
    }
    const std::uint64_t type = stack_ >> 4 & 0xF;
    if ((stack_ & 0xF) != i32.bits() || type == 0 || type > code::vector || (stack_ >> 8 & 0xF) != type) return false;
    stack_ >>= 8;
    return true;
  }
  if (which >= fixed_effects && effect.pattern == code::never) return call_slowly(keys_[which - fixed_effects]);
  if ((which >= Group::leave && which <= Group::leave + code::most) ||
      (which >= Group::leave_by && which <= Group::leave_by + code::most)) {
    // The operands that it needs, then all others.
    const unsigned needed = effect.popped - 1;
    if (((stack_ ^ effect.pattern) & effect.mask & low_entries(needed)) != 0) return false;
    stack_ >>= 4 * needed;
    return drop_to_guard();
  }
  // Only the oldest entries may be in the way.
  if (((stack_ ^ effect.pattern) & effect.mask & low_entries(effect.popped)) != 0) return false;
  if (((stack_ ^ effect.pattern) & effect.mask) != 0 && !spill()) return false;
  if (((stack_ ^ effect.pattern) & effect.mask) != 0) return false;
  stack_ = std::rotl(stack_ ^ effect.change, static_cast<int>(effect.turn));
  return true;
}

// A call with more parameters than an effect pops: one after the other.
bool Checker::call_slowly(std::uint32_t key) noexcept {
  const std::span<const ValueType> parameters = module_.types.parameters(key >> 1);
  const std::span<const ValueType> results = module_.types.results(key >> 1);
  const auto pop = [&](std::uint32_t code) {
    if (stack_ == 0 && !refill(1)) return false;
    if (code == 0 || (stack_ & 0xF) != code) return false;
    stack_ >>= 4;
    return true;
  };
  if (results.size() > 8 || ((key & 1U) != 0 && !pop(table_address_))) return false;
  for (std::size_t i = parameters.size(); i != 0; --i)
    if (!pop(code_of(parameters[i - 1]))) return false;
  for (const ValueType result : results) {
    const std::uint32_t code = code_of(result);
    if (code == 0 || (count() == 16 && !spill())) return false;
    stack_ = stack_ << 4 | code;
  }
  return true;
}

}  // namespace plimsoll::wide
