#include "smith/rows.hpp"

#include <utility>

namespace plimsoll::fuzz {
namespace {

using Group = Rows::Group;

bool is_vector(const InstructionRow& row) noexcept { return row.signature.find('v') != std::string_view::npos; }

}  // namespace

Group group_of(const InstructionRow& row) noexcept {
  switch (row.rule) {
    case Rule::plain:
      if (is_vector(row)) return Group::vector;
      return row.feature == Feature::gc || row.feature == Feature::shared_everything_threads ? Group::reference
                                                                                             : Group::number;
    case Rule::memory: return is_vector(row) ? Group::vector : Group::memory;
    case Rule::atomic: return Group::atomic;
    case Rule::memory_copy:
    case Rule::data_drop: return Group::memory;
    case Rule::table:
    case Rule::table_init:
    case Rule::table_copy:
    case Rule::elem_drop: return Group::table;
    case Rule::unreachable:
    case Rule::block:
    case Rule::loop:
    case Rule::if_:
    case Rule::else_:
    case Rule::end:
    case Rule::br:
    case Rule::br_if:
    case Rule::br_table:
    case Rule::return_: return Group::control;
    case Rule::try_:
    case Rule::catch_:
    case Rule::catch_all:
    case Rule::delegate:
    case Rule::rethrow:
    case Rule::throw_:
    case Rule::throw_ref:
    case Rule::try_table: return Group::exception;
    case Rule::call:
    case Rule::call_indirect:
    case Rule::call_ref:
    case Rule::return_call:
    case Rule::return_call_indirect:
    case Rule::return_call_ref: return Group::call;
    case Rule::drop:
    case Rule::select:
    case Rule::select_typed:
    case Rule::local_get:
    case Rule::local_set:
    case Rule::local_tee:
    case Rule::global_get:
    case Rule::global_set: return Group::variable;
    case Rule::ref_null:
    case Rule::ref_func:
    case Rule::ref_is_null:
    case Rule::ref_as_non_null:
    case Rule::br_on_null:
    case Rule::br_on_non_null:
    case Rule::ref_test:
    case Rule::ref_cast:
    case Rule::br_on_cast:
    case Rule::br_on_cast_fail:
    case Rule::any_convert_extern:
    case Rule::extern_convert_any: return Group::reference;
    case Rule::struct_new:
    case Rule::struct_new_default:
    case Rule::struct_get:
    case Rule::struct_get_packed:
    case Rule::struct_set:
    case Rule::array_new:
    case Rule::array_new_default:
    case Rule::array_new_fixed:
    case Rule::array_new_data:
    case Rule::array_new_elem:
    case Rule::array_get:
    case Rule::array_get_packed:
    case Rule::array_set:
    case Rule::array_fill:
    case Rule::array_copy:
    case Rule::array_init_data:
    case Rule::array_init_elem: return Group::aggregate;
    case Rule::struct_new_desc:
    case Rule::struct_new_default_desc:
    case Rule::ref_get_desc:
    case Rule::ref_cast_desc_eq:
    case Rule::br_on_cast_desc_eq:
    case Rule::br_on_cast_desc_eq_fail: return Group::descriptor;
    case Rule::cont_new:
    case Rule::cont_bind:
    case Rule::suspend:
    case Rule::resume:
    case Rule::resume_throw:
    case Rule::resume_throw_ref:
    case Rule::switch_: return Group::continuation;
    case Rule::atomic_get:
    case Rule::atomic_get_packed:
    case Rule::atomic_set:
    case Rule::atomic_arithmetic:
    case Rule::atomic_exchange:
    case Rule::atomic_compare: return Group::atomic_place;
  }
  std::unreachable();
}

Rows::Rows(Features features) {
  std::array<std::vector<Opcode>, group_count> all;
  for (std::size_t i = 0; i < instruction_count; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    if (features.has(row(opcode).feature)) all[static_cast<std::size_t>(group_of(row(opcode)))].push_back(opcode);
  }
  for (std::vector<Opcode>& group : all)
    if (!group.empty()) groups_.push_back(std::move(group));
}

}  // namespace plimsoll::fuzz
