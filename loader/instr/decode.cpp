// The opcode and, by the kind that the table gives, the immediates.
#include "instr/decode.hpp"

#include "instr/lookup.hpp"
#include "types/read_types.hpp"

namespace plimsoll {
namespace {

bool read_opcode(Cursor& cursor, Opcode& opcode) noexcept {
  const std::uint32_t at = cursor.offset();
  const std::uint8_t byte = cursor.byte();
  if (!cursor.ok()) return false;
  const bool prefixed = is_prefix(byte);
  const std::uint32_t code = prefixed ? cursor.u32() : byte;
  if (!cursor.ok()) return false;
  const std::uint16_t position = find_row(prefixed ? byte : std::uint8_t{0}, code);
  if (position == no_row) {
    return cursor.fail(ErrorCode::illegal_opcode, at, ErrorDetail::opcode, code, prefixed ? byte : 0);
  }
  opcode = static_cast<Opcode>(position);
  return true;
}

class ImmediateDecoder {
 public:
  ImmediateDecoder(Cursor& cursor, Features features, Instruction& instruction) noexcept
      : cursor_(cursor), features_(features), instruction_(instruction) {}

  void decode(const InstructionRow& row) noexcept {
    switch (row.imm) {
      case Imm::none: break;
      case Imm::block_type: block_type(); break;
      case Imm::try_table:
        block_type();
        list([this] { catch_clause(); }, 0, instruction_.index_offset[0]);
        break;
      case Imm::label:
      case Imm::function:
      case Imm::type:
      case Imm::local:
      case Imm::global:
      case Imm::table:
      case Imm::element:
      case Imm::data:
      case Imm::tag: index(0); break;
      case Imm::labels: list([this] { cursor_.u32(); }, 1, instruction_.index_offset[0]); break;
      case Imm::type_table:
        index(0);
        if (features_.has(Feature::reference_types))
          index(1);
        else
          zero_byte(1, Feature::reference_types);
        break;
      case Imm::type_field:
      case Imm::type_count:
      case Imm::type_data:
      case Imm::type_element:
      case Imm::type_type:
      case Imm::table_table:
      case Imm::element_table:
      case Imm::type_tag:
        index(0);
        index(1);
        break;
      case Imm::type_handlers:
        index(0);
        list([this] { handler(); }, 0, instruction_.target_offset);
        break;
      case Imm::type_tag_handlers:
        index(0);
        index(1);
        list([this] { handler(); }, 0, instruction_.target_offset);
        break;
      case Imm::ordering_global:
      case Imm::ordering_table:
      case Imm::ordering_type:
        ordering(row.rule);
        index(0);
        break;
      case Imm::ordering_field:
        ordering(row.rule);
        index(0);
        index(1);
        break;
      case Imm::memory: memory(0); break;
      case Imm::memory_memory:
        memory(0);
        memory(1);
        break;
      case Imm::data_memory:
        index(0);
        memory(1);
        break;
      case Imm::memarg: memarg(); break;
      case Imm::memarg_lane:
        memarg();
        instruction_.index[0] = cursor_.byte();
        break;
      case Imm::lane: lane(); break;
      case Imm::shuffle:
      case Imm::v128_const: instruction_.bytes = reinterpret_cast<const std::byte*>(cursor_.take(16).data()); break;
      case Imm::i32_const: instruction_.value = static_cast<std::uint64_t>(std::int64_t{cursor_.s32()}); break;
      case Imm::i64_const: instruction_.value = static_cast<std::uint64_t>(cursor_.s64()); break;
      case Imm::f32_const: instruction_.value = cursor_.fixed(4); break;
      case Imm::f64_const: instruction_.value = cursor_.fixed(8); break;
      case Imm::reference: reference(instruction_.type, false); break;
      case Imm::reference_null: reference(instruction_.type, true); break;
      case Imm::cast: cast(); break;
      case Imm::value_types:
        list([this] { read_value_type(cursor_, features_); }, 0, instruction_.index_offset[0]);
        break;
      case Imm::zero_byte: zero_byte(0, Feature::none); break;
    }
  }

