// The body checker: the validation algorithm of the specification's appendix over one function body or constant
// expression.
//
// One class, two speeds. The general path (`step`) decodes one instruction with the checked cursor and applies its
// typing rule; it knows every rule and makes every error. The hot loop (body_hot.cpp) is an accelerator in front of it:
// it accepts the common cases of the common instructions straight from the bytes, changes nothing before it is sure,
// and leaves the instruction to the general path in any doubt. So the general path alone rejects, and each rule stands
// once.
//
// Operand stack: 32-bit entries. A value type is its bits; a control frame puts a guard under its operands, which no
// value type equals, so popping past the frame shows as a mismatch. A guard also says whether the code is unreachable.
// More than two results of one type list are pushed as a bundle of two entries (which list; how many are left), so that
// the stack grows by at most eight bytes an instruction whatever a call returns.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>

#include "bytes/cursor.hpp"
#include "module/module_data.hpp"
#include "plimsoll/instruction_reader.hpp"
#include "plimsoll/limits.hpp"
#include "plimsoll/load.hpp"
#include "validate/list_memo.hpp"
#include "validate/locals.hpp"
#include "validate/scratch.hpp"
#include "validate/stacks.hpp"
#include "validate/wide/checker.hpp"

namespace plimsoll {

enum class FrameKind : std::uint8_t { function, block, loop, if_, else_, try_table, try_, catch_, catch_all };

// Operand stack entries that are not types.
namespace operand {
inline constexpr std::uint32_t guard_base = 0xFFFF'FF00;
inline constexpr std::uint32_t unreachable_bit = 1;
inline constexpr std::uint32_t bundle_base = 0xFFFF'E000;    // | count
inline constexpr std::uint32_t nothing = Error::no_operand;  // in errors only: no operand there

constexpr std::uint32_t guard(FrameKind kind) noexcept { return guard_base | static_cast<std::uint32_t>(kind) << 1; }
constexpr bool is_guard(std::uint32_t entry) noexcept { return entry >= guard_base; }
constexpr bool is_bundle(std::uint32_t entry) noexcept { return entry >= bundle_base && entry < guard_base; }
constexpr bool is_unreachable(std::uint32_t guard) noexcept { return (guard & unreachable_bit) != 0; }
// The lower word of a bundle: which list of types it is of.
constexpr std::uint32_t parameters_of(std::uint32_t type_index) noexcept { return type_index << 1; }
constexpr std::uint32_t results_of(std::uint32_t type_index) noexcept { return type_index << 1 | 1U; }
constexpr FrameKind kind(std::uint32_t guard) noexcept { return static_cast<FrameKind>(guard >> 1 & 0x7FU); }
}  // namespace operand

// The type of a block, in a word: nothing, one value type's bits, or a function type's index.
namespace block {
inline constexpr std::uint32_t empty = 0;
inline constexpr std::uint32_t function_bit = 0x8000'0000;
constexpr bool is_function(std::uint32_t type) noexcept { return (type & function_bit) != 0; }
// A function type as a block type: one without parameters and with at most one result is as good as written shorter.
inline std::uint32_t of_function(const TypeStore& types, std::uint32_t index) noexcept {
  const std::span<const ValueType> results = types.results(index);
  if (!types.parameters(index).empty() || results.size() > 1) return function_bit | index;
  return results.empty() ? empty : results.front().bits();
}
}  // namespace block

// What all bodies of a module share.
struct BodyContext {
  const ModuleData& module;
  const Limits& limits;
  ScratchBits& declared;  // functions that ref.func may name (section 3.4.7, C.refs); bodies only read it
  BodyPath path;
  std::pmr::memory_resource* memory;  // of the checker's scratch; thread-safe if checkers on several threads share it
};

class BodyChecker {
  friend class HotLoop;

 public:
  explicit BodyChecker(const BodyContext& context);

  // Checks the body of function `function` (imports counted). Linear in the body. Throws std::bad_alloc.
  bool check_function(std::uint32_t function, ByteRange body);
  // Checks the constant expression at the cursor, which must give `expected`, and moves the cursor behind its `end`. It
  // may read the globals below `visible_globals`. On failure the cursor has the error. Throws std::bad_alloc.
  bool check_constant(Cursor& cursor, ValueType expected, std::uint32_t visible_globals);

