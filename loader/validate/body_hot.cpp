// The hot loop: an accelerator in front of the general path (body.hpp says how the two share the work).
//
// It works straight on the bytes with the operand stack's top in a register, and asks as little as it can:
//  - whether there is room: an instruction takes at least one byte and here adds at most one operand, so as long as fewer
//    bytes are run than there is room for operands, one comparison of positions stands for both ends;
//  - whether the bytes end: it stops `slack` bytes before the end of the input and nowhere near it reads past the body;
//  - whether the types fit: one comparison per operand with the type that the row gives; guards, bundles, unreachable code,
//    subtypes and locals without a value all show as a mismatch;
//  - what else could be wrong: long forms of numbers, features that are off, unusual immediates: not decided here.
// In every such case the instruction is left, untouched, to the general path.
//
// Its rows, eight bytes an instruction, are derived from the table of instructions at compile time.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "instr/lookup.hpp"
#include "validate/body.hpp"

namespace plimsoll {
namespace {

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
  block,
  loop,
  if_,
  else_,
  end,
  br,
  br_if,
  return_,
  unreachable,
  call,
  call_indirect,
  memory_size,
  memory_grow,
  prefix,
};

struct HotRow {
  Action action = Action::general;
  std::uint8_t first = 0;  // operand types, bottom first, as ValueType bits
  std::uint8_t second = 0;
  std::uint8_t third = 0;
  std::uint8_t result = 0;
  std::uint8_t width = 0;  // log2 of the natural alignment or of a lane's bytes; bytes of a constant
  std::uint8_t feature = 0;
  std::uint8_t unused = 0;
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

// What the signature of a plain instruction comes to.
consteval void plain_row(const InstructionRow& row, HotRow& hot) {
  const std::size_t colon = row.signature.find(':');
  const std::string_view operands = row.signature.substr(0, colon);
  const std::string_view results = row.signature.substr(colon + 1);
  for (const char letter : row.signature)
    if (letter != ':' && letter_bits(letter) == 0) return;
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
      {Rule::block, Action::block},
      {Rule::loop, Action::loop},
      {Rule::if_, Action::if_},
      {Rule::else_, Action::else_},
      {Rule::end, Action::end},
      {Rule::br, Action::br},
      {Rule::br_if, Action::br_if},
      {Rule::return_, Action::return_},
      {Rule::unreachable, Action::unreachable},
      {Rule::call, Action::call},
      {Rule::call_indirect, Action::call_indirect},
  };
  for (const auto& [from, to] : actions)
    if (from == rule) return to;
  return Action::general;
}

consteval HotRow make_row(const InstructionRow& row) {
  HotRow hot;
  hot.width = row.width;
  hot.feature = static_cast<std::uint8_t>(row.feature);
  if (row.rule == Rule::plain)
    plain_row(row, hot);
  else if (row.rule == Rule::memory)
    memory_row(row, hot);
  else
    hot.action = rule_action(row.rule);
  return hot;
}

constexpr std::size_t vector_page_size = detail::page<0xFD>.size();

consteval std::array<HotRow, 256> make_main_page() {
  std::array<HotRow, 256> page{};
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix == 0) page[row.code] = make_row(row);
  page[0xFC].action = Action::prefix;
  page[0xFD].action = Action::prefix;
  return page;
}

consteval std::array<HotRow, vector_page_size> make_page(std::uint8_t prefix) {
  std::array<HotRow, vector_page_size> page{};
  for (const InstructionRow& row : instruction_rows)
    if (row.prefix == prefix) page[row.code] = make_row(row);
  return page;
}

constexpr std::array<HotRow, 256> main_page = make_main_page();
constexpr std::array<HotRow, vector_page_size> vector_page = make_page(0xFD);
constexpr std::array<HotRow, vector_page_size> misc_page = make_page(0xFC);

// No instruction treated here is longer, so none that starts before the limit reads past the input.
constexpr std::size_t slack = 24;
constexpr std::uint32_t no_memory = operand::nothing;

// The length of a LEB128 number at `position`, 1 to 8, or 9 and more when it is longer.
inline unsigned leb_length(const std::uint8_t* position) noexcept {
  std::uint64_t word;
  std::memcpy(&word, position, sizeof word);
  const std::uint64_t ends = ~word & 0x8080'8080'8080'8080U;
  return static_cast<unsigned>(__builtin_ctzll(ends | std::uint64_t{1} << 63) >> 3) + 1 + (ends == 0 ? 1U : 0U);
}

