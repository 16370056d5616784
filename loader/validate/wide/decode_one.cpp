// The wide path's first pass (checker.hpp): instructions looked at one by one, because their length does not show in
// their first bytes or a number in them is long.
#include <algorithm>
#include <bit>

#include "validate/wide/checker.hpp"
#include "validate/wide/number.hpp"
#include "validate/wide/tables.hpp"

namespace plimsoll::wide {
namespace {

static_assert(is_prefix(Stretch::decoded));

// Skips a number of at most `longest` bytes, of which one of `longest` must end as `last` allows; false if it is
// longer.
template <class Last>
bool skip_number(const std::uint8_t*& position, unsigned longest, Last last) noexcept {
  for (unsigned i = 1; i < longest; ++i)
    if (*position++ < 0x80) return true;
  return last(*position++);
}

// The last byte of the longest form: its unused bits are zero.
bool ends_u32(std::uint8_t byte) noexcept { return byte < 0x10; }
bool ends_u64(std::uint8_t byte) noexcept { return byte < 0x02; }

constexpr unsigned longest32 = 5;
constexpr unsigned longest64 = 10;

bool skip_memarg(const std::uint8_t*& position, unsigned least_alignment, unsigned width, MemoryKind memory) noexcept {
  const unsigned alignment = *position++;
  if (alignment < least_alignment || alignment > width) return false;
  return memory == MemoryKind::large ? skip_number(position, longest64, ends_u64)
                                     : skip_number(position, longest32, ends_u32);
}

bool skip_lane(const std::uint8_t*& position, const PrefixedRow& row) noexcept {
  return *position++ < 16U >> row.width;
}

}  // namespace

// The effect of an instruction on a local or global whose index the tables do not have.
std::uint8_t Checker::index_effect(const std::uint8_t* position) const noexcept {
  const std::uint8_t opcode = *position++;
  const std::uint32_t index = read_number(position);
  const std::uint8_t group = tables_.opcode_effects[opcode];
  std::uint32_t code = 0;
  if (opcode == global_get || opcode == global_set) {
    if (module_.globals.has(index) && (opcode == global_get || module_.globals[index].type.is_mutable()))
      code = code_of(module_.globals[index].type.storage());
  } else if (index < locals_->size()) {
    code = code_of(locals_->type(index));
  }
  return code == 0 ? std::uint8_t{Group::doubt} : static_cast<std::uint8_t>(group + code);
}

// The effects of instructions whose index the tables do not have, in the lanes of the mask, of which the lowest is
// `first`.
void Checker::add_long_indices(std::uint32_t first, std::uint64_t lanes) noexcept {
  for (; lanes != 0; lanes &= lanes - 1) {
    const std::uint32_t at = first + static_cast<std::uint32_t>(std::countr_zero(lanes));
    stretch_.effects[at] = index_effect(stretch_.base + stretch_.places[at]);
  }
}

// Branches whose label has more than one byte, in the lanes of the mask, are looked at one by one; false if there are
// too many.
bool Checker::mark_long_labels(std::uint32_t first, std::uint64_t lanes) noexcept {
  for (; lanes != 0; lanes &= lanes - 1) {
    const std::uint32_t at = first + static_cast<std::uint32_t>(std::countr_zero(lanes));
    if (!list_rare(stretch_.base + stretch_.places[at] + 1, stretch_.followers[at])) return false;
    stretch_.opcodes[at] |= Stretch::rare_bit;
  }
  return true;
}

// Lists a control instruction that is to be looked at one by one; false if there are too many.
bool Checker::list_rare(const std::uint8_t* immediates, std::uint8_t& which) noexcept {
  Stretch& out = stretch_;
  if (out.rare_size == Stretch::most_rare) return false;
  which = static_cast<std::uint8_t>(out.rare_size);
  out.rare[out.rare_size++] = static_cast<std::uint16_t>(immediates - out.base);
  return true;
}

// Adds the instruction at the position and moves that behind it; false in doubt.
bool Checker::decode_one(const std::uint8_t*& position) noexcept {
  const std::uint8_t opcode = *position;
  if (is_prefix(opcode)) return decode_prefixed(position);
  if (tables_.opcode_effects[opcode] == Group::doubt) return false;
  const std::uint8_t follower = *++position;
  const InstructionRow& row = instruction_rows[find_row(0, opcode)];
  if (row.imm == Imm::memarg) {
    if (!skip_memarg(position, 0, row.width, memory_)) return false;
  } else if (row.imm == Imm::memory) {
    if (*position++ != 0) return false;
  } else {
    return (row.imm == Imm::labels || row.imm == Imm::try_table) && decode_list(row, position);
  }
  add(opcode, follower);
  return true;
}

// Adds a control instruction with a list; the position is that of its immediates.
bool Checker::decode_list(const InstructionRow& row, const std::uint8_t*& position) noexcept {
  std::uint8_t which = 0;
  if (!list_rare(position, which)) return false;
  add(static_cast<std::uint8_t>(row.code), which);
  const auto skip_index = [&] {
    return position < end_ && skip_number(position, longest32, [](std::uint8_t last) { return ends_u32(last); });
  };
  if (row.imm == Imm::try_table && *position++ >= 0x80) return false;  // a block type of one byte
  std::uint32_t count = *position & 0x7FU;
  if (*position >= 0x80) {
    if (position[1] >= 0x80) return false;
    count |= std::uint32_t{*++position} << 7;
  }
  ++position;
  if (row.imm == Imm::labels) {
    for (std::uint32_t i = 0; i <= count; ++i)  // the default one too
      if (!skip_index()) return false;
    return true;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint8_t kind = *position++;
    if (kind > 3 || (kind < 2 && !skip_index()) || !skip_index()) return false;
  }
  return true;
}

bool Checker::decode_prefixed(const std::uint8_t*& position) noexcept {
  const std::size_t page = *position++ - first_prefix;
  std::uint32_t number = *position++;
  if (number >= 0x80) {
    if (*position >= 0x80) return false;
    number = (number & 0x7FU) | std::uint32_t{*position++} << 7;
  }
  if (page >= prefix_count || number >= prefixed_rows) return false;
  const PrefixedRow& row = prefixed_pages[page][number];
  const std::uint8_t effect = row.effects[static_cast<std::size_t>(memory_)];
  if (effect == Group::doubt || (disabled_ >> static_cast<unsigned>(row.feature) & 1U) != 0) return false;
  add(Stretch::decoded, effect);
  if (row.imm == Imm::none) return true;
  if (row.imm == Imm::memarg) return skip_memarg(position, row.least_alignment, row.width, memory_);
  if (row.imm == Imm::memarg_lane) return skip_memarg(position, 0, row.width, memory_) && skip_lane(position, row);
  if (row.imm == Imm::lane) return skip_lane(position, row);
  if (row.imm == Imm::shuffle) {
    const auto lanes = std::span(position, 16);
    position += lanes.size();
    return std::ranges::all_of(lanes, [](std::uint8_t lane) { return lane < 32; });
  }
  if (row.imm == Imm::v128_const) {
    position += 16;
    return true;
  }
  if (row.imm == Imm::memory || row.imm == Imm::zero_byte) return *position++ == 0;
  if (row.imm == Imm::memory_memory) {
    position += 2;
    return position[-2] == 0 && position[-1] == 0;
  }
  return false;
}

}  // namespace plimsoll::wide