  [[nodiscard]] const Error& error() const noexcept { return error_; }

  // A value type read from the module, made canonical; fails if its type index does not exist.
  static bool resolve(const ModuleData& module, Cursor& cursor, ValueType& type, std::uint32_t at) noexcept;

 private:
  // body.cpp: the frame around the rules.
  bool read_locals();
  bool is_accepted_wide();
  bool run();
  bool step();
  bool check_constant_instruction() noexcept;
  bool fail_decoding() noexcept;
  bool dispatch();
  bool fail(ErrorCode code) noexcept { return fail_at(code, instruction_.offset); }
  bool fail_at(ErrorCode code, std::uint32_t offset) noexcept;
  bool fail_index(ErrorCode code, unsigned which, std::size_t count) noexcept {
    return fail_index(code, instruction_.index_offset[which], instruction_.index[which], count);
  }
  bool fail_index(ErrorCode code, std::uint32_t offset, std::uint32_t index, std::size_t count) noexcept;
  bool fail_detail(ErrorCode code, std::uint32_t offset, ErrorDetail detail, std::uint64_t found,
                   std::uint64_t expected = 0, Feature feature = Feature::none) noexcept;
  bool fail_types(ValueType expected, std::uint32_t found) noexcept;
  bool fail_lists(std::span<const ValueType> expected, std::span<const ValueType> found) noexcept;
  bool fail_kind(unsigned which, CompositeKind expected) noexcept;
  bool fail(const Error& error) noexcept;
  void reset_stacks();
  void reserve_words(std::size_t extra);
  std::size_t reserve_stretch();
  [[nodiscard]] std::size_t operand_count() const noexcept {
    return static_cast<std::size_t>(top_ - stacks_.operands());
  }

  // body.cpp: operands.
  void push(ValueType type);
  void push_entry(std::uint32_t entry);
  bool pop(ValueType expected);
  bool pop_any(ValueType& type);
  bool pop_reference(ValueType& type);
  bool pop_types(std::span<const ValueType> types);
  void push_list(std::uint32_t which, std::size_t count);
  bool peek_types(std::span<const ValueType> types);
  template <class Expected, class Question>
  bool pop_many(std::size_t count, Expected expected, Question question);
  struct Run {
    std::span<const ValueType> found;
    std::span<const ValueType> expected;
  };
  [[nodiscard]] Run bundle_run(const std::uint32_t* entry, std::span<const ValueType> expected) const noexcept;
  bool lists_match(std::span<const ValueType> sub, std::span<const ValueType> super);
  bool fail_run(const Run& run) noexcept;
  [[nodiscard]] std::span<const ValueType> bundle_list(std::uint32_t which) const noexcept;
  void set_unreachable() noexcept;

  // body.cpp: lookups; each fails with its own error.
  bool resolve(ValueType& type, std::uint32_t at);
  const Memory* find_memory(unsigned which, std::uint32_t index) noexcept;
  const TableRecord* find_table(unsigned which) noexcept;
  const ElementRecord* find_element(unsigned which) noexcept;
  bool find_data(unsigned which) noexcept;
  bool find_local() noexcept;

  // body.cpp: operands given by a signature, locals, globals, memories, tables.
  bool rule_signature();
  bool apply_signature(std::string_view signature, ValueType address, ValueType element);
  bool check_alignment();
  bool check_offset(const Memory& memory);
  bool check_lanes();
  bool rule_drop();
  bool rule_select();
  bool rule_select_typed();
  bool rule_local_get();
  bool rule_local_set(bool tee);
  bool rule_global_get();
  bool rule_global_set();
  bool pop_copy_operands(ValueType to, ValueType from);
  bool rule_memory_copy();
  bool rule_table_copy();
  bool rule_table_init();

