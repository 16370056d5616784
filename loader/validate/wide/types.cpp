// The wide path's third pass (checker.hpp): operands.
#include <bit>

#include "validate/wide/checker.hpp"

namespace plimsoll::wide {

bool Checker::check_types() noexcept {
  const Effect* const effects = effects_.data();
  std::uint64_t stack = stack_;
  for (std::uint32_t i = 0; i < stretch_.size; ++i) {
    const Effect& effect = effects[stretch_.effects[i]];
    if (((stack ^ effect.pattern) & effect.mask) != 0) [[unlikely]] {
      // What takes any type is seen here first, since it is not so rare.
      const std::uint16_t which = stretch_.effects[i];
      const std::uint64_t second = stack >> 4 & 0xF;
      if (which == Group::select && (stack & 0xF) == i32.bits() && second - 1 < code::vector &&
          (stack >> 8 & 0xF) == second) {
        stack >>= 8;
      } else if (which == Group::drop && is_code(stack & 0xF)) {
        stack >>= 4;
      } else {
        stack_ = stack;
        if (!apply_slowly(which)) return false;
        stack = stack_;
      }
      continue;
    }
    stack = std::rotl(stack ^ effect.change, static_cast<int>(effect.turn));
  }
  stack_ = stack;
  return true;
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

// What does not fit: because entries are not in the word or have no room in it, because the instruction takes any type, or
// because the code behind it is never reached and so the operands are dropped.
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
