// InstructionReader (specification 3.0, section 5.4): every kind of immediate from its bytes, strictly, and no byte beyond.
#include "plimsoll/instruction_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "instr/decode.hpp"
#include "instr/lookup.hpp"
#include "testing/bytes.hpp"

namespace plimsoll {
namespace {

using test::Bytes;

static_assert(std::is_trivially_copyable_v<Instruction> && std::is_trivially_copyable_v<InstructionReader>);

// A reader over bytes in a block of just their size, so that a sanitizer sees a read past the end.
struct Input {
  explicit Input(const Bytes& bytes, std::uint32_t offset = 0, Features features = Features::all())
      : block(std::make_unique<std::byte[]>(bytes.size())), size(bytes.size()),
        reader(std::span<const std::byte>(block.get(), bytes.size()), offset, features) {
    std::transform(bytes.begin(), bytes.end(), block.get(), [](std::uint8_t byte) { return std::byte{byte}; });
  }
  std::unique_ptr<std::byte[]> block;
  std::size_t size;
  InstructionReader reader;
};

// The one instruction that the bytes are.
Instruction read_one(Input& input) {
  Instruction instruction;
  EXPECT_TRUE(input.reader.next(instruction)) << describe(input.reader.error());
  EXPECT_EQ(instruction.size, input.size);
  Instruction none;
  EXPECT_FALSE(input.reader.next(none));
  EXPECT_FALSE(input.reader.failed());
  return instruction;
}

// Why the first instruction cannot be read: the code, `@` and the offset.
std::string failure(const Bytes& bytes, Features features = Features::all()) {
  Input input(bytes, 0, features);
  Instruction instruction;
  if (input.reader.next(instruction)) return "read";
  EXPECT_TRUE(input.reader.failed());
  EXPECT_EQ(input.reader.offset(), 0u);
  EXPECT_FALSE(input.reader.next(instruction));
  return std::string(name(input.reader.error().code)) + "@" + std::to_string(input.reader.error().offset);
}

bool reads(const Bytes& bytes, Features features = Features::all()) {
  Input input(bytes, 0, features);
  Instruction instruction;
  return input.reader.next(instruction) && instruction.size == bytes.size();
}

// --- What each kind of immediate decodes to -----------------------------------------------------------------------------

TEST(InstructionReader, ReadsAnInstructionWithoutImmediates) {
  Input input({0x6A});
  const Instruction add = read_one(input);
  EXPECT_EQ(add.opcode, opcode("i32.add"));
  EXPECT_EQ(add.offset, 0u);
}

TEST(InstructionReader, ReadsBlockTypes) {
  Input empty({0x02, 0x40});
  EXPECT_EQ(read_one(empty).block_type.kind, BlockType::Kind::empty);
  Input value({0x03, 0x7E});
  const Instruction loop = read_one(value);
  EXPECT_EQ(loop.block_type.kind, BlockType::Kind::value);
  EXPECT_EQ(loop.block_type.value, i64);
  Input reference({0x04, 0x64, 0x85, 0x01});
  EXPECT_EQ(read_one(reference).block_type.value, ValueType::reference(133, false));
  Input shorthand({0x02, 0x6F});
  EXPECT_EQ(read_one(shorthand).block_type.value, externref);
  Input function({0x02, 0xC0, 0x00});  // 64, which does not fit into one byte of a signed number
  const Instruction block = read_one(function);
  EXPECT_EQ(block.block_type.kind, BlockType::Kind::function);
  EXPECT_EQ(block.block_type.type_index, 64u);
  Input largest({0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F});
  EXPECT_EQ(read_one(largest).block_type.type_index, 0xFFFF'FFFFu);

  EXPECT_EQ(failure({0x02, 0xFF, 0x7F}), "bad_block_type@1");  // i32, but in two bytes
  EXPECT_EQ(failure({0x02, 0x80, 0x80, 0x80, 0x80, 0x70}), "bad_block_type@1");
  EXPECT_EQ(failure({0x02, 0x80, 0x80, 0x80, 0x80, 0x10}), "integer_too_large@5");
  EXPECT_EQ(failure({0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer_too_long@6");
  EXPECT_EQ(failure({0x02, 0x78}), "bad_reference_type@1");  // i8 is no value type
  EXPECT_EQ(failure({0x02, 0x60}), "bad_reference_type@1");
}

TEST(InstructionReader, ReadsIndices) {
  for (const auto& [name, code] : {std::pair{"br", 0x0C},
                                   {"call", 0x10},
                                   {"call_ref", 0x14},
                                   {"local.get", 0x20},
                                   {"global.set", 0x24},
                                   {"table.get", 0x25},
                                   {"throw", 0x08},
                                   {"ref.func", 0xD2}}) {
    Input input(Bytes{static_cast<std::uint8_t>(code)} + test::leb(0xFFFF'FFFF), 1000);
    const Instruction instruction = read_one(input);
    EXPECT_EQ(row(instruction.opcode).name, name);
    EXPECT_EQ(instruction.index[0], 0xFFFF'FFFFu);
    EXPECT_EQ(instruction.offset, 1000u);
    EXPECT_EQ(instruction.index_offset[0], 1001u);
  }
  // Longer than need be, but not too long.
  Input padded({0x20, 0x85, 0x80, 0x80, 0x80, 0x00});
  EXPECT_EQ(read_one(padded).index[0], 5u);
  EXPECT_EQ(failure({0x20, 0x85, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer_too_long@6");
  EXPECT_EQ(failure({0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F}), "integer_too_large@5");
}

TEST(InstructionReader, ReadsPairsOfIndicesInTheOrderOfTheBytes) {
  const Bytes pair = test::leb(300) + test::leb(7);
  for (const Bytes& front : {Bytes{0x11}, Bytes{0xFB, 0x02}, Bytes{0xFB, 0x08}, Bytes{0xFB, 0x11}, Bytes{0xFC, 0x08},
                             Bytes{0xFC, 0x0A}, Bytes{0xFC, 0x0C}, Bytes{0xFC, 0x0E}}) {
    Input input(front + pair, 50);
    const Instruction instruction = read_one(input);
    EXPECT_EQ(instruction.index[0], 300u) << row(instruction.opcode).name;
    EXPECT_EQ(instruction.index[1], 7u);
    EXPECT_EQ(instruction.index_offset[0], 50 + front.size());
    EXPECT_EQ(instruction.index_offset[1], 52 + front.size());
  }
}

TEST(InstructionReader, ReadsMemoryArguments) {
  Input plain({0x28, 0x02, 0x90, 0x01}, 10);
  Instruction load = read_one(plain);
  EXPECT_EQ(load.align, 2u);
  EXPECT_EQ(load.memory, 0u);
  EXPECT_EQ(load.value, 144u);
  EXPECT_EQ(load.index_offset[0], 12u);  // the offset
  Input other({0x28, 0x42, 0x85, 0x01, 0x10}, 10);
  load = read_one(other);
  EXPECT_EQ(load.align, 2u);
  EXPECT_EQ(load.memory, 133u);
  EXPECT_EQ(load.value, 16u);
  EXPECT_EQ(load.index_offset[0], 14u);
  EXPECT_EQ(load.index_offset[1], 12u);  // the memory
  Input zero({0x28, 0x40, 0x00, 0x00});
  EXPECT_EQ(read_one(zero).memory, 0u);
  Input largest(Bytes{0x29, 0x3F} + test::leb(~std::uint64_t{0}));
  load = read_one(largest);
  EXPECT_EQ(load.align, 63u);
  EXPECT_EQ(load.value, ~std::uint64_t{0});
  // After one with a memory, one without.
  Input both({0x28, 0x42, 0x05, 0x00, 0x28, 0x02, 0x00});
  Instruction first, second;
  EXPECT_TRUE(both.reader.next(first));
  second = first;
  EXPECT_TRUE(both.reader.next(second));
  EXPECT_EQ(second.memory, 0u);

  EXPECT_EQ(failure({0x28, 0x80, 0x01, 0x00}), "bad_memory_flags@1");
  EXPECT_EQ(failure({0x28, 0xFF, 0x7F, 0x00}), "bad_memory_flags@1");
  EXPECT_EQ(failure(Bytes{0x28, 0x00} + test::repeat(10, {0x80}) + Bytes{0x00}), "integer_too_long@12");
  EXPECT_EQ(failure(Bytes{0x28, 0x00} + test::repeat(9, {0x80}) + Bytes{0x02}), "integer_too_large@11");
}

TEST(InstructionReader, ReadsLanes) {
  Input extract({0xFD, 0x15, 0xFF});  // whether there is such a lane is for validation to say
  EXPECT_EQ(read_one(extract).index[0], 255u);
  Input load({0xFD, 0x54, 0x41, 0x03, 0x08, 0x0F});
  const Instruction instruction = read_one(load);
  EXPECT_EQ(instruction.align, 1u);
  EXPECT_EQ(instruction.memory, 3u);
  EXPECT_EQ(instruction.value, 8u);
  EXPECT_EQ(instruction.index[0], 15u);
}

TEST(InstructionReader, ReadsNumbers) {
  Input i32_const(Bytes{0x41} + test::sleb(-0x8000'0000LL));
  EXPECT_EQ(read_one(i32_const).value, 0xFFFF'FFFF'8000'0000u);
  Input i64_const(Bytes{0x42} + test::sleb(INT64_MIN));
  EXPECT_EQ(read_one(i64_const).value, std::uint64_t{1} << 63);
  Input f32_const({0x43, 0x00, 0x00, 0xC0, 0x7F});
  EXPECT_EQ(read_one(f32_const).value, 0x7FC0'0000u);
  Input f64_const({0x44, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x80});
  EXPECT_EQ(read_one(f64_const).value, 0x8007'0605'0403'0201u);
  EXPECT_EQ(failure({0x41, 0x80, 0x80, 0x80, 0x80, 0x08}), "integer_too_large@5");
  EXPECT_EQ(failure({0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer_too_long@6");
  EXPECT_EQ(failure(Bytes{0x42} + test::repeat(9, {0x80}) + Bytes{0x01}), "integer_too_large@10");
}

TEST(InstructionReader, SixteenBytesAreAView) {
  Bytes lanes;
  for (std::uint8_t i = 0; i < 16; ++i) lanes.push_back(i);
  for (const std::uint8_t code : {std::uint8_t{0x0C}, std::uint8_t{0x0D}}) {
    Input input(Bytes{0xFD, code} + lanes);
    EXPECT_EQ(read_one(input).bytes, input.block.get() + 2);
  }
}

TEST(InstructionReader, ReadsHeapTypes) {
  Input null({0xD0, 0x70});
  EXPECT_EQ(read_one(null).type, funcref);
  Input index(Bytes{0xD0} + test::sleb(200), 30);
  const Instruction ref_null = read_one(index);
  EXPECT_EQ(ref_null.type, ValueType::reference(200, true));
  EXPECT_EQ(ref_null.index_offset[0], 31u);
  Input test_plain({0xFB, 0x14, 0x6C});
  EXPECT_EQ(read_one(test_plain).type, ValueType::reference(HeapType::i31, false));
  Input test_null({0xFB, 0x15, 0x6C});
  EXPECT_EQ(read_one(test_null).type, ValueType::reference(HeapType::i31, true));
  Input cast({0xFB, 0x16, 0x03});
  EXPECT_EQ(read_one(cast).type, ValueType::reference(3, false));
  Input cast_null({0xFB, 0x17, 0x03});
  EXPECT_EQ(read_one(cast_null).type, ValueType::reference(3, true));
  EXPECT_EQ(failure({0xD0, 0x7F}), "bad_heap_type@1");
  EXPECT_EQ(failure({0xD0, 0x63, 0x70}), "bad_heap_type@1");
}

TEST(InstructionReader, ReadsCasts) {
  for (unsigned flags = 0; flags < 4; ++flags) {
    Input input(Bytes{0xFB, 0x18, static_cast<std::uint8_t>(flags)} + test::leb(130) + Bytes{0x6E} + test::sleb(70),
                100);
    const Instruction cast = read_one(input);
    EXPECT_EQ(cast.opcode, opcode("br_on_cast"));
    EXPECT_EQ(cast.index[0], 130u);
    EXPECT_EQ(cast.type, ValueType::reference(HeapType::any, (flags & 1) != 0));
    EXPECT_EQ(cast.target, ValueType::reference(70, (flags & 2) != 0));
    EXPECT_EQ(cast.index_offset[0], 103u);
    EXPECT_EQ(cast.index_offset[1], 105u);
    EXPECT_EQ(cast.target_offset, 106u);
  }
  for (unsigned flags = 4; flags < 256; ++flags)
    EXPECT_EQ(failure({0xFB, 0x19, static_cast<std::uint8_t>(flags), 0x00, 0x6E, 0x6E}), "bad_cast_flags@2");
  EXPECT_EQ(failure({0xFB, 0x18, 0x00, 0x00, 0x7F, 0x6E}), "bad_heap_type@4");
  EXPECT_EQ(failure({0xFB, 0x18, 0x00, 0x00, 0x6E, 0x40}), "bad_heap_type@5");
}

TEST(InstructionReader, ReadsLabels) {
  Input none({0x0E, 0x00, 0x09}, 20);
  Instruction table = read_one(none);
  ASSERT_EQ(table.list.size(), 1u);  // the default label
  EXPECT_EQ(table.list.next_label(), 9u);
  EXPECT_EQ(table.index_offset[0], 21u);
  Input three(Bytes{0x0E, 0x03, 0x01} + test::leb(200) + Bytes{0x82, 0x80, 0x00, 0x04});
  table = read_one(three);
  ASSERT_EQ(table.list.size(), 4u);
  ImmediateList again = table.list;
  for (const std::uint32_t label : {1U, 200U, 2U, 4U}) EXPECT_EQ(table.list.next_label(), label);
  EXPECT_EQ(again.next_label(), 1u);  // a copy of a list walks on its own
  EXPECT_EQ(failure({0x0E, 0x02, 0x00}), "length_out_of_bounds@1");
  EXPECT_EQ(failure({0x0E, 0x02, 0x00, 0x00}), "unexpected_end_of_section@4");
  EXPECT_EQ(failure(Bytes{0x0E} + test::leb(0xFFFF'FFFF) + Bytes{0x00, 0x00}), "length_out_of_bounds@1");
  EXPECT_EQ(failure({0x0E, 0x01, 0x80, 0x80, 0x80, 0x80, 0x10, 0x00}), "integer_too_large@6");
}

TEST(InstructionReader, ReadsCatchClauses) {
  Input input(
      Bytes{0x1F, 0x40, 0x04, 0x00} + test::leb(300) + Bytes{0x01, 0x01, 0x02, 0x03, 0x02, 0x05, 0x03, 0x80, 0x01}, 10);
  Instruction instruction = read_one(input);
  EXPECT_EQ(instruction.block_type.kind, BlockType::Kind::empty);
  ASSERT_EQ(instruction.list.size(), 4u);
  EXPECT_EQ(instruction.index_offset[0], 12u);
  struct Expected {
    bool has_tag, takes_reference;
    std::uint32_t tag, label;
  };
  for (const Expected expected :
       {Expected{true, false, 300, 1}, {true, true, 2, 3}, {false, false, 0, 5}, {false, true, 0, 128}}) {
    const CatchClause clause = instruction.list.next_catch();
    EXPECT_EQ(clause.has_tag, expected.has_tag);
    EXPECT_EQ(clause.takes_reference, expected.takes_reference);
    EXPECT_EQ(clause.tag, expected.tag);
    EXPECT_EQ(clause.label, expected.label);
  }
  Input none({0x1F, 0x7F, 0x00});
  EXPECT_EQ(read_one(none).list.size(), 0u);
  for (unsigned kind = 4; kind < 256; ++kind)
    EXPECT_EQ(failure({0x1F, 0x40, 0x01, static_cast<std::uint8_t>(kind), 0x00, 0x00}), "bad_catch@3");
}

TEST(InstructionReader, ReadsTheTypesOfASelect) {
  Input one({0x1C, 0x01, 0x7C});
  Instruction select = read_one(one);
  ASSERT_EQ(select.list.size(), 1u);
  EXPECT_EQ(select.list.next_value_type(), f64);
  Input several({0x1C, 0x03, 0x64, 0x80, 0x01, 0x70, 0x7B});
  select = read_one(several);
  ASSERT_EQ(select.list.size(), 3u);
  EXPECT_EQ(select.list.next_value_type(), ValueType::reference(128, false));
  EXPECT_EQ(select.list.next_value_type(), funcref);
  EXPECT_EQ(select.list.next_value_type(), v128);
  Input none({0x1C, 0x00});
  EXPECT_EQ(read_one(none).list.size(), 0u);
  EXPECT_EQ(failure({0x1C, 0x01, 0x40}), "bad_reference_type@2");
}

TEST(InstructionReader, AFenceHasAZeroByte) {
  EXPECT_TRUE(reads({0xFE, 0x03, 0x00}));
  EXPECT_EQ(failure({0xFE, 0x03, 0x01}), "zero_byte_expected@2");
  EXPECT_EQ(failure({0xFE, 0x03, 0x80, 0x00}), "zero_byte_expected@2");
}

// --- Opcodes ------------------------------------------------------------------------------------------------------------

TEST(InstructionReader, RefusesUnknownOpcodes) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (is_prefix(static_cast<std::uint8_t>(byte)) || find_row(0, byte) != no_row) continue;
    Input input(Bytes{static_cast<std::uint8_t>(byte)} + test::repeat(16, {0x00}), 70);
    Instruction instruction;
    EXPECT_FALSE(input.reader.next(instruction));
    EXPECT_EQ(input.reader.error().code, ErrorCode::illegal_opcode) << byte;
    EXPECT_EQ(input.reader.error().offset, 70u);
    EXPECT_EQ(input.reader.error().found, byte);
  }
  for (const std::uint8_t prefix : {std::uint8_t{0xFB}, std::uint8_t{0xFC}, std::uint8_t{0xFD}, std::uint8_t{0xFE}}) {
    for (unsigned code = 0; code < 600; ++code) {
      if (find_row(prefix, code) != no_row) continue;
      EXPECT_EQ(failure(Bytes{prefix} + test::leb(code) + test::repeat(20, {0x00})), "illegal_opcode@0") << code;
    }
    EXPECT_EQ(failure(Bytes{prefix} + test::leb(0xFFFF'FFFF)), "illegal_opcode@0");
    EXPECT_EQ(failure(Bytes{prefix} + test::leb(0x1'0000)), "illegal_opcode@0");
    EXPECT_EQ(failure({prefix}), "unexpected_end_of_section@1");
    EXPECT_EQ(failure({prefix, 0x80}), "unexpected_end_of_section@2");
    EXPECT_EQ(failure({prefix, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer_too_long@6");
    EXPECT_EQ(failure({prefix, 0x80, 0x80, 0x80, 0x80, 0x10}), "integer_too_large@5");
  }
}

// The number after a prefix is a u32 like any other.
TEST(InstructionReader, OpcodesAfterAPrefixMayBeLong) {
  EXPECT_TRUE(reads({0xFD, 0x8E, 0x80, 0x80, 0x80, 0x00}));
  EXPECT_TRUE(reads({0xFC, 0x80, 0x00}));
  EXPECT_TRUE(reads({0xFB, 0x9E, 0x00}));
}

// --- Every row ----------------------------------------------------------------------------------------------------------

// The shortest immediates of a kind.
Bytes shortest(Imm imm) {
  switch (imm) {
    case Imm::none: return {};
    case Imm::block_type: return {0x40};
    case Imm::try_table: return {0x40, 0x00};
    case Imm::labels: return {0x00, 0x00};
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
    case Imm::lane:
    case Imm::i32_const:
    case Imm::i64_const:
    case Imm::zero_byte: return {0x00};
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
    case Imm::memarg: return {0x00, 0x00};
    case Imm::memarg_lane: return {0x00, 0x00, 0x00};
    case Imm::f32_const: return test::repeat(4, {0x00});
    case Imm::f64_const: return test::repeat(8, {0x00});
    case Imm::v128_const:
    case Imm::shuffle: return test::repeat(16, {0x00});
    case Imm::reference:
    case Imm::reference_null: return {0x70};
    case Imm::cast: return {0x00, 0x00, 0x70, 0x70};
    case Imm::value_types: return {0x01, 0x7F};
    case Imm::type_tag:
    case Imm::type_handlers:
    case Imm::ordering_global:
    case Imm::ordering_table:
    case Imm::ordering_type: return {0x00, 0x00};
    case Imm::type_tag_handlers:
    case Imm::ordering_field: return {0x00, 0x00, 0x00};
  }
  return {};
}

// Long ones: every part of the immediates is there and takes several bytes.
Bytes longest(Imm imm) {
  const Bytes index = {0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
  const Bytes heap = {0xFF, 0xFF, 0x03};
  const Bytes handlers = Bytes{0x82, 0x00, 0x00} + index + index + Bytes{0x01} + index;
  switch (imm) {
    case Imm::block_type: return Bytes{0x64} + heap;
    case Imm::try_table: return Bytes{0x63} + heap + Bytes{0x02, 0x01} + index + index + Bytes{0x03} + index;
    case Imm::labels: return Bytes{0x82, 0x00} + index + index + index;
    case Imm::label:
    case Imm::function:
    case Imm::type:
    case Imm::local:
    case Imm::global:
    case Imm::table:
    case Imm::element:
    case Imm::memory:
    case Imm::data:
    case Imm::tag: return index;
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
    case Imm::type_tag: return index + index;
    case Imm::type_handlers: return index + handlers;
    case Imm::type_tag_handlers: return index + index + handlers;
    case Imm::ordering_global:
    case Imm::ordering_table:
    case Imm::ordering_type: return Bytes{0x00} + index;
    case Imm::ordering_field: return Bytes{0x00} + index + index;
    case Imm::memarg: return Bytes{0xC3, 0x00} + index + test::leb(~std::uint64_t{0});
    case Imm::memarg_lane: return longest(Imm::memarg) + Bytes{0x07};
    case Imm::i32_const: return {0x80, 0x80, 0x80, 0x80, 0x78};
    case Imm::i64_const: return test::repeat(9, {0x80}) + Bytes{0x7F};
    case Imm::reference:
    case Imm::reference_null: return heap;
    case Imm::cast: return Bytes{0x03} + index + heap + heap;
    case Imm::value_types: return Bytes{0x82, 0x00, 0x64} + heap + Bytes{0x63} + heap;
    case Imm::none:
    case Imm::lane:
    case Imm::shuffle:
    case Imm::f32_const:
    case Imm::f64_const:
    case Imm::v128_const:
    case Imm::zero_byte: return shortest(imm);
  }
  return {};
}

Bytes encode(const InstructionRow& row, const Bytes& immediates) {
  const Bytes front =
      row.prefix == 0 ? Bytes{static_cast<std::uint8_t>(row.code)} : Bytes{row.prefix} + test::leb(row.code);
  return front + immediates;
}

TEST(InstructionReader, EveryRowIsReadToItsEndAndNoFurther) {
  for (std::size_t i = 0; i < instruction_count; ++i) {
    const InstructionRow& row = instruction_rows[i];
    for (const Bytes& immediates : {shortest(row.imm), longest(row.imm)}) {
      const Bytes bytes = encode(row, immediates);
      Input alone(bytes);
      Instruction instruction;
      ASSERT_TRUE(alone.reader.next(instruction)) << row.name << ": " << describe(alone.reader.error());
      EXPECT_EQ(instruction.opcode, static_cast<Opcode>(i)) << row.name;
      EXPECT_EQ(instruction.size, bytes.size()) << row.name;
      EXPECT_EQ(alone.reader.offset(), bytes.size());
      Input followed(bytes + bytes + Bytes{0xFF}, 7);
      ASSERT_TRUE(followed.reader.next(instruction)) << row.name;
      EXPECT_EQ(instruction.size, bytes.size()) << row.name;
      ASSERT_TRUE(followed.reader.next(instruction)) << row.name;
      EXPECT_EQ(instruction.offset, 7 + bytes.size()) << row.name;
      EXPECT_FALSE(followed.reader.next(instruction)) << row.name;  // 0xFF is no opcode
    }
  }
}

TEST(InstructionReader, EveryRowCutShortIsAnErrorInsideTheInput) {
  for (const InstructionRow& row : instruction_table()) {
    for (const Bytes& immediates : {shortest(row.imm), longest(row.imm)}) {
      const Bytes bytes = encode(row, immediates);
      for (std::size_t size = 1; size < bytes.size(); ++size) {
        Input input(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)), 100);
        Instruction instruction;
        ASSERT_FALSE(input.reader.next(instruction)) << row.name << " cut to " << size;
        EXPECT_TRUE(input.reader.failed());
        EXPECT_GE(input.reader.error().offset, 100u);
        EXPECT_LE(input.reader.error().offset, 100 + size) << row.name;
        EXPECT_EQ(kind(input.reader.error().code), ErrorKind::malformed) << row.name;
      }
    }
  }
}

TEST(InstructionReader, NoBytesAreNoInstructions) {
  InstructionReader reader({}, 12);
  Instruction instruction;
  EXPECT_FALSE(reader.next(instruction));
  EXPECT_FALSE(reader.failed());
  EXPECT_EQ(reader.offset(), 12u);
}

// --- Encodings that a feature changes -----------------------------------------------------------------------------------

TEST(InstructionReader, IndirectCallsBeforeReferenceTypesHaveAZeroByte) {
  const Features before = Features::all().remove(Feature::reference_types);
  for (const std::uint8_t code : {std::uint8_t{0x11}, std::uint8_t{0x13}}) {
    EXPECT_TRUE(reads({code, 0x05, 0x00}, before));
    EXPECT_EQ(failure({code, 0x05, 0x01}, before), "zero_byte_expected@2");
    EXPECT_EQ(failure({code, 0x05, 0x80, 0x00}, before), "zero_byte_expected@2");
    EXPECT_TRUE(reads({code, 0x05, 0x01}));
    EXPECT_TRUE(reads({code, 0x05, 0x80, 0x00}));
  }
}

TEST(InstructionReader, MemoryInstructionsBeforeMultiMemoryHaveZeroBytes) {
  const Features before = Features::all().remove(Feature::multi_memory);
  const auto check = [&](const Bytes& front, const Bytes& behind) {
    const std::string at = std::to_string(front.size());
    EXPECT_TRUE(reads(front + Bytes{0x00} + behind, before));
    EXPECT_EQ(failure(front + Bytes{0x01} + behind, before), "zero_byte_expected@" + at);
    EXPECT_EQ(failure(front + Bytes{0x80, 0x00} + behind, before), "zero_byte_expected@" + at);
    EXPECT_TRUE(reads(front + Bytes{0x01} + behind));
    EXPECT_TRUE(reads(front + Bytes{0x80, 0x00} + behind));
  };
  check({0x3F}, {});              // memory.size
  check({0x40}, {});              // memory.grow
  check({0xFC, 0x0B}, {});        // memory.fill
  check({0xFC, 0x0A}, {0x00});    // memory.copy
  check({0xFC, 0x0A, 0x00}, {});  // and its source
  check({0xFC, 0x08, 0x05}, {});  // memory.init
  EXPECT_TRUE(reads({0x28, 0x02, 0x00}, before));
  EXPECT_EQ(failure({0x28, 0x42, 0x00, 0x00}, before), "bad_memory_flags@1");
}

TEST(InstructionReader, OffsetsBeforeMemory64Have32Bits) {
  const Features before = Features::all().remove(Feature::memory64);
  EXPECT_TRUE(reads(Bytes{0x28, 0x02} + test::leb(0xFFFF'FFFF), before));
  EXPECT_EQ(failure(Bytes{0x28, 0x02} + test::leb(0x1'0000'0000), before), "integer_too_large@6");
  EXPECT_TRUE(reads(Bytes{0x28, 0x02} + test::leb(0x1'0000'0000)));
}

TEST(InstructionReader, TypesInImmediatesNeedTheirFeatures) {
  EXPECT_EQ(failure({0x02, 0x00}, Features::all().remove(Feature::multi_value)), "feature_required@1");
  EXPECT_EQ(failure({0x02, 0x7B}, Features::all().remove(Feature::simd)), "feature_required@1");
  EXPECT_EQ(failure({0xD0, 0x6E}, Features::all().remove(Feature::gc)), "feature_required@1");
  EXPECT_EQ(failure({0x1C, 0x01, 0x6F}, Features::all().remove(Feature::reference_types)), "feature_required@2");
}

// The reader itself reads instructions whose features are off; the validator's decoder refuses each and names the feature.
TEST(InstructionReader, FeaturesAreTheValidatorsBusiness) {
  for (const InstructionRow& row : instruction_table()) {
    if (row.feature == Feature::none) continue;
    const Features without = Features::all().remove(row.feature);
    const Bytes bytes = encode(row, shortest(row.imm));
    Cursor cursor(bytes.data(), bytes.data(), bytes.data() + bytes.size());
    Instruction instruction;
    EXPECT_FALSE(decode_instruction(cursor, without, true, instruction)) << row.name;
    EXPECT_EQ(cursor.error().code, ErrorCode::feature_required) << row.name;
    EXPECT_EQ(cursor.error().feature, row.feature) << row.name;
    EXPECT_EQ(cursor.error().offset, 0u);
    ASSERT_LT(cursor.error().instruction, instruction_count);
    EXPECT_EQ(plimsoll::row(static_cast<Opcode>(cursor.error().instruction)).name, row.name);
  }
  EXPECT_TRUE(reads({0x12, 0x00}, Features::mvp()));
}

}  // namespace
}  // namespace plimsoll
