// What an instruction does to the operand stack, as the wide path sees it (checker.hpp tells the whole).
#pragma once

#include <cstddef>
#include <cstdint>

#include "plimsoll/types.hpp"

namespace plimsoll::wide {

// The operand stack is one word of sixteen entries of four bits, the newest lowest. 1 to 5 are the bits of the numeric
// and vector types; an entry above the oldest is 0.
namespace code {
inline constexpr std::uint32_t vector = v128.bits();
inline constexpr std::uint32_t exception = 6;  // exnref
inline constexpr std::uint32_t most = 6;
inline constexpr std::uint64_t guard = 8;   // under the operands of a control frame
inline constexpr std::uint64_t never = 14;  // is on no stack, so what expects it is looked at more closely
}  // namespace code

// The code of a value type; 0 if it has none.
constexpr std::uint32_t code_of(ValueType type) noexcept {
  if (type.bits() <= code::vector) return type.bits();
  return type == ValueType::reference(HeapType::exn, true) ? code::exception : 0;
}
constexpr bool is_code(std::uint64_t entry) noexcept { return entry - 1 < code::most; }

// Pops some entries and pushes others: S fits if ((S ^ pattern) & mask) == 0, and becomes rotl(S ^ change, turn). The
// mask covers what is popped and, if more is pushed, the oldest entries, which must be free.
struct Effect {
  std::uint64_t pattern = code::never;
  std::uint64_t mask = 0xF;
  std::uint64_t change = 0;
  std::uint32_t turn = 0;
  std::uint32_t popped = 0;
};
static_assert(sizeof(Effect) == 32);

constexpr std::uint64_t low_entries(unsigned count) noexcept {
  return count == 16 ? ~std::uint64_t{0} : (std::uint64_t{1} << 4 * count) - 1;
}

// At most eight or nine entries popped and eight pushed; both words hold the newest lowest.
constexpr Effect make_effect(std::uint64_t popped, unsigned popped_count, std::uint64_t pushed,
                             unsigned pushed_count) noexcept {
  Effect effect{popped, low_entries(popped_count), 0, 0, popped_count};
  if (popped_count >= pushed_count) {
    const unsigned fewer = popped_count - pushed_count;
    effect.change = popped ^ pushed << 4 * fewer;
    effect.turn = (64 - 4 * fewer) % 64;
  } else {
    const unsigned more = pushed_count - popped_count;
    effect.mask |= ~low_entries(16 - more);
    effect.change = popped ^ pushed >> 4 * more ^ pushed << 4 * (16 - more);
    effect.turn = 4 * more;
  }
  return effect;
}

// Which effect: a number below `fixed_effects`, or that plus a slot of the signatures of what is called. Groups of
// eight have one for each code, and one for none where that makes sense; the last never fits.
enum Group : std::uint8_t {
  doubt = 0,        // 0 is the effect that never fits
  nothing = 1,      // : and fits always
  push = 8,         // : t
  pop = 16,         // t :
  tee = 24,         // t : t
  end = 32,         // t, guard : t
  end_dead = 40,    // guard : t, behind an instruction that never goes on
  leave = 48,       // t, guard : guard, and goes nowhere; what lies between is dropped
  leave_if = 56,    // t, i32 : t
  leave_by = 64,    // t, i32, guard : guard, likewise
  else_ = 72,       // t, guard : guard
  else_dead = 80,   // guard : guard
  enter = 88,       // : guard
  enter_if = 89,    // i32 : guard
  drop = 90,        // any :
  select = 91,      // t, t, i32 : t
  signatures = 92,  // one for each signature in the table
};

// Where decoding goes on with something else than an effect.
inline constexpr std::uint8_t control_mark = 255;
inline constexpr std::uint8_t call_mark = 254;

// Effects have numbers below this, and from it on slots for the signatures of what is called.
inline constexpr std::size_t fixed_effects = 192;

// What memory 0 is like: there is none, or it has addresses of 32 or 64 bits.
enum class MemoryKind : std::uint8_t { none, small, large };

}  // namespace plimsoll::wide
