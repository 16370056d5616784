// InstructionReader: walks the instructions of a function body or a constant expression, where they stand in the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plimsoll/error.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/types.hpp"

namespace plimsoll {

// A block type (section 5.4.1): nothing, one result, or a function type.
struct BlockType {
  enum class Kind : std::uint8_t { empty, value, function };
  Kind kind = Kind::empty;
  ValueType value;               // Kind::value
  std::uint32_t type_index = 0;  // Kind::function
  std::uint32_t offset = 0;      // bytes, where it stands
};

// A catch clause of try_table (section 5.4.1).
struct CatchClause {
  bool has_tag = false;
  bool takes_reference = false;  // catch_ref, catch_all_ref
  std::uint32_t tag = 0;
  std::uint32_t label = 0;
  std::uint32_t label_offset = 0;  // bytes from the clause's first byte to the label; a tag stands at 1
};

// What a resumed continuation is handled with (stack switching): a suspension with the tag goes to the label, or the tag
// allows a switch.
struct Handler {
  bool is_switch = false;
  std::uint32_t tag = 0;
  std::uint32_t label = 0;  // unless is_switch
};

// The labels of a br_table, the default one last, decoded as they are walked. A view: valid as long as the bytes are.
// Also the catch clauses of a try_table, the types of a typed select and the handlers of a resume; which of them is asked for must fit the opcode.
class ImmediateList {
 public:
  ImmediateList() = default;
  ImmediateList(const std::byte* begin, const std::byte* end, std::uint32_t count) noexcept
      : begin_(begin), end_(end), count_(count) {}
  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }  // entries
  // Each takes the next entry off the front; call at most size() times.
  std::uint32_t next_label() noexcept;
  CatchClause next_catch() noexcept;
  ValueType next_value_type() noexcept;
  Handler next_handler() noexcept;
  // Where the next entry stands.
  [[nodiscard]] const std::byte* position() const noexcept { return begin_; }

 private:
  const std::byte* begin_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint32_t count_ = 0;
};

// One decoded instruction. Type indices stand as they are written in the bytes. Plain data; the list and the vector constant
// are views into the bytes.
struct Instruction {
  Opcode opcode{};
  std::uint32_t offset = 0;  // bytes, of the opcode, counted as the reader's `offset` says
  std::uint32_t size = 0;    // bytes, immediates included
  BlockType block_type;
  ValueType type;            // Imm::reference, reference_null; Imm::cast: the source
  ValueType target;          // Imm::cast: the target
  std::uint32_t index[2]{};  // indices, labels, field, count or lane, in the order in which they stand in the bytes
  std::uint32_t index_offset[2]{};   // bytes, where they stand (casts: the label and the source type; memargs: the
                                     // offset and the memory)
  std::uint32_t target_offset = 0;   // bytes, where the target of Imm::cast, the alignment of a memarg or the list of
                                     // handlers stands
  std::uint32_t align = 0;           // log2 of the alignment in bytes, as written
  std::uint32_t memory = 0;          // memory of a memarg
  std::uint64_t value = 0;           // offset of a memarg; bits of a constant (i32 sign-extended)
  const std::byte* bytes = nullptr;  // sixteen bytes of v128.const and i8x16.shuffle
  std::uint8_t ordering = 0;         // Imm::ordering_*: the memory ordering as written
  ImmediateList list;
};

// Reads one instruction after the other. Strict: everything that section 5.4 says of the encoding is checked, and nothing
// is read outside the bytes. Whether the instructions are valid, and whether their features are on, is not its business,
// but for the few encodings that a feature changes.
// Not thread-safe; cheap to make; owns nothing: the bytes must outlive it. Constant time per instruction and list entry.
class InstructionReader {
 public:
  // `bytes` start at an instruction; `offset` is the offset of their first byte, used in Instruction and Error only.
  explicit InstructionReader(std::span<const std::byte> bytes, std::uint32_t offset = 0,
                             Features features = Features::all()) noexcept
      : begin_(bytes.data()), position_(bytes.data()), end_(bytes.data() + bytes.size()), offset_(offset),
        features_(features) {}

  // Reads the next instruction into `instruction`; false at the end of the bytes or after an error.
  bool next(Instruction& instruction) noexcept;

  // Whether the reader stopped because of an error, and which.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  // Offset of the next byte to be read.
  [[nodiscard]] std::uint32_t offset() const noexcept {
    return offset_ + static_cast<std::uint32_t>(position_ - begin_);
  }

 private:
  const std::byte* begin_;
  const std::byte* position_;
  const std::byte* end_;
  std::uint32_t offset_;
  Features features_;
  bool failed_ = false;
  Error error_;
};

}  // namespace plimsoll
