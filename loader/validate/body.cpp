// The body checker's general path: stepping, operands, and the rules that a signature gives.
#include "validate/body.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "instr/decode.hpp"
#include "instr/signature.hpp"
#include "types/read_types.hpp"

namespace plimsoll {
namespace {

wide::Vectors vectors_for(BodyPath path) noexcept {
  switch (path) {
    case BodyPath::fastest:
    case BodyPath::wide: return wide::best_vectors();
    case BodyPath::wide_avx2: return std::min(wide::best_vectors(), wide::Vectors::avx2);
    case BodyPath::portable:
    case BodyPath::general: return wide::Vectors::none;
  }
  return wide::Vectors::none;
}

}  // namespace

BodyChecker::BodyChecker(const BodyContext& context)
    : module_(context.module), limits_(context.limits), declared_(context.declared), memory_(context.memory),
      is_general_(context.path == BodyPath::general), vectors_(vectors_for(context.path)),
      least_wide_(context.path == BodyPath::fastest ? wide::least_body(vectors_) : 0),
      exact_types_(module_.features.has(Feature::custom_descriptors)),
      cursor_(module_.base, module_.base, module_.base), stacks_(memory_), locals_(memory_), known_(memory_) {}

bool BodyChecker::fail(const Error& error) noexcept {
  if (!failed_) {
    failed_ = true;
    error_ = error;
    error_.function = function_;
  }
  return false;
}

bool BodyChecker::fail_at(ErrorCode code, std::uint32_t offset) noexcept {
  Error error;
  error.code = code;
  error.offset = offset;
  error.instruction = static_cast<std::uint32_t>(instruction_.opcode);
  return fail(error);
}

bool BodyChecker::fail_detail(ErrorCode code, std::uint32_t offset, ErrorDetail detail, std::uint64_t found,
                              std::uint64_t expected, Feature feature) noexcept {
  Error error;
  error.code = code;
  error.offset = offset;
  error.instruction = static_cast<std::uint32_t>(instruction_.opcode);
  error.detail = detail;
  error.found = found;
  error.expected = expected;
  error.feature = feature;
  return fail(error);
}

bool BodyChecker::fail_index(ErrorCode code, std::uint32_t offset, std::uint32_t index, std::size_t count) noexcept {
  return fail_detail(code, offset, ErrorDetail::index, index, count);
}

bool BodyChecker::fail_types(ValueType expected, std::uint32_t found) noexcept {
  return fail_detail(ErrorCode::type_mismatch, instruction_.offset, ErrorDetail::types,
                     operand::is_guard(found) ? operand::nothing : found, expected.bits());
}

// Two lists that should match and do not: their lengths, or the first types that differ.
bool BodyChecker::fail_lists(std::span<const ValueType> expected, std::span<const ValueType> found) noexcept {
  if (expected.size() != found.size())
    return fail_detail(ErrorCode::type_mismatch, instruction_.offset, ErrorDetail::arity, found.size(),
                       expected.size());
  std::size_t i = 0;
  while (i + 1 < expected.size() && module_.types.matches(found[i], expected[i])) ++i;
  return fail_types(expected[i], found[i].bits());
}

// The type in an immediate is not of the kind that the instruction is for.
bool BodyChecker::fail_kind(unsigned which, CompositeKind expected) noexcept {
  const auto code = [expected] {
    if (expected == CompositeKind::struct_) return ErrorCode::not_struct_type;
    return expected == CompositeKind::array ? ErrorCode::not_array_type : ErrorCode::not_function_type;
  };
  return fail_detail(code(), instruction_.index_offset[which], ErrorDetail::composite,
                     static_cast<std::uint64_t>(module_.types[instruction_.index[which]].kind()),
                     static_cast<std::uint64_t>(expected));
}

// --- The whole of a body --------------------------------------------------------------------------------------------

void BodyChecker::reset_stacks() {
  constexpr std::size_t first_words = 512;
  stacks_.reserve(0, 0, first_words, 0);
  top_ = stacks_.operands();
  frame_count_ = 0;
  failed_ = false;
}

bool BodyChecker::check_function(std::uint32_t function, ByteRange body) {
  function_ = function;
  function_type_ = module_.functions[function];
  constant_ = false;
  body_ = body;
  shared_ = module_.types[function_type_].is_shared != 0;
  cursor_ = Cursor(module_.base, module_.base + body.offset, module_.base + body.offset + body.size);
  reset_stacks();
  // Declarations and writes of locals take two bytes at least: what bounds what is kept of them.
  locals_.begin(module_.types.parameters(function_type_), std::min(limits_.locals, body.size / 2));
  if (!read_locals()) return false;
  if (vectors_ != wide::Vectors::none && is_accepted_wide()) return true;
  push_frame(FrameKind::function, block::function_bit | function_type_);
  return run();
}

bool BodyChecker::is_accepted_wide() {
  if (cursor_.remaining() < least_wide_ || shared_ || module_.size - body_.offset - body_.size < wide::lookahead)
    return false;
  if (wide_pause_ != 0) {
    --wide_pause_;
    return false;
  }
  if (!wide_) wide_.emplace(module_, vectors_);
  if (wide_->accepts(cursor_.position(), cursor_.end(), function_type_, locals_, stacks_)) {
    wide_refusals_ = 0;
    return true;
  }
  reset_stacks();
  // Where most bodies are not for it, the time is better spent: after two refusals in a row one body goes without, then
  // 3, 7 ... 31.
  if (least_wide_ != 0) {
    wide_refusals_ = std::min(wide_refusals_ + 1, 6U);
    wide_pause_ = (1U << (wide_refusals_ - 1)) - 1;
  }
  return false;
}

bool BodyChecker::read_locals() {
  instruction_.opcode = no_opcode;
  const std::uint32_t runs = cursor_.length();
  std::uint64_t total = locals_.size();
  for (std::uint32_t i = 0; i < runs && cursor_.ok(); ++i) {
    const std::uint32_t at = cursor_.offset();
    const std::uint32_t count = cursor_.u32();
    const std::uint32_t type_at = cursor_.offset();
    ValueType type = read_value_type(cursor_, module_.features);
    total += count;
    if (total > 0xFFFF'FFFF) {
      cursor_.fail_count(ErrorCode::too_many_locals, at, total, 0xFFFF'FFFF);
    } else if (total > limits_.locals) {
      cursor_.fail_count(ErrorCode::limit_locals, at, total, limits_.locals);
    } else if (cursor_.ok() && resolve(module_, cursor_, type, type_at)) {
      if (shared_ && !module_.types.is_shared(type)) return fail_at(ErrorCode::unshared_access, type_at);
      locals_.add(count, type);
    }
  }
  return cursor_.ok() || fail(cursor_.error());
}

bool BodyChecker::check_constant(Cursor& cursor, ValueType expected, std::uint32_t visible_globals) {
  function_ = Error::no_function;
  constant_ = true;
  shared_ = false;
  visible_globals_ = visible_globals;
  cursor_ = cursor;
  reset_stacks();
  push_frame(FrameKind::function, expected.bits());
  while (frame_count_ != 0 && (is_general_ || !run_hot()))
    if (!step()) break;
  if (failed_) {
    cursor.fail(error_);
    return false;
  }
  cursor.seek(cursor_.position());
  return true;
}

bool BodyChecker::run() {
  while (frame_count_ != 0) {
    if (!shared_ && !is_general_ && run_hot()) return true;
    if (!step()) return false;
  }
  if (cursor_.at_end()) return true;
  instruction_.opcode = no_opcode;
  return fail_detail(ErrorCode::section_size_mismatch, cursor_.offset(), ErrorDetail::exact, body_.size,
                     cursor_.offset() - body_.offset);
}

bool BodyChecker::step() {
  if (cursor_.at_end()) {
    cursor_.fail(constant_ ? ErrorCode::unexpected_end_of_section : ErrorCode::end_expected, cursor_.offset());
    return fail(cursor_.error());
  }
  if (!decode_instruction(cursor_, module_.features, true, instruction_)) return fail_decoding();
  return (!constant_ || check_constant_instruction()) && (!shared_ || check_shared()) && dispatch();
}

// The cursor's error, and in which instruction.
bool BodyChecker::fail_decoding() noexcept {
  Error error = cursor_.error();
  error.instruction = static_cast<std::uint32_t>(instruction_.opcode);
  return fail(error);
}

bool BodyChecker::check_constant_instruction() noexcept {
  const InstructionRow& row = plimsoll::row(instruction_.opcode);
  if (row.rule == Rule::else_) return fail(ErrorCode::unexpected_else);  // by the grammar it is part of an `if`
  if (row.constant == Const::yes) return true;
  const bool extended = row.constant == Const::extended;
  if (extended && module_.features.has(Feature::extended_const)) return true;
  return fail_detail(ErrorCode::constant_required, instruction_.offset, ErrorDetail::none, 0, 0,
                     extended ? Feature::extended_const : Feature::none);
}

// --- Operands -------------------------------------------------------------------------------------------------------

void BodyChecker::reserve_words(std::size_t extra) {
  const std::size_t used = operand_count();
  stacks_.reserve(used, frame_count_, extra, cursor_.remaining());
  top_ = stacks_.operands() + used;
}

// Room for a stretch of the hot loop; over how many bytes it may run now.
std::size_t BodyChecker::reserve_stretch() {
  constexpr std::size_t stretch = 96;
  reserve_words(stretch);
  // A block takes two bytes and three words; nothing takes more a byte. The last one to start may be a block.
  constexpr std::size_t block_words = 1 + Stacks::frame_words;
  return (stacks_.free_words(operand_count(), frame_count_) - block_words) * 2 / block_words;
}

void BodyChecker::push_entry(std::uint32_t entry) {
  if (stacks_.free_words(operand_count(), frame_count_) == 0) reserve_words(1);
  *top_++ = entry;
}

void BodyChecker::push(ValueType type) { push_entry(type.bits()); }

std::span<const ValueType> BodyChecker::bundle_list(std::uint32_t which) const noexcept {
  return (which & 1U) != 0 ? module_.types.results(which >> 1) : module_.types.parameters(which >> 1);
}

bool BodyChecker::pop_any(ValueType& type) {
  const std::uint32_t entry = top_[-1];
  if (operand::is_guard(entry)) {
    type = bottom;
    return operand::is_unreachable(entry) || fail_types(bottom, entry);
  }
  if (operand::is_bundle(entry)) {
    const std::uint32_t left = entry - operand::bundle_base - 1;
    type = bundle_list(top_[-2])[left];
    if (left == 0)
      top_ -= 2;
    else
      --top_[-1];
    return true;
  }
  type = ValueType::from_bits(entry);
  --top_;
  return true;
}

bool BodyChecker::pop(ValueType expected) {
  const std::uint32_t entry = top_[-1];
  if (operand::is_guard(entry)) return operand::is_unreachable(entry) || fail_types(expected, entry);
  ValueType type = ValueType::from_bits(entry);
  if (operand::is_bundle(entry))
    pop_any(type);
  else
    --top_;
  return module_.types.matches(type, expected) || fail_types(expected, type.bits());
}

bool BodyChecker::pop_reference(ValueType& type) {
  const std::uint32_t entry = top_[-1];
  if (operand::is_guard(entry) && !operand::is_unreachable(entry)) return fail_types(bottom_reference, entry);
  pop_any(type);
  if (type.is_bottom()) type = bottom_reference;
  return type.is_reference() || fail_types(bottom_reference, type.bits());
}

// What the bundle at `entry` has for the end of `expected`.
BodyChecker::Run BodyChecker::bundle_run(const std::uint32_t* entry,
                                         std::span<const ValueType> expected) const noexcept {
  const std::size_t left = *entry - operand::bundle_base;
  const std::size_t count = std::min(left, expected.size());
  return {bundle_list(entry[-1]).subspan(left - count, count), expected.last(count)};
}

bool BodyChecker::fail_run(const Run& run) noexcept {
  for (std::size_t i = run.found.size(); i != 0; --i)
    if (!module_.types.matches(run.found[i - 1], run.expected[i - 1]))
      return fail_types(run.expected[i - 1], run.found[i - 1].bits());
  std::unreachable();
}

// Whether each type of `sub` matches its counterpart in `super`, for lists of the type store. Long ones are compared
// once.
bool BodyChecker::lists_match(std::span<const ValueType> sub, std::span<const ValueType> super) {
  if (sub.size() != super.size()) return false;
  const ListMemo::Question question = ListMemo::lists(sub.data(), super.data(), sub.size());
  if (known_.has(question)) return true;
  if (!module_.types.all_match(sub, super)) return false;
  known_.add(question);
  return true;
}

bool BodyChecker::pop_types(std::span<const ValueType> types) {
  return pop_many(
      types.size(), [&](std::size_t i) { return types[i]; },
      [&](const ValueType* found, std::size_t first, std::size_t count) {
        return ListMemo::lists(found, types.data() + first, count);
      });
}

// The first `count` types of a list: one by one if they are few, else as a bundle.
void BodyChecker::push_list(std::uint32_t which, std::size_t count) {
  if (count <= 2) {
    for (const ValueType type : bundle_list(which).first(count)) push(type);
    return;
  }
  push_entry(which);
  push_entry(operand::bundle_base | static_cast<std::uint32_t>(count));
}

// Like pop_types, but pops nothing.
bool BodyChecker::peek_types(std::span<const ValueType> types) {
  // A list that one instruction asks for again is compared with the same operands.
  const ListMemo::Question again = ListMemo::at(instruction_.offset, types.data(), types.size());
  if (known_.has(again)) return true;
  const std::span<const ValueType> all = types;
  const std::uint32_t* entry = top_ - 1;
  while (!types.empty()) {
    if (operand::is_guard(*entry)) {
      if (!operand::is_unreachable(*entry)) return fail_types(types.back(), *entry);
      break;
    }
    if (operand::is_bundle(*entry)) {
      const Run run = bundle_run(entry, types);
      if (!lists_match(run.found, run.expected)) return fail_run(run);
      if (run.found.size() == all.size()) return true;  // remembered without the instruction
      types = types.first(types.size() - run.found.size());
      entry -= 2;
    } else {
      const ValueType type = ValueType::from_bits(*entry--);
      if (!module_.types.matches(type, types.back())) return fail_types(types.back(), type.bits());
      types = types.first(types.size() - 1);
    }
  }
  known_.add(again);
  return true;
}

void BodyChecker::set_unreachable() noexcept {
  top_ = stacks_.operands() + top_frame().height;
  top_[-1] |= operand::unreachable_bit;
}

// --- Looking things up ----------------------------------------------------------------------------------------------

bool BodyChecker::resolve(const ModuleData& module, Cursor& cursor, ValueType& type, std::uint32_t at) noexcept {
  if (!type.is_reference() || !type.is_concrete()) return true;
  if (type.type_index() >= module.types.size())
    return cursor.fail_index(ErrorCode::unknown_type, at, type.type_index(), module.types.size());
  type = module.types.canonical(type);
  return true;
}

bool BodyChecker::resolve(ValueType& type, std::uint32_t at) {
  return resolve(module_, cursor_, type, at) || fail_decoding();
}

const Memory* BodyChecker::find_memory(unsigned which, std::uint32_t index) noexcept {
  if (module_.memories.has(index)) return &module_.memories[index];
  instruction_.index[which] = index;
  fail_index(ErrorCode::unknown_memory, which, module_.memories.size());
  return nullptr;
}

const TableRecord* BodyChecker::find_table(unsigned which) noexcept {
  if (module_.tables.has(instruction_.index[which])) return &module_.tables[instruction_.index[which]];
  fail_index(ErrorCode::unknown_table, which, module_.tables.size());
  return nullptr;
}

bool BodyChecker::find_data(unsigned which) noexcept {
  if (!module_.data_count) return fail(ErrorCode::data_count_required);
  return instruction_.index[which] < *module_.data_count ||
         fail_index(ErrorCode::unknown_data, which, *module_.data_count);
}

const ElementRecord* BodyChecker::find_element(unsigned which) noexcept {
  if (instruction_.index[which] < module_.elements.size()) return &module_.elements[instruction_.index[which]];
  fail_index(ErrorCode::unknown_element, which, module_.elements.size());
  return nullptr;
}

// --- Rules by signature ---------------------------------------------------------------------------------------------

bool BodyChecker::check_alignment() {
  const InstructionRow& row = plimsoll::row(instruction_.opcode);
  const bool exact = row.rule == Rule::atomic;
  if (exact ? instruction_.align == row.width : instruction_.align <= row.width) return true;
  return fail_detail(exact ? ErrorCode::atomic_alignment : ErrorCode::bad_alignment, instruction_.target_offset,
                     ErrorDetail::alignment, instruction_.align, row.width);
}

bool BodyChecker::check_offset(const Memory& memory) {
  constexpr std::uint64_t most = 0xFFFF'FFFF;
  if (memory.limits.is_64 || instruction_.value <= most) return true;
  return fail_detail(ErrorCode::offset_out_of_range, instruction_.index_offset[0], ErrorDetail::count,
                     instruction_.value, most);
}

bool BodyChecker::check_lanes() {
  const InstructionRow& row = plimsoll::row(instruction_.opcode);
  if (row.imm == Imm::shuffle) {
    for (unsigned i = 0; i < 16; ++i)
      if (const auto lane = std::to_integer<unsigned>(instruction_.bytes[i]); lane >= 32)
        return fail_detail(ErrorCode::bad_lane, cursor_.offset() - 16 + i, ErrorDetail::count, lane, 31);
  } else if (row.imm == Imm::lane || row.imm == Imm::memarg_lane) {
    const std::uint32_t lanes = 16U >> row.width;
    if (instruction_.index[0] >= lanes)  // the lane is the last byte
      return fail_detail(ErrorCode::bad_lane, cursor_.offset() - 1, ErrorDetail::count, instruction_.index[0],
                         lanes - 1);
  }
  return true;
}

bool BodyChecker::rule_signature() {
  const InstructionRow& row = plimsoll::row(instruction_.opcode);
  if (row.rule == Rule::table) {
    const TableRecord* table = find_table(0);
    return table != nullptr && apply_signature(row.signature, table->address_type(), table->element);
  }
  ValueType address;
  if (row.rule == Rule::memory || row.rule == Rule::atomic) {
    const bool has_memarg = row.imm == Imm::memarg || row.imm == Imm::memarg_lane;
    const unsigned which = has_memarg || row.imm == Imm::data_memory ? 1 : 0;
    if (has_memarg && !check_alignment()) return false;
    if (row.imm == Imm::data_memory && !find_data(0)) return false;
    const Memory* memory = find_memory(which, has_memarg ? instruction_.memory : instruction_.index[which]);
    if (memory == nullptr) return false;
    if (has_memarg && !check_offset(*memory)) return false;
    address = memory->limits.address_type();
  }
  return check_lanes() && apply_signature(row.signature, address, bottom);
}

bool BodyChecker::apply_signature(std::string_view signature, ValueType address, ValueType element) {
  const std::size_t colon = signature.find(':');
  ValueType reference = bottom;  // what E, I or A was
  for (std::size_t i = colon; i != 0; --i) {
    const char letter = signature[i - 1];
    const ValueType type = signature_type(letter, address, element);
    if (letter != 'E' && letter != 'I' && letter != 'A') {
      if (!pop(type)) return false;
      continue;
    }
    ValueType found;
    if (!pop_as_shared(type, found)) return false;
    if (!reference.is_bottom() && !module_.types.same_share(reference, found)) return fail_types(type, found.bits());
    reference = found;
  }
  for (const char letter : signature.substr(colon + 1)) push(signature_type(letter, address, element));
  return true;
}

// --- One instruction ------------------------------------------------------------------------------------------------

bool BodyChecker::dispatch() {
  switch (row(instruction_.opcode).rule) {
    case Rule::plain:
    case Rule::memory:
    case Rule::atomic:
    case Rule::table: return rule_signature();
    case Rule::unreachable: set_unreachable(); return true;
    case Rule::block: return enter_block(FrameKind::block);
    case Rule::loop: return enter_block(FrameKind::loop);
    case Rule::if_: return pop(i32) && enter_block(FrameKind::if_);
    case Rule::else_: return rule_else();
    case Rule::end: return rule_end();
    case Rule::try_: return enter_block(FrameKind::try_);
    case Rule::catch_: return rule_catch(false);
    case Rule::catch_all: return rule_catch(true);
    case Rule::delegate: return rule_delegate();
    case Rule::rethrow: return rule_rethrow();
    case Rule::throw_: return rule_throw();
    case Rule::throw_ref: return rule_throw_ref();
    case Rule::try_table: return rule_try_table();
    case Rule::br: return rule_br();
    case Rule::br_if: return rule_br_if();
    case Rule::br_table: return rule_br_table();
    case Rule::return_: return rule_return();
    case Rule::call: return rule_call(false);
    case Rule::call_indirect: return rule_call_indirect(false);
    case Rule::call_ref: return rule_call_ref(false);
    case Rule::return_call: return rule_call(true);
    case Rule::return_call_indirect: return rule_call_indirect(true);
    case Rule::return_call_ref: return rule_call_ref(true);
    case Rule::drop: return rule_drop();
    case Rule::select: return rule_select();
    case Rule::select_typed: return rule_select_typed();
    case Rule::local_get: return rule_local_get();
    case Rule::local_set: return rule_local_set(false);
    case Rule::local_tee: return rule_local_set(true);
    case Rule::global_get: return rule_global_get();
    case Rule::global_set: return rule_global_set();
    case Rule::memory_copy: return rule_memory_copy();
    case Rule::data_drop: return find_data(0);
    case Rule::table_init: return rule_table_init();
    case Rule::table_copy: return rule_table_copy();
    case Rule::elem_drop: return find_element(0) != nullptr;
    case Rule::ref_null: return rule_ref_null();
    case Rule::ref_func: return rule_ref_func();
    case Rule::ref_is_null: return rule_ref_is_null();
    case Rule::ref_as_non_null: return rule_ref_as_non_null();
    case Rule::br_on_null: return rule_br_on_null();
    case Rule::br_on_non_null: return rule_br_on_non_null();
    case Rule::ref_test: return rule_ref_test(false);
    case Rule::ref_cast: return rule_ref_test(true);
    case Rule::br_on_cast: return rule_br_on_cast(false, false);
    case Rule::br_on_cast_fail: return rule_br_on_cast(true, false);
    case Rule::any_convert_extern: return rule_convert(HeapType::extern_, HeapType::any);
    case Rule::extern_convert_any: return rule_convert(HeapType::any, HeapType::extern_);
    case Rule::struct_new: return rule_struct_new(false, false);
    case Rule::struct_new_default: return rule_struct_new(true, false);
    case Rule::struct_get: return rule_struct_get(false);
    case Rule::struct_get_packed: return rule_struct_get(true);
    case Rule::struct_set: return rule_struct_set();
    case Rule::array_new: return rule_array_new(false);
    case Rule::array_new_default: return rule_array_new(true);
    case Rule::array_new_fixed: return rule_array_new_fixed();
    case Rule::array_new_data: return rule_array_new_data();
    case Rule::array_new_elem: return rule_array_new_elem();
    case Rule::array_get: return rule_array_get(false);
    case Rule::array_get_packed: return rule_array_get(true);
    case Rule::array_set: return rule_array_set();
    case Rule::array_fill: return rule_array_fill();
    case Rule::array_copy: return rule_array_copy();
    case Rule::array_init_data: return rule_array_init_data();
    case Rule::array_init_elem: return rule_array_init_elem();
    case Rule::struct_new_desc: return rule_struct_new(false, true);
    case Rule::struct_new_default_desc: return rule_struct_new(true, true);
    case Rule::ref_get_desc: return rule_ref_get_desc();
    case Rule::ref_cast_desc_eq: return rule_ref_cast_desc_eq();
    case Rule::br_on_cast_desc_eq: return rule_br_on_cast(false, true);
    case Rule::br_on_cast_desc_eq_fail: return rule_br_on_cast(true, true);
    case Rule::cont_new: return rule_cont_new();
    case Rule::cont_bind: return rule_cont_bind();
    case Rule::suspend: return rule_suspend();
    case Rule::resume: return rule_resume();
    case Rule::resume_throw: return rule_resume_throw();
    case Rule::resume_throw_ref: return rule_resume_throw_ref();
    case Rule::switch_: return rule_switch();
    case Rule::atomic_get:
    case Rule::atomic_get_packed:
    case Rule::atomic_set:
    case Rule::atomic_arithmetic:
    case Rule::atomic_exchange:
    case Rule::atomic_compare: return rule_atomic(row(instruction_.opcode).rule);
  }
  std::unreachable();
}

}  // namespace plimsoll
