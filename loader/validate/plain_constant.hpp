// Plain constants: a constant expression of one instruction and an `end`, which nearly all are (specification 3.0,
// section
// 3.4.13). Another accelerator in front of the general path (body.hpp): it accepts, straight from the bytes, and leaves
// what is not surely valid to BodyChecker::check_constant, which alone rejects.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/leb128.hpp"
#include "instr/lookup.hpp"
#include "module/module_data.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/load.hpp"
#include "validate/scratch.hpp"

namespace plimsoll {

// A module's constant expressions `t.const N`, `global.get N` and `ref.func N`. Lives as long as what it is made from.
class PlainConstants {
 public:
  PlainConstants(const ModuleData& module, ScratchBits& declared, BodyPath path) noexcept
      : module_(module), declared_(declared), is_on_(path != BodyPath::general) {}

  // The position behind the expression at `position`, which gives `expected` and reads globals below `visible_globals`
  // only; null if it is not surely one, or ends too near to `end` to be read at once. Constant time. Throws
  // std::bad_alloc.
  [[nodiscard]] const std::uint8_t* skip(const std::uint8_t* position, const std::uint8_t* end, ValueType expected,
                                         std::uint32_t visible_globals) const {
    if (end - position < 1 + LebWord::read_at_once + 1 || !is_on_) return nullptr;
    constexpr std::uint8_t last = opcode_byte("end");
    const LebWord number(position + 1);
    const std::uint8_t* const next = position + 1 + number.size();
    switch (*position) {
      case opcode_byte("i32.const"):
        return expected == i32 && number.is_signed_32() && *next == last ? next + 1 : nullptr;
      case opcode_byte("i64.const"): return expected == i64 && number.is_whole() && *next == last ? next + 1 : nullptr;
      case opcode_byte("global.get"): {
        if (!number.is_short() || *next != last || number.value() >= visible_globals) return nullptr;
        const FieldType global = module_.globals[number.value()].type;
        return !global.is_mutable() && module_.types.matches(global.storage(), expected) ? next + 1 : nullptr;
      }
      case opcode_byte("ref.func"):
        return number.is_short() && *next == last && is_function(number.value(), expected) ? next + 1 : nullptr;
      default: return nullptr;
    }
  }

 private:
  // Whether a reference to the function gives the type; if so, that declares it.
  [[nodiscard]] bool is_function(std::uint32_t function, ValueType expected) const {
    if (!module_.features.has(row(opcode("ref.func")).feature) || !module_.functions.has(function) ||
        !module_.types.matches(module_.function_reference(function), expected))
      return false;
    declared_.reserve(module_.functions.size());
    declared_.set(function);
    return true;
  }

  const ModuleData& module_;
  ScratchBits& declared_;
  bool is_on_;
};

}  // namespace plimsoll
