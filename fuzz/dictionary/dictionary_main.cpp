// Prints a dictionary of the binary format, in the form that libFuzzer, AFL++ and OSS-Fuzz read: NAME="BYTES", a line each. All of it comes
// from what the loader knows: an instruction with its immediates from the table of instructions, types and sections as the encoder
// writes them, the names of custom sections.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "encode/instructions.hpp"
#include "encode/module.hpp"
#include "encode/types.hpp"
#include "plimsoll/plimsoll.hpp"

namespace {

using namespace plimsoll;
using fuzz::Writer;

void print(std::string_view name, std::span<const std::byte> bytes) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  std::string line;
  for (const char c : name) line += allowed.contains(c) ? c : '_';
  line += "=\"";
  for (const std::byte byte : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    const unsigned value = std::to_integer<unsigned>(byte);
    line += "\\x";
    line += digits[value >> 4];
    line += digits[value & 15];
  }
  std::puts((line + '"').c_str());
}

template <class Write>
void print_written(std::string_view name, Write write) {
  Writer out;
  write(out);
  print(name, out.view());
}

// Indices are 0, an access is aligned as well as it can be, lists are empty but for what must be in them.
Instruction plainest(Opcode opcode) {
  static constexpr std::byte zeros[16]{};
  Instruction instruction;
  instruction.opcode = opcode;
  const InstructionRow& row = plimsoll::row(opcode);
  instruction.align = row.width;
  instruction.bytes = zeros;
  instruction.type = instruction.target = ValueType::reference(HeapType::any, true);
  // The default label of a br_table.
  if (row.imm == Imm::labels) instruction.list = ImmediateList(zeros, zeros + 1, 1);
  return instruction;
}

void instructions() {
  for (std::size_t i = 0; i < instruction_count; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    print_written(row(opcode).name, [&](Writer& out) { write_instruction(out, plainest(opcode)); });
  }
}

void types() {
  const auto value_type = [](ValueType type) {
    print_written("type_" + to_string(type), [&](Writer& out) { fuzz::write_value_type(out, type); });
  };
  for (const ValueType type : {i32, i64, f32, f64, v128, i8, i16}) value_type(type);
  for (auto heap = static_cast<std::uint8_t>(HeapType::func); heap <= static_cast<std::uint8_t>(HeapType::nocont);
       ++heap) {
    for (const bool nullable : {true, false}) {
      const ValueType type = ValueType::reference(static_cast<HeapType>(heap), nullable);
      value_type(type);
      value_type(type.with_shared(true));
    }
  }
  for (const bool nullable : {true, false}) {
    value_type(ValueType::reference(std::uint32_t{0}, nullable));
    value_type(ValueType::reference(std::uint32_t{0}, nullable).with_exact(true));
  }
  for (const CompositeKind kind :
       {CompositeKind::function, CompositeKind::struct_, CompositeKind::array, CompositeKind::continuation}) {
    const FieldType field(i32, true);
    SubType type;
    type.kind = kind;
    type.continued = 0;
    if (kind == CompositeKind::array) type.fields = std::span(&field, 1);
    print_written("define_" + std::to_string(static_cast<int>(kind)),
                  [&](Writer& out) { fuzz::write_sub_type(out, type); });
    type.is_final = false;
    print_written("define_open_" + std::to_string(static_cast<int>(kind)),
                  [&](Writer& out) { fuzz::write_sub_type(out, type); });
    type.supertype = 0;
    print_written("define_sub_" + std::to_string(static_cast<int>(kind)),
                  [&](Writer& out) { fuzz::write_sub_type(out, type); });
  }
}

// A section of each kind with nothing in it, and the names of custom ones.
void sections() {
  print("preamble", fuzz::assemble_sections({}));
  for (auto id = static_cast<std::uint8_t>(SectionId::type); id <= static_cast<std::uint8_t>(SectionId::tag); ++id) {
    const std::byte no_entries[] = {std::byte{0}};
    const fuzz::SectionBytes section{static_cast<SectionId>(id), {std::begin(no_entries), std::end(no_entries)}};
    const fuzz::Bytes module = fuzz::assemble_sections(std::span(&section, 1));
    print("section_" + std::string(section_name(id)), std::span(module).subspan(8));
  }
  for (std::size_t i = 1; i < custom_kind_count; ++i) {
    const std::string_view name = custom_name(static_cast<CustomKind>(i));
    print_written("custom_" + std::string(name), [&](Writer& out) { out.name(name); });
  }
}

// Numbers at the ends of what fits, in their shortest form and in their longest.
void numbers() {
  for (const unsigned extra : {0U, 9U}) {
    for (const std::uint32_t value : {0U, 127U, 128U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
      Writer out({extra, Features::all()});
      out.u32(value);
      print("u32_" + std::to_string(value) + (extra != 0 ? "_long" : ""), out.view());
    }
    Writer out({extra, Features::all()});
    out.u64(~std::uint64_t{0});
    print(extra != 0 ? "u64_most_long" : "u64_most", out.view());
  }
}

}  // namespace

int main() {
  sections();
  types();
  numbers();
  instructions();
}
