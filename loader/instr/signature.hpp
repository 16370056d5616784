// The letters of a signature in the table of instructions, as types.
#pragma once

#include "plimsoll/types.hpp"

namespace plimsoll {

// What a letter of InstructionRow::signature stands for, with the address type of the memory or table and the element type of
// the table that the immediates name. E, I and A are given as the unshared references. Bottom for what is no letter.
constexpr ValueType signature_type(char letter, ValueType address, ValueType element) noexcept {
  switch (letter) {
    case 'i': return i32;
    case 'l': return i64;
    case 'f': return f32;
    case 'd': return f64;
    case 'v': return v128;
    case 'm':
    case 't': return address;
    case 'e': return element;
    case 'E': return ValueType::reference(HeapType::eq, true);
    case 'I': return ValueType::reference(HeapType::i31, true);
    case 'A': return ValueType::reference(HeapType::array, true);
    case 'j': return ValueType::reference(HeapType::i31, false);
    case 'J': return ValueType::reference(HeapType::i31, false).with_shared(true);
    default: return bottom;
  }
}

}  // namespace plimsoll
