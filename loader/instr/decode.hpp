// Decoding one instruction (specification 3.0, section 5.4), for the InstructionReader and the validator alike.
#pragma once

#include "bytes/cursor.hpp"
#include "plimsoll/instruction_reader.hpp"

namespace plimsoll {

// No instruction: describe() prints nothing for it.
inline constexpr Opcode no_opcode = static_cast<Opcode>(instruction_count);

// Reads the opcode and the immediates at the cursor into `instruction`. False, with the cursor's error, if the bytes do not
// follow the format. With `strict_features` an instruction whose feature is off is refused as well.
bool decode_instruction(Cursor& cursor, Features features, bool strict_features, Instruction& instruction) noexcept;

}  // namespace plimsoll
