// Rules of instructions (specification 3.0, section 3.4), broken on purpose.
#include <algorithm>

#include "mutate/breaker.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::fuzz {
namespace {

using enum ErrorCode;
using namespace type_code;

constexpr Opcode drop = opcode("drop");
constexpr Opcode end = opcode("end");
constexpr Opcode block = opcode("block");
constexpr Opcode i32_const = opcode("i32.const");
constexpr Opcode i64_const = opcode("i64.const");
constexpr Opcode ref_null = opcode("ref.null");

// ---- operands

bool wrong_operand(Breaker& breaker) {
  return breaker.insert(Code().op(i64_const).s(1).op(opcode("i32.eqz")).op(drop));
}
bool missing_operand(Breaker& breaker) {
  return breaker.insert(Code().op(i32_const).s(1).op(opcode("i32.add")).op(drop));
}
bool value_left_over(Breaker& breaker) { return breaker.insert(Code().op(i32_const).s(1)); }
bool operand_of_outer_block(Breaker& breaker) {
  return breaker.insert(Code().op(i32_const).s(1).op(block).raw({none}).op(drop).op(end));
}
bool wrong_in_dead_code(Breaker& breaker) {
  return breaker.insert(Code().op(opcode("unreachable")).op(i64_const).s(1).op(opcode("i32.eqz")).op(drop));
}
bool result_of_other_type(Breaker& breaker) {
  return breaker.insert(Code().op(block).raw({i32}).op(i64_const).s(1).op(end).op(drop));
}
bool branch_with_other_type(Breaker& breaker) {
  return breaker.insert(Code().op(block).raw({i32}).op(i64_const).s(1).op(opcode("br")).u(0).op(end).op(drop));
}
bool branch_without_value(Breaker& breaker) {
  return breaker.insert(Code().op(block).raw({i32}).op(opcode("br")).u(0).op(end).op(drop));
}
// Neither the first nor the default one is wrong, but one between them.
bool table_of_other_labels(Breaker& breaker) {
  return breaker.insert(Code()
                            .op(block)
                            .raw({i32})
                            .op(block)
                            .raw({none})
                            .op(i32_const)
                            .s(1)
                            .op(i32_const)
                            .s(1)
                            .op(opcode("br_table"))
                            .u(2)
                            .u(1)
                            .u(0)
                            .u(1)
                            .op(end)
                            .op(i32_const)
                            .s(1)
                            .op(end)
                            .op(drop));
}
bool if_without_else(Breaker& breaker) {
  return breaker.insert(Code().op(i32_const).s(1).op(opcode("if")).raw({i32}).op(i32_const).s(1).op(end).op(drop));
}
bool wrong_argument(Breaker& breaker) {
  const auto callee = breaker.add_function(Code().raw({type_code::function, 1, i32, 0}), Code().op(end));
  return callee && breaker.insert(Code().op(i64_const).s(1).op(opcode("call")).u(*callee));
}
bool wrong_local(Breaker& breaker) {
  return breaker.insert_with_local(Code().raw({i32}), [](std::uint32_t local) {
    return Code().op(i64_const).s(1).op(opcode("local.set")).u(local);
  });
}
bool select_of_references(Breaker& breaker) {
  return breaker.insert(Code()
                            .op(ref_null)
                            .raw({func})
                            .op(ref_null)
                            .raw({func})
                            .op(i32_const)
                            .s(1)
                            .op(opcode("select", Imm::none))
                            .op(drop));
}
bool select_of_two_types(Breaker& breaker) {
  return breaker.insert(Code()
                            .op(i32_const)
                            .s(1)
                            .op(i32_const)
                            .s(1)
                            .op(i32_const)
                            .s(1)
                            .op(opcode("select", Imm::value_types))
                            .u(2)
                            .raw({i32, i32})
                            .op(drop));
}

// ---- references

bool supertype_for_subtype(Breaker& breaker) {
  return breaker.insert(Code().op(ref_null).raw({eq}).op(opcode("i31.get_s")).op(drop));
}
bool null_for_reference(Breaker& breaker) {
  return breaker.insert(Code().op(block).raw({reference, func}).op(ref_null).raw({func}).op(end).op(drop));
}
bool unrelated_struct(Breaker& breaker) {
  const auto one = breaker.add_type(Code().raw({structure, 1, i32, 0}));
  const auto other = one ? breaker.add_type(Code().raw({structure, 1, i64, 0})) : one;
  return other && breaker.insert(Code().op(ref_null).s(*other).op(opcode("struct.get")).u(*one).u(0).op(drop));
}
// Of two equal structs in groups that differ, neither is the other.
bool equal_struct_in_other_group(Breaker& breaker) {
  const auto one = breaker.add_type(Code().raw({structure, 1, i32, 0}));
  const auto other = one ? breaker.add_type(Code().raw({open, 0, structure, 1, i32, 0})) : one;
  return other && breaker.insert(Code().op(ref_null).s(*other).op(opcode("struct.get")).u(*one).u(0).op(drop));
}
bool undeclared_reference(Breaker& breaker) {
  const auto function = breaker.add_function(Code().raw({type_code::function, 0, 0}), Code().op(end));
  return function && breaker.insert(Code().op(opcode("ref.func")).u(*function).op(drop));
}
bool unset_local(Breaker& breaker) {
  return breaker.insert_with_local(Code().raw({reference, func}), [](std::uint32_t local) {
    return Code().op(opcode("local.get")).u(local).op(drop);
  });
}
// Set in a block, and read behind it.
bool local_set_in_block(Breaker& breaker) {
  return breaker.insert_with_local(Code().raw({reference, func}), [](std::uint32_t local) {
    return Code()
        .op(block)
        .raw({none})
        .op(opcode("unreachable"))
        .op(opcode("local.set"))
        .u(local)
        .op(end)
        .op(opcode("local.get"))
        .u(local)
        .op(drop);
  });
}

// ---- aggregates

std::optional<std::uint32_t> struct_of(Breaker& breaker, std::initializer_list<int> field) {
  return breaker.add_type(Code().raw({structure, 1}).raw(field));
}
bool default_of_non_null(Breaker& breaker) {
  const auto type = struct_of(breaker, {reference, func, 0});
  return type && breaker.insert(Code().op(opcode("struct.new_default")).u(*type).op(drop));
}
bool set_immutable_field(Breaker& breaker) {
  const auto type = struct_of(breaker, {i32, 0});
  return type && breaker.insert(Code().op(ref_null).s(*type).op(i32_const).s(1).op(opcode("struct.set")).u(*type).u(0));
}
bool set_immutable_array(Breaker& breaker) {
  const auto type = breaker.add_type(Code().raw({array, i32, 0}));
  return type &&
         breaker.insert(
             Code().op(ref_null).s(*type).op(i32_const).s(1).op(i32_const).s(1).op(opcode("array.set")).u(*type));
}
bool get_packed_field(Breaker& breaker) {
  const auto type = struct_of(breaker, {i8, 0});
  return type && breaker.insert(Code().op(ref_null).s(*type).op(opcode("struct.get")).u(*type).u(0).op(drop));
}
bool extend_unpacked_field(Breaker& breaker) {
  const auto type = struct_of(breaker, {i32, 0});
  return type && breaker.insert(Code().op(ref_null).s(*type).op(opcode("struct.get_s")).u(*type).u(0).op(drop));
}
bool get_field_beyond(Breaker& breaker) {
  const auto type = struct_of(breaker, {i32, 0});
  return type && breaker.insert(Code().op(ref_null).s(*type).op(opcode("struct.get")).u(*type).u(1).op(drop));
}
bool array_of_struct_type(Breaker& breaker) {
  const auto type = struct_of(breaker, {i32, 0});
  return type &&
         breaker.insert(Code().op(ref_null).s(*type).op(i32_const).s(1).op(opcode("array.get")).u(*type).op(drop));
}
bool struct_of_array_type(Breaker& breaker) {
  const auto type = breaker.add_type(Code().raw({array, i32, 0}));
  return type && breaker.insert(Code().op(opcode("struct.new_default")).u(*type).op(drop));
}
bool call_struct_type(Breaker& breaker) {
  const auto type = struct_of(breaker, {i32, 0});
  return type && breaker.insert(Code().op(ref_null).s(*type).op(opcode("call_ref")).u(*type));
}

// ---- immediates

bool set_immutable_global(Breaker& breaker) {
  const auto global = breaker.add_global(Code().raw({i32, 0}).op(i32_const).s(1).op(end));
  return global && breaker.insert(Code().op(i32_const).s(1).op(opcode("global.set")).u(*global));
}

bool align_too_much(Breaker& breaker) {
  Node* const leaf = breaker.choose([](const Node& node) { return node.kind == Kind::alignment; });
  if (leaf == nullptr) return false;
  set_number(*leaf, (number(*leaf) & 0x40) | 5);  // twice of what any instruction has
  return true;
}

bool lane_beyond(Breaker& breaker) {
  Node* const leaf =
      breaker.choose([](const Node& node) { return node.kind == Kind::lane || node.kind == Kind::lanes; });
  if (leaf == nullptr) return false;
  if (leaf->kind == Kind::lane) {
    leaf->bytes.front() = std::byte{16};
  } else {
    leaf->bytes[breaker.entropy().below(leaf->bytes.size())] = std::byte{32};
  }
  return true;
}

bool local_beyond(Breaker& breaker) {
  std::uint64_t seen = 0;  // that of the added one is the number of those before
  return breaker.insert_with_local(Code().raw({i32}), [&](std::uint32_t local) {
    seen = local + std::uint64_t{1};
    return Code().op(opcode("local.get")).u(seen).op(drop);
  });
}

// The label that is one more than there are blocks around the instruction.
bool label_beyond(Breaker& breaker) {
  Node* const expression =
      breaker.choose([](const Node& node) { return node.kind == Kind::body && !node.children.empty(); });
  if (expression == nullptr) return false;
  struct Use {
    Node* leaf;
    std::size_t depth;
  };
  std::vector<Use> uses;
  std::size_t depth = 1;
  for (Node& instruction : expression->children.back().children) {
    const InstructionRow* const row = row_of(instruction);
    if (row == nullptr) return false;
    if (row->rule != Rule::delegate && row->rule != Rule::rethrow) {
      const auto collect = [&](Node& node, const auto& self) -> void {
        if (node.kind == Kind::label) uses.push_back({&node, depth});
        for (Node& child : node.children) self(child, self);
      };
      collect(instruction, collect);
    }
    if (row->imm == Imm::block_type || row->imm == Imm::try_table) ++depth;
    if (row->rule == Rule::end || row->rule == Rule::delegate) --depth;
  }
  if (uses.empty()) return false;
  const Use& use = breaker.entropy().pick(uses);
  set_number(*use.leaf, use.depth);
  return true;
}

// An instruction in dead code, which takes whatever operands it wants, of a feature that is off.
bool feature_that_is_off(Breaker& breaker) {
  std::vector<const InstructionRow*> usable;
  for (const InstructionRow& row : instruction_table())
    if (row.imm == Imm::none && row.rule == Rule::plain && row.feature != Feature::none &&
        breaker.features.has(row.feature))
      usable.push_back(&row);
  if (usable.empty()) return false;
  const InstructionRow& row = *breaker.entropy().pick(usable);
  Options options;
  options.features = Features(breaker.features).remove(row.feature);
  if (!load(BorrowedBytes(breaker.module().bytes()), options)) return false;
  breaker.features = options.features;
  const auto number = static_cast<Opcode>(&row - instruction_table().data());
  return breaker.insert(Code().op(opcode("unreachable")).op(number).op(opcode("unreachable")));
}

}  // namespace

