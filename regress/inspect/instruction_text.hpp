// Instructions as the text format writes them (specification 3.0, section 6.5): the table's name, then the immediates.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "inspect/index.hpp"
#include "plimsoll/instruction_reader.hpp"

namespace plimsoll::regress::inspect {

// What is given each immediate, in the order of the text format. A view is valid during the call only.
using UseImmediate = std::function<void(std::string_view)>;

// Hands over the immediates of `instruction`, a word or a parenthesis each: `offset=4`, `(result i32)`, `7`. What is the
// default (memory 0, the natural alignment) is left out. Lists come one entry at a time.
void each_immediate(const Instruction& instruction, const Index& index, const UseImmediate& use);

// What the instruction's index refers to: its name, or nothing. `locals` are those of the function.
[[nodiscard]] std::string referred_name(const Instruction& instruction, const Index& index, const NameIndex& locals);

// A constant expression without its `end`: `i32.const 8`, `global.get 0 i32.const 4 i32.add`.
[[nodiscard]] std::string expression_text(FileBytes file, ByteRange expression, const Index& index);

}  // namespace plimsoll::regress::inspect