// An index of at most two bytes: nearly all of them. Longer ones are the general path's.
inline bool read_index(const std::uint8_t*& position, std::uint32_t& index) noexcept {
  index = position[0];
  if (index < 0x80) [[likely]] {
    ++position;
    return true;
  }
  const std::uint32_t high = position[1];
  if (high < 0x80) [[likely]] {
    index = (index & 0x7FU) | high << 7;
    position += 2;
    return true;
  }
  const std::uint32_t top = position[2];
  if (top >= 0x80) return false;
  index = (index & 0x7FU) | (high & 0x7FU) << 7 | top << 14;
  position += 3;
  return true;
}

// A signed number in at most `longest` bytes, of which none can have wrong unused bits.
inline bool skip_number(const std::uint8_t*& position, unsigned longest) noexcept {
  const unsigned length = *position < 0x80 ? 1 : leb_length(position);
  if (length > longest) return false;
  position += length;
  return true;
}

// A memarg of memory 0 whose alignment fits in one byte and whose offset fits in 28 bits.
inline bool skip_memarg(const std::uint8_t*& position, unsigned width) noexcept {
  if (position[0] > width) return false;
  if (position[1] < 0x80) [[likely]] {
    position += 2;
    return true;
  }
  const unsigned length = leb_length(position + 1);
  position += 1 + length;
  return length <= 4;
}

}  // namespace

// What the hot loop keeps in registers, and what it looks at. Handlers return false to leave the instruction to the general
// path; they change nothing before they are sure.
class HotLoop {
 public:
  using Byte = const std::uint8_t*;

  explicit HotLoop(BodyChecker& checker) noexcept
      : checker_(checker), disabled_(~checker.module_.features.bits()), flat_(checker.locals_.flat()),
        flat_size_(checker.locals_.flat_size()), globals_(checker.module_.globals.data()),
        global_count_(checker.module_.globals.size()),
        address_(checker.module_.memories.size() == 0 ? no_memory
                                                      : checker.module_.memories[0].limits.address_type().bits()) {}

  bool run();

