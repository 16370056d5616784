// Every row of the table, written with immediates of its kind and read back.
#include "encode/instructions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "encode/types.hpp"

namespace plimsoll::fuzz {
namespace {

// Numbers that take one byte, two and five.
constexpr std::array<std::uint32_t, 4> numbers{0, 1, 300, 0xFFFF'FFFE};

struct Immediates {
  Instruction instruction;
  Bytes list;
  std::array<std::byte, 16> vector;
};

Bytes make_list(Imm imm, std::uint32_t number) {
  Writer out;
  if (imm == Imm::labels) {
    out.u32(number);
  } else if (imm == Imm::try_table) {
    write_catch(out, {.has_tag = true, .takes_reference = number % 2 == 0, .tag = number, .label = 5});
    write_catch(out, {.has_tag = false, .takes_reference = number % 2 != 0, .label = number});
  } else if (imm == Imm::value_types) {
    write_value_type(out, f64);
    write_value_type(out, ValueType::reference(77U, true).with_exact(true));
  } else {
    write_handler(out, {.is_switch = false, .tag = number, .label = 3});
    write_handler(out, {.is_switch = true, .tag = number});
  }
  return out.take();
}

void fill(Immediates& made, Opcode opcode, std::uint32_t number) {
  const InstructionRow& instruction_row = row(opcode);
  Instruction& it = made.instruction;
  it.opcode = opcode;
  it.index[0] = number;
  it.index[1] = number / 2;
  it.memory = number / 3;
  it.align = number % 0x40;
  it.value = std::uint64_t{number} << 32 | number;
  it.type = ValueType::reference(number % 1000, instruction_row.imm != Imm::reference);
  it.target = ValueType::reference(HeapType::i31, false).with_shared(number % 2 != 0);
  it.block_type = {.kind = number == 0   ? BlockType::Kind::empty
                           : number == 1 ? BlockType::Kind::value
                                         : BlockType::Kind::function,
                   .value = externref,
                   .type_index = number};
  for (std::size_t i = 0; i < made.vector.size(); ++i) made.vector[i] = static_cast<std::byte>(number + i);
  it.bytes = made.vector.data();
  if (instruction_row.imm == Imm::i32_const) it.value = static_cast<std::uint64_t>(std::int64_t{-5} - number / 4);
  if (instruction_row.imm == Imm::f32_const) it.value &= 0xFFFF'FFFF;
  if (instruction_row.imm == Imm::lane || instruction_row.imm == Imm::memarg_lane) it.index[0] &= 0xFF;
  const bool modifies = instruction_row.rule == Rule::atomic_arithmetic ||
                        instruction_row.rule == Rule::atomic_exchange || instruction_row.rule == Rule::atomic_compare;
  it.ordering = number % 2 == 0 ? 0 : modifies ? 0x11 : 1;
  made.list = make_list(instruction_row.imm, number);
  const bool labels = instruction_row.imm == Imm::labels;
  it.list = ImmediateList(made.list.data(), made.list.data() + made.list.size(), labels ? 1 : 2);
}

void expect_equal(const Immediates& made, const Instruction& read, const std::string& which) {
  const Instruction& it = made.instruction;
  const Imm imm = row(it.opcode).imm;
  Bytes again;
  {
    Writer out;
    write_instruction(out, read);
    again = out.take();
  }
  Writer out;
  write_instruction(out, it);
  EXPECT_TRUE(std::ranges::equal(out.view(), again)) << which;
  const bool has_memarg = imm == Imm::memarg || imm == Imm::memarg_lane;
  if (has_memarg) {
    EXPECT_EQ(read.align, it.align) << which;
    EXPECT_EQ(read.memory, it.memory) << which;
  }
  if (has_memarg || imm == Imm::i32_const || imm == Imm::i64_const || imm == Imm::f32_const || imm == Imm::f64_const) {
    EXPECT_EQ(read.value, it.value) << which;
  }
  if (imm == Imm::cast || imm == Imm::reference || imm == Imm::reference_null) {
    EXPECT_EQ(read.type.bits(), it.type.bits()) << which;
  }
  if (imm == Imm::cast) {
    EXPECT_EQ(read.target.bits(), it.target.bits()) << which;
  }
  if (imm == Imm::block_type || imm == Imm::try_table) {
    EXPECT_EQ(read.block_type.kind, it.block_type.kind) << which;
  }
}

TEST(WriteInstruction, GivesWhatTheReaderReads) {
  for (std::size_t i = 0; i < instruction_count; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    for (const std::uint32_t number : numbers) {
      Immediates made;
      fill(made, opcode, number);
      for (unsigned extra = 0; extra < 3; ++extra) {
        const std::string which = std::string(row(opcode).name) + " with " + std::to_string(number);
        Writer out({extra, Features::all()});
        write_instruction(out, made.instruction);
        InstructionReader reader(out.view());
        Instruction read;
        ASSERT_TRUE(reader.next(read)) << which << ": " << describe(reader.error());
        EXPECT_EQ(read.opcode, opcode) << which;
        EXPECT_EQ(read.size, out.size()) << which;
        expect_equal(made, read, which);
      }
    }
  }
}

}  // namespace
}  // namespace plimsoll::fuzz
