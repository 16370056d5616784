// The tables of the wide path (checker.hpp tells the whole) that lead from bytes to effects: all derived from the table
// of instructions at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "instr/lookup.hpp"
#include "instr/signature.hpp"
#include "validate/wide/effects.hpp"

namespace plimsoll::wide {

namespace detail {

// A signature in a word that tells signatures apart; 0 if it has types without codes.
constexpr std::uint64_t signature_key(std::string_view signature, ValueType address) {
  std::uint64_t key = 1;
  if (signature.empty()) return 0;
  for (const char letter : signature) {
    const std::uint32_t code = letter == ':' ? 0 : code_of(signature_type(letter, address, bottom));
    if (letter != ':' && code == 0) return 0;
    key = key << 4 | code;
  }
  return key;
}

consteval bool is_signature_rule(const InstructionRow& row) {
  return row.rule == Rule::plain || row.rule == Rule::memory || row.rule == Rule::atomic ||
         row.rule == Rule::memory_copy;
}

// Copying within a memory: the table has no signature, since there can be two memories.
consteval std::string_view signature_of(const InstructionRow& row) {
  return row.rule == Rule::memory_copy ? "mmm:" : row.signature;
}

struct Signatures {
  std::array<std::uint64_t, 160> keys{};
  std::size_t count = 0;
};

consteval Signatures list_signatures() {
  Signatures all;
  for (const ValueType address : {i32, i64})
    for (const InstructionRow& row : instruction_rows) {
      if (!is_signature_rule(row)) continue;
      const std::uint64_t key = signature_key(signature_of(row), address);
      bool is_new = key != 0;
      for (std::size_t i = 0; i < all.count; ++i) is_new = is_new && all.keys[i] != key;
      if (is_new) all.keys[all.count++] = key;
    }
  return all;
}

inline constexpr Signatures all_signatures = list_signatures();

consteval std::uint8_t signature_effect(const InstructionRow& row, ValueType address) {
  const std::uint64_t key = is_signature_rule(row) ? signature_key(signature_of(row), address) : 0;
  for (std::size_t i = 0; i < all_signatures.count; ++i)
    if (all_signatures.keys[i] == key) return static_cast<std::uint8_t>(Group::signatures + i);
  return Group::doubt;
}

// The key read back: types are non-zero, so the zero is the colon.
consteval Effect effect_of_key(std::uint64_t key) {
  std::uint64_t pushed = 0;
  std::uint64_t popped = 0;
  unsigned pushed_count = 0;
  unsigned popped_count = 0;
  for (; (key & 0xF) != 0; key >>= 4) pushed |= (key & 0xF) << 4 * pushed_count++;
  for (key >>= 4; key != 1; key >>= 4) popped |= (key & 0xF) << 4 * popped_count++;
  return make_effect(popped, popped_count, pushed, pushed_count);
}

}  // namespace detail

static_assert(Group::signatures + detail::all_signatures.count <= fixed_effects && fixed_effects < call_mark);

consteval std::array<Effect, fixed_effects> make_fixed_effects() {
  constexpr std::uint64_t guard = code::guard;
  constexpr std::uint64_t condition = i32.bits();
  std::array<Effect, fixed_effects> all{};
  all[Group::nothing] = make_effect(0, 0, 0, 0);
  all[Group::end] = all[Group::end_dead] = make_effect(guard, 1, 0, 0);
  all[Group::leave] = all[Group::else_] = all[Group::else_dead] = make_effect(guard, 1, guard, 1);
  all[Group::leave_if] = make_effect(condition, 1, 0, 0);
  all[Group::leave_by] = make_effect(guard << 4 | condition, 2, guard, 1);
  for (std::uint32_t t = 1; t <= code::most; ++t) {
    const std::uint64_t over_guard = guard << 4 | t;
    all[Group::push + t] = make_effect(0, 0, t, 1);
    all[Group::pop + t] = make_effect(t, 1, 0, 0);
    all[Group::tee + t] = make_effect(t, 1, t, 1);
    all[Group::end + t] = make_effect(over_guard, 2, t, 1);
    all[Group::end_dead + t] = make_effect(guard, 1, t, 1);
    all[Group::leave + t] = all[Group::else_ + t] = make_effect(over_guard, 2, guard, 1);
    all[Group::else_dead + t] = all[Group::else_dead];
    all[Group::leave_if + t] = make_effect(std::uint64_t{t} << 4 | condition, 2, t, 1);
    all[Group::leave_by + t] = make_effect(over_guard << 4 | condition, 3, guard, 1);
  }
  all[Group::enter] = make_effect(0, 0, guard, 1);
  all[Group::enter_if] = make_effect(condition, 1, guard, 1);
  for (std::size_t i = 0; i < detail::all_signatures.count; ++i)
    all[Group::signatures + i] = detail::effect_of_key(detail::all_signatures.keys[i]);
  return all;
}
inline constexpr std::array<Effect, fixed_effects> fixed_effect_rows = make_fixed_effects();

// By opcode: its effect, or what it is the first of (local.get: push, and so on), or a mark.
consteval std::array<std::uint8_t, 256> make_opcode_effects(MemoryKind memory) {
  std::array<std::uint8_t, 256> effects{};
  for (const InstructionRow& row : instruction_rows) {
    if (row.prefix != 0) continue;
    std::uint8_t& effect = effects[row.code];
    switch (row.rule) {
      case Rule::plain: effect = detail::signature_effect(row, i32); break;
      case Rule::memory:
        if (memory != MemoryKind::none) effect = detail::signature_effect(row, memory == MemoryKind::small ? i32 : i64);
        break;
      case Rule::local_get:
      case Rule::global_get: effect = Group::push; break;
      case Rule::local_set:
      case Rule::global_set: effect = Group::pop; break;
      case Rule::local_tee: effect = Group::tee; break;
      case Rule::drop: effect = Group::drop; break;
      case Rule::select: effect = Group::select; break;
      case Rule::unreachable:
      case Rule::block:
      case Rule::loop:
      case Rule::if_:
      case Rule::else_:
      case Rule::end:
      case Rule::br:
      case Rule::br_if:
      case Rule::br_table:
      case Rule::return_:
      case Rule::try_:
      case Rule::catch_:
      case Rule::catch_all:
      case Rule::delegate:
      case Rule::rethrow:
      case Rule::throw_:
      case Rule::throw_ref:
      case Rule::try_table: effect = control_mark; break;
      case Rule::call:
      case Rule::call_indirect: effect = call_mark; break;
      case Rule::atomic:
      case Rule::table:
      case Rule::call_ref:
      case Rule::return_call:
      case Rule::return_call_indirect:
      case Rule::return_call_ref:
      case Rule::select_typed:
      case Rule::memory_copy:
      case Rule::data_drop:
      case Rule::table_init:
      case Rule::table_copy:
      case Rule::elem_drop:
      case Rule::ref_null:
      case Rule::ref_func:
      case Rule::ref_is_null:
      case Rule::ref_as_non_null:
      case Rule::br_on_null:
      case Rule::br_on_non_null:
      case Rule::ref_test:
      case Rule::ref_cast:
      case Rule::br_on_cast:
      case Rule::br_on_cast_fail:
      case Rule::any_convert_extern:
      case Rule::extern_convert_any:
      case Rule::struct_new:
      case Rule::struct_new_default:
      case Rule::struct_get:
      case Rule::struct_get_packed:
      case Rule::struct_set:
      case Rule::array_new:
      case Rule::array_new_default:
      case Rule::array_new_fixed:
      case Rule::array_new_data:
      case Rule::array_new_elem:
      case Rule::array_get:
      case Rule::array_get_packed:
      case Rule::array_set:
      case Rule::array_fill:
      case Rule::array_copy:
      case Rule::array_init_data:
      case Rule::array_init_elem:
      case Rule::struct_new_desc:
      case Rule::struct_new_default_desc:
      case Rule::ref_get_desc:
      case Rule::ref_cast_desc_eq:
      case Rule::br_on_cast_desc_eq:
      case Rule::br_on_cast_desc_eq_fail:
      case Rule::cont_new:
      case Rule::cont_bind:
      case Rule::suspend:
      case Rule::resume:
      case Rule::resume_throw:
      case Rule::resume_throw_ref:
      case Rule::switch_:
      case Rule::atomic_get:
      case Rule::atomic_get_packed:
      case Rule::atomic_set:
      case Rule::atomic_arithmetic:
      case Rule::atomic_exchange:
      case Rule::atomic_compare: break;
    }
  }
  return effects;
}

inline constexpr std::array<std::uint8_t, 256> opcode_effects[] = {make_opcode_effects(MemoryKind::none),
                                                                   make_opcode_effects(MemoryKind::small),
                                                                   make_opcode_effects(MemoryKind::large)};

// By opcode, how long it is: the bytes that it surely has, zero if only a closer look can tell, and whether a number of
// which one byte is counted stands behind the opcode or one byte further.
inline constexpr std::uint8_t length_bits = 0x0F;
inline constexpr std::uint8_t number_next = 0x40;
inline constexpr std::uint8_t number_behind_byte = 0x80;

consteval std::array<std::uint8_t, 256> make_lengths() {
  std::array<std::uint8_t, 256> lengths{};
  for (const InstructionRow& row : instruction_rows) {
    if (row.prefix != 0) continue;
    std::uint8_t& length = lengths[row.code];
    switch (row.imm) {
      case Imm::none: length = 1; break;
      case Imm::label:
      case Imm::local:
      case Imm::global:
      case Imm::function:
      case Imm::block_type:
      case Imm::tag:
      case Imm::i32_const:
      case Imm::i64_const: length = 2 | number_next; break;
      case Imm::type_table: length = 3 | number_next; break;  // and a table below 128
      case Imm::memarg: length = 3 | number_behind_byte; break;
      case Imm::f32_const: length = 5; break;
      case Imm::f64_const: length = 9; break;
      case Imm::try_table:
      case Imm::labels:
      case Imm::type:
      case Imm::type_field:
      case Imm::type_count:
      case Imm::type_data:
      case Imm::type_element:
      case Imm::type_type:
      case Imm::table:
      case Imm::table_table:
      case Imm::element_table:
      case Imm::element:
      case Imm::memory:
      case Imm::memory_memory:
      case Imm::data_memory:
      case Imm::data:
      case Imm::memarg_lane:
      case Imm::lane:
      case Imm::shuffle:
      case Imm::v128_const:
      case Imm::reference:
      case Imm::reference_null:
      case Imm::cast:
      case Imm::value_types:
      case Imm::zero_byte:
      case Imm::type_tag:
      case Imm::type_handlers:
      case Imm::type_tag_handlers:
      case Imm::ordering_global:
      case Imm::ordering_table:
      case Imm::ordering_field:
      case Imm::ordering_type: break;
    }
    if (opcode_effects[1][row.code] == Group::doubt) length = 0;
  }
  return lengths;
}
inline constexpr std::array<std::uint8_t, 256> opcode_lengths = make_lengths();

// By opcode below 64, the largest first byte of a memarg.
consteval std::array<std::uint8_t, 64> make_alignments() {
  std::array<std::uint8_t, 64> widths{};
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix == 0 && row.imm == Imm::memarg) widths[row.code] = row.width;
  return widths;
}
inline constexpr std::array<std::uint8_t, 64> alignments = make_alignments();

