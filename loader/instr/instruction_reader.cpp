// InstructionReader and the lists inside instructions.
#include "plimsoll/instruction_reader.hpp"

#include "bytes/cursor.hpp"
#include "instr/decode.hpp"
#include "types/read_types.hpp"

namespace plimsoll {
namespace {

const std::uint8_t* raw(const std::byte* bytes) noexcept { return reinterpret_cast<const std::uint8_t*>(bytes); }

// Runs `read` on a cursor over what is left of a list that has been decoded once and so is well-formed.
template <class Read>
auto take(const std::byte*& begin, const std::byte* end, Read read) noexcept {
  Cursor cursor(raw(begin), raw(begin), raw(end));
  const auto result = read(cursor);
  begin += cursor.offset();
  return result;
}

}  // namespace

std::uint32_t ImmediateList::next_label() noexcept {
  return take(begin_, end_, [](Cursor& cursor) { return cursor.u32(); });
}

CatchClause ImmediateList::next_catch() noexcept {
  return take(begin_, end_, [](Cursor& cursor) {
    const std::uint8_t kind = cursor.byte();
    CatchClause clause;
    clause.has_tag = kind < 2;
    clause.takes_reference = (kind & 1U) != 0;
    if (clause.has_tag) clause.tag = cursor.u32();
    clause.label_offset = cursor.offset();
    clause.label = cursor.u32();
    return clause;
  });
}

ValueType ImmediateList::next_value_type() noexcept {
  return take(begin_, end_, [](Cursor& cursor) { return read_value_type(cursor, Features::all()); });
}

Handler ImmediateList::next_handler() noexcept {
  return take(begin_, end_, [](Cursor& cursor) {
    Handler handler;
    handler.is_switch = cursor.byte() != 0;
    handler.tag = cursor.u32();
    if (!handler.is_switch) handler.label = cursor.u32();
    return handler;
  });
}

bool InstructionReader::next(Instruction& instruction) noexcept {
  if (failed_ || position_ == end_) return false;
  Cursor cursor(raw(position_), raw(position_), raw(end_));
  const std::uint32_t start = offset();
  if (!decode_instruction(cursor, features_, false, instruction)) {
    failed_ = true;
    error_ = cursor.error();
    error_.offset += start;
    return false;
  }
  instruction.offset += start;
  for (std::uint32_t& at : instruction.index_offset) at += start;
  instruction.target_offset += start;
  instruction.block_type.offset += start;
  position_ += instruction.size;
  return true;
}

}  // namespace plimsoll
