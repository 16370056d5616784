// The wide path's second pass (checker.hpp): what control instructions and calls do to operands.
#include "validate/wide/checker.hpp"
#include "validate/wide/number.hpp"
#include "validate/wide/tables.hpp"

namespace plimsoll::wide {
namespace {

// What a block type of one byte makes of the frame that it opens, for a block, a loop, an `if`, and for what opens
// none.
constexpr std::uint32_t odd = 0x8000;  // the block type is another one
enum Opens : std::uint16_t { opens_block = 0, opens_loop = 256, opens_if = 512, opens_none = 768 };

constexpr std::uint32_t opened_frame(Opens opens, std::uint32_t code) noexcept {
  constexpr std::uint32_t no_else = 7;
  switch (opens) {
    case opens_block: return code | code << 4 | no_else << 8;
    case opens_loop: return code | no_else << 8;
    case opens_if: return (code == 0 ? 0 : 7) | code << 4 | code << 8;  // with a result, it needs an `else`
    case opens_none: return 0;
  }
  return 0;
}

consteval std::array<std::uint16_t, 1024> make_opened() {
  std::array<std::uint16_t, 1024> opened{};
  for (const Opens opens : {opens_block, opens_loop, opens_if})
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t frame = odd;
      if (byte == 0x40) frame = opened_frame(opens, 0);
      if (byte < 0x80 && 0x80 - byte <= f64.bits()) frame = opened_frame(opens, 0x80 - byte);
      opened[opens + byte] = static_cast<std::uint16_t>(frame);
    }
  return opened;
}
constexpr std::array<std::uint16_t, 1024> opened_frames = make_opened();

// What is to be done for a control instruction, without asking which it is. 16 bytes, since a multiplication by 14
// takes longer.
struct alignas(16) ControlRow {
  std::uint8_t effect = Group::doubt;
  std::uint8_t if_dead = 0;  // added to the effect behind an instruction that never goes on
  std::uint8_t shift = 16;   // to the code in the frame that the effect depends on; 16: on none
  std::uint8_t label = 0;    // mask: the byte behind the opcode is a label
  std::uint16_t opens = opens_none;
  bool reopens = false;  // the frame goes on as another
  std::int8_t depth = 0;
  std::int8_t inner = -1;         // mask: the frame is not always the outermost
  std::int8_t closes = 0;         // mask: may stand behind an instruction that never goes on
  std::int8_t never_goes_on = 0;  // mask
  bool rare = true;               // looked at one by one
  bool apart = true;              // and its immediates are listed apart
};

consteval std::array<ControlRow, 2 * Stretch::rare_bit> make_control_rows() {
  std::array<ControlRow, 2 * Stretch::rare_bit> rows{};
  for (const InstructionRow& row : instruction_rows) {
    if (row.prefix != 0 || row.code >= Stretch::rare_bit) continue;
    ControlRow& control = rows[row.code];
    control.apart = row.imm == Imm::labels || row.imm == Imm::try_table;
    if (row.rule == Rule::catch_ || row.rule == Rule::catch_all || row.rule == Rule::delegate) control.closes = -1;
    if (row.rule == Rule::block) control = {.effect = Group::enter, .opens = opens_block, .depth = 1, .rare = false};
    if (row.rule == Rule::loop) control = {.effect = Group::enter, .opens = opens_loop, .depth = 1, .rare = false};
    if (row.rule == Rule::if_) control = {.effect = Group::enter_if, .opens = opens_if, .depth = 1, .rare = false};
    if (row.rule == Rule::else_)
      control = {.effect = Group::else_,
                 .if_dead = Group::else_dead - Group::else_,
                 .shift = 8,
                 .reopens = true,
                 .closes = -1,
                 .rare = false};
    if (row.rule == Rule::end)
      control = {.effect = Group::end,
                 .if_dead = Group::end_dead - Group::end,
                 .shift = 0,
                 .depth = -1,
                 .closes = -1,
                 .rare = false};
    if (row.rule == Rule::br)
      control = {.effect = Group::leave, .shift = 4, .label = 0xFF, .closes = -1, .never_goes_on = -1, .rare = false};
    if (row.rule == Rule::br_if) control = {.effect = Group::leave_if, .shift = 4, .label = 0xFF, .rare = false};
    if (row.rule == Rule::return_)
      control = {.effect = Group::leave, .shift = 4, .inner = 0, .closes = -1, .never_goes_on = -1, .rare = false};
    if (row.rule == Rule::unreachable)
      control = {.effect = Group::leave, .closes = -1, .never_goes_on = -1, .rare = false};
  }
  return rows;
}
constexpr auto control_rows = make_control_rows();

consteval bool have_rows() {
  for (const auto& effects : opcode_effects)
    for (std::size_t opcode = Stretch::rare_bit; opcode < effects.size(); ++opcode)
      if (effects[opcode] == control_mark) return false;
  return true;
}
static_assert(have_rows(), "the opcodes of control instructions are below the bit that marks rare ones");

}  // namespace

