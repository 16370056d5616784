// Rules of types, of the entries of sections and of index spaces (specification 3.0, sections 3.1 to 3.3 and 3.5), broken on purpose.
#include "mutate/breaker.hpp"

namespace plimsoll::fuzz {
namespace {

using enum ErrorCode;
using namespace type_code;

constexpr std::uint8_t table_section = 4;
constexpr std::uint8_t memory_section = 5;
constexpr std::uint8_t export_section = 7;
constexpr std::uint8_t start_section = 8;
constexpr std::uint8_t tag_section = 13;

// ---- types

bool extend_final_type(Breaker& breaker) {
  const auto super = breaker.add_type(Code().raw({structure, 0}));
  return super && breaker.add_type(Code().raw({open, 1}).u(*super).raw({structure, 0}));
}

bool extend_with_other_field(Breaker& breaker) {
  const auto super = breaker.add_type(Code().raw({open, 0, structure, 1, i32, 0}));
  return super && breaker.add_type(Code().raw({open, 1}).u(*super).raw({structure, 1, i64, 0}));
}

// Fields that can be changed must be the same, not only match.
bool extend_mutable_field(Breaker& breaker) {
  const auto super = breaker.add_type(Code().raw({open, 0, structure, 1, nullable_reference, any, 1}));
  return super && breaker.add_type(Code().raw({open, 1}).u(*super).raw({structure, 1, nullable_reference, eq, 1}));
}

bool extend_with_fewer_fields(Breaker& breaker) {
  const auto super = breaker.add_type(Code().raw({open, 0, structure, 2, i32, 0, i32, 0}));
  return super && breaker.add_type(Code().raw({open, 1}).u(*super).raw({structure, 1, i32, 0}));
}

bool extend_other_kind(Breaker& breaker) {
  const auto super = breaker.add_type(Code().raw({open, 0, structure, 0}));
  return super && breaker.add_type(Code().raw({open, 1}).u(*super).raw({array, i32, 0}));
}

bool extend_itself(Breaker& breaker) {
  const std::uint32_t own = breaker.module().types().size();
  return breaker.add_type(Code().raw({open, 1}).u(own + breaker.entropy().below(2)).raw({structure, 0})).has_value();
}

bool extend_two(Breaker& breaker) {
  const auto super = breaker.add_type(Code().raw({open, 0, structure, 0}));
  return super && breaker.add_type(Code().raw({open, 2}).u(*super).u(*super).raw({structure, 0}));
}

bool refer_to_later_type(Breaker& breaker) {
  const std::uint32_t own = breaker.module().types().size();
  return breaker.add_type(Code().raw({structure, 1, nullable_reference}).s(own + std::int64_t{1}).raw({0})).has_value();
}

// ---- index spaces: the first index beyond

template <Kind kind>
bool refer_beyond(Breaker& breaker, std::size_t count) {
  Node* const leaf = breaker.choose([](const Node& node) { return node.kind == kind; });
  if (leaf == nullptr) return false;
  set_number(*leaf, count);
  return true;
}

bool unknown_function_index(Breaker& breaker) {
  return refer_beyond<Kind::function_index>(breaker, breaker.module().functions().size());
}
bool unknown_table_index(Breaker& breaker) {
  return refer_beyond<Kind::table_index>(breaker, breaker.module().tables().size());
}
bool unknown_memory_index(Breaker& breaker) {
  return refer_beyond<Kind::memory_index>(breaker, breaker.module().memories().size());
}
bool unknown_global_index(Breaker& breaker) {
  return refer_beyond<Kind::global_index>(breaker, breaker.module().globals().size());
}
bool unknown_tag_index(Breaker& breaker) {
  return refer_beyond<Kind::tag_index>(breaker, breaker.module().tags().size());
}
bool unknown_element_index(Breaker& breaker) {
  return refer_beyond<Kind::element_index>(breaker, breaker.module().elements().size());
}
bool unknown_data_index(Breaker& breaker) {
  return refer_beyond<Kind::data_index>(breaker, breaker.module().data().size());
}
bool unknown_type_of_function(Breaker& breaker) {
  Node* const entries = open_entries(breaker.root(), 3);
  if (entries == nullptr || entries->children.empty()) return false;
  set_number(entries->children[breaker.entropy().below(entries->children.size())], breaker.module().types().size());
  return true;
}

// ---- entries

bool export_twice(Breaker& breaker) {
  Node* const entries = open_entries(breaker.root(), export_section);
  if (entries == nullptr || entries->children.empty()) return false;
  Node copy = entries->children[breaker.entropy().below(entries->children.size())];
  entries->children.push_back(std::move(copy));
  return true;
}

bool start_with_parameter(Breaker& breaker) {
  const auto function = breaker.add_function(Code().raw({type_code::function, 1, i32, 0}), Code().op(opcode("end")));
  if (!function) return false;
  if (Node* const section = find_section(breaker.root(), start_section)) {
    section->children = {number_leaf(Kind::function_index, *function)};
    return true;
  }
  insert_section(breaker.root(), {.kind = Kind::section,
                                  .bytes = {std::byte{start_section}},
                                  .children = {number_leaf(Kind::function_index, *function)}});
  return true;
}

bool can_add_memory(Breaker& breaker) {
  return breaker.module().memories().empty() || breaker.features.has(Feature::multi_memory);
}
bool can_add_table(Breaker& breaker) {
  return breaker.module().tables().empty() || breaker.features.has(Feature::reference_types);
}

bool make_memory_too_large(Breaker& breaker) {
  return can_add_memory(breaker) && breaker.add_entry(memory_section, Code().raw({0}).u(65537));
}
bool turn_memory_limits(Breaker& breaker) {
  return can_add_memory(breaker) && breaker.add_entry(memory_section, Code().raw({1, 2, 1}));
}
bool turn_table_limits(Breaker& breaker) {
  return can_add_table(breaker) && breaker.add_entry(table_section, Code().raw({func, 1, 2, 1}));
}
bool share_without_maximum(Breaker& breaker) {
  return can_add_memory(breaker) && breaker.add_entry(memory_section, Code().raw({2, 1}));
}
bool second_memory(Breaker& breaker) {
  if (breaker.features.has(Feature::multi_memory) || breaker.module().memories().empty()) return false;
  return breaker.add_entry(memory_section, Code().raw({0, 0}));
}
bool table_without_value(Breaker& breaker) {
  return breaker.add_entry(table_section, Code().raw({reference, func, 0, 1}));
}
bool tag_with_result(Breaker& breaker) {
  if (breaker.features.has(Feature::stack_switching)) return false;  // what is suspended comes back with results
  const auto type = breaker.add_type(Code().raw({type_code::function, 0, 1, i32}));
  return type && breaker.add_entry(tag_section, Code().raw({0}).u(*type));
}

// ---- constant expressions

bool compute_in_constant(Breaker& breaker) {
  const Opcode zero = opcode("i32.const");
  return breaker.add_global(Code().raw({i32, 0}).op(zero).s(1).op(zero).s(1).op(opcode("i32.div_u")).op(opcode("end")))
      .has_value();
}
bool constant_of_other_type(Breaker& breaker) {
  return breaker.add_global(Code().raw({i32, 0}).op(opcode("i64.const")).s(1).op(opcode("end"))).has_value();
}
bool constant_of_nothing(Breaker& breaker) {
  return breaker.add_global(Code().raw({i32, 0}).op(opcode("end"))).has_value();
}
bool constant_of_two(Breaker& breaker) {
  const Opcode zero = opcode("i32.const");
  return breaker.add_global(Code().raw({i32, 0}).op(zero).s(1).op(zero).s(1).op(opcode("end"))).has_value();
}
bool null_for_non_null(Breaker& breaker) {
  return breaker.add_global(Code().raw({reference, func, 0}).op(opcode("ref.null")).raw({func}).op(opcode("end")))
      .has_value();
}
bool read_mutable_in_constant(Breaker& breaker) {
  const auto global = breaker.add_global(Code().raw({i32, 1}).op(opcode("i32.const")).s(1).op(opcode("end")));
  return global && breaker.add_global(Code().raw({i32, 0}).op(opcode("global.get")).u(*global).op(opcode("end")));
}

}  // namespace

std::span<const BreakableRule> module_rules() {
  using enum Feature;
  static const std::vector<BreakableRule> rules{
      {"a subtype of a final type", {gc}, {supertype_final}, extend_final_type},
      {"a subtype whose field is of another type", {gc}, {supertype_mismatch}, extend_with_other_field},
      {"a subtype of a type with a mutable field", {gc}, {supertype_mismatch}, extend_mutable_field},
      {"a subtype with fewer fields", {gc}, {supertype_mismatch}, extend_with_fewer_fields},
      {"a subtype of another kind", {gc}, {supertype_mismatch}, extend_other_kind},
      {"a supertype that is not before it", {gc}, {ErrorCode::unknown_type}, extend_itself},
      {"two supertypes", {gc}, {too_many_supertypes}, extend_two},
      {"a type that is not there yet", {gc}, {ErrorCode::unknown_type}, refer_to_later_type},
      {"a function index", {}, {ErrorCode::unknown_function}, unknown_function_index},
      {"a table index", {}, {ErrorCode::unknown_table, zero_byte_expected, feature_required}, unknown_table_index},
      {"a memory index", {}, {ErrorCode::unknown_memory, zero_byte_expected, feature_required}, unknown_memory_index},
      {"a global index", {}, {ErrorCode::unknown_global}, unknown_global_index},
      {"a tag index", {}, {ErrorCode::unknown_tag}, unknown_tag_index},
      {"an element index", {}, {ErrorCode::unknown_element}, unknown_element_index},
      {"a data index", {}, {ErrorCode::unknown_data}, unknown_data_index},
      {"the type index of a function", {}, {ErrorCode::unknown_type}, unknown_type_of_function},
      {"an export's name twice", {}, {duplicate_export}, export_twice},
      {"the type of the start function", {}, {start_function}, start_with_parameter},
      {"the size of a memory", {}, {memory_size}, make_memory_too_large},
      {"the limits of a memory", {}, {limits_order}, turn_memory_limits},
      {"the limits of a table", {}, {limits_order}, turn_table_limits},
      {"a shared memory without a maximum", {threads}, {shared_without_maximum}, share_without_maximum},
      {"a second memory", {}, {multiple_memories}, second_memory},
      {"a table of non-null references without a value",
       {function_references},
       {type_mismatch, not_defaultable},
       table_without_value},
      {"a tag with a result", {exceptions}, {tag_results}, tag_with_result},
      {"a constant expression that computes", {}, {constant_required}, compute_in_constant},
      {"the type of a constant expression", {}, {type_mismatch}, constant_of_other_type},
      {"a constant expression without a value", {}, {type_mismatch}, constant_of_nothing},
      {"a constant expression with two values", {}, {type_mismatch}, constant_of_two},
      {"null where a reference may not be", {function_references}, {type_mismatch}, null_for_non_null},
      {"a mutable global in a constant expression",
       {},
       {constant_required, ErrorCode::unknown_global},
       read_mutable_in_constant},
  };
  return rules;
}

}  // namespace plimsoll::fuzz
