// Makes the body of a function: instructions chosen at random among the table's rows, each with immediates and operands that make
// it valid. Operands are taken from the stack as far as they fit, and made where they do not.
//
// The stack, the frames and the locals are followed as the specification's validation algorithm does (appendix); what matches what
// is asked of the loader's TypeStore, and operands and results come from the row's signature wherever it has one.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "encode/instructions.hpp"
#include "encode/types.hpp"
#include "smith/entropy.hpp"
#include "smith/plan.hpp"
#include "smith/rows.hpp"
#include "smith/types.hpp"
#include "smith/values.hpp"
#include "validate/body.hpp"

namespace plimsoll::fuzz {

class BodyMaker {
 public:
  BodyMaker(Entropy& entropy, Types& types, const Plan& plan, const Rows& rows, Style style);

  // Appends the body of a function of type `type`, local declarations included. Once it is `most` bytes long it ends as soon as
  // it can.
  void make(Writer& out, std::uint32_t type, std::size_t most);

 private:
  using Operands = std::vector<ValueType>;
  struct Frame {
    FrameKind kind = FrameKind::function;
    bool unreachable = false;
    bool has_value = false;  // the one result is `value`
    ValueType value = bottom;
    std::uint32_t type = none;  // else what a function type says, if there is one
    std::size_t height = 0;     // of the stack, below its operands
  };
  static constexpr std::uint32_t none = 0xFFFF'FFFF;
  static constexpr std::size_t most_frames = 12;

  // body.cpp: the whole, the stack, frames.
  void make_locals(Writer& out);
  void step();
  [[nodiscard]] bool must_end() const noexcept { return entropy_.empty() || code_.size() >= most_; }
  [[nodiscard]] std::span<const ValueType> start_types(const Frame& frame) const noexcept;
  [[nodiscard]] std::span<const ValueType> end_types(const Frame& frame) const noexcept;
  [[nodiscard]] std::span<const ValueType> label_types(const Frame& frame) const noexcept;
  [[nodiscard]] const Frame& label(std::uint32_t index) const noexcept { return frames_[frames_.size() - 1 - index]; }
  [[nodiscard]] std::size_t operands_left() const noexcept { return stack_.size() - frames_.back().height; }
  [[nodiscard]] bool matches(ValueType sub, ValueType super) const noexcept {
    return types_.store().matches(sub, super);
  }
  [[nodiscard]] bool may_use(ValueType type) const noexcept { return !shared_ || types_.store().is_shared(type); }
  [[nodiscard]] bool may_use_type(std::uint32_t index) const noexcept {
    return !shared_ || types_.store()[index].is_shared != 0;
  }
  [[nodiscard]] bool may_use_all(std::span<const ValueType> types) const noexcept;
  void make_operand(ValueType type);
  void take(std::span<const ValueType> operands);
  void take(std::initializer_list<ValueType> operands) { take(std::span(operands.begin(), operands.size())); }
  void give(ValueType type) { stack_.push_back(type); }
  void give(std::span<const ValueType> types) { stack_.insert(stack_.end(), types.begin(), types.end()); }
  void emit(const Instruction& instruction) { write_instruction(code_, instruction); }
  void emit(Opcode opcode, std::uint32_t first = 0, std::uint32_t second = 0) {
    write_indexed(code_, opcode, first, second);
  }
  void set_unreachable();
  void settle();
  void close();
  void end_frame();
  void reopen(FrameKind kind);
  bool continue_frame(Opcode opcode);
  void leave_locals();
  // A number below `count` for which `fits` holds; none if there is none.
  template <class Fits>
  std::uint32_t find(std::size_t count, Fits fits) {
    const std::uint32_t first = count < 2 ? 0 : entropy_.below(count);
    for (std::uint32_t i = 0; i < count; ++i)
      if (const auto index = static_cast<std::uint32_t>((first + i) % count); fits(index)) return index;
    return none;
  }

  // body_signature.cpp: what the row alone says.
  bool by_signature(Opcode opcode);
  bool place_immediates(const InstructionRow& row, Instruction& instruction, ValueType& address, ValueType& element);
  void fill_memarg(const InstructionRow& row, Instruction& instruction);
  void fill_number(Imm imm, Instruction& instruction);
  std::uint32_t find_memory();
  std::uint32_t find_table();
  [[nodiscard]] std::optional<ValueType> top() const noexcept;

  // body_rules.cpp: a rule each. False, with nothing written, if the module has not what it takes.
  bool apply(Opcode opcode);
  bool drop(Opcode opcode);
  bool select(Opcode opcode, bool typed);
  bool local(Opcode opcode);
  bool global(Opcode opcode);
  bool copy_memory(Opcode opcode);
  bool init_table(Opcode opcode);
  bool copy_table(Opcode opcode);

  // body_control.cpp
  bool choose_block_type(BlockType& written, Frame& frame);
  bool block(Opcode opcode, FrameKind kind);
  bool try_table(Opcode opcode);
  void choose_catches(std::uint32_t& count, Writer& list);
  bool throw_(Opcode opcode);
  bool rethrow(Opcode opcode);
  bool branch(Opcode opcode);
  bool branch_if(Opcode opcode);
  bool branch_table(Opcode opcode);
  bool return_(Opcode opcode);
  bool call(Opcode opcode);
  bool finish_call(Opcode opcode, std::uint32_t type, ValueType last, std::uint32_t first, std::uint32_t second);
  std::uint32_t find_tag(bool exception);

  // body_references.cpp
  ValueType any_reference();
  bool ref_null(Opcode opcode);
  bool ref_func(Opcode opcode);
  bool ref_is_null(Opcode opcode);
  bool branch_on_null(Opcode opcode);
  bool branch_on_non_null(Opcode opcode);
  bool test_or_cast(Opcode opcode);
  bool branch_on_cast(Opcode opcode, bool fail, bool by_descriptor);
  bool convert(Opcode opcode, HeapType from, HeapType to);
  bool get_descriptor(Opcode opcode);
  bool cast_by_descriptor(Opcode opcode);

  // body_aggregates.cpp
  bool new_struct(Opcode opcode, bool defaults, bool described);
  bool struct_field(Opcode opcode);
  bool new_array(Opcode opcode);
  bool array_access(Opcode opcode);
  bool array_segment(Opcode opcode);
  bool array_copy(Opcode opcode);
  bool atomic(Opcode opcode);

  // body_continuations.cpp
  std::uint32_t find_continuation();
  bool new_continuation(Opcode opcode);
  bool bind(Opcode opcode);
  bool suspend(Opcode opcode);
  void surround_with_handler(std::uint32_t function);
  bool resume(Opcode opcode);
  bool switch_(Opcode opcode);
  std::uint32_t choose_handlers(std::uint32_t function, Writer& list);

  Entropy& entropy_;
  Types& types_;
  const Plan& plan_;
  const Rows& rows_;
  Values values_;
  Writer code_;
  std::size_t most_ = 0;
  std::uint32_t function_type_ = 0;
  bool shared_ = false;
  std::vector<ValueType> stack_;
  std::vector<Frame> frames_;
  std::vector<ValueType> locals_;
  std::vector<char> has_value_;
  struct Initialised {
    std::uint32_t local;
    std::size_t depth;
  };
  std::vector<Initialised> initialised_;
};

}  // namespace plimsoll::fuzz