  // body_control.cpp: frames, branches and calls.
  bool resolve_block_type(std::uint32_t& type);
  [[nodiscard]] std::span<const ValueType> start_types(std::uint32_t type) const noexcept;
  [[nodiscard]] std::span<const ValueType> end_types(const Frame& frame) const noexcept;
  [[nodiscard]] std::span<const ValueType> label_types(const Frame& frame) const noexcept;
  [[nodiscard]] FrameKind frame_kind(const Frame& frame) const noexcept {
    return operand::kind(stacks_.operands()[frame.height - 1]);
  }
  [[nodiscard]] Frame& top_frame() noexcept { return stacks_.frame(frame_count_ - 1); }
  void push_start(std::uint32_t type, unsigned dropped = 0);
  void push_end(std::uint32_t type, unsigned dropped = 0);
  void push_label(const Frame& frame, unsigned dropped = 0);
  const Frame* find_label(std::uint32_t label, std::uint32_t at) noexcept;
  const Frame* find_label() noexcept { return find_label(instruction_.index[0], instruction_.index_offset[0]); }
  [[nodiscard]] std::uint32_t offset_of(const ImmediateList& list) const noexcept {
    return static_cast<std::uint32_t>(reinterpret_cast<const std::uint8_t*>(list.position()) - module_.base);
  }
  void push_frame(FrameKind kind, std::uint32_t type);
  bool close_frame();
  void reopen_frame(FrameKind kind);
  bool enter_block(FrameKind kind);
  bool rule_try_table();
  bool rule_end();
  bool rule_else();
  bool rule_catch(bool all);
  bool rule_delegate();
  bool rule_rethrow();
  const std::uint32_t* find_tag(std::uint32_t tag, std::uint32_t at) noexcept;
  const std::uint32_t* find_exception_tag(std::uint32_t tag, std::uint32_t at) noexcept;
  bool rule_throw();
  bool rule_throw_ref();
  bool check_catches();
  bool check_catch(const CatchClause& clause, std::uint32_t at);
  bool rule_br();
  bool rule_br_if();
  bool rule_br_table();
  bool rule_return();
  bool function_type(unsigned which, std::uint32_t& type_index);
  bool finish_call(std::uint32_t type_index, bool tail);
  bool rule_call(bool tail);
  bool rule_call_indirect(bool tail);
  bool rule_call_ref(bool tail);

  // body_references.cpp: references and casts.
  bool rule_ref_null();
  bool rule_ref_func();
  bool rule_ref_is_null();
  bool rule_ref_as_non_null();
  bool rule_br_on_null();
  bool rule_br_on_non_null();
  bool rule_ref_test(bool cast);
  bool rule_br_on_cast(bool fail, bool by_descriptor);
  bool rule_convert(HeapType from, HeapType to);
  bool check_cast_target(ValueType target);
  bool find_descriptor(ValueType described, ValueType& descriptor);
  bool rule_ref_get_desc();
  bool rule_ref_cast_desc_eq();

  // body_aggregates.cpp: structs and arrays.
  bool defined_type(unsigned which, CompositeKind kind, std::uint32_t& canonical);
  bool struct_field(std::uint32_t& canonical, FieldType& field);
  bool array_type(unsigned which, std::uint32_t& canonical, FieldType& element);
  bool check_packing(FieldType field, bool packed);
  bool pop_type(std::uint32_t canonical) { return pop(ValueType::reference(canonical, true)); }
  bool push_type(std::uint32_t canonical) {
    push(ValueType::reference(canonical, false).with_exact(exact_types_));
    return true;
  }
  bool rule_struct_new(bool defaults, bool with_descriptor);
  bool pop_fields(std::span<const FieldType> fields);
  bool rule_struct_get(bool packed);
  bool rule_struct_set();
  bool rule_array_new(bool defaults);
  bool rule_array_new_fixed();
  bool check_numeric(FieldType element);
  bool check_segment_type(FieldType element);
  bool rule_array_new_data();
  bool rule_array_new_elem();
  bool rule_array_get(bool packed);
  bool rule_array_set();
  bool rule_array_fill();
  bool rule_array_copy();
  bool rule_array_init_data();
  bool rule_array_init_elem();

  // body_continuations.cpp: stack switching.
  bool continuation(unsigned which, std::uint32_t& canonical, std::uint32_t& function);
  bool pop_continuation(std::uint32_t canonical) { return pop(ValueType::reference(canonical, true)); }
  bool handled_continuation(ValueType reference, std::uint32_t& function);
  bool functions_match(std::span<const ValueType> parameters, std::span<const ValueType> results, std::uint32_t super);
  bool check_handlers(std::uint32_t resumed);
  bool check_handler(const Handler& handler, std::uint32_t resumed);
  bool rule_cont_new();
  bool rule_cont_bind();
  bool rule_suspend();
  bool rule_resume();
  bool rule_resume_throw();
  bool rule_resume_throw_ref();
  bool rule_switch();

