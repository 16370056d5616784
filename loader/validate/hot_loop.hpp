// The hot loop's state and what it does in line (body_hot.cpp says how it works). What is less frequent, or long, is
// out of line by subject: body_hot_control.cpp, body_hot_references.cpp.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>

#include "types/read_types.hpp"
#include "validate/body.hpp"
#include "validate/hot_rows.hpp"

namespace plimsoll {
namespace hot {

// No instruction treated here is longer, so none that starts before the limit reads past the input.
inline constexpr std::size_t slack = 24;
inline constexpr std::uint32_t no_memory = operand::nothing;

// The length of a LEB128 number at `position`, 1 to 8, or 9 and more when it is longer.
inline unsigned leb_length(const std::uint8_t* position) noexcept {
  std::uint64_t word;
  std::memcpy(&word, position, sizeof word);
  const std::uint64_t ends = ~word & 0x8080'8080'8080'8080U;
  return static_cast<unsigned>(__builtin_ctzll(ends | std::uint64_t{1} << 63) >> 3) + 1 + (ends == 0 ? 1U : 0U);
}

// An index of four or five bytes, of which the first three are known to go on: the index, and from bit 32 on how many
// bytes; 0 if it is longer or not an index. Most of these are small ones that linkers left room for.
[[gnu::noinline]] inline std::uint64_t read_padded_index(const std::uint8_t* position) noexcept {
  std::uint32_t index = 0;
  for (unsigned i = 0; i < 3; ++i) index |= (position[i] & 0x7FU) << 7 * i;
  index |= (position[3] & 0x7FU) << 21;
  if (position[3] < 0x80) return index | std::uint64_t{4} << 32;
  return position[4] < 0x10 ? (index | std::uint32_t{position[4]} << 28) | std::uint64_t{5} << 32 : 0;
}

// An index of at most three bytes: nearly all have two at most.
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

// The index of what linkers place and instructions name often: a function, a global, the type of an indirect call.
// Asking for all that elsewhere costs more than it gains (bench/README.md).
inline bool read_linked_index(const std::uint8_t*& position, std::uint32_t& index) noexcept {
  if (read_index(position, index)) [[likely]]
    return true;
  const std::uint64_t padded = read_padded_index(position);
  index = static_cast<std::uint32_t>(padded);
  position += padded >> 32;
  return padded != 0;
}

// A type index where a signed number stands, in at most three bytes and not negative.
inline bool read_signed_index(const std::uint8_t*& position, std::uint32_t& index) noexcept {
  return read_index(position, index) && (position[-1] & 0x40U) == 0;
}

// A signed number of 32 bits, which may have 4 bytes whatever they say, or of 64, which may have 8. In the last byte
// that it may have, the fifth or tenth, the bits that are left over repeat the sign.
inline bool skip_number(const std::uint8_t*& position, unsigned free_bytes) noexcept {
  const unsigned length = *position < 0x80 ? 1 : leb_length(position);
  if (length <= free_bytes) [[likely]] {
    position += length;
    return true;
  }
  const bool is_32 = free_bytes == 4;
  if (!is_32 && position[8] < 0x80) {
    position += 9;
    return true;
  }
  const std::uint8_t last = position[is_32 ? 4 : 9];
  const std::uint8_t sign = is_32 ? 0x78 : 0x7F;
  if (last >= 0x80 || ((last & sign) != 0 && (last & sign) != sign)) return false;
  position += is_32 ? 5 : 10;
  return true;
}

// A memarg of memory 0 whose alignment fits in one byte and whose offset fits in 28 bits, or in 32 if it has five
// bytes.
inline bool skip_memarg(const std::uint8_t*& position, unsigned width) noexcept {
  if (position[0] > width) return false;
  if (position[1] < 0x80) [[likely]] {
    position += 2;
    return true;
  }
  const unsigned length = leb_length(position + 1);
  position += 1 + length;
  return length <= 4 || (length == 5 && position[-1] < 0x10);
}

}  // namespace hot

// What the hot loop keeps in registers, and what it looks at. Handlers return false to leave the instruction to the
// general path; they change nothing before they are sure.
class HotLoop {
 public:
  using Byte = const std::uint8_t*;
  using HotRow = hot::HotRow;

