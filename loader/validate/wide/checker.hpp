// The wide path: a second accelerator in front of the general path (body.hpp), for processors with AVX-512 VBMI2 or
// AVX2. It looks at 64 or 16 bytes of a body at once and accepts whole bodies; what it does not accept is checked again
// from its start by the others, which alone reject. So it needs no errors, and may be in doubt about whatever is rare.
//
// A body is taken in stretches of a kilobyte, each in three passes over small arrays:
//
//  1. Decoding (decode_avx512.cpp, decode_avx2.cpp): where do instructions start? The length of an instruction is
//     worked out at each offset of a window, as if one started there; from "the next one starts there" come by
//     composition "the 2nd, 4th, 8th ... next one", and from these where the k-th instruction starts, for all k at
//     once. No branch depends on the bytes. Opcodes and first bytes of immediates are gathered, one instruction behind
//     the other. And what are they (classify_avx512.cpp, classify_avx2.cpp)? 64 or 32 instructions at once, whatever
//     windows they are from, opcodes are turned into effects (effects.hpp): what is popped and pushed. Control
//     instructions and calls are listed apart.
//  2. Control (control.cpp, rare_control.cpp, calls.cpp): over the list of control instructions alone, with a stack of
//     one word a frame, and over the list of calls. It says what each of them does to operands: another effect.
//  3. Types (types.cpp): the operand stack is one word with four bits an operand, and every effect is a pattern that
//     has to be there, a word to change it, and a rotation. A dozen machine instructions each and one branch, which is
//     hardly ever taken.
//
// Everything read from memory is bounded by the input: see `lookahead`.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "module/module_data.hpp"
#include "plimsoll/instructions.hpp"
#include "validate/locals.hpp"
#include "validate/stacks.hpp"
#include "validate/wide/effects.hpp"
#include "validate/wide/stretch.hpp"

namespace plimsoll::wide {

// How many bytes behind the end of a body are read at most, which decides nothing; bodies nearer to the end of the
// input are not for the wide path.
inline constexpr std::size_t lookahead = 256;
// What the processor can do that the wide path needs.
enum class Vectors : std::uint8_t { none, avx2, avx512 };
Vectors best_vectors() noexcept;

// Bodies of fewer bytes are checked faster one instruction after the other.
constexpr std::size_t least_body(Vectors vectors) noexcept { return vectors == Vectors::avx512 ? 40 : 200; }

class Checker {
 public:
  // For bodies of a module whose sections before the code section are there. About 40 KiB. Without vectors, it accepts
  // nothing.
  Checker(const ModuleData& module, Vectors vectors) noexcept;

  // Whether the instructions from `begin` to `end`, the expression of a function with this type and these locals, are
  // surely valid. Linear in the body; reads `lookahead` bytes behind it. What is in the stacks is lost. Throws
  // std::bad_alloc.
  [[nodiscard]] bool accepts(const std::uint8_t* begin, const std::uint8_t* end, std::uint32_t type,
                             const Locals& locals, Stacks& stacks);

 private:
  // Fills the stretch from `position_` on; false in doubt. In two halves, of the file with that name each.
  bool find_instructions() noexcept;
  bool decode_avx512() noexcept;
  bool classify_avx512() noexcept;
  bool decode_avx2() noexcept;
  bool classify_avx2() noexcept;

  // Behind a window whose instructions are taken up to `exit`: where the next one stands, and whether that is for another
  // window. An instruction that needs a closer look gets it.
  enum class Next : std::uint8_t { window, none, doubt };
  [[gnu::always_inline]] Next next_window(const std::uint8_t* window, std::size_t size, std::uint32_t exit,
                                          std::size_t& offset) noexcept {
    const auto left = static_cast<std::size_t>(end_ - window);
    const std::uint8_t* position = window + exit;
    if (left <= size && exit >= left) {
      // The last of the body. It cannot reach over the end, since only an `end` of one byte is accepted there.
      position = end_;
    } else if (exit < size && !decode_one(position)) {
      return Next::doubt;
    }
    offset = static_cast<std::size_t>(position - stretch_.base);
    return position >= end_ ? Next::none : Next::window;
  }

