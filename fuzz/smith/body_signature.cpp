// Instructions whose operands and results are their row's signature.
#include "instr/signature.hpp"
#include "smith/body.hpp"

namespace plimsoll::fuzz {

std::uint32_t BodyMaker::find_memory() {
  return find(plan_.memories.size(), [&](std::uint32_t i) { return !shared_ || plan_.memories[i].is_shared; });
}

std::uint32_t BodyMaker::find_table() {
  return find(plan_.tables.size(), [&](std::uint32_t i) { return !shared_ || plan_.tables[i].limits.is_shared; });
}

bool BodyMaker::by_signature(Opcode opcode) {
  const InstructionRow& instruction_row = row(opcode);
  const std::string_view signature = instruction_row.signature;
  if (shared_ && signature == "i:j") return false;  // no reference that threads may share
  Instruction instruction;
  instruction.opcode = opcode;
  ValueType address;
  ValueType element;
  std::array<std::byte, 16> vector{};
  instruction.bytes = vector.data();
  if (instruction_row.imm == Imm::shuffle) {
    for (std::byte& lane : vector) lane = static_cast<std::byte>(entropy_.below(32));
  } else if (instruction_row.imm == Imm::v128_const) {
    for (std::byte& byte : vector) byte = static_cast<std::byte>(entropy_.byte());
  }
  if (!place_immediates(instruction_row, instruction, address, element)) return false;
  const bool as_shared = shared_ || (plan_.features.has(Feature::shared_everything_threads) && entropy_.one_in(4));
  const std::size_t colon = signature.find(':');
  Operands operands;
  for (const char letter : signature.substr(0, colon)) {
    const ValueType type = signature_type(letter, address, element);
    const bool either = letter == 'E' || letter == 'I' || letter == 'A';
    operands.push_back(either ? type.with_shared(as_shared) : type);
  }
  take(operands);
  emit(instruction);
  for (const char letter : signature.substr(colon + 1)) give(signature_type(letter, address, element));
  return true;
}

// The memory, table or segment that the immediates name, and numbers in them.
bool BodyMaker::place_immediates(const InstructionRow& instruction_row, Instruction& instruction, ValueType& address,
                                 ValueType& element) {
  const Imm imm = instruction_row.imm;
  if (instruction_row.rule == Rule::table) {
    const std::uint32_t table = find_table();
    if (table == none) return false;
    instruction.index[0] = table;
    address = plan_.tables[table].limits.address_type();
    element = plan_.tables[table].element;
    return true;
  }
  if (instruction_row.rule == Rule::plain) {
    fill_number(imm, instruction);
    if (imm == Imm::lane) instruction.index[0] = entropy_.below(16U >> instruction_row.width);
    return true;
  }
  const std::uint32_t memory = find_memory();
  if (memory == none) return false;
  address = plan_.memories[memory].address_type();
  if (imm == Imm::memory) {
    instruction.index[0] = memory;
  } else if (imm == Imm::data_memory) {
    if (plan_.data_segments == 0) return false;
    instruction.index[0] = entropy_.below(plan_.data_segments);
    instruction.index[1] = memory;
  } else {
    instruction.memory = memory;
    fill_memarg(instruction_row, instruction);
  }
  return true;
}

void BodyMaker::fill_memarg(const InstructionRow& instruction_row, Instruction& instruction) {
  const bool exact = instruction_row.rule == Rule::atomic;
  instruction.align = exact ? instruction_row.width : entropy_.below(instruction_row.width + 1U);
  instruction.value = values_.number_bits();
  if (!plan_.memories[instruction.memory].is_64) instruction.value &= 0xFFFF'FFFF;
  if (instruction_row.imm == Imm::memarg_lane) instruction.index[0] = entropy_.below(16U >> instruction_row.width);
}

void BodyMaker::fill_number(Imm imm, Instruction& instruction) {
  if (imm == Imm::i32_const || imm == Imm::i64_const)
    instruction.value = values_.number_bits();
  else if (imm == Imm::f32_const || imm == Imm::f64_const)
    instruction.value = entropy_.bits(8);
}

}  // namespace plimsoll::fuzz