  explicit HotLoop(BodyChecker& checker) noexcept
      : checker_(checker), disabled_(~checker.module_.features.bits()), flat_(checker.locals_.flat()),
        flat_size_(checker.locals_.flat_size()), globals_(checker.module_.globals.data()),
        global_count_(checker.constant_ ? checker.visible_globals_ : checker.module_.globals.size()),
        address_(checker.module_.memories.size() == 0 ? hot::no_memory
                                                      : checker.module_.memories[0].limits.address_type().bits()),
        end_of_reading_(std::min(checker.cursor_.end(),
                                 checker.module_.base + std::max(checker.module_.size, hot::slack) - hot::slack)) {}

  // Runs on; with `gated`, instructions whose feature is off, or that are not constant where they must be, are left to
  // the general path.
  template <bool gated>
  bool run();

 private:
  // Where the loop stands, in two registers: what a handler out of line takes, and gives back behind the instruction.
  // Null if the instruction is left to the general path.
  struct At {
    Byte p;
    std::uint32_t* sp;
  };
  [[gnu::always_inline]] static bool went(At at, Byte& p, std::uint32_t*& sp) noexcept {
    if (at.sp == nullptr) return false;
    p = at.p;
    sp = at.sp;
    return true;
  }
  // No longer lists are compared where their operands stay, so that an instruction takes constant time.
  static constexpr std::size_t most_compared = 8;

