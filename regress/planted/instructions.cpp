#include "planted/instructions.hpp"

#include "instr/lookup.hpp"

namespace plimsoll::regress::planted {
namespace {

// The end of a constant expression.
constexpr auto end_opcode = static_cast<std::uint16_t>(opcode("end"));

class Immediates {
 public:
  Immediates(Reader& reader, Instruction& instruction, InstructionSink& sink) noexcept
      : reader_(reader), instruction_(instruction), sink_(sink) {}

  void read(Imm imm) {
    switch (imm) {
      case Imm::none: break;
      case Imm::block_type: block_type(); break;
      case Imm::try_table:
        block_type();
        list([this] { catch_clause(); });
        break;
      case Imm::label:
      case Imm::function:
      case Imm::type:
      case Imm::local:
      case Imm::global:
      case Imm::table:
      case Imm::element:
      case Imm::data:
      case Imm::memory:
      case Imm::tag: first(); break;
      case Imm::labels:
        list([this] { label(); });
        label();
        break;
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
      case Imm::type_tag: first_and_second(); break;
      case Imm::type_handlers:
        first();
        list([this] { handler(); });
        break;
      case Imm::type_tag_handlers:
        first_and_second();
        list([this] { handler(); });
        break;
      case Imm::ordering_global:
      case Imm::ordering_table:
      case Imm::ordering_type:
        instruction_.flags = reader_.byte();
        first();
        break;
      case Imm::ordering_field:
        instruction_.flags = reader_.byte();
        first_and_second();
        break;
      case Imm::memarg: memarg(); break;
      case Imm::memarg_lane:
        memarg();
        instruction_.second = reader_.byte();
        break;
      case Imm::lane:
      case Imm::zero_byte: instruction_.flags = reader_.byte(); break;
      case Imm::shuffle:
      case Imm::v128_const:
        instruction_.value = reader_.offset();
        reader_.take(16);
        break;
      case Imm::i32_const:
      case Imm::i64_const: instruction_.value = static_cast<std::uint64_t>(reader_.s64()); break;
      case Imm::f32_const: instruction_.value = reader_.fixed(4); break;
      case Imm::f64_const: instruction_.value = reader_.fixed(8); break;
      case Imm::reference:
      case Imm::reference_null: instruction_.value = static_cast<std::uint64_t>(reader_.s33()); break;
      case Imm::cast:
        instruction_.flags = reader_.byte();
        first();
        instruction_.second = static_cast<std::uint32_t>(reader_.s33());
        instruction_.value = static_cast<std::uint64_t>(reader_.s33());
        break;
      case Imm::value_types: list([this] { sink_.label(read_value_type(reader_).code); }); break;
    }
  }

 private:
  void first() { instruction_.first = reader_.u32(); }
  void first_and_second() {
    instruction_.first = reader_.u32();
    instruction_.second = reader_.u32();
  }
  void memarg() {
    instruction_.flags = static_cast<std::uint16_t>(reader_.u32());
    if ((instruction_.flags & 0x40U) != 0) instruction_.first = reader_.u32();
    instruction_.value = reader_.u64();
  }
  void block_type() {
    const std::int64_t type = reader_.s33();
    instruction_.value = static_cast<std::uint64_t>(type);
    if (type == -0x1D || type == -0x1C) instruction_.first = static_cast<std::uint32_t>(reader_.s33());
  }
  void label() { sink_.label(reader_.u32()); }
  void catch_clause() {
    if (reader_.byte() < 2) label();
    label();
  }
  void handler() {
    const bool has_label = reader_.byte() == 0;
    label();
    if (has_label) label();
  }
  template <class Entry>
  void list(Entry entry) {
    const std::uint32_t count = reader_.count();
    instruction_.second = count;
    for (std::uint32_t i = 0; i < count && reader_.ok(); ++i) entry();
  }

  Reader& reader_;
  Instruction& instruction_;
  InstructionSink& sink_;
};

bool read_instruction(Reader& reader, Instruction& instruction, InstructionSink& sink) {
  instruction = {.offset = reader.offset()};
  const std::uint8_t byte = reader.byte();
  const bool prefixed = is_prefix(byte);
  const std::uint16_t position =
      find_row(prefixed ? byte : std::uint8_t{0}, prefixed ? reader.u32() : std::uint32_t{byte});
  if (!reader.ok() || position == no_row) return reader.fail("illegal opcode");
  instruction.opcode = position;
  Immediates(reader, instruction, sink).read(row(static_cast<Opcode>(position)).imm);
  if (reader.ok()) sink.instruction(instruction);
  return reader.ok();
}

struct ExpressionSink final : InstructionSink {
  explicit ExpressionSink(Expression& to) : expression(to) {}
  void instruction(const Instruction& instruction) override { expression.instructions.push_back(instruction); }
  void label(std::uint32_t) override {}
  Expression& expression;
};

}  // namespace

bool read_instructions(Reader& reader, std::uint32_t end, InstructionSink& sink) {
  Instruction instruction;
  while (reader.ok() && reader.offset() < end) read_instruction(reader, instruction, sink);
  return reader.ok() && (reader.offset() == end || reader.fail("body longer than it says"));
}

bool read_expression(Reader& reader, Expression& expression) {
  expression.instructions.reserve(2);  // most have a constant and the end
  ExpressionSink sink(expression);
  Instruction instruction;
  do {
    if (!read_instruction(reader, instruction, sink)) return false;
  } while (instruction.opcode != end_opcode);
  return true;
}

ValueType read_value_type(Reader& reader) {
  ValueType type{.code = reader.byte()};
  if (type.code == 0x63 || type.code == 0x64) type.heap_type = reader.s33();
  return type;
}

}  // namespace plimsoll::regress::planted
