// Error: why a module was refused, as a value. No text is made until somebody asks for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "plimsoll/features.hpp"

namespace plimsoll {

// What kind of refusal a code is.
enum class ErrorKind : std::uint8_t {
  malformed,  // the bytes do not follow the binary format (specification, chapter 5)
  invalid,    // they do, but break a validation rule (chapter 3)
  feature,    // they need a feature that is off
  limit,      // they pass one of `Limits`
  resource,   // memory or the file system said no: nothing is said about the module
};

// One code per reason. The wording of each (`message`) starts as the specification's tests word it.
enum class ErrorCode : std::uint8_t {
  // malformed
  unexpected_end,
  unexpected_end_of_section,
  bad_magic,
  unknown_version,
  component,
  bad_section_id,
  section_out_of_order,
  section_size_mismatch,
  length_out_of_bounds,
  integer_too_long,
  integer_too_large,
  bad_utf8,
  bad_import_kind,
  bad_export_kind,
  bad_mutability,
  bad_limits_flags,
  bad_reference_type,
  bad_heap_type,
  bad_definition_type,
  bad_block_type,
  bad_element_kind,
  bad_element_flags,
  bad_data_flags,
  bad_memory_flags,
  bad_cast_flags,
  bad_catch,
  bad_handler,
  bad_ordering,
  zero_byte_expected,
  illegal_opcode,
  end_expected,
  unexpected_else,
  too_many_locals,
  function_code_mismatch,
  data_count_mismatch,
  data_count_required,
  // invalid
  type_mismatch,
  constant_required,
  unknown_type,
  unknown_function,
  unknown_table,
  unknown_memory,
  unknown_global,
  unknown_tag,
  unknown_local,
  unknown_label,
  unknown_data,
  unknown_element,
  unknown_field,
  uninitialized_local,
  undeclared_function,
  duplicate_export,
  start_function,
  tag_results,
  not_function_type,
  not_struct_type,
  not_array_type,
  supertype_mismatch,
  supertype_final,
  too_many_supertypes,
  bad_alignment,
  atomic_alignment,
  offset_out_of_range,
  bad_lane,
  bad_select_arity,
  immutable_global,
  immutable_field,
  immutable_array,
  packed_field,
  unpacked_field,
  not_defaultable,
  array_not_numeric,
  array_types_mismatch,
  limits_order,
  memory_size,
  page_size,
  table_size,
  shared_without_maximum,
  multiple_memories,
  multiple_tables,
  bad_rethrow,
  bad_delegate,
  descriptor_outside_group,
  described_outside_group,
  described_forward,
  descriptor_not_struct,
  described_not_struct,
  descriptor_mismatch,
  described_mismatch,
  descriptor_required,
  descriptor_superfluous,
  no_descriptor,
  not_continuation_type,
  bad_cast_target,
  unshared_component,
  unshared_access,
  bad_atomic_type,
  // feature
  feature_required,
  // limit
  limit_module_size,
  limit_count,
  limit_body_size,
  limit_locals,
  limit_subtype_depth,
  // resource
  out_of_memory,
  cannot_open,
  cannot_map,
  not_a_file,
};

// What is known of one code: what `plimsoll errors` and the pages of documentation say.
struct ErrorRow {
  ErrorCode code;
  std::string_view name;  // the code's own, stable across releases
  ErrorKind kind;
  // The wording, starting as the specification's tests word it.
  std::string_view message;
  // The section of the specification (3.0) or the proposal that has the rule, if one has.
  std::string_view specification = {};
  // In sentences: what the code means, and what to do about it.
  std::string_view meaning = {};
  std::string_view mend = {};
};

// Every code, in the order of the enumeration. Static storage; thread-safe.
std::span<const ErrorRow> error_table() noexcept;

// The kind of a code. Thread-safe, constant time.
ErrorKind kind(ErrorCode code) noexcept;

// The code's own name (`type_mismatch`), stable across releases. Static storage.
std::string_view name(ErrorCode code) noexcept;

// The wording of a code, starting as the specification's tests word it. Static storage.
std::string_view message(ErrorCode code) noexcept;

// What the specification calls the section with this id; `unknown` for others. Static storage.
std::string_view section_name(std::uint8_t id) noexcept;

// What the numbers in `Error::expected` and `Error::found` are.
enum class ErrorDetail : std::uint8_t {
  none,       // both say nothing
  index,      // `found` is an index, `expected` how many entries there are
  number,     // `found` is the index of the entry at fault
  types,      // both are value types (ValueType::bits), or `Error::no_operand`; the bottom type expected: any type
  type,       // `found` is a value type
  composite,  // both are kinds of types (CompositeKind)
  arity,      // both are numbers of values
  exact,      // both are numbers that should be the same
  count,      // `found` is a number, `expected` the largest that is allowed
  minimum,    // `found` is a minimum, `expected` the maximum that stands with it
  alignment,  // both are alignments, as log2 of bytes
  byte,       // `found` is what stands there
  bytes,      // `found` are up to four bytes that stand there, the first one lowest; `expected` is how many
  opcode,     // `found` is an opcode, `expected` its prefix, or 0
  section,    // `found` is the id of a section, `expected` that of the one before, which must come later
  system,     // `found` is an errno
};

// Why a load failed. A plain value; owns nothing; valid for as long as you like.
struct Error {
  static constexpr std::uint32_t no_function = 0xFFFF'FFFF;
  static constexpr std::uint32_t no_instruction = 0xFFFF'FFFF;
  static constexpr std::uint8_t no_section = 0xFF;
  // In place of a type, with ErrorDetail::types: no operand is there, or none should be.
  static constexpr std::uint32_t no_operand = 0xFFFF'FFFF;

  ErrorCode code = ErrorCode::unexpected_end;
  ErrorDetail detail = ErrorDetail::none;
  Feature feature = Feature::none;             // the feature that would help, if one would
  std::uint8_t section = no_section;           // id of the section the offset is in
  std::uint32_t offset = 0;                    // bytes from the start of the input to the offending byte
  std::uint32_t function = no_function;        // function index, imports counted
  std::uint32_t instruction = no_instruction;  // position in the table of instructions (plimsoll/instructions.hpp)
  std::uint64_t expected = 0;
  std::uint64_t found = 0;

  friend constexpr bool operator==(const Error&, const Error&) = default;
};

// One line for people: the wording, then what was expected and found, where, and which feature would help. Does not
// repeat the offset. `function_name` is put beside the function's index, if there is one: the name section is the place to
// look for it, which a load that failed has not read. Linear in its own length; throws only std::bad_alloc.
std::string describe(const Error& error, std::string_view function_name = {});

}  // namespace plimsoll