  [[gnu::always_inline]] bool load(Byte& p, std::uint32_t* sp, const HotRow& row) const noexcept {
    if (sp[-1] != address_ || !hot::skip_memarg(p, row.width)) return false;
    sp[-1] = row.result;
    return true;
  }
  [[gnu::always_inline]] bool store(Byte& p, std::uint32_t*& sp, const HotRow& row) const noexcept {
    if (sp[-1] != row.first || sp[-2] != address_ || !hot::skip_memarg(p, row.width)) return false;
    sp -= 2;
    return true;
  }
  [[gnu::always_inline]] bool local_get(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!hot::read_index(p, index) || index >= flat_size_) return false;
    const std::uint32_t type = flat_[index];
    if ((type & Locals::unset_bit) != 0) return false;
    *sp++ = type;
    return true;
  }
  // Whether an operand is of the type: nearly always because it is just that, or but for null, else because it is a
  // subtype.
  [[gnu::always_inline]] bool fits(std::uint32_t entry, std::uint32_t type) const noexcept {
    return entry == type || ValueType::from_bits(entry).with_null(true).bits() == type || subtype(entry, type);
  }
  [[gnu::noinline]] bool subtype(std::uint32_t entry, std::uint32_t type) const noexcept {
    return entry < operand::bundle_base &&
           checker_.module_.types.matches(ValueType::from_bits(entry), ValueType::from_bits(type));
  }
  [[gnu::always_inline]] bool local_set(Byte& p, std::uint32_t* sp, std::uint32_t& type) const {
    std::uint32_t index;
    if (!hot::read_index(p, index) || index >= flat_size_) return false;
    type = flat_[index] & ~Locals::unset_bit;
    if (!fits(sp[-1], type)) return false;
    if (flat_[index] != type) [[unlikely]]
      initialise(index);
    return true;
  }
  [[gnu::noinline]] void initialise(std::uint32_t index) const {
    checker_.locals_.initialise(index, checker_.frame_count_);
  }
  [[gnu::always_inline]] bool global_get(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!hot::read_linked_index(p, index) || index >= global_count_) return false;
    *sp++ = globals_[index].type.storage().bits();
    return true;
  }
  // What a constant expression may read.
  [[nodiscard]] bool is_constant_global(Byte p) const noexcept {
    std::uint32_t index;
    return hot::read_index(p, index) && index < global_count_ && !globals_[index].type.is_mutable();
  }
  [[gnu::always_inline]] bool global_set(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t index;
    if (!hot::read_linked_index(p, index) || index >= global_count_ || !globals_[index].type.is_mutable() ||
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
  [[gnu::always_inline]] bool enter(Byte& p, std::uint32_t*& sp, FrameKind kind) const noexcept {
    // 0x40: no result; 0x7F to 0x7C: i32, i64, f32, f64, whose bits are 1 to 4.
    const std::uint32_t byte = *p;
    const std::uint32_t type = byte == 0x40 ? block::empty : 0x80 - byte;
    if (byte != 0x40 && type - 1 > 3) return went(enter_typed({p, sp}, kind), p, sp);
    ++p;
    sp = push_frame(sp, kind, type);
    return true;
  }
  [[gnu::always_inline]] std::uint32_t* push_frame(std::uint32_t* sp, FrameKind kind,
                                                   std::uint32_t type) const noexcept {
    *sp++ = operand::guard(kind);
    checker_.stacks_.put_frame(checker_.frame_count_++, {static_cast<std::uint32_t>(sp - checker_.stacks_.operands()),
                                                         ValueType::from_bits(type)});
    return sp;
  }
  [[nodiscard]] bool is_off(Feature feature) const noexcept {
    return (disabled_ >> static_cast<unsigned>(feature) & 1U) != 0;
  }
  template <bool gated>
  [[gnu::always_inline]] bool is_refused(const HotRow& row) const noexcept {
    return gated && ((disabled_ >> row.feature & 1U) != 0 || (checker_.constant_ && !row.is_constant));
  }
  // Pops operands that are there and of these types: the new top, or null.
  [[gnu::always_inline]] std::uint32_t* take(std::uint32_t* sp, std::span<const ValueType> types) const noexcept {
    for (std::size_t i = types.size(); i != 0; --i) {
      if (!fits(*--sp, types[i - 1].bits())) [[unlikely]]
        return take_bundle(sp + 1, types.first(i));
    }
    return sp;
  }
  // The same, but in unreachable code they need not be there: then the new top is on the guard.
  [[gnu::always_inline]] std::uint32_t* take_any(std::uint32_t* sp, std::span<const ValueType> types) const noexcept {
    for (std::size_t i = types.size(); i != 0; --i) {
      if (operand::is_guard(sp[-1])) return operand::is_unreachable(sp[-1]) ? sp : nullptr;
      if (!fits(*--sp, types[i - 1].bits())) [[unlikely]]
        return take_bundle(sp + 1, types.first(i));
    }
    return sp;
  }
  // Pushes a list of the store as the general path does: as a bundle if it is long.
  [[gnu::always_inline]] static std::uint32_t* put(std::uint32_t* sp, std::uint32_t which,
                                                   std::span<const ValueType> types) noexcept {
    if (types.size() > 2) [[unlikely]] {
      *sp++ = which;
      *sp++ = operand::bundle_base | static_cast<std::uint32_t>(types.size());
      return sp;
    }
    for (const ValueType type : types) *sp++ = type.bits();
    return sp;
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
  // The one type that a label takes, or block::empty; false if it may take more or is not there.
  [[gnu::always_inline]] bool label(Byte& p, std::uint32_t& type) const noexcept {
    std::uint32_t label;
    if (!hot::read_index(p, label) || label >= checker_.frame_count_) return false;
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
    const Byte start = p;
    if (!label(p, type) || (type != block::empty && !fits(sp[-1], type))) return went(br_listed({start, sp}), p, sp);
    leave_unreachable(sp);
    return true;
  }
  [[gnu::always_inline]] bool br_if(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    const Byte start = p;
    if (sp[-1] != i32.bits()) return false;
    if (!label(p, type) || (type != block::empty && sp[-2] != type)) return went(br_if_listed({start, sp}), p, sp);
    --sp;
    return true;
  }
  // The operands that a call takes, and its few results.
  [[gnu::always_inline]] bool apply(std::uint32_t*& sp, std::uint32_t type_index) const noexcept {
    const TypeStore& types = checker_.module_.types;
    const std::span<const ValueType> parameters = types.parameters(type_index);
    const std::span<const ValueType> results = types.results(type_index);
    std::uint32_t* const top = take(sp, parameters);
    if (top == nullptr) return false;
    sp = put(top, operand::results_of(type_index), results);
    return true;
  }
  [[gnu::always_inline]] bool call(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t function;
    const auto& functions = checker_.module_.functions;
    return hot::read_linked_index(p, function) && function < functions.size() && apply(sp, functions[function]);
  }
  [[gnu::always_inline]] bool call_indirect(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    const ModuleData& module = checker_.module_;
    if (!hot::read_linked_index(p, type) || *p != 0 || module.tables.size() == 0 ||
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
    if (take_any(sp, results) == nullptr) return false;
    leave_unreachable(sp);
    return true;
  }

  [[gnu::always_inline]] bool call_ref(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    const TypeStore& types = checker_.module_.types;
    if (!hot::read_index(p, type) || !types.is(type, CompositeKind::function) ||
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
    if (!hot::read_index(p, tag) || tag >= tags.size() || !checker_.module_.types.results(tags[tag]).empty() ||
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
      return !is_off(row.needs);
    }
    std::uint32_t index;
    const TypeStore& types = checker_.module_.types;
    if (!hot::read_signed_index(p, index) || index >= types.size()) return false;
    type = ValueType::reference(types[index].canonical, false);
    return !is_off(Feature::function_references);
  }
  // Whether an operand is a reference that is known: not a guard, not a bundle, not the bottom of unreachable code.
  [[gnu::always_inline]] static bool is_reference(std::uint32_t entry) noexcept {
    return entry < operand::bundle_base && ValueType::from_bits(entry).is_reference() &&
           entry != bottom_reference.bits();
  }
  [[gnu::always_inline]] bool ref_func(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t function;
    const ModuleData& module = checker_.module_;
    if (!hot::read_index(p, function) || function >= module.functions.size() || !checker_.declared_.has(function) ||
        checker_.exact_types_)
      return false;
    *sp++ = ValueType::reference(module.types[module.functions[function]].canonical, false).bits();
    return true;
  }
  [[gnu::always_inline]] bool br_on_non_null(Byte& p, std::uint32_t*& sp) const noexcept {
    std::uint32_t type;
    const Byte start = p;
    if (!label(p, type)) return went(br_on_non_null_listed({start, sp}), p, sp);
    if (!ValueType::from_bits(type).is_reference() || !fits(sp[-1], ValueType::from_bits(type).with_null(true).bits()))
      return false;
    --sp;
    return true;
  }
  // The reference type that a cast or test of the operand on top is to.
  [[gnu::always_inline]] bool cast_target(Byte& p, const std::uint32_t* sp, bool nullable,
                                          ValueType& target) const noexcept {
    if (!is_reference(sp[-1]) || !heap_type(p, target)) return false;
    target = target.with_null(nullable);
    const ValueType top = checker_.module_.types.top(target);
    return fits(sp[-1], top.bits()) && top.heap_type() != HeapType::cont;
  }
  // A field of the struct type in the bytes, and the nullable reference to that type.
  [[gnu::always_inline]] bool field(Byte& p, FieldType& field, std::uint32_t& reference) const noexcept {
    std::uint32_t index;
    std::uint32_t number;
    const TypeStore& types = checker_.module_.types;
    if (!hot::read_index(p, index) || !hot::read_index(p, number) || !types.is(index, CompositeKind::struct_))
      return false;
    const std::span<const FieldType> fields = types.fields(index);
    if (number >= fields.size()) return false;
    field = fields[number];
    reference = ValueType::reference(types[index].canonical, true).bits();
    return true;
  }
  [[gnu::always_inline]] bool struct_get(Byte& p, std::uint32_t* sp, bool packed) const noexcept {
    FieldType type;
    std::uint32_t reference;
    if (!field(p, type, reference) || type.storage().is_packed() != packed || !fits(sp[-1], reference)) return false;
    sp[-1] = type.storage().unpacked().bits();
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

  // The array type in the bytes: its element, and the nullable reference to it.
  [[gnu::always_inline]] bool array(Byte& p, FieldType& element, std::uint32_t& reference) const noexcept {
    std::uint32_t index;
    const TypeStore& types = checker_.module_.types;
    if (!hot::read_index(p, index) || !types.is(index, CompositeKind::array)) return false;
    element = types.fields(index).front();
    reference = ValueType::reference(types[index].canonical, true).bits();
    return true;
  }
  [[gnu::always_inline]] bool array_get(Byte& p, std::uint32_t*& sp, bool packed) const noexcept {
    FieldType element;
    std::uint32_t reference;
    if (sp[-1] != i32.bits() || !array(p, element, reference) || element.storage().is_packed() != packed ||
        !fits(sp[-2], reference))
      return false;
    --sp;
    sp[-1] = element.storage().unpacked().bits();
    return true;
  }
  // What makes a struct or array gives this.
  [[nodiscard]] std::uint32_t made(std::uint32_t reference) const noexcept {
    return ValueType::from_bits(reference).with_null(false).with_exact(checker_.exact_types_).bits();
  }

  // body_hot_control.cpp.
  [[nodiscard]] std::uint32_t* take_bundle(std::uint32_t* sp, std::span<const ValueType> types) const noexcept;
  [[nodiscard]] std::uint32_t* open_bundle(std::uint32_t* sp) const noexcept;
  static std::uint32_t* put_start(std::uint32_t* sp, std::uint32_t type, std::span<const ValueType> types) noexcept;
  static std::uint32_t* put_end(std::uint32_t* sp, std::uint32_t type, std::span<const ValueType> types) noexcept;
  std::uint32_t* put_label(std::uint32_t* sp, const Frame& frame, std::span<const ValueType> types) const noexcept;
  At enter_typed(At at, FrameKind kind) const noexcept;
  At end_listed(At at) const noexcept;
  At else_listed(At at) const noexcept;
  At br_listed(At at) const noexcept;
  At br_if_listed(At at) const noexcept;
  At br_table(At at) const noexcept;
  At tail_call(At at, std::uint32_t type_index) const noexcept;
  At return_call(At at) const noexcept;
  At return_call_ref(At at) const noexcept;
  [[nodiscard]] bool end_function(Byte p, std::uint32_t* sp) const noexcept;
  [[nodiscard]] const Frame* frame_at(Byte& p) const noexcept;

  // body_hot_references.cpp.
  bool value_type(Byte& p, ValueType& type) const noexcept;
  At select_typed(At at) const noexcept;
  At br_on_null(At at) const noexcept;
  At br_on_non_null_listed(At at) const noexcept;
  At br_on_cast(At at, bool fail) const noexcept;
  At convert(At at, HeapType from, HeapType to) const noexcept;
  At struct_new(At at) const noexcept;
  At struct_new_default(At at) const noexcept;
  At array_new(At at) const noexcept;
  At array_new_default(At at) const noexcept;
  At array_new_fixed(At at) const noexcept;
  At array_set(At at) const noexcept;
  At array_fill(At at) const noexcept;
  At array_copy(At at) const noexcept;

  BodyChecker& checker_;
  std::uint64_t disabled_;
  const std::uint32_t* flat_;
  std::uint32_t flat_size_;
  const GlobalRecord* globals_;
  std::uint32_t global_count_;
  std::uint32_t address_;  // of memory 0
  Byte end_of_reading_;    // no instruction may start from here on: the body or the input is over, or nearly so
};

}  // namespace plimsoll
