// The wide path's second pass (checker.hpp): control instructions that are looked at one by one: br_table, exceptions,
// and branches with labels of more than one byte.
#include "validate/wide/checker.hpp"
#include "validate/wide/number.hpp"
#include "validate/wide/tables.hpp"

namespace plimsoll::wide {
namespace {

constexpr std::uint32_t no_code = 7;

}  // namespace

// The code that all labels of a br_table take; `no_code` if they differ or there is no such label.
std::uint32_t Checker::table_code(const std::uint8_t* labels) const noexcept {
  const std::uint32_t count = read_number(labels);
  std::uint32_t all = no_code;
  for (std::uint32_t i = 0; i <= count; ++i) {
    const std::uint32_t label = read_number(labels);
    if (label >= depth_) return no_code;
    const std::uint32_t code = frames_[depth_ - 1 - label] >> 4 & 0xFU;
    if (i != 0 && code != all) return no_code;
    all = code;
  }
  return all;
}

// The code of what a tag carries, if it can be thrown and carries at most one value; `no_code` if not.
std::uint32_t Checker::tag_code(std::uint32_t tag) const noexcept {
  if (!module_.tags.has(tag) || !module_.types.results(module_.tags[tag]).empty()) return no_code;
  const std::span<const ValueType> parameters = module_.types.parameters(module_.tags[tag]);
  if (parameters.empty()) return 0;
  return parameters.size() == 1 && code_of(parameters.front()) != 0 ? code_of(parameters.front()) : no_code;
}

// The end of a legacy try's body, or of a catch, and the start of a catch with what its tag carries.
bool Checker::check_catch(std::uint32_t tag, bool dead, std::uint16_t& effect) noexcept {
  const std::uint32_t carried = tag_code(tag);
  std::uint32_t& frame = frames_[depth_ - 1];
  const std::uint32_t kind = frame & catch_bits;
  if (carried == no_code || (kind != tries && kind != catches)) return false;
  frame = (frame & ~catch_bits) | catches;
  const std::uint32_t code = frame & 0xFU;
  effect = static_cast<std::uint16_t>((dead ? Group::else_dead : Group::else_) + code);
  if (carried == 0) return true;
  const std::uint64_t popped = dead || code == 0 ? code::guard : code::guard << 4 | code;
  return take_slot(make_effect(popped, dead || code == 0 ? 1 : 2, code::guard << 4 | carried, 2), effect);
}

// The catch clauses of a try_table, of which each hands over at most one value.
bool Checker::check_clauses(const std::uint8_t*& immediates) noexcept {
  const std::uint32_t count = read_number(immediates);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint8_t kind = *immediates++;  // 0: catch, 1: catch_ref, 2: catch_all, 3: catch_all_ref
    std::uint32_t code = kind < 2 ? tag_code(read_number(immediates)) : 0;
    if ((kind & 1U) != 0) code = code == 0 ? code::exception : no_code;
    const std::uint32_t label = read_number(immediates);
    if (label >= depth_ || (frames_[depth_ - 1 - label] >> 4 & 0xFU) != code || code == no_code) return false;
  }
  return true;
}

bool Checker::check_rare(std::uint32_t at, std::uint32_t opcode, const std::uint8_t* immediates, bool dead,
                         bool& goes_on) noexcept {
  const Rule rule = instruction_rows[find_row(0, opcode)].rule;
  std::uint16_t& effect = stretch_.effects[at];
  std::uint32_t& top = frames_[depth_ - 1];
  const bool closes = rule == Rule::catch_ || rule == Rule::catch_all || rule == Rule::delegate;
  if (dead && !closes) return false;
  const auto leave = [&](Group group, std::uint32_t code) {
    goes_on = false;
    effect = static_cast<std::uint16_t>(group + code);
    return code != no_code;
  };
  if (rule == Rule::br_table) return leave(Group::leave_by, table_code(immediates));
  if (rule == Rule::br || rule == Rule::br_if) {
    const std::uint32_t label = read_number(immediates);
    if (label >= depth_) return false;
    const std::uint32_t code = frames_[depth_ - 1 - label] >> 4 & 0xFU;
    if (rule == Rule::br) return leave(Group::leave, code);
    effect = static_cast<std::uint16_t>(Group::leave_if + code);
    return true;
  }
  if (rule == Rule::throw_) return leave(Group::leave, tag_code(read_number(immediates)));
  if (rule == Rule::throw_ref) return leave(Group::leave, code::exception);
  if (rule == Rule::rethrow) {
    const std::uint32_t label = read_number(immediates);
    return label < depth_ && (frames_[depth_ - 1 - label] & catch_bits) >= catches && leave(Group::leave, 0);
  }
  if (rule == Rule::catch_) return check_catch(read_number(immediates), dead, effect);
  if (rule == Rule::catch_all) {
    const std::uint32_t kind = top & catch_bits;
    if (kind != tries && kind != catches) return false;
    top |= catches_all;
    effect = static_cast<std::uint16_t>((dead ? Group::else_dead : Group::else_) + (top & 0xFU));
    return true;
  }
  if (rule == Rule::delegate) {
    if ((top & catch_bits) != tries) return false;
    effect = static_cast<std::uint16_t>((dead ? Group::end_dead : Group::end) + (top & 0xFU));
    --depth_;
    return read_number(immediates) < depth_;
  }
  // try and try_table
  const std::uint32_t code = block_code(*immediates++);
  if (code > code::most || (rule == Rule::try_table && !check_clauses(immediates))) return false;
  effect = Group::enter;
  frames_[depth_++] = code | code << 4 | no_else | (rule == Rule::try_ ? tries : 0U);
  return rule == Rule::try_ || rule == Rule::try_table;
}

}  // namespace plimsoll::wide