// The opcodes that have a memarg are these and no others.
inline constexpr std::uint8_t first_memarg = 0x28;
inline constexpr std::uint8_t last_memarg = 0x3E;
consteval bool memargs_are_in_between() {
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix == 0 && (row.imm == Imm::memarg) != (row.code >= first_memarg && row.code <= last_memarg))
      return false;
  return true;
}
static_assert(memargs_are_in_between());

// Opcodes with an index behind them that is looked up.
inline constexpr std::uint8_t br = opcode_byte("br");
static_assert(br % 2 == 0 && opcode_byte("br_if") == br + 1);
inline constexpr std::uint8_t local_get = opcode_byte("local.get");
static_assert(opcode_byte("local.set") == local_get + 1 && opcode_byte("local.tee") == local_get + 2);
inline constexpr std::uint8_t global_get = opcode_byte("global.get");
inline constexpr std::uint8_t global_set = opcode_byte("global.set");

// The instructions behind a prefix, looked at one by one.
struct PrefixedRow {
  std::uint8_t effects[3] = {};  // by MemoryKind
  std::uint8_t width = 0;
  Imm imm = Imm::none;
  Feature feature = Feature::none;
  std::uint8_t least_alignment = 0;
};

inline constexpr std::size_t first_prefix = 0xFC;
inline constexpr std::size_t prefix_count = 3;
inline constexpr std::size_t prefixed_rows = plimsoll::detail::page<0xFD>.size();

