// The rows of the hot loop (body_hot.cpp): what the table of instructions comes to for it, eight bytes an instruction,
// derived at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "bytes/feature_rows.hpp"
#include "instr/lookup.hpp"
#include "instr/signature.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll::hot {

// How an instruction is treated here. Everything that the table's signature makes alike shares an action.
enum class Action : std::uint8_t {
  general,  // left to the general path
  nop,
  unary,
  binary,
  ternary,
  lane_unary,
  lane_binary,
  shuffle,
  number,    // a constant in LEB128
  constant,  // a constant of fixed size
  load,
  store,
  local_get,
  local_set,
  local_tee,
  global_get,
  global_set,
  drop,
  select,
  select_typed,
  block,
  loop,
  if_,
  else_,
  end,
  br,
  br_if,
  br_table,
  return_,
  unreachable,
  call,
  call_indirect,
  call_ref,
  return_call,
  return_call_ref,
  throw_,
  memory_size,
  memory_grow,
  memory_fill,
  memory_copy,
  reference_unary,  // operands are nullable references, whose heap types the row has
  reference_binary,
  ref_null,
  ref_func,
  ref_is_null,
  ref_as_non_null,
  ref_i31,
  ref_test,
  ref_cast,
  br_on_null,
  br_on_non_null,
  br_on_cast,
  any_convert_extern,
  extern_convert_any,
  struct_new,
  struct_new_default,
  struct_get,
  struct_set,
  array_new,
  array_new_default,
  array_new_fixed,
  array_get,
  array_set,
  array_fill,
  array_copy,
  prefix,
};

struct HotRow {
  Action action = Action::general;
  std::uint8_t first = 0;  // operand types, bottom first, as ValueType bits, or as HeapType if the action says so
  std::uint8_t second = 0;
  std::uint8_t third = 0;
  std::uint8_t result = 0;
  // log2 of the natural alignment or of a lane's bytes; bytes of a constant; page of a prefix; which of two alike it is
  std::uint8_t width = 0;
  std::uint8_t feature = 0;
  bool is_constant = false;  // may stand in a constant expression, without a further feature
};
static_assert(sizeof(HotRow) == 8);

consteval std::uint8_t letter_bits(char letter) {
  switch (letter) {
    case 'i': return static_cast<std::uint8_t>(i32.bits());
    case 'l': return static_cast<std::uint8_t>(i64.bits());
    case 'f': return static_cast<std::uint8_t>(f32.bits());
    case 'd': return static_cast<std::uint8_t>(f64.bits());
    case 'v': return static_cast<std::uint8_t>(v128.bits());
    default: return 0;
  }
}

// What the signature of an instruction with references comes to: the table's letters for them mean nullable ones.
consteval void reference_row(std::string_view operands, std::string_view results, HotRow& hot) {
  const auto heap = [](char letter) {
    const ValueType type = signature_type(letter, bottom, bottom);
    return static_cast<std::uint8_t>(type.is_reference() && type.is_nullable() ? type.bits() >> 8 : 0xFF);
  };
  if (results.size() != 1) return;
  if (operands == "i" && results == "j") hot.action = Action::ref_i31;
  if (operands.empty() || operands.size() > 2 || letter_bits(results[0]) == 0) return;
  hot.first = heap(operands.front());
  hot.second = heap(operands.back());
  hot.result = letter_bits(results[0]);
  if (hot.first == 0xFF || hot.second == 0xFF) return;
  hot.action = operands.size() == 1 ? Action::reference_unary : Action::reference_binary;
}

// What the signature of a plain instruction comes to.
consteval void plain_row(const InstructionRow& row, HotRow& hot) {
  const std::size_t colon = row.signature.find(':');
  const std::string_view operands = row.signature.substr(0, colon);
  const std::string_view results = row.signature.substr(colon + 1);
  for (const char letter : row.signature)
    if (letter != ':' && letter_bits(letter) == 0) {
      if (row.imm == Imm::none) reference_row(operands, results, hot);
      return;
    }
  if (operands.size() > 3 || results.size() > 1) return;
  if (operands.size() > 0) hot.first = letter_bits(operands[0]);
  if (operands.size() > 1) hot.second = letter_bits(operands[1]);
  if (operands.size() > 2) hot.third = letter_bits(operands[2]);
  if (results.size() == 1) hot.result = letter_bits(results[0]);
  const bool lane = row.imm == Imm::lane;
  if (row.imm == Imm::i32_const || row.imm == Imm::i64_const) {
    hot.action = Action::number;
    hot.width = row.imm == Imm::i32_const ? 4 : 8;  // bytes that any number may have, whatever its last ones say
  }
  if (row.imm == Imm::f32_const || row.imm == Imm::f64_const || row.imm == Imm::v128_const) {
    hot.action = Action::constant;
    hot.width = row.imm == Imm::f32_const ? 4 : row.imm == Imm::f64_const ? 8 : 16;
  }
  if (row.imm == Imm::shuffle) hot.action = Action::shuffle;
  if (row.imm != Imm::none && !lane) return;
  if (results.empty()) {
    if (operands.empty()) hot.action = Action::nop;
    return;
  }
  if (operands.size() == 1) hot.action = lane ? Action::lane_unary : Action::unary;
  if (operands.size() == 2) hot.action = lane ? Action::lane_binary : Action::binary;
  if (operands.size() == 3) hot.action = Action::ternary;
}

consteval void memory_row(const InstructionRow& row, HotRow& hot) {
  if (row.imm == Imm::memory) {
    if (row.signature == ":m") hot.action = Action::memory_size;
    if (row.signature == "m:m") hot.action = Action::memory_grow;
    if (row.signature == "mim:") hot.action = Action::memory_fill;
  }
  if (row.imm != Imm::memarg || row.signature.size() != 3) return;
  if (row.signature[1] == ':') {
    hot.action = Action::load;
    hot.result = letter_bits(row.signature[2]);
  } else {
    hot.action = Action::store;
    hot.first = letter_bits(row.signature[1]);
  }
}

