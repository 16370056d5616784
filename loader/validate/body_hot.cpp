// The hot loop: an accelerator in front of the general path (body.hpp says how the two share the work).
//
// It works straight on the bytes with the operand stack's top in a register, and asks as little as it can:
//  - whether there is room: a byte here adds at most one operand or half a block, so as long as it runs over no more bytes
//    than the stacks have room for, one comparison of positions stands for all three ends;
//  - whether the bytes end: it stops `slack` bytes before the end of the input and nowhere near it reads past the body;
//  - whether the types fit: one comparison per operand with the type that the row gives; guards, bundles, unreachable code,
//    subtypes and locals without a value all show as a mismatch;
//  - what else could be wrong: long forms of numbers, features that are off, unusual immediates: not decided here.
// In every such case the instruction is left, untouched, to the general path.
//
// Its rows are derived from the table of instructions (hot_rows.hpp).
#include <algorithm>
#include <cstring>
#include <utility>

#include "types/read_types.hpp"
#include "validate/body.hpp"
#include "validate/hot_rows.hpp"

namespace plimsoll {
namespace {

using namespace hot;

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

// A type index where a signed number stands, in at most three bytes and not negative.
inline bool read_signed_index(const std::uint8_t*& position, std::uint32_t& index) noexcept {
  return read_index(position, index) && (position[-1] & 0x40U) == 0;
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

  // Runs on; with `gated`, instructions whose feature is off are left to the general path.
  template <bool gated>
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
  // Whether an operand is of the type: nearly always because it is just that, else because it is a subtype.
  [[gnu::always_inline]] bool fits(std::uint32_t entry, std::uint32_t type) const noexcept {
    return entry == type || subtype(entry, type);
  }
  [[gnu::noinline]] bool subtype(std::uint32_t entry, std::uint32_t type) const noexcept {
    return entry < operand::bundle_base &&
           checker_.module_.types.matches(ValueType::from_bits(entry), ValueType::from_bits(type));
  }
  [[gnu::always_inline]] bool local_set(Byte& p, std::uint32_t* sp, std::uint32_t& type) const noexcept {
    std::uint32_t index;
    if (!read_index(p, index) || index >= flat_size_) return false;
    type = flat_[index];
    return (type & Locals::unset_bit) == 0 && fits(sp[-1], type);
  }
  [[gnu::always_inline]] bool global_get(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!read_index(p, index) || index >= global_count_) return false;
    *sp++ = globals_[index].type.storage().bits();
    return true;
  }
  [[gnu::always_inline]] bool global_set(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!read_index(p, index) || index >= global_count_ || !globals_[index].type.is_mutable() ||
        !fits(sp[-1], globals_[index].type.storage().bits()))
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
  // A block without parameters and with at most one result.
  [[gnu::always_inline]] bool enter(Byte& p, std::uint32_t*& sp, FrameKind kind) const noexcept {
    // 0x40: no result; 0x7F to 0x7C: i32, i64, f32, f64, whose bits are 1 to 4.
    const std::uint32_t byte = *p;
    std::uint32_t type = byte == 0x40 ? block::empty : 0x80 - byte;
    if (byte != 0x40 && type - 1 > 3) {
      std::uint32_t index;
      const TypeStore& types = checker_.module_.types;
      if (!read_signed_index(p, index) || !types.is(index, CompositeKind::function) || multi_value_is_off())
        return false;
      type = block::of_function(types, index);
      if (block::is_function(type)) return false;
    } else {
      ++p;
    }
    *sp++ = operand::guard(kind);
    checker_.stacks_.put_frame(checker_.frame_count_++, {static_cast<std::uint32_t>(sp - checker_.stacks_.operands()),
                                                         ValueType::from_bits(type)});
    return true;
  }
  [[nodiscard]] bool multi_value_is_off() const noexcept {
    return (disabled_ >> static_cast<unsigned>(Feature::multi_value) & 1U) != 0;
  }
  // Whether the operands above the guard are just the results of `type`.
  [[gnu::always_inline]] bool closes(const std::uint32_t* sp, std::uint32_t type) const noexcept {
    return type == block::empty ? operand::is_guard(sp[-1]) : fits(sp[-1], type) && operand::is_guard(sp[-2]);
  }
  [[gnu::always_inline]] bool end(std::uint32_t*& sp) const noexcept {
    const Frame frame = checker_.top_frame();
    if (block::is_function(frame.type()) || checker_.locals_.any_initialised() || !closes(sp, frame.type()))
      return false;
    std::uint32_t* const base = checker_.stacks_.operands() + frame.height;
    // An `if` with a result needs an `else`; the kind tells.
    if (frame.type() != block::empty && operand::kind(base[-1]) == FrameKind::if_) return false;
    --checker_.frame_count_;
    base[-1] = frame.type();
    sp = base - (frame.type() == block::empty ? 1 : 0);
    return true;
  }
  [[gnu::always_inline]] bool else_branch(std::uint32_t*& sp) const noexcept {
    const Frame frame = checker_.top_frame();
    std::uint32_t* const base = checker_.stacks_.operands() + frame.height;
    if (operand::kind(base[-1]) != FrameKind::if_ || block::is_function(frame.type()) ||
        checker_.locals_.any_initialised() || !closes(sp, frame.type()))
      return false;
    base[-1] = operand::guard(FrameKind::else_);
    sp = base;
    return true;
  }
  // The one type that a label takes, or block::empty; false if it takes more or is not there.
  [[gnu::always_inline]] bool label(Byte& p, std::uint32_t& type) const noexcept {
    std::uint32_t label;
    if (!read_index(p, label) || label >= checker_.frame_count_) return false;
    const Frame& frame = checker_.stacks_.frame(checker_.frame_count_ - 1 - label);
    type = frame.type();
    if (block::is_function(type)) return false;
    if (type != block::empty && checker_.frame_kind(frame) == FrameKind::loop) type = block::empty;
    return true;
  }
  [[gnu::always_inline]] void leave_unreachable(std::uint32_t*& sp) const noexcept {
    sp = checker_.stacks_.operands() + checker_.top_frame().height;
    sp[-1] |= operand::unreachable_bit;
  }
  [[gnu::always_inline]] bool br(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    if (!label(p, type) || (type != block::empty && !fits(sp[-1], type))) return false;
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
      if (!fits(*--top, parameters[i - 1].bits())) return false;
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
    if (!read_index(p, type) || *p != 0 || module.tables.size() == 0 ||
        !fits(module.tables[0].element.bits(), funcref.bits()) || sp[-1] != module.tables[0].address_type().bits() ||
        !module.types.is(type, CompositeKind::function))
      return false;
    ++p;
    std::uint32_t* top = sp - 1;
    if (!apply(top, type)) return false;
    sp = top;
    return true;
  }
  [[gnu::always_inline]] bool return_from(std::uint32_t*& sp) const noexcept {
    const std::span<const ValueType> results = checker_.module_.types.results(checker_.function_type_);
    if (results.size() > 1 || (results.size() == 1 && !fits(sp[-1], results.front().bits()))) return false;
    leave_unreachable(sp);
    return true;
  }

