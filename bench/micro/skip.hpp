// The least that a decoder can do: from one instruction to the next, in bodies that are known to be valid. No bound is
// checked and no immediate kept. Which immediates follow an opcode comes from the table of instructions; the few that
// are long or rare are left to InstructionReader.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "instr/lookup.hpp"
#include "plimsoll/instruction_reader.hpp"
#include "plimsoll/instructions.hpp"

namespace plimsoll::bench {

struct Shape {
  enum class Kind : std::uint8_t { plain, block_type, memarg, labels, other };
  Kind kind = Kind::plain;
  std::uint8_t numbers = 0;  // LEB128
  std::uint8_t bytes = 0;    // behind the numbers
};

constexpr Shape shape_of(Imm imm) {
  using enum Shape::Kind;
  switch (imm) {
    case Imm::none: return {plain, 0, 0};
    case Imm::label:
    case Imm::function:
    case Imm::type:
    case Imm::local:
    case Imm::global:
    case Imm::table:
    case Imm::element:
    case Imm::memory:
    case Imm::data:
    case Imm::tag:
    case Imm::i32_const:
    case Imm::i64_const: return {plain, 1, 0};
    case Imm::type_table:
    case Imm::type_field:
    case Imm::type_count:
    case Imm::type_data:
    case Imm::type_element:
    case Imm::type_type:
    case Imm::table_table:
    case Imm::element_table:
    case Imm::memory_memory:
    case Imm::data_memory:
    case Imm::type_tag: return {plain, 2, 0};
    case Imm::lane:
    case Imm::zero_byte: return {plain, 0, 1};
    case Imm::f32_const: return {plain, 0, 4};
    case Imm::f64_const: return {plain, 0, 8};
    case Imm::shuffle:
    case Imm::v128_const: return {plain, 0, 16};
    case Imm::block_type: return {block_type, 1, 0};
    case Imm::memarg: return {memarg, 2, 0};
    case Imm::memarg_lane: return {memarg, 2, 1};
    case Imm::labels: return {labels, 0, 0};
    case Imm::try_table:
    case Imm::reference:
    case Imm::reference_null:
    case Imm::cast:
    case Imm::value_types:
    case Imm::type_handlers:
    case Imm::type_tag_handlers:
    case Imm::ordering_global:
    case Imm::ordering_table:
    case Imm::ordering_field:
    case Imm::ordering_type: return {other, 0, 0};
  }
  return {other, 0, 0};
}

inline constexpr auto shapes_of_rows = [] {
  std::array<Shape, instruction_count> shapes{};
  for (std::size_t i = 0; i < instruction_count; ++i) shapes[i] = shape_of(instruction_rows[i].imm);
  return shapes;
}();

// Of opcodes of one byte; a prefix has `other` and is looked up.
inline constexpr auto shapes_of_bytes = [] {
  std::array<Shape, 256> shapes{};
  for (std::uint32_t byte = 0; byte < shapes.size(); ++byte) {
    const std::uint16_t row = find_row(0, byte);
    shapes[byte] = row == no_row ? Shape{Shape::Kind::other, 0, 0} : shapes_of_rows[row];
  }
  return shapes;
}();

inline const std::uint8_t* skip_number(const std::uint8_t* at) {
  while ((*at & 0x80U) != 0) ++at;
  return at + 1;
}

// The instruction behind the one at `at`, which is valid and ends before `end`.
inline const std::uint8_t* skip(const std::uint8_t* at, const std::uint8_t* end) {
  constexpr std::uint8_t typed_null = 0x63;  // these two are followed by a heap type
  constexpr std::uint8_t typed = 0x64;
  constexpr std::uint8_t has_memory = 0x40;  // in the alignment: an index of a memory follows
  const std::uint8_t* const begin = at;
  Shape shape = shapes_of_bytes[*at++];
  if (is_prefix(*begin)) {
    std::uint32_t code = *at & 0x7FU;
    for (unsigned shift = 7; (*at & 0x80U) != 0; shift += 7) code |= (*++at & 0x7FU) << shift;
    ++at;
    shape = shapes_of_rows[find_row(*begin, code)];
  }
  switch (shape.kind) {
    case Shape::Kind::plain: break;
    case Shape::Kind::block_type:
      if (*at == typed_null || *at == typed) ++at;
      break;
    case Shape::Kind::memarg:
      if ((*at & has_memory) != 0) at = skip_number(at);
      break;
    case Shape::Kind::labels: {
      std::uint32_t count = *at & 0x7FU;
      for (unsigned shift = 7; (*at & 0x80U) != 0; shift += 7) count |= (*++at & 0x7FU) << shift;
      ++at;
      for (std::uint64_t i = 0; i <= count; ++i) at = skip_number(at);
      break;
    }
    case Shape::Kind::other: {
      InstructionReader reader(std::as_bytes(std::span(begin, end)));
      Instruction instruction;
      reader.next(instruction);
      return begin + instruction.size;
    }
  }
  for (unsigned i = 0; i < shape.numbers; ++i) at = skip_number(at);
  return at + shape.bytes;
}

}  // namespace plimsoll::bench