consteval Action rule_action(Rule rule) {
  constexpr std::pair<Rule, Action> actions[] = {
      {Rule::local_get, Action::local_get},
      {Rule::local_set, Action::local_set},
      {Rule::local_tee, Action::local_tee},
      {Rule::global_get, Action::global_get},
      {Rule::global_set, Action::global_set},
      {Rule::drop, Action::drop},
      {Rule::select, Action::select},
      {Rule::select_typed, Action::select_typed},
      {Rule::block, Action::block},
      {Rule::loop, Action::loop},
      {Rule::if_, Action::if_},
      {Rule::else_, Action::else_},
      {Rule::end, Action::end},
      {Rule::br, Action::br},
      {Rule::br_if, Action::br_if},
      {Rule::br_table, Action::br_table},
      {Rule::return_, Action::return_},
      {Rule::unreachable, Action::unreachable},
      {Rule::call, Action::call},
      {Rule::call_indirect, Action::call_indirect},
      {Rule::call_ref, Action::call_ref},
      {Rule::return_call, Action::return_call},
      {Rule::return_call_ref, Action::return_call_ref},
      {Rule::throw_, Action::throw_},
      {Rule::memory_copy, Action::memory_copy},
      {Rule::ref_null, Action::ref_null},
      {Rule::ref_func, Action::ref_func},
      {Rule::ref_is_null, Action::ref_is_null},
      {Rule::ref_as_non_null, Action::ref_as_non_null},
      {Rule::ref_test, Action::ref_test},
      {Rule::ref_cast, Action::ref_cast},
      {Rule::br_on_null, Action::br_on_null},
      {Rule::br_on_non_null, Action::br_on_non_null},
      {Rule::br_on_cast, Action::br_on_cast},
      {Rule::br_on_cast_fail, Action::br_on_cast},
      {Rule::any_convert_extern, Action::any_convert_extern},
      {Rule::extern_convert_any, Action::extern_convert_any},
      {Rule::struct_new, Action::struct_new},
      {Rule::struct_new_default, Action::struct_new_default},
      {Rule::struct_get, Action::struct_get},
      {Rule::struct_get_packed, Action::struct_get},
      {Rule::struct_set, Action::struct_set},
      {Rule::array_new, Action::array_new},
      {Rule::array_new_default, Action::array_new_default},
      {Rule::array_new_fixed, Action::array_new_fixed},
      {Rule::array_get, Action::array_get},
      {Rule::array_get_packed, Action::array_get},
      {Rule::array_set, Action::array_set},
      {Rule::array_fill, Action::array_fill},
      {Rule::array_copy, Action::array_copy},
  };
  for (const auto& [from, to] : actions)
    if (from == rule) return to;
  return Action::general;
}

// Whether browsers ship the feature. Those that they do not are left to the general path: so the loop need not ask for
// features when a module has all that it usually has.
consteval bool is_usual(Feature feature) {
  for (const FeatureRow& row : feature_rows)
    if (row.feature == feature) return row.browsers;
  return true;
}

// Of two instructions that differ in little: whether null passes, whether it branches on failure, whether the field is
// packed.
consteval bool is_second(const InstructionRow& row) {
  if (row.rule == Rule::ref_cast || row.rule == Rule::ref_test) return row.imm == Imm::reference_null;
  return row.rule == Rule::br_on_cast_fail || row.rule == Rule::struct_get_packed || row.rule == Rule::array_get_packed;
}

consteval HotRow make_row(const InstructionRow& row) {
  HotRow hot;
  if (!is_usual(row.feature)) return hot;
  hot.width = row.width;
  hot.feature = static_cast<std::uint8_t>(row.feature);
  if (row.rule == Rule::plain)
    plain_row(row, hot);
  else if (row.rule == Rule::memory)
    memory_row(row, hot);
  else
    hot.action = rule_action(row.rule);
  hot.is_constant = row.constant == Const::yes;
  if (is_second(row)) hot.width = 1;
  return hot;
}

// Instructions behind the prefixes 0xFB, 0xFC and 0xFD; the largest page is that of the vectors.
inline constexpr std::size_t first_page = 0xFB;
inline constexpr std::size_t page_count = 3;
inline constexpr std::size_t page_size = detail::page<0xFD>.size();

consteval std::array<HotRow, 256> make_main_page() {
  std::array<HotRow, 256> page{};
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix == 0) page[row.code] = make_row(row);
  for (std::uint8_t i = 0; i < page_count; ++i) {
    page[first_page + i].action = Action::prefix;
    page[first_page + i].width = i;
    page[first_page + i].is_constant = true;  // as far as its rows are
  }
  return page;
}

consteval std::array<std::array<HotRow, page_size>, page_count> make_pages() {
  std::array<std::array<HotRow, page_size>, page_count> pages{};
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix >= first_page && row.prefix < first_page + page_count)
      pages[row.prefix - first_page][row.code] = make_row(row);
  return pages;
}

inline constexpr std::array<HotRow, 256> main_page = make_main_page();
inline constexpr std::array<std::array<HotRow, page_size>, page_count> pages = make_pages();

// The features that the instructions treated here need: with all of them on, none has to be asked for.
consteval std::uint64_t make_needed_features() {
  Features needed;
  for (const InstructionRow& row : instruction_rows)
    if (make_row(row).action != Action::general) needed.add(row.feature);
  return needed.bits();
}
inline constexpr std::uint64_t needed_features = make_needed_features();

}  // namespace plimsoll::hot
