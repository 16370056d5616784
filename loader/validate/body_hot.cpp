// The hot loop: an accelerator in front of the general path (body.hpp says how the two share the work).
//
// It works straight on the bytes with the operand stack's top in a register, and asks as little as it can:
//  - whether there is room: a byte here adds at most one operand or half a block, so as long as it runs over no more
//  bytes
//    than the stacks have room for, one comparison of positions stands for all three ends;
//  - whether the bytes end: it stops `slack` bytes before the end of the input and nowhere near it reads past the body;
//  - whether the types fit: one comparison per operand with the type that the row gives; guards, bundles, unreachable
//  code and
//    subtypes all show as a mismatch; an operand below is looked at only when the one above fits, so guards end every
//    walk;
//  - what else could be wrong: long forms of numbers, features that are off, unusual immediates: not decided here.
// In every such case the instruction is left, untouched, to the general path.
//
// Its rows are derived from the table of instructions (hot_rows.hpp).
#include <array>
#include <span>

#include "validate/hot_loop.hpp"

namespace plimsoll {

using namespace hot;

// The handlers are labels of one function, named after their actions: a GNU extension, which both compilers have.
struct HotHandler {
  Action action;
  const void* label;
};

// By opcode, so that one load leads to the jump: what it costs when the processor guessed the handler wrong is the time
// until it knows the right one. With one more, by action, modules take an eighth longer.
consteval std::array<const void*, 256> handlers_by_opcode(std::span<const HotHandler> handlers) {
  std::array<const void*, 256> by_opcode{};
  for (std::size_t i = 0; i < by_opcode.size(); ++i)
    by_opcode[i] = handlers[static_cast<std::size_t>(main_page[i].action)].label;
  return by_opcode;
}
consteval bool are_in_order(std::span<const HotHandler> handlers) {
  for (std::size_t i = 0; i < handlers.size(); ++i)
    if (handlers[i].action != static_cast<Action>(i)) return false;
  return handlers.size() == static_cast<std::size_t>(Action::prefix) + 1;
}

template <bool gated>
bool HotLoop::run() {
  static constexpr HotHandler handlers[] = {
      {Action::general, &&on_general},
      {Action::nop, &&on_nop},
      {Action::unary, &&on_unary},
      {Action::binary, &&on_binary},
      {Action::ternary, &&on_ternary},
      {Action::lane_unary, &&on_lane_unary},
      {Action::lane_binary, &&on_lane_binary},
      {Action::shuffle, &&on_shuffle},
      {Action::number, &&on_number},
      {Action::constant, &&on_constant},
      {Action::load, &&on_load},
      {Action::store, &&on_store},
      {Action::local_get, &&on_local_get},
      {Action::local_set, &&on_local_set},
      {Action::local_tee, &&on_local_tee},
      {Action::global_get, &&on_global_get},
      {Action::global_set, &&on_global_set},
      {Action::drop, &&on_drop},
      {Action::select, &&on_select},
      {Action::select_typed, &&on_select_typed},
      {Action::block, &&on_block},
      {Action::loop, &&on_loop},
      {Action::if_, &&on_if_},
      {Action::else_, &&on_else_},
      {Action::end, &&on_end},
      {Action::br, &&on_br},
      {Action::br_if, &&on_br_if},
      {Action::br_table, &&on_br_table},
      {Action::return_, &&on_return_},
      {Action::unreachable, &&on_unreachable},
      {Action::call, &&on_call},
      {Action::call_indirect, &&on_call_indirect},
      {Action::call_ref, &&on_call_ref},
      {Action::return_call, &&on_return_call},
      {Action::return_call_ref, &&on_return_call_ref},
      {Action::throw_, &&on_throw_},
      {Action::memory_size, &&on_memory_size},
      {Action::memory_grow, &&on_memory_grow},
      {Action::memory_fill, &&on_memory_fill},
      {Action::memory_copy, &&on_memory_copy},
      {Action::reference_unary, &&on_reference_unary},
      {Action::reference_binary, &&on_reference_binary},
      {Action::ref_null, &&on_ref_null},
      {Action::ref_func, &&on_ref_func},
      {Action::ref_is_null, &&on_ref_is_null},
      {Action::ref_as_non_null, &&on_ref_as_non_null},
      {Action::ref_i31, &&on_ref_i31},
      {Action::ref_test, &&on_ref_test},
      {Action::ref_cast, &&on_ref_cast},
      {Action::br_on_null, &&on_br_on_null},
      {Action::br_on_non_null, &&on_br_on_non_null},
      {Action::br_on_cast, &&on_br_on_cast},
      {Action::any_convert_extern, &&on_any_convert_extern},
      {Action::extern_convert_any, &&on_extern_convert_any},
      {Action::struct_new, &&on_struct_new},
      {Action::struct_new_default, &&on_struct_new_default},
      {Action::struct_get, &&on_struct_get},
      {Action::struct_set, &&on_struct_set},
      {Action::array_new, &&on_array_new},
      {Action::array_new_default, &&on_array_new_default},
      {Action::array_new_fixed, &&on_array_new_fixed},
      {Action::array_get, &&on_array_get},
      {Action::array_set, &&on_array_set},
      {Action::array_fill, &&on_array_fill},
      {Action::array_copy, &&on_array_copy},
      {Action::prefix, &&on_prefix},
  };
  static_assert(are_in_order(handlers));
  static constexpr std::array<const void*, 256> handler_of = handlers_by_opcode(handlers);

  if (checker_.module_.size < slack) return false;
  Byte p = checker_.cursor_.position();
  std::uint32_t* sp = checker_.top_;
  Byte limit = p;
  Byte start = p;
  for (;;) {
    if (p >= limit) [[unlikely]] {
      // The last instruction ran over the end of the body: the general path shall see it again, and say so.
      if (p > checker_.cursor_.end()) break;
      start = p;
      if (p >= end_of_reading_) break;
      checker_.cursor_.seek(p);
      checker_.top_ = sp;
      const std::size_t room = checker_.reserve_stretch();
      sp = checker_.top_;
      limit = p + std::min<std::size_t>(room, static_cast<std::size_t>(end_of_reading_ - p));
    }
    start = p;
    const HotRow* row = &main_page[*p++];
    if (is_refused<gated>(*row)) goto on_general;
    goto* handler_of[*start];

  on_nop:
    continue;
  on_unary:
    if (sp[-1] != row->first) goto on_general;
    sp[-1] = row->result;
    continue;
  on_binary:
    if (sp[-1] != row->second || sp[-2] != row->first) goto on_general;
    --sp;
    sp[-1] = row->result;
    continue;
  on_ternary:
    if (sp[-1] != row->third || sp[-2] != row->second || sp[-3] != row->first) goto on_general;
    sp -= 2;
    sp[-1] = row->result;
    continue;
  on_lane_unary:
    if (*p >= 16U >> row->width || sp[-1] != row->first) goto on_general;
    ++p;
    sp[-1] = row->result;
    continue;
  on_lane_binary:
    if (*p >= 16U >> row->width || sp[-1] != row->second || sp[-2] != row->first) goto on_general;
    ++p;
    --sp;
    sp[-1] = row->result;
    continue;
  on_shuffle:
    if (shuffle(p, sp, *row)) continue;
    goto on_general;
  on_number:
    if (!skip_number(p, row->width)) goto on_general;
    *sp++ = row->result;
    continue;
  on_constant:
    p += row->width;
    *sp++ = row->result;
    continue;
  on_load:
    if (load(p, sp, *row)) continue;
    goto on_general;
  on_store:
    if (store(p, sp, *row)) continue;
    goto on_general;
  on_local_get:
    if (local_get(p, sp)) continue;
    goto on_general;
  on_local_set: {
    std::uint32_t type;
    if (!local_set(p, sp, type)) goto on_general;
    --sp;
    continue;
  }
  on_local_tee: {
    std::uint32_t type;
    if (!local_set(p, sp, type)) goto on_general;
    sp[-1] = type;
    continue;
  }
  on_global_get:
    if (gated && checker_.constant_ && !is_constant_global(p)) goto on_general;
    if (global_get(p, sp)) continue;
    goto on_general;
  on_global_set:
    if (global_set(p, sp)) continue;
    goto on_general;
  on_drop:
    if (sp[-1] >= operand::bundle_base) goto on_general;
    --sp;
    continue;
  on_select:
    if (sp[-1] != i32.bits() || sp[-2] - 1 > 4 || sp[-3] != sp[-2]) goto on_general;
    sp -= 2;
    continue;
  on_select_typed:
    if (went(select_typed({p, sp}), p, sp)) continue;
    goto on_general;
  on_block:
    if (enter(p, sp, FrameKind::block)) continue;
    goto on_general;
  on_loop:
    if (enter(p, sp, FrameKind::loop)) continue;
    goto on_general;
  on_if_:
    if (sp[-1] != i32.bits()) goto on_general;
    --sp;
    if (enter(p, sp, FrameKind::if_)) continue;
    ++sp;
    goto on_general;
  on_else_:
    if (else_branch(sp) || went(else_listed({p, sp}), p, sp)) continue;
    goto on_general;
  on_end:
    if (gated && checker_.constant_) {
      if (p > checker_.cursor_.end() || !closes(sp, checker_.top_frame().type())) goto on_general;
      checker_.cursor_.seek(p);
      checker_.frame_count_ = 0;
      return true;
    }
    if (end(sp)) continue;
    if (checker_.frame_count_ != 1) {
      if (went(end_listed({p, sp}), p, sp)) continue;
      goto on_general;
    }
    if (!end_function(p, sp)) goto on_general;
    checker_.frame_count_ = 0;
    return true;
  on_br:
    if (br(p, sp)) continue;
    goto on_general;
  on_br_if:
    if (br_if(p, sp)) continue;
    goto on_general;
  on_br_table:
    if (went(br_table({p, sp}), p, sp)) continue;
    goto on_general;
  on_return_:
    if (return_from(sp)) continue;
    goto on_general;
  on_unreachable:
    leave_unreachable(sp);
    continue;
  on_call:
    if (call(p, sp)) continue;
    goto on_general;
  on_call_indirect:
    if (call_indirect(p, sp)) continue;
    goto on_general;
  on_call_ref:
    if (call_ref(p, sp)) continue;
    goto on_general;
  on_return_call:
    if (went(return_call({p, sp}), p, sp)) continue;
    goto on_general;
  on_return_call_ref:
    if (went(return_call_ref({p, sp}), p, sp)) continue;
    goto on_general;
  on_throw_:
    if (throw_tag(p, sp)) continue;
    goto on_general;
  on_ref_null: {
    ValueType type;
    if (!heap_type(p, type)) goto on_general;
    *sp++ = type.with_null(true).bits();
    continue;
  }
  on_ref_func:
    if (ref_func(p, sp)) continue;
    goto on_general;
  on_ref_is_null:
    if (!is_reference(sp[-1])) goto on_general;
    sp[-1] = i32.bits();
    continue;
  on_ref_as_non_null:
    if (!is_reference(sp[-1])) goto on_general;
    sp[-1] = ValueType::from_bits(sp[-1]).with_null(false).bits();
    continue;
  on_reference_unary:
    if (!fits(sp[-1], ValueType::reference(static_cast<HeapType>(row->first), true).bits())) goto on_general;
    sp[-1] = row->result;
    continue;
  on_reference_binary:
    if (!fits(sp[-1], ValueType::reference(static_cast<HeapType>(row->second), true).bits()) ||
        !fits(sp[-2], ValueType::reference(static_cast<HeapType>(row->first), true).bits()))
      goto on_general;
    --sp;
    sp[-1] = row->result;
    continue;
  on_ref_i31:
    if (sp[-1] != i32.bits()) goto on_general;
    sp[-1] = ValueType::reference(HeapType::i31, false).bits();
    continue;
  on_br_on_null:
    if (went(br_on_null({p, sp}), p, sp)) continue;
    goto on_general;
  on_br_on_non_null:
    if (br_on_non_null(p, sp)) continue;
    goto on_general;
  on_br_on_cast:
    if (went(br_on_cast({p, sp}, row->width != 0), p, sp)) continue;
    goto on_general;
  on_ref_test: {
    ValueType target;
    if (!cast_target(p, sp, row->width != 0, target)) goto on_general;
    sp[-1] = i32.bits();
    continue;
  }
  on_ref_cast: {
    ValueType target;
    if (!cast_target(p, sp, row->width != 0, target)) goto on_general;
    sp[-1] = target.bits();
    continue;
  }
  on_any_convert_extern:
    if (went(convert({p, sp}, HeapType::extern_, HeapType::any), p, sp)) continue;
    goto on_general;
  on_extern_convert_any:
    if (went(convert({p, sp}, HeapType::any, HeapType::extern_), p, sp)) continue;
    goto on_general;
  on_struct_new:
    if (went(struct_new({p, sp}), p, sp)) continue;
    goto on_general;
  on_struct_new_default:
    if (went(struct_new_default({p, sp}), p, sp)) continue;
    goto on_general;
  on_struct_get:
    if (struct_get(p, sp, row->width != 0)) continue;
    goto on_general;
  on_struct_set:
    if (struct_set(p, sp)) continue;
    goto on_general;
  on_array_new:
    if (went(array_new({p, sp}), p, sp)) continue;
    goto on_general;
  on_array_new_default:
    if (went(array_new_default({p, sp}), p, sp)) continue;
    goto on_general;
  on_array_new_fixed:
    if (went(array_new_fixed({p, sp}), p, sp)) continue;
    goto on_general;
  on_array_get:
    if (array_get(p, sp, row->width != 0)) continue;
    goto on_general;
  on_array_set:
    if (went(array_set({p, sp}), p, sp)) continue;
    goto on_general;
  on_array_fill:
    if (went(array_fill({p, sp}), p, sp)) continue;
    goto on_general;
  on_array_copy:
    if (went(array_copy({p, sp}), p, sp)) continue;
    goto on_general;
  on_memory_size:
    if (*p != 0 || address_ == no_memory) goto on_general;
    ++p;
    *sp++ = address_;
    continue;
  on_memory_grow:
    if (*p != 0 || sp[-1] != address_) goto on_general;
    ++p;
    continue;
  on_memory_fill:
    if (*p != 0 || sp[-1] != address_ || sp[-2] != i32.bits() || sp[-3] != address_) goto on_general;
    ++p;
    sp -= 3;
    continue;
  on_memory_copy:
    if (p[0] != 0 || p[1] != 0 || sp[-1] != address_ || sp[-2] != address_ || sp[-3] != address_) goto on_general;
    p += 2;
    sp -= 3;
    continue;
  on_prefix: {
    std::uint32_t code;
    if (!read_index(p, code) || code >= page_size) goto on_general;
    row = &pages[row->width][code];
    if (is_refused<gated>(*row)) goto on_general;
    goto* handlers[static_cast<std::size_t>(row->action)].label;
  }

  on_general:
    // Perhaps it only does not see that the operand on top is in a bundle.
    if (row->action == Action::general || !operand::is_bundle(sp[-1])) break;
    sp = open_bundle(sp);
    p = start;
  }
  checker_.cursor_.seek(start);
  checker_.top_ = sp;
  return false;
}

bool BodyChecker::run_hot() {
  const bool gated = constant_ || (needed_features & ~module_.features.bits()) != 0;
  return gated ? HotLoop(*this).run<true>() : HotLoop(*this).run<false>();
}

}  // namespace plimsoll