// The code of a block type that is none of the most common ones; 7 if it is not at most one type with a code.
std::uint32_t Checker::block_code(std::uint8_t byte) const noexcept {
  constexpr std::uint32_t none = 7;
  const auto if_on = [this](Feature feature, std::uint32_t code) {
    return (disabled_ >> static_cast<unsigned>(feature) & 1U) == 0 ? code : none;
  };
  if (byte == 0x40) return 0;
  if (byte == 0x69) return if_on(Feature::exceptions, code::exception);
  if (byte == 0x80 - code::vector) return if_on(Feature::simd, code::vector);
  if (byte > 0x40) return byte < 0x80 && 0x80U - byte < code::vector ? 0x80U - byte : none;
  const TypeStore& types = module_.types;
  if (!types.is(byte, CompositeKind::function) || !types.parameters(byte).empty()) return none;
  const std::span<const ValueType> results = types.results(byte);
  if (results.size() > 1) return none;
  const std::uint32_t code = results.empty() ? 0 : code_of(results.front());
  return if_on(Feature::multi_value, results.empty() || code != 0 ? code : none);
}

bool Checker::check_control() {
  const std::uint32_t size = stretch_.control_size;
  std::uint32_t* frames = frames_;
  std::size_t room = stacks_->free_words(0, 0);
  std::uint32_t depth = depth_;
  // Behind an instruction that never goes on, its block must end: which instruction has to do that, and whether any.
  std::int32_t ends = never_goes_on_;
  std::int32_t dead = never_goes_on_ >= 0 ? -1 : 0;
  std::uint32_t bad = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (depth == room) [[unlikely]] {
      stacks_->reserve(depth, 0, 1, static_cast<std::size_t>(end_ - stretch_.base));
      frames = frames_ = stacks_->operands();
      room = stacks_->free_words(0, 0);
    }
    const std::uint32_t byte = stretch_.control_byte[i];
    const std::uint32_t opcode = stretch_.control_opcode[i];
    const std::int32_t at = stretch_.control_at[i];
    const ControlRow& row = control_rows[opcode];
    bad |= static_cast<std::uint32_t>(dead & ((ends ^ at) | ~std::int32_t{row.closes}));
    if (row.rare) [[unlikely]] {
      bool goes_on = true;
      depth_ = depth;
      if ((byte >= 0x80 && !row.apart) ||
          !check_rare(static_cast<std::uint32_t>(at), opcode & ~std::uint32_t{Stretch::rare_bit},
                      row.apart ? stretch_.base + stretch_.rare[byte] : &stretch_.control_byte[i], dead != 0, goes_on))
        return false;
      depth = depth_;
      dead = goes_on ? 0 : -1;
      ends = at + 1;
      continue;
    }
    const std::uint32_t label = byte & row.label;
    auto which = static_cast<std::int32_t>(depth - 1 - label);
    bad |= static_cast<std::uint32_t>(which) >> 31;
    which &= ~(which >> 31) & row.inner;
    const std::uint32_t frame = frames[which];
    std::uint32_t opened = opened_frames[row.opens + byte];
    if ((opened & odd) != 0) [[unlikely]] {
      const std::uint32_t given = block_code(static_cast<std::uint8_t>(byte));
      if (given > code::most) return false;
      opened = opened_frame(static_cast<Opens>(row.opens), given);
    }
    // What opens nothing leaves something above the top. No store but that of an `else` depends on an earlier frame:
    // else each instruction would wait for the one before.
    if (row.reopens) [[unlikely]] {
      const std::uint32_t code = frame >> 4 & 0xFU;
      frames[depth - 1] = code | code << 4 | no_else;
    } else {
      frames[depth] = opened;
    }
    stretch_.effects[static_cast<std::size_t>(at)] = static_cast<std::uint16_t>(
        row.effect + (frame >> row.shift & 0xFU) + (static_cast<std::uint32_t>(dead) & row.if_dead));
    depth += static_cast<std::uint32_t>(std::int32_t{row.depth});
    dead = row.never_goes_on;
    ends = at + 1;
    // The function's own end must be the last of all.
    if (depth == 0) [[unlikely]] {
      depth_ = 0;
      return bad == 0 && i + 1 == size && static_cast<std::uint32_t>(at) + 1 == stretch_.size && position_ == end_;
    }
  }
  depth_ = depth;
  bad |= static_cast<std::uint32_t>(dead & (ends ^ static_cast<std::int32_t>(stretch_.size)));
  never_goes_on_ = dead != 0 ? 0 : -1;  // counted from the next stretch on
  return bad == 0;
}

}  // namespace plimsoll::wide
