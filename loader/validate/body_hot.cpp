// The hot loop: an accelerator in front of the general path (body.hpp says how the two share the work).
//
// It works straight on the bytes with the operand stack's top in a register, and asks as little as it can:
//  - whether there is room: a byte here adds at most one operand or half a block, so as long as it runs over no more bytes
//    than the stacks have room for, one comparison of positions stands for all three ends;
//  - whether the bytes end: it stops `slack` bytes before the end of the input and nowhere near it reads past the body;
//  - whether the types fit: one comparison per operand with the type that the row gives; guards, bundles, unreachable code and
//    subtypes all show as a mismatch; an operand below is looked at only when the one above fits, so guards end every walk;
//  - what else could be wrong: long forms of numbers, features that are off, unusual immediates: not decided here.
// In every such case the instruction is left, untouched, to the general path.
//
// Its rows are derived from the table of instructions (hot_rows.hpp).
#include <utility>

#include "validate/hot_loop.hpp"

namespace plimsoll {

using namespace hot;

template <bool gated>
bool HotLoop::run() {
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
    HotRow row = main_page[*p++];
  dispatch:
    if (gated && ((disabled_ >> row.feature & 1U) != 0 || (checker_.constant_ && !row.is_constant))) break;
    if (row.action > Action::prefix) std::unreachable();  // so that the compiler need not ask
    switch (row.action) {
      case Action::general: break;
      case Action::nop: continue;
      case Action::unary:
        if (sp[-1] != row.first) break;
        sp[-1] = row.result;
        continue;
      case Action::binary:
        if (sp[-1] != row.second || sp[-2] != row.first) break;
        --sp;
        sp[-1] = row.result;
        continue;
      case Action::ternary:
        if (sp[-1] != row.third || sp[-2] != row.second || sp[-3] != row.first) break;
        sp -= 2;
        sp[-1] = row.result;
        continue;
      case Action::lane_unary:
        if (*p >= 16U >> row.width || sp[-1] != row.first) break;
        ++p;
        sp[-1] = row.result;
        continue;
      case Action::lane_binary:
        if (*p >= 16U >> row.width || sp[-1] != row.second || sp[-2] != row.first) break;
        ++p;
        --sp;
        sp[-1] = row.result;
        continue;
      case Action::shuffle:
        if (shuffle(p, sp, row)) continue;
        break;
      case Action::number:
        if (!skip_number(p, row.width)) break;
        *sp++ = row.result;
        continue;
      case Action::constant:
        p += row.width;
        *sp++ = row.result;
        continue;
      case Action::load:
        if (load(p, sp, row)) continue;
        break;
      case Action::store:
        if (store(p, sp, row)) continue;
        break;
      case Action::local_get:
        if (local_get(p, sp)) continue;
        break;
      case Action::local_set: {
        std::uint32_t type;
        if (!local_set(p, sp, type)) break;
        --sp;
        continue;
      }
      case Action::local_tee: {
        std::uint32_t type;
        if (!local_set(p, sp, type)) break;
        sp[-1] = type;
        continue;
      }
      case Action::global_get:
        if (gated && checker_.constant_ && !is_constant_global(p)) break;
        if (global_get(p, sp)) continue;
        break;
      case Action::global_set:
        if (global_set(p, sp)) continue;
        break;
      case Action::drop:
        if (sp[-1] >= operand::bundle_base) break;
        --sp;
        continue;
      case Action::select:
        if (sp[-1] != i32.bits() || sp[-2] - 1 > 4 || sp[-3] != sp[-2]) break;
        sp -= 2;
        continue;
      case Action::select_typed:
        if (went(select_typed({p, sp}), p, sp)) continue;
        break;
      case Action::block:
        if (enter(p, sp, FrameKind::block)) continue;
        break;
      case Action::loop:
        if (enter(p, sp, FrameKind::loop)) continue;
        break;
      case Action::if_:
        if (sp[-1] != i32.bits()) break;
        --sp;
        if (enter(p, sp, FrameKind::if_)) continue;
        ++sp;
        break;
      case Action::else_:
        if (else_branch(sp) || went(else_listed({p, sp}), p, sp)) continue;
        break;
      case Action::end:
        if (gated && checker_.constant_) {
          if (p > checker_.cursor_.end() || !closes(sp, checker_.top_frame().type())) break;
          checker_.cursor_.seek(p);
          checker_.frame_count_ = 0;
          return true;
        }
        if (end(sp)) continue;
        if (checker_.frame_count_ != 1) {
          if (went(end_listed({p, sp}), p, sp)) continue;
          break;
        }
        if (!end_function(p, sp)) break;
        checker_.frame_count_ = 0;
        return true;
      case Action::br:
        if (br(p, sp)) continue;
        break;
      case Action::br_if:
        if (br_if(p, sp)) continue;
        break;
      case Action::br_table:
        if (went(br_table({p, sp}), p, sp)) continue;
        break;
      case Action::return_:
        if (return_from(sp)) continue;
        break;
      case Action::unreachable: leave_unreachable(sp); continue;
      case Action::call:
        if (call(p, sp)) continue;
        break;
      case Action::call_indirect:
        if (call_indirect(p, sp)) continue;
        break;
      case Action::call_ref:
        if (call_ref(p, sp)) continue;
        break;
      case Action::return_call:
        if (went(return_call({p, sp}), p, sp)) continue;
        break;
      case Action::return_call_ref:
        if (went(return_call_ref({p, sp}), p, sp)) continue;
        break;
      case Action::throw_:
        if (throw_tag(p, sp)) continue;
        break;
      case Action::ref_null: {
        ValueType type;
        if (!heap_type(p, type)) break;
        *sp++ = type.with_null(true).bits();
        continue;
      }
      case Action::ref_func:
        if (ref_func(p, sp)) continue;
        break;
      case Action::ref_is_null:
        if (!is_reference(sp[-1])) break;
        sp[-1] = i32.bits();
        continue;
      case Action::ref_as_non_null:
        if (!is_reference(sp[-1])) break;
        sp[-1] = ValueType::from_bits(sp[-1]).with_null(false).bits();
        continue;
      case Action::reference_unary:
        if (!fits(sp[-1], ValueType::reference(static_cast<HeapType>(row.first), true).bits())) break;
        sp[-1] = row.result;
        continue;
      case Action::reference_binary:
        if (!fits(sp[-1], ValueType::reference(static_cast<HeapType>(row.second), true).bits()) ||
            !fits(sp[-2], ValueType::reference(static_cast<HeapType>(row.first), true).bits()))
          break;
        --sp;
        sp[-1] = row.result;
        continue;
      case Action::ref_i31:
        if (sp[-1] != i32.bits()) break;
        sp[-1] = ValueType::reference(HeapType::i31, false).bits();
        continue;
      case Action::br_on_null:
        if (went(br_on_null({p, sp}), p, sp)) continue;
        break;
      case Action::br_on_non_null:
        if (br_on_non_null(p, sp)) continue;
        break;
      case Action::br_on_cast:
        if (went(br_on_cast({p, sp}, row.width != 0), p, sp)) continue;
        break;
      case Action::ref_test: {
        ValueType target;
        if (!cast_target(p, sp, row.width != 0, target)) break;
        sp[-1] = i32.bits();
        continue;
      }
      case Action::ref_cast: {
        ValueType target;
        if (!cast_target(p, sp, row.width != 0, target)) break;
        sp[-1] = target.bits();
        continue;
      }
      case Action::any_convert_extern:
        if (went(convert({p, sp}, HeapType::extern_, HeapType::any), p, sp)) continue;
        break;
      case Action::extern_convert_any:
        if (went(convert({p, sp}, HeapType::any, HeapType::extern_), p, sp)) continue;
        break;
      case Action::struct_new:
        if (went(struct_new({p, sp}), p, sp)) continue;
        break;
      case Action::struct_new_default:
        if (went(struct_new_default({p, sp}), p, sp)) continue;
        break;
      case Action::struct_get:
        if (struct_get(p, sp, row.width != 0)) continue;
        break;
      case Action::struct_set:
        if (struct_set(p, sp)) continue;
        break;
      case Action::array_new:
        if (went(array_new({p, sp}), p, sp)) continue;
        break;
      case Action::array_new_default:
        if (went(array_new_default({p, sp}), p, sp)) continue;
        break;
      case Action::array_new_fixed:
        if (went(array_new_fixed({p, sp}), p, sp)) continue;
        break;
      case Action::array_get:
        if (array_get(p, sp, row.width != 0)) continue;
        break;
      case Action::array_set:
        if (went(array_set({p, sp}), p, sp)) continue;
        break;
      case Action::array_fill:
        if (went(array_fill({p, sp}), p, sp)) continue;
        break;
      case Action::array_copy:
        if (went(array_copy({p, sp}), p, sp)) continue;
        break;
      case Action::memory_size:
        if (*p != 0 || address_ == no_memory) break;
        ++p;
        *sp++ = address_;
        continue;
      case Action::memory_grow:
        if (*p != 0 || sp[-1] != address_) break;
        ++p;
        continue;
      case Action::memory_fill:
        if (*p != 0 || sp[-1] != address_ || sp[-2] != i32.bits() || sp[-3] != address_) break;
        ++p;
        sp -= 3;
        continue;
      case Action::memory_copy:
        if (p[0] != 0 || p[1] != 0 || sp[-1] != address_ || sp[-2] != address_ || sp[-3] != address_) break;
        p += 2;
        sp -= 3;
        continue;
      case Action::prefix: {
        std::uint32_t code;
        if (!read_index(p, code) || code >= page_size) break;
        row = pages[row.width][code];
        goto dispatch;
      }
    }
    // Perhaps it only does not see that the operand on top is in a bundle.
    if (row.action == Action::general || !operand::is_bundle(sp[-1])) break;
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