  // decode_one.cpp
  void add_long_indices(std::uint32_t first, std::uint64_t lanes) noexcept;
  bool mark_long_labels(std::uint32_t first, std::uint64_t lanes) noexcept;
  bool decode_one(const std::uint8_t*& position) noexcept;
  bool decode_list(const InstructionRow& row, const std::uint8_t*& position) noexcept;
  bool list_rare(const std::uint8_t* immediates, std::uint8_t& which) noexcept;
  bool decode_prefixed(const std::uint8_t*& position) noexcept;
  [[nodiscard]] std::uint8_t index_effect(const std::uint8_t* position) const noexcept;
  void add(std::uint8_t opcode, std::uint8_t follower) noexcept {
    stretch_.opcodes[stretch_.size] = opcode;
    stretch_.followers[stretch_.size++] = follower;
  }

  // control.cpp
  bool check_control();
  [[nodiscard]] std::uint32_t block_code(std::uint8_t byte) const noexcept;

  // rare_control.cpp
  [[nodiscard]] std::uint32_t table_code(const std::uint8_t* labels) const noexcept;
  bool check_rare(std::uint32_t at, std::uint32_t opcode, const std::uint8_t* immediates, bool dead,
                  bool& goes_on) noexcept;
  bool check_catch(std::uint32_t tag, bool dead, std::uint16_t& effect) noexcept;
  bool check_clauses(const std::uint8_t*& immediates) noexcept;
  [[nodiscard]] std::uint32_t tag_code(std::uint32_t tag) const noexcept;

  // calls.cpp
  bool check_calls() noexcept;
  bool call_effect(std::uint32_t type, bool indirect, std::uint16_t& effect) noexcept;
  bool take_slot(const Effect& effect, std::uint16_t& which) noexcept;
  [[nodiscard]] Effect signature_effect(std::uint32_t type, bool indirect) const noexcept;

  // types.cpp
  bool check_types() noexcept;
  static constexpr std::uint64_t no_stack = ~std::uint64_t{0};  // no entry is 15
  [[gnu::noinline]] std::uint64_t apply_other(std::uint16_t effect, std::uint64_t stack) noexcept;
  bool apply_slowly(std::uint16_t effect) noexcept;
  [[nodiscard]] unsigned count() const noexcept { return (67U - static_cast<unsigned>(std::countl_zero(stack_))) / 4; }
  bool refill(unsigned wanted) noexcept;
  bool spill() noexcept;
  bool drop_to_guard() noexcept;
  bool call_slowly(std::uint32_t key) noexcept;

  const ModuleData& module_;
  const Vectors vectors_;
  MemoryKind memory_ = MemoryKind::none;
  std::uint32_t table_address_ = 0;  // the code of table 0's addresses; 0 if call_indirect cannot call it
  std::uint64_t disabled_;

  // The body.
  const std::uint8_t* position_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  const Locals* locals_ = nullptr;
  DecodeTables tables_;
  std::uint32_t local_count_ = 0;  // in the table
  Stretch stretch_;

  // Control frames, in nibbles: the codes of what `end` finds, of what a branch to the label takes and of what `else`
  // finds, 7 where there must be none; and what catches.
  static constexpr std::uint32_t no_else = 7U << 8;
  static constexpr std::uint32_t tries = 1U << 12;    // legacy try, up to its first catch
  static constexpr std::uint32_t catches = 2U << 12;  // a catch of it
  static constexpr std::uint32_t catches_all = 3U << 12;
  static constexpr std::uint32_t catch_bits = 3U << 12;
  std::uint32_t depth_ = 0;
  // The instruction before which the last one that never goes on stands; none if negative.
  std::int32_t never_goes_on_ = -1;
  Stacks* stacks_ = nullptr;
  std::uint32_t* frames_ = nullptr;  // in the stacks

  // Operands: the newest, and older ones eight at a time.
  static constexpr std::size_t most_spilled = 1024;
  std::uint64_t stack_ = 0;
  std::uint32_t spilled_size_ = 0;
  std::array<std::uint32_t, most_spilled> spilled_;

  // Effects of calls by slots, each for one type (its index, and whether the callee is an operand), and which stretch
  // used it.
  static constexpr std::size_t slots = 256;
  static constexpr std::size_t more_slots = 64;  // for types that want a slot that this stretch has used for another
  static constexpr std::uint32_t no_key = ~std::uint32_t{0};
  std::uint32_t stretch_number_ = 0;
  std::uint32_t more_used_ = 0;
  std::array<std::uint32_t, slots + more_slots> keys_;
  std::array<std::uint32_t, slots> used_by_;
  std::array<Effect, fixed_effects + slots + more_slots> effects_;
};

}  // namespace plimsoll::wide
