// Plain constants: constant expressions of the few instructions that nearly all are made of (specification 3.0, section 3.4.13).
// Another accelerator in front of the general path (body.hpp): it accepts, straight from the bytes, and leaves what is not surely
// valid to BodyChecker::check_constant, which alone rejects.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bytes/leb128.hpp"
#include "instr/lookup.hpp"
#include "module/module_data.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/load.hpp"
#include "types/read_types.hpp"
#include "validate/scratch.hpp"

namespace plimsoll {

// A module's constant expressions of `t.const N`, `global.get N`, `ref.func N`, `ref.null T`, `struct.new T` and
// `struct.new_default T`. Lives as long as what it is made from.
class PlainConstants {
 public:
  PlainConstants(const ModuleData& module, ScratchBits& declared, BodyPath path) noexcept
      : module_(module), declared_(declared), is_on_(path != BodyPath::general) {}

  // The position behind the expression at `position`, which gives `expected` and reads globals below `visible_globals` only;
  // null if it is not surely one, or ends too near to `end` to be read at once. Linear. Throws std::bad_alloc.
  [[nodiscard]] const std::uint8_t* skip(const std::uint8_t* position, const std::uint8_t* end, ValueType expected,
                                         std::uint32_t visible_globals) const {
    constexpr std::uint8_t last = opcode_byte("end");
    if (!is_on_) return nullptr;
    Operands operands;
    operands.size = 0;
    do {
      if (end - position < read_at_once) return nullptr;
      position = step(position, visible_globals, operands);
      if (position == nullptr) return nullptr;
    } while (*position != last);
    return operands.size == 1 && module_.types.matches(operands[0], expected) ? position + 1 : nullptr;
  }

 private:
  // An instruction's prefix, its code, a number, and one byte behind it.
  static constexpr std::ptrdiff_t read_at_once = 2 + LebWord::read_at_once + 1;

  // The types of operands, of which there are few: most constants have one, and so nothing is initialised.
  struct Operands {
    std::array<std::uint32_t, 32> bits;
    std::size_t size;
    [[nodiscard]] ValueType operator[](std::size_t i) const noexcept { return ValueType::from_bits(bits[i]); }
    void push(ValueType type) noexcept { bits[size++] = type.bits(); }
  };

  // Takes one instruction: the position behind it, or null. It has left room for one more byte.
  [[nodiscard, gnu::always_inline]] const std::uint8_t* step(const std::uint8_t* position,
                                                             std::uint32_t visible_globals, Operands& operands) const {
    if (operands.size == operands.bits.size()) return nullptr;
    const LebWord number(position + 1);
    const auto push = [&](bool is_valid, ValueType type, std::ptrdiff_t size) {
      operands.push(type);
      return is_valid ? position + size : nullptr;
    };
    const std::ptrdiff_t size = 1 + number.size();
    switch (*position) {
      case opcode_byte("i32.const"): return push(number.is_signed_32(), i32, size);
      case opcode_byte("i64.const"): return push(number.is_whole(), i64, size);
      case opcode_byte("f32.const"): return push(true, f32, 1 + 4);
      case opcode_byte("f64.const"): return push(true, f64, 1 + 8);
      case opcode_byte("global.get"): {
        if (!number.is_short() || number.value() >= visible_globals) return nullptr;
        const FieldType global = module_.globals[number.value()].type;
        return push(!global.is_mutable(), global.storage(), size);
      }
      case opcode_byte("ref.func"):
        return number.is_short() && declare(number.value())
                   ? push(true, module_.function_reference(number.value()), size)
                   : nullptr;
      case opcode_byte("ref.null"): {
        const ValueType null = number.is_short() ? null_of(number) : bottom;
        return push(!null.is_bottom(), null, size);
      }
      case row(opcode("struct.new")).prefix: {
        const LebWord type(position + 2);
        return type.is_short() && make_struct(position[1], type.value(), operands) ? position + 2 + type.size()
                                                                                   : nullptr;
      }
      default: return nullptr;
    }
  }

  // Whether there is such a function that may be referred to; if so, that declares it.
  [[nodiscard]] bool declare(std::uint32_t function) const {
    if (!module_.features.has(row(opcode("ref.func")).feature) || !module_.functions.has(function)) return false;
    declared_.reserve(module_.functions.size());
    declared_.set(function);
    return true;
  }

  // The type of the null of a heap type; bottom, if that is not surely one.
  [[nodiscard]] ValueType null_of(const LebWord& heap) const noexcept {
    const std::uint32_t value = heap.value();
    const bool is_negative = (value >> (7 * heap.size() - 1)) != 0;
    if (!is_negative) {
      const bool is_there = module_.features.has(Feature::function_references) && value < module_.types.size();
      return is_there ? ValueType::reference(module_.types[value].canonical, true) : bottom;
    }
    if (heap.size() != 1 || !is_abstract_heap_type(static_cast<std::uint8_t>(value))) return bottom;
    const HeapTypeCode& code = heap_type_codes[value - first_heap_code];
    return module_.features.has(code.needs) ? ValueType::reference(code.heap, true) : bottom;
  }

  // struct.new and struct.new_default, by their code; with a descriptor they are others. Where there is a struct type, they are on.
  [[nodiscard]] bool make_struct(std::uint8_t code, std::uint32_t index, Operands& operands) const noexcept {
    const TypeStore& types = module_.types;
    if (!types.is(index, CompositeKind::struct_) || types[index].has_descriptor != 0) return false;
    if (code == row(opcode("struct.new")).code) {
      const std::span<const FieldType> fields = types.fields(index);
      if (fields.size() > operands.size) return false;
      operands.size -= fields.size();
      for (std::size_t i = 0; i < fields.size(); ++i)
        if (!types.matches(operands[operands.size + i], fields[i].storage().unpacked())) return false;
    } else if (code != row(opcode("struct.new_default")).code || types[index].all_defaultable == 0) {
      return false;
    }
    operands.push(ValueType::reference(types[index].canonical, false)
                      .with_exact(module_.features.has(Feature::custom_descriptors)));
    return true;
  }

  const ModuleData& module_;
  ScratchBits& declared_;
  bool is_on_;
};

}  // namespace plimsoll