  // body_shared.cpp: shared-everything threads.
  bool check_shared();
  bool is_shared_type(unsigned which) const noexcept;
  bool pop_as_shared(ValueType expected, ValueType& found);
  // What an atomic instruction reads and writes, and the operands that say where.
  struct Place {
    FieldType type;
    ValueType operands[2];  // bottom first; the bottom type if there are fewer
  };
  bool atomic_place(Place& place);
  bool pop_place(const Place& place);
  bool rule_atomic(Rule rule);

  // body_hot.cpp. Runs from the cursor's position as far as it can; true if the body is done.
  bool run_hot();

  const ModuleData& module_;
  const Limits& limits_;
  ScratchBits& declared_;
  std::pmr::memory_resource* memory_;
  const bool is_general_;         // no hot loop
  const wide::Vectors vectors_;   // the wide path is tried first if there are any
  const std::size_t least_wide_;  // bytes of a body for which it is
  const bool exact_types_;        // what makes a reference to a defined type gives an exact one (custom descriptors)

  Cursor cursor_;
  Instruction instruction_;
  Error error_;
  bool failed_ = false;
  bool constant_ = false;
  bool shared_ = false;  // the function is a shared one: everything that it uses must be
  std::uint32_t visible_globals_ = 0;
  std::uint32_t function_ = Error::no_function;
  std::uint32_t function_type_ = 0;
  ByteRange body_;

  Stacks stacks_;
  std::uint32_t* top_ = nullptr;  // one past the last operand
  std::uint32_t frame_count_ = 0;
  Locals locals_;
  ListMemo known_;
  std::optional<wide::Checker> wide_;  // made when it is first needed
  unsigned wide_refusals_ = 0;         // in a row
  unsigned wide_pause_ = 0;            // bodies for which it is not tried
};

// What a block takes, what it gives, and what a branch to it takes.
inline std::span<const ValueType> BodyChecker::start_types(std::uint32_t type) const noexcept {
  if (!block::is_function(type)) return {};
  return module_.types.parameters(type & ~block::function_bit);
}

inline std::span<const ValueType> BodyChecker::end_types(const Frame& frame) const noexcept {
  if (block::is_function(frame.type())) return module_.types.results(frame.type() & ~block::function_bit);
  if (frame.type() == block::empty) return {};
  // The frame's word is the bits of its one result.
  return {&frame.value, 1};
}

inline std::span<const ValueType> BodyChecker::label_types(const Frame& frame) const noexcept {
  return frame_kind(frame) == FrameKind::loop ? start_types(frame.type()) : end_types(frame);
}

// Pops `count` operands, the last first. `expected(i)` is the type of the one that has i below it, and `question(found,
// i, n)` what to remember when the n types from `found` on, of a bundle, match those expected from i on.
template <class Expected, class Question>
bool BodyChecker::pop_many(std::size_t count, Expected expected, Question question) {
  while (count != 0) {
    const std::uint32_t entry = top_[-1];
    if (operand::is_guard(entry)) return operand::is_unreachable(entry) || fail_types(expected(count - 1), entry);
    if (!operand::is_bundle(entry)) {
      --top_;
      const ValueType type = expected(--count);
      if (!module_.types.matches(ValueType::from_bits(entry), type)) return fail_types(type, entry);
      continue;
    }
    const std::size_t left = entry - operand::bundle_base;
    const std::size_t run = std::min(left, count);
    count -= run;
    const ValueType* const found = bundle_list(top_[-2]).data() + (left - run);
    const ListMemo::Question match = question(found, count, run);
    if (!known_.has(match)) {
      for (std::size_t i = run; i != 0; --i)
        if (!module_.types.matches(found[i - 1], expected(count + i - 1)))
          return fail_types(expected(count + i - 1), found[i - 1].bits());
      known_.add(match);
    }
    if (run == left)
      top_ -= 2;
    else
      top_[-1] -= static_cast<std::uint32_t>(run);
  }
  return true;
}

}  // namespace plimsoll