consteval std::array<std::array<PrefixedRow, prefixed_rows>, prefix_count> make_prefixed() {
  std::array<std::array<PrefixedRow, prefixed_rows>, prefix_count> pages{};
  for (const InstructionRow& row : instruction_rows) {
    if (row.prefix < first_prefix || row.prefix >= first_prefix + prefix_count || row.code >= prefixed_rows) continue;
    PrefixedRow& prefixed = pages[row.prefix - first_prefix][row.code];
    prefixed.imm = row.imm;
    prefixed.width = row.width;
    prefixed.feature = row.feature;
    prefixed.least_alignment = row.rule == Rule::atomic ? row.width : 0;
    if (row.rule == Rule::plain) prefixed.effects[0] = detail::signature_effect(row, i32);
    prefixed.effects[1] = detail::signature_effect(row, i32);
    prefixed.effects[2] = detail::signature_effect(row, i64);
  }
  return pages;
}
inline constexpr auto prefixed_pages = make_prefixed();

// By opcode, the feature that it needs.
consteval std::array<std::uint8_t, 256> make_opcode_features() {
  std::array<std::uint8_t, 256> features{};
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix == 0) features[row.code] = static_cast<std::uint8_t>(row.feature);
  return features;
}
inline constexpr std::array<std::uint8_t, 256> opcode_features = make_opcode_features();

}  // namespace plimsoll::wide