  [[gnu::always_inline]] bool call_ref(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    const TypeStore& types = checker_.module_.types;
    if (!read_index(p, type) || !types.is(type, CompositeKind::function) ||
        !fits(sp[-1], ValueType::reference(types[type].canonical, true).bits()))
      return false;
    std::uint32_t* top = sp - 1;
    if (!apply(top, type)) return false;
    sp = top;
    return true;
  }
  [[gnu::always_inline]] bool throw_tag(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t tag;
    const auto& tags = checker_.module_.tags;
    std::uint32_t* top = sp;
    if (!read_index(p, tag) || tag >= tags.size() || !checker_.module_.types.results(tags[tag]).empty() ||
        !apply(top, tags[tag]))
      return false;
    leave_unreachable(sp);
    return true;
  }
  // The reference to the heap type in the bytes, non-null; false for what is not common.
  [[gnu::always_inline]] bool heap_type(Byte& p, ValueType& type) const noexcept {
    const unsigned code = *p - unsigned{first_heap_code};
    if (code < heap_type_codes.size()) {
      const HeapTypeCode& row = heap_type_codes[code];
      ++p;
      type = ValueType::reference(row.heap, false);
      return (disabled_ >> static_cast<unsigned>(row.needs) & 1U) == 0;
    }
    std::uint32_t index;
    const TypeStore& types = checker_.module_.types;
    if (!read_signed_index(p, index) || index >= types.size()) return false;
    type = ValueType::reference(types[index].canonical, false);
    return (disabled_ >> static_cast<unsigned>(Feature::function_references) & 1U) == 0;
  }
  // Whether an operand is a reference that is known: not a guard, not a bundle, not the bottom of unreachable code.
  [[gnu::always_inline]] static bool is_reference(std::uint32_t entry) noexcept {
    return entry < operand::bundle_base && ValueType::from_bits(entry).is_reference() &&
           entry != bottom_reference.bits();
  }
  [[gnu::always_inline]] bool ref_func(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t function;
    const ModuleData& module = checker_.module_;
    if (!read_index(p, function) || function >= module.functions.size() || !checker_.declared_.has(function) ||
        checker_.exact_types_)
      return false;
    *sp++ = ValueType::reference(module.types[module.functions[function]].canonical, false).bits();
    return true;
  }
  [[gnu::always_inline]] bool br_on_non_null(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    if (!label(p, type) || !ValueType::from_bits(type).is_reference() ||
        !fits(sp[-1], ValueType::from_bits(type).with_null(true).bits()))
      return false;
    --sp;
    return true;
  }
  [[gnu::always_inline]] bool ref_cast(Byte& p, std::uint32_t* sp, bool nullable) const noexcept {
    ValueType type;
    if (!is_reference(sp[-1]) || !heap_type(p, type)) return false;
    const ValueType top = checker_.module_.types.top(type);
    if (!fits(sp[-1], top.bits()) || top.heap_type() == HeapType::cont) return false;
    sp[-1] = type.with_null(nullable).bits();
    return true;
  }
  // A field of the struct type in the bytes, and the nullable reference to that type.
  [[gnu::always_inline]] bool field(Byte& p, FieldType& field, std::uint32_t& reference) const noexcept {
    std::uint32_t index;
    std::uint32_t number;
    const TypeStore& types = checker_.module_.types;
    if (!read_index(p, index) || !read_index(p, number) || !types.is(index, CompositeKind::struct_)) return false;
    const std::span<const FieldType> fields = types.fields(index);
    if (number >= fields.size()) return false;
    field = fields[number];
    reference = ValueType::reference(types[index].canonical, true).bits();
    return true;
  }
  [[gnu::always_inline]] bool struct_get(Byte& p, std::uint32_t* sp) const noexcept {
    FieldType type;
    std::uint32_t reference;
    if (!field(p, type, reference) || type.storage().is_packed() || !fits(sp[-1], reference)) return false;
    sp[-1] = type.storage().bits();
    return true;
  }
  [[gnu::always_inline]] bool struct_set(Byte& p, std::uint32_t*& sp) const noexcept {
    FieldType type;
    std::uint32_t reference;
    if (!field(p, type, reference) || !type.is_mutable() || !fits(sp[-1], type.storage().unpacked().bits()) ||
        !fits(sp[-2], reference))
      return false;
    sp -= 2;
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

template <bool gated>
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
      const std::size_t room = checker_.reserve_stretch();
      sp = checker_.top_;
      limit = p + std::min<std::size_t>(room, static_cast<std::size_t>(end_of_reading - p));
    }
    start = p;
    HotRow row = main_page[*p++];
  dispatch:
    if (gated && (disabled_ >> row.feature & 1U) != 0) break;
    if (row.action > Action::prefix) std::unreachable();  // so that the compiler need not ask
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
      case Action::local_set: {
        std::uint32_t type;
        if (!local_set(p, sp, type)) break;
        --sp;
        continue;
      }
      case Action::local_tee: {
        std::uint32_t type;
        if (!local_set(p, sp, type)) break;
        sp[-1] = type;
        continue;
      }
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
      case Action::call_ref:
        if (call_ref(p, sp)) continue;
        break;
      case Action::throw_:
        if (throw_tag(p, sp)) continue;
        break;
      case Action::ref_null: {
        ValueType type;
        if (!heap_type(p, type)) break;
        *sp++ = type.with_null(true).bits();
        continue;
      }
      case Action::ref_func:
        if (ref_func(p, sp)) continue;
        break;
      case Action::ref_is_null:
        if (!is_reference(sp[-1])) break;
        sp[-1] = i32.bits();
        continue;
      case Action::ref_as_non_null:
        if (!is_reference(sp[-1])) break;
        sp[-1] = ValueType::from_bits(sp[-1]).with_null(false).bits();
        continue;
      case Action::br_on_non_null:
        if (br_on_non_null(p, sp)) continue;
        break;
      case Action::ref_cast:
        if (ref_cast(p, sp, row.width != 0)) continue;
        break;
      case Action::struct_get:
        if (struct_get(p, sp)) continue;
        break;
      case Action::struct_set:
        if (struct_set(p, sp)) continue;
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
        if (!read_index(p, code) || code >= page_size) break;
        row = pages[row.width][code];
        goto dispatch;
      }
    }
    break;
  }
  checker_.cursor_.seek(start);
  checker_.top_ = sp;
  return false;
}

bool BodyChecker::run_hot() {
  const bool gated = (needed_features & ~module_.features.bits()) != 0;
  return gated ? HotLoop(*this).run<true>() : HotLoop(*this).run<false>();
}

}  // namespace plimsoll
