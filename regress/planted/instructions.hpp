// Instructions of function bodies and constant expressions (specification 5.4), by the project's table of instructions.
#pragma once

#include <cstdint>

#include "planted/module.hpp"
#include "planted/reader.hpp"
#include "plimsoll/instructions.hpp"

namespace plimsoll::regress::planted {

// Takes what is decoded, one by one.
class InstructionSink {
 public:
  virtual void instruction(const Instruction& instruction) = 0;
  virtual void label(std::uint32_t label) = 0;

 protected:
  ~InstructionSink() = default;
};

// Decodes up to the byte `end`. False: the reader has failed.
bool read_instructions(Reader& reader, std::uint32_t end, InstructionSink& sink);

// Decodes a constant expression: up to and including `end`.
bool read_expression(Reader& reader, Expression& expression);

ValueType read_value_type(Reader& reader);

// How much a body has of each.
struct BodyCounts final : InstructionSink {
  std::size_t instructions = 0;
  std::size_t labels = 0;
  void instruction(const Instruction&) override { ++instructions; }
  void label(std::uint32_t) override { ++labels; }
};

}  // namespace plimsoll::regress::planted
