// The wide path's second pass (checker.hpp): what calls do to operands.
#include "instr/lookup.hpp"
#include "validate/wide/checker.hpp"
#include "validate/wide/number.hpp"

namespace plimsoll::wide {

// What calling a function of the type does; never fits if there are types without codes or too many.
Effect Checker::signature_effect(std::uint32_t type, bool indirect) const noexcept {
  constexpr std::size_t most = 8;
  const std::span<const ValueType> parameters = module_.types.parameters(type);
  const std::span<const ValueType> results = module_.types.results(type);
  if (parameters.size() > most || results.size() > most) return {};
  std::uint64_t popped = 0;
  std::uint64_t pushed = 0;
  bool known = true;
  const auto add_to = [&](std::uint64_t& entries, std::uint32_t code) {
    known = known && code != 0;
    entries = entries << 4 | code;
  };
  for (const ValueType parameter : parameters) add_to(popped, code_of(parameter));
  for (const ValueType result : results) add_to(pushed, code_of(result));
  if (!known) return {};
  if (indirect) add_to(popped, table_address_);
  return make_effect(popped, static_cast<unsigned>(parameters.size()) + (indirect ? 1U : 0U), pushed,
                     static_cast<unsigned>(results.size()));
}

// A slot that only this stretch uses, for the effect; false if there is none left.
bool Checker::take_slot(const Effect& effect, std::uint16_t& which) noexcept {
  if (more_used_ == more_slots) return false;
  which = static_cast<std::uint16_t>(fixed_effects + slots + more_used_++);
  effects_[which] = effect;
  keys_[which - fixed_effects] = no_key;
  return true;
}

// The slot of a type, filled if it is not. One that this stretch has used for another type is not to be had.
bool Checker::call_effect(std::uint32_t type, bool indirect, std::uint16_t& effect) noexcept {
  const std::uint32_t key = type << 1 | (indirect ? 1U : 0U);
  const std::size_t slot = (key ^ key >> 8) % slots;
  effect = static_cast<std::uint16_t>(fixed_effects + slot);
  if (keys_[slot] != key) [[unlikely]] {
    if (used_by_[slot] == stretch_number_ && !take_slot(Effect{}, effect)) return false;
    keys_[effect - fixed_effects] = key;
    effects_[effect] = signature_effect(type, indirect);
  }
  used_by_[slot] = stretch_number_;
  return true;
}

bool Checker::check_calls() noexcept {
  ++stretch_number_;
  more_used_ = 0;
  const std::uint32_t functions = module_.functions.size();
  for (std::uint32_t i = 0; i < stretch_.call_size; ++i) {
    const std::uint16_t at = stretch_.call_at[i];
    const std::uint8_t* position = stretch_.base + stretch_.places[at];
    const bool indirect = *position++ != opcode_byte("call");
    std::uint32_t type = read_number(position);
    if (indirect) {
      if (table_address_ == 0 || *position != 0 || !module_.types.is(type, CompositeKind::function)) return false;
    } else {
      if (type >= functions) return false;
      type = module_.functions[type];
    }
    if (!call_effect(type, indirect, stretch_.effects[at])) return false;
  }
  return true;
}

}  // namespace plimsoll::wide