std::span<const BreakableRule> code_rules() {
  using enum Feature;
  static const std::vector<BreakableRule> rules{
      {"the type of an operand", {}, {type_mismatch}, wrong_operand},
      {"an operand that is not there", {}, {type_mismatch}, missing_operand},
      {"a value left over", {}, {type_mismatch}, value_left_over},
      {"an operand of the block around", {}, {type_mismatch}, operand_of_outer_block},
      {"the type of an operand in dead code", {}, {type_mismatch}, wrong_in_dead_code},
      {"the type of a result", {}, {type_mismatch}, result_of_other_type},
      {"the type that a branch takes along", {}, {type_mismatch}, branch_with_other_type},
      {"a branch without its value", {}, {type_mismatch}, branch_without_value},
      {"the labels of a br_table", {}, {type_mismatch}, table_of_other_labels},
      {"`if` with a result without `else`", {}, {type_mismatch}, if_without_else},
      {"the type of an argument", {}, {type_mismatch}, wrong_argument},
      {"the type of a local", {}, {type_mismatch}, wrong_local},
      {"`select` of references without a type", {reference_types}, {type_mismatch}, select_of_references},
      {"`select` of two types", {reference_types}, {bad_select_arity}, select_of_two_types},
      {"a supertype for a subtype", {gc}, {type_mismatch}, supertype_for_subtype},
      {"null for a reference", {function_references}, {type_mismatch}, null_for_reference},
      {"a struct for another", {gc}, {type_mismatch}, unrelated_struct},
      {"a struct for its like", {gc}, {type_mismatch}, equal_struct_in_other_group},
      {"a reference to a function that is not declared",
       {reference_types},
       {undeclared_function},
       undeclared_reference},
      {"a local that is not set", {function_references}, {uninitialized_local}, unset_local},
      {"a local that was set in a block", {function_references}, {uninitialized_local}, local_set_in_block},
      {"the default of a non-null reference", {gc}, {not_defaultable}, default_of_non_null},
      {"an immutable field", {gc}, {immutable_field}, set_immutable_field},
      {"an immutable array", {gc}, {immutable_array}, set_immutable_array},
      {"a packed field without a sign", {gc}, {packed_field}, get_packed_field},
      {"a sign for a field that is not packed", {gc}, {unpacked_field}, extend_unpacked_field},
      {"a field index", {gc}, {unknown_field}, get_field_beyond},
      {"an array of a struct type", {gc}, {not_array_type}, array_of_struct_type},
      {"a struct of an array type", {gc}, {not_struct_type}, struct_of_array_type},
      {"a call of a struct type", {gc}, {not_function_type}, call_struct_type},
      {"an immutable global", {}, {immutable_global}, set_immutable_global},
      {"an alignment", {}, {bad_alignment, atomic_alignment}, align_too_much},
      {"a lane", {simd}, {bad_lane}, lane_beyond},
      {"a local index", {}, {unknown_local}, local_beyond},
      {"a label", {}, {unknown_label}, label_beyond},
      {"a feature that is off", {}, {feature_required}, feature_that_is_off},
  };
  return rules;
}

}  // namespace plimsoll::fuzz