 private:
  void index(unsigned which) noexcept {
    instruction_.index_offset[which] = cursor_.offset();
    instruction_.index[which] = cursor_.u32();
  }
  // With the feature, an index may stand here.
  void zero_byte(unsigned which, Feature feature) noexcept {
    const std::uint32_t at = cursor_.offset();
    instruction_.index_offset[which] = at;
    if (cursor_.byte() != 0) cursor_.fail_byte(ErrorCode::zero_byte_expected, at, feature);
  }
  // Before multi-memory, a zero byte stood where the memory index stands now.
  void memory(unsigned which) noexcept {
    if (features_.has(Feature::multi_memory))
      index(which);
    else
      zero_byte(which, Feature::multi_memory);
  }
  void lane() noexcept {
    instruction_.index_offset[0] = cursor_.offset();
    instruction_.index[0] = cursor_.byte();
  }
  void memarg() noexcept {
    const std::uint32_t at = cursor_.offset();
    const std::uint32_t flags = cursor_.u32();
    const bool has_memory = (flags & 0x40U) != 0;
    if (flags >= 0x80 || (has_memory && !features_.has(Feature::multi_memory)))
      cursor_.fail(ErrorCode::bad_memory_flags, at, ErrorDetail::byte, flags, 0,
                   flags < 0x80 ? Feature::multi_memory : Feature::none);
    instruction_.align = flags & 0x3FU;
    instruction_.target_offset = at;
    instruction_.index_offset[1] = at;
    instruction_.memory = 0;
    if (has_memory) {
      instruction_.index_offset[1] = cursor_.offset();
      instruction_.memory = cursor_.u32();
    }
    instruction_.index_offset[0] = cursor_.offset();
    instruction_.value = features_.has(Feature::memory64) ? cursor_.u64() : cursor_.u32_before_memory64();
  }
  void block_type() noexcept {
    BlockType& type = instruction_.block_type;
    const std::uint32_t at = cursor_.offset();
    instruction_.index_offset[0] = at;
    type.offset = at;
    const std::uint8_t byte = cursor_.peek();
    if (byte == 0x40) {
      cursor_.byte();
      type.kind = BlockType::Kind::empty;
    } else if ((byte & 0xC0U) == 0x40) {  // a negative number in one byte: a value type
      type.kind = BlockType::Kind::value;
      type.value = read_value_type(cursor_, features_);
    } else {
      type.kind = BlockType::Kind::function;
      const std::int64_t index = cursor_.s33();
      if (index < 0) cursor_.fail_byte(ErrorCode::bad_block_type, at);
      type.type_index = static_cast<std::uint32_t>(index);
      if (!features_.has(Feature::multi_value)) cursor_.fail_feature(Feature::multi_value, at);
    }
  }
  void reference(ValueType& type, bool nullable) noexcept {
    instruction_.index_offset[0] = cursor_.offset();
    type = read_heap_type(cursor_, features_).with_null(nullable);
  }
  void cast() noexcept {
    const std::uint32_t at = cursor_.offset();
    const std::uint8_t flags = cursor_.byte();
    if ((flags & ~3U) != 0) cursor_.fail_byte(ErrorCode::bad_cast_flags, at);
    const std::uint32_t label_at = cursor_.offset();
    instruction_.index[0] = cursor_.u32();
    reference(instruction_.type, (flags & 1U) != 0);
    instruction_.index_offset[1] = instruction_.index_offset[0];
    instruction_.index_offset[0] = label_at;
    instruction_.target_offset = cursor_.offset();
    instruction_.target = read_heap_type(cursor_, features_).with_null((flags & 2U) != 0);
  }
  void catch_clause() noexcept {
    const std::uint32_t at = cursor_.offset();
    const std::uint8_t kind = cursor_.byte();
    if (kind > 3) cursor_.fail_byte(ErrorCode::bad_catch, at);
    if (kind < 2) cursor_.u32();
    cursor_.u32();
  }
  void handler() noexcept {
    const std::uint32_t at = cursor_.offset();
    const std::uint8_t kind = cursor_.byte();
    if (kind > 1) cursor_.fail_byte(ErrorCode::bad_handler, at);
    cursor_.u32();
    if (kind == 0) cursor_.u32();
  }
  // 0: sequentially consistent, 1: acquire and release. What reads and writes says it twice, and alike.
  void ordering(Rule rule) noexcept {
    const std::uint32_t at = cursor_.offset();
    const unsigned byte = cursor_.byte();
    const bool modifies =
        rule == Rule::atomic_arithmetic || rule == Rule::atomic_exchange || rule == Rule::atomic_compare;
    if (byte != 0 && byte != (modifies ? 0x11U : 1U)) cursor_.fail_byte(ErrorCode::bad_ordering, at);
    instruction_.ordering = static_cast<std::uint8_t>(byte);
  }
  // A vector that starts at `at` and whose entries are walked again later; `extra` more entries follow it.
  template <class Entry>
  void list(Entry entry, std::uint32_t extra, std::uint32_t& at) noexcept {
    at = cursor_.offset();
    const std::uint32_t count = cursor_.length();  // an entry is at least a byte
    const std::uint8_t* begin = cursor_.position();
    for (std::uint32_t i = 0; i < count + extra && cursor_.ok(); ++i) entry();
    instruction_.list = ImmediateList(reinterpret_cast<const std::byte*>(begin),
                                      reinterpret_cast<const std::byte*>(cursor_.position()), count + extra);
  }

  Cursor& cursor_;
  Features features_;
  Instruction& instruction_;
};

}  // namespace

bool decode_instruction(Cursor& cursor, Features features, bool strict_features, Instruction& instruction) noexcept {
  instruction = {};
  instruction.opcode = no_opcode;  // until it has been read: an error must not name another
  instruction.offset = cursor.offset();
  if (!read_opcode(cursor, instruction.opcode)) return false;
  const InstructionRow& row = plimsoll::row(instruction.opcode);
  if (strict_features && !features.has(row.feature)) {
    Error error;
    error.code = ErrorCode::feature_required;
    error.offset = instruction.offset;
    error.feature = row.feature;
    error.instruction = static_cast<std::uint16_t>(instruction.opcode);
    return cursor.fail(error);
  }
  ImmediateDecoder(cursor, features, instruction).decode(row);
  instruction.size = cursor.offset() - instruction.offset;
  return cursor.ok();
}

}  // namespace plimsoll
