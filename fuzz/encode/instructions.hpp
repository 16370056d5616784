// Writing instructions (specification 3.0, section 5.4): the opcode that the table gives, and the immediates of its kind.
#pragma once

#include <span>

#include "encode/writer.hpp"
#include "plimsoll/instruction_reader.hpp"

namespace plimsoll::fuzz {

// An instruction, as InstructionReader reads it; where it stood does not matter. Lists are read from their views. Linear in
// what is written.
void write_instruction(Writer& out, const Instruction& instruction);

// Instructions that follow the format, in the features of the Writer's style: read and written again. Linear in the bytes.
void write_instructions(Writer& out, std::span<const std::byte> instructions);

// The front of a block and of a catch clause, which lists of immediates are made of; see Instruction::list.
void write_block_type(Writer& out, const BlockType& type);
void write_catch(Writer& out, const CatchClause& clause);
void write_handler(Writer& out, const Handler& handler);

}  // namespace plimsoll::fuzz