 private:
  [[gnu::always_inline]] bool load(Byte& p, std::uint32_t* sp, const HotRow& row) const noexcept {
    if (sp[-1] != address_ || !skip_memarg(p, row.width)) return false;
    sp[-1] = row.result;
    return true;
  }
  [[gnu::always_inline]] bool store(Byte& p, std::uint32_t*& sp, const HotRow& row) const noexcept {
    if (sp[-1] != row.first || sp[-2] != address_ || !skip_memarg(p, row.width)) return false;
    sp -= 2;
    return true;
  }
  [[gnu::always_inline]] bool local_get(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!read_index(p, index) || index >= flat_size_) return false;
    const std::uint32_t type = flat_[index];
    if ((type & Locals::unset_bit) != 0) return false;
    *sp++ = type;
    return true;
  }
  [[gnu::always_inline]] bool local_set(Byte& p, std::uint32_t* sp) const noexcept {
    std::uint32_t index;
    return read_index(p, index) && index < flat_size_ && flat_[index] == sp[-1];
  }
  [[gnu::always_inline]] bool global_get(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!read_index(p, index) || index >= global_count_) return false;
    *sp++ = globals_[index].type.storage().bits();
    return true;
  }
  [[gnu::always_inline]] bool global_set(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!read_index(p, index) || index >= global_count_ ||
        globals_[index].type != FieldType(ValueType::from_bits(sp[-1]), true))
      return false;
    --sp;
    return true;
  }
  [[gnu::always_inline]] bool shuffle(Byte& p, std::uint32_t*& sp, const HotRow& row) const noexcept {
    std::uint64_t lanes[2];
    std::memcpy(lanes, p, sizeof lanes);
    if (((lanes[0] | lanes[1]) & 0xE0E0'E0E0'E0E0'E0E0U) != 0 || sp[-1] != row.second || sp[-2] != row.first)
      return false;
    p += 16;
    --sp;
    return true;
  }
  // A block without parameters and with at most one number as its result.
  [[gnu::always_inline]] bool enter(Byte& p, std::uint32_t*& sp, FrameKind kind) const noexcept {
    const std::uint32_t byte = *p;
    // 0x40: no result; 0x7F to 0x7C: i32, i64, f32, f64, whose bits are 1 to 4.
    const std::uint32_t type = byte == 0x40 ? block::empty : 0x80 - byte;
    if ((byte != 0x40 && type - 1 > 3) || checker_.frame_count_ == checker_.frames_.capacity()) return false;
    ++p;
    *sp++ = operand::guard(kind);
    checker_.frames_.data()[checker_.frame_count_++] = {static_cast<std::uint32_t>(sp - checker_.stack_.data()), type};
    return true;
  }
  // Whether the operands above the guard are just the results of `type`.
  [[gnu::always_inline]] static bool closes(const std::uint32_t* sp, std::uint32_t type) noexcept {
    return type == block::empty ? operand::is_guard(sp[-1]) : sp[-1] == type && operand::is_guard(sp[-2]);
  }
  [[gnu::always_inline]] bool end(std::uint32_t*& sp) const noexcept {
    const Frame frame = checker_.top_frame();
    if (block::is_function(frame.type) || checker_.locals_.any_initialised() || !closes(sp, frame.type)) return false;
    std::uint32_t* const base = checker_.stack_.data() + frame.height;
    // An `if` with a result needs an `else`; the kind tells.
    if (frame.type != block::empty && operand::kind(base[-1]) == FrameKind::if_) return false;
    --checker_.frame_count_;
    base[-1] = frame.type;
    sp = base - (frame.type == block::empty ? 1 : 0);
    return true;
  }
  [[gnu::always_inline]] bool else_branch(std::uint32_t*& sp) const noexcept {
    const Frame frame = checker_.top_frame();
    std::uint32_t* const base = checker_.stack_.data() + frame.height;
    if (operand::kind(base[-1]) != FrameKind::if_ || block::is_function(frame.type) ||
        checker_.locals_.any_initialised() || !closes(sp, frame.type))
      return false;
    base[-1] = operand::guard(FrameKind::else_);
    sp = base;
    return true;
  }
  // The one type that a label takes, or block::empty; false if it takes more or is not there.
  [[gnu::always_inline]] bool label(Byte& p, std::uint32_t& type) const noexcept {
    std::uint32_t label;
    if (!read_index(p, label) || label >= checker_.frame_count_) return false;
    const Frame& frame = checker_.frames_.data()[checker_.frame_count_ - 1 - label];
    type = frame.type;
    if (block::is_function(type)) return false;
    if (type != block::empty && checker_.frame_kind(frame) == FrameKind::loop) type = block::empty;
    return true;
  }
  [[gnu::always_inline]] void leave_unreachable(std::uint32_t*& sp) const noexcept {
    sp = checker_.stack_.data() + checker_.top_frame().height;
    sp[-1] |= operand::unreachable_bit;
  }
  [[gnu::always_inline]] bool br(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    if (!label(p, type) || (type != block::empty && sp[-1] != type)) return false;
    leave_unreachable(sp);
    return true;
  }
  [[gnu::always_inline]] bool br_if(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    if (sp[-1] != i32.bits() || !label(p, type) || (type != block::empty && sp[-2] != type)) return false;
    --sp;
    return true;
  }
  // The operands that a call takes, and its at most one result.
  [[gnu::always_inline]] bool apply(std::uint32_t*& sp, std::uint32_t type_index) const noexcept {
    const TypeStore& types = checker_.module_.types;
    const std::span<const ValueType> parameters = types.parameters(type_index);
    const std::span<const ValueType> results = types.results(type_index);
    if (results.size() > 1) return false;
    std::uint32_t* top = sp;
    for (std::size_t i = parameters.size(); i != 0; --i)
      if (*--top != parameters[i - 1].bits()) return false;
    if (!results.empty()) *top++ = results.front().bits();
    sp = top;
    return true;
  }
  [[gnu::always_inline]] bool call(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t function;
    const auto& functions = checker_.module_.functions;
    return read_index(p, function) && function < functions.size() && apply(sp, functions[function]);
  }
  [[gnu::always_inline]] bool call_indirect(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    const ModuleData& module = checker_.module_;
    if (!read_index(p, type) || *p != 0 || module.tables.size() == 0 || module.tables[0].element != funcref ||
        sp[-1] != module.tables[0].address_type().bits() || !module.types.is(type, CompositeKind::function))
      return false;
    ++p;
    std::uint32_t* top = sp - 1;
    if (!apply(top, type)) return false;
    sp = top;
    return true;
  }
  [[gnu::always_inline]] bool return_from(std::uint32_t*& sp) const noexcept {
    const std::span<const ValueType> results = checker_.module_.types.results(checker_.function_type_);
    if (results.size() > 1 || (results.size() == 1 && sp[-1] != results.front().bits())) return false;
    leave_unreachable(sp);
    return true;
  }

  // The end of the body: its result is there and so is its last byte.
  [[gnu::always_inline]] bool end_function(Byte p, const std::uint32_t* sp) const noexcept {
    const std::span<const ValueType> results = checker_.module_.types.results(checker_.function_type_);
    if (results.size() > 1 || p != checker_.cursor_.end()) return false;
    return closes(sp, results.empty() ? block::empty : results.front().bits());
  }

  BodyChecker& checker_;
  std::uint64_t disabled_;
  const std::uint32_t* flat_;
  std::uint32_t flat_size_;
  const GlobalRecord* globals_;
  std::uint32_t global_count_;
  std::uint32_t address_;  // of memory 0
};

bool HotLoop::run() {
  if (checker_.module_.size < slack) return false;
  Byte p = checker_.cursor_.position();
  std::uint32_t* sp = checker_.top_;
  const Byte end_of_reading = std::min(checker_.cursor_.end(), checker_.module_.base + (checker_.module_.size - slack));
  Byte limit = p;
  Byte start = p;
  for (;;) {
    if (p >= limit) [[unlikely]] {
      // The last instruction ran over the end of the body: the general path shall see it again, and say so.
      if (p > checker_.cursor_.end()) break;
      start = p;
      if (p >= end_of_reading) break;
      checker_.cursor_.seek(p);
      checker_.top_ = sp;
      const std::size_t room = checker_.ensure_operands();
      sp = checker_.top_;
      limit = p + std::min<std::size_t>(room, static_cast<std::size_t>(end_of_reading - p));
    }
    start = p;
    const std::uint8_t opcode = *p++;
    HotRow row = main_page[opcode];
  dispatch:
    if ((disabled_ >> row.feature & 1U) != 0) [[unlikely]]
      break;
    switch (row.action) {
      case Action::general: break;
      case Action::nop: continue;
      case Action::unary:
        if (sp[-1] != row.first) break;
        sp[-1] = row.result;
        continue;
      case Action::binary:
        if (sp[-1] != row.second || sp[-2] != row.first) break;
        --sp;
        sp[-1] = row.result;
        continue;
      case Action::ternary:
        if (sp[-1] != row.third || sp[-2] != row.second || sp[-3] != row.first) break;
        sp -= 2;
        sp[-1] = row.result;
        continue;
      case Action::lane_unary:
        if (*p >= 16U >> row.width || sp[-1] != row.first) break;
        ++p;
        sp[-1] = row.result;
        continue;
      case Action::lane_binary:
        if (*p >= 16U >> row.width || sp[-1] != row.second || sp[-2] != row.first) break;
        ++p;
        --sp;
        sp[-1] = row.result;
        continue;
      case Action::shuffle:
        if (shuffle(p, sp, row)) continue;
        break;
      case Action::number:
        if (!skip_number(p, row.width)) break;
        *sp++ = row.result;
        continue;
      case Action::constant:
        p += row.width;
        *sp++ = row.result;
        continue;
      case Action::load:
        if (load(p, sp, row)) continue;
        break;
      case Action::store:
        if (store(p, sp, row)) continue;
        break;
      case Action::local_get:
        if (local_get(p, sp)) continue;
        break;
      case Action::local_set:
        if (!local_set(p, sp)) break;
        --sp;
        continue;
      case Action::local_tee:
        if (local_set(p, sp)) continue;
        break;
      case Action::global_get:
        if (global_get(p, sp)) continue;
        break;
      case Action::global_set:
        if (global_set(p, sp)) continue;
        break;
      case Action::drop:
        if (sp[-1] >= operand::bundle_base) break;
        --sp;
        continue;
      case Action::select:
        if (sp[-1] != i32.bits() || sp[-2] - 1 > 4 || sp[-3] != sp[-2]) break;
        sp -= 2;
        continue;
      case Action::block:
        if (enter(p, sp, FrameKind::block)) continue;
        break;
      case Action::loop:
        if (enter(p, sp, FrameKind::loop)) continue;
        break;
      case Action::if_:
        if (sp[-1] != i32.bits()) break;
        --sp;
        if (enter(p, sp, FrameKind::if_)) continue;
        ++sp;
        break;
      case Action::else_:
        if (else_branch(sp)) continue;
        break;
      case Action::end:
        if (end(sp)) continue;
        if (checker_.frame_count_ != 1 || !end_function(p, sp)) break;
        checker_.frame_count_ = 0;
        return true;
      case Action::br:
        if (br(p, sp)) continue;
        break;
      case Action::br_if:
        if (br_if(p, sp)) continue;
        break;
      case Action::return_:
        if (return_from(sp)) continue;
        break;
      case Action::unreachable: leave_unreachable(sp); continue;
      case Action::call:
        if (call(p, sp)) continue;
        break;
      case Action::call_indirect:
        if (call_indirect(p, sp)) continue;
        break;
      case Action::memory_size:
        if (*p != 0 || address_ == no_memory) break;
        ++p;
        *sp++ = address_;
        continue;
      case Action::memory_grow:
        if (*p != 0 || sp[-1] != address_) break;
        ++p;
        continue;
      case Action::prefix: {
        std::uint32_t code;
        if (!read_index(p, code) || code >= vector_page_size) break;
        row = opcode == 0xFD ? vector_page[code] : misc_page[code];
        goto dispatch;
      }
    }
    break;
  }
  checker_.cursor_.seek(start);
  checker_.top_ = sp;
  return false;
}

bool BodyChecker::run_hot() { return HotLoop(*this).run(); }

}  // namespace plimsoll
