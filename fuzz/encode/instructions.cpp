#include "encode/instructions.hpp"

#include "encode/types.hpp"

namespace plimsoll::fuzz {
namespace {

void write_opcode(Writer& out, const InstructionRow& row) {
  if (row.prefix == 0) return out.byte(row.code);
  out.byte(row.prefix);
  out.u32(row.code);
}

// Alignment, memory, offset. A memory other than the first, or any in long form, is announced by a bit of the alignment.
void write_memarg(Writer& out, const Instruction& instruction) {
  constexpr std::uint32_t has_memory = 0x40;
  const bool says_memory = instruction.memory != 0 || out.style().is_long(Feature::multi_memory);
  out.u32(instruction.align | (says_memory ? has_memory : 0));
  if (says_memory) out.u32(instruction.memory);
  out.u64(instruction.value);
}

void write_cast(Writer& out, const Instruction& instruction) {
  out.byte((instruction.type.is_nullable() ? 1U : 0U) | (instruction.target.is_nullable() ? 2U : 0U));
  out.u32(instruction.index[0]);
  write_heap_type(out, instruction.type);
  write_heap_type(out, instruction.target);
}

// The number of entries but for `behind` that follow the list, then all of them.
template <class Entry>
void write_list(Writer& out, ImmediateList list, std::uint32_t behind, Entry entry) {
  const std::uint32_t count = list.size();
  out.u32(count - behind);
  for (std::uint32_t i = 0; i < count; ++i) entry(list);
}

void write_handlers(Writer& out, const ImmediateList& list) {
  write_list(out, list, 0, [&](ImmediateList& rest) { write_handler(out, rest.next_handler()); });
}

void write_immediates(Writer& out, Imm imm, const Instruction& instruction) {
  const std::uint32_t first = instruction.index[0];
  const std::uint32_t second = instruction.index[1];
  switch (imm) {
    case Imm::none: break;
    case Imm::block_type: write_block_type(out, instruction.block_type); break;
    case Imm::try_table:
      write_block_type(out, instruction.block_type);
      write_list(out, instruction.list, 0, [&](ImmediateList& rest) { write_catch(out, rest.next_catch()); });
      break;
    case Imm::label:
    case Imm::function:
    case Imm::type:
    case Imm::local:
    case Imm::global:
    case Imm::table:
    case Imm::element:
    case Imm::data:
    case Imm::tag: out.u32(first); break;
    case Imm::labels:
      write_list(out, instruction.list, 1, [&](ImmediateList& rest) { out.u32(rest.next_label()); });
      break;
    case Imm::type_table:
      out.u32(first);
      out.index_since(Feature::reference_types, second);
      break;
    case Imm::type_field:
    case Imm::type_count:
    case Imm::type_data:
    case Imm::type_element:
    case Imm::type_type:
    case Imm::table_table:
    case Imm::element_table:
    case Imm::type_tag:
      out.u32(first);
      out.u32(second);
      break;
    case Imm::memory: out.index_since(Feature::multi_memory, first); break;
    case Imm::memory_memory:
      out.index_since(Feature::multi_memory, first);
      out.index_since(Feature::multi_memory, second);
      break;
    case Imm::data_memory:
      out.u32(first);
      out.index_since(Feature::multi_memory, second);
      break;
    case Imm::memarg: write_memarg(out, instruction); break;
    case Imm::memarg_lane:
      write_memarg(out, instruction);
      out.byte(first);
      break;
    case Imm::lane: out.byte(first); break;
    case Imm::shuffle:
    case Imm::v128_const: out.raw({instruction.bytes, 16}); break;
    case Imm::i32_const: out.s32(static_cast<std::int32_t>(instruction.value)); break;
    case Imm::i64_const: out.s64(static_cast<std::int64_t>(instruction.value)); break;
    case Imm::f32_const: out.fixed(instruction.value, 4); break;
    case Imm::f64_const: out.fixed(instruction.value, 8); break;
    case Imm::reference:
    case Imm::reference_null: write_heap_type(out, instruction.type); break;
    case Imm::cast: write_cast(out, instruction); break;
    case Imm::value_types:
      write_list(out, instruction.list, 0, [&](ImmediateList& rest) { write_value_type(out, rest.next_value_type()); });
      break;
    case Imm::zero_byte: out.byte(0); break;
    case Imm::type_handlers:
      out.u32(first);
      write_handlers(out, instruction.list);
      break;
    case Imm::type_tag_handlers:
      out.u32(first);
      out.u32(second);
      write_handlers(out, instruction.list);
      break;
    case Imm::ordering_global:
    case Imm::ordering_table:
    case Imm::ordering_type:
      out.byte(instruction.ordering);
      out.u32(first);
      break;
    case Imm::ordering_field:
      out.byte(instruction.ordering);
      out.u32(first);
      out.u32(second);
      break;
  }
}

}  // namespace

void write_block_type(Writer& out, const BlockType& type) {
  constexpr unsigned empty = 0x40;
  switch (type.kind) {
    case BlockType::Kind::empty: return out.byte(empty);
    case BlockType::Kind::value: return write_value_type(out, type.value);
    case BlockType::Kind::function: return out.s33(type.type_index);
  }
}

void write_catch(Writer& out, const CatchClause& clause) {
  out.byte((clause.has_tag ? 0U : 2U) | (clause.takes_reference ? 1U : 0U));
  if (clause.has_tag) out.u32(clause.tag);
  out.u32(clause.label);
}

void write_handler(Writer& out, const Handler& handler) {
  out.byte(handler.is_switch ? 1 : 0);
  out.u32(handler.tag);
  if (!handler.is_switch) out.u32(handler.label);
}

void write_instruction(Writer& out, const Instruction& instruction) {
  const InstructionRow& instruction_row = row(instruction.opcode);
  write_opcode(out, instruction_row);
  write_immediates(out, instruction_row.imm, instruction);
}

void write_instructions(Writer& out, std::span<const std::byte> instructions) {
  InstructionReader reader(instructions, 0, out.style().features);
  for (Instruction instruction; reader.next(instruction);) write_instruction(out, instruction);
}

}  // namespace plimsoll::fuzz
