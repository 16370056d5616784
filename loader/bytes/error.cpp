// The table of error codes: name, kind and wording of each, in the order of the enumeration.
#include "plimsoll/error.hpp"

#include <array>
#include <cstddef>

namespace plimsoll {
namespace {

struct ErrorRow {
  ErrorCode code;
  std::string_view name;
  ErrorKind kind;
  std::string_view message;
};

constexpr ErrorKind malformed = ErrorKind::malformed;
constexpr ErrorKind invalid = ErrorKind::invalid;
constexpr ErrorKind limit = ErrorKind::limit;
constexpr ErrorKind resource = ErrorKind::resource;

constexpr std::array error_rows = {
    ErrorRow{ErrorCode::unexpected_end, "unexpected_end", malformed, "unexpected end"},
    ErrorRow{ErrorCode::unexpected_end_of_section, "unexpected_end_of_section", malformed,
             "unexpected end of section or function"},
    ErrorRow{ErrorCode::bad_magic, "bad_magic", malformed, "magic header not detected"},
    ErrorRow{ErrorCode::unknown_version, "unknown_version", malformed, "unknown binary version"},
    ErrorRow{ErrorCode::component, "component", malformed,
             "unknown binary version: this is a component, not a core module"},
    ErrorRow{ErrorCode::bad_section_id, "bad_section_id", malformed, "malformed section id"},
    ErrorRow{ErrorCode::section_out_of_order, "section_out_of_order", malformed,
             "unexpected content after last section"},
    ErrorRow{ErrorCode::section_size_mismatch, "section_size_mismatch", malformed, "section size mismatch"},
    ErrorRow{ErrorCode::length_out_of_bounds, "length_out_of_bounds", malformed, "length out of bounds"},
    ErrorRow{ErrorCode::integer_too_long, "integer_too_long", malformed, "integer representation too long"},
    ErrorRow{ErrorCode::integer_too_large, "integer_too_large", malformed, "integer too large"},
    ErrorRow{ErrorCode::bad_utf8, "bad_utf8", malformed, "malformed UTF-8 encoding"},
    ErrorRow{ErrorCode::bad_import_kind, "bad_import_kind", malformed, "malformed import kind"},
    ErrorRow{ErrorCode::bad_export_kind, "bad_export_kind", malformed, "malformed export kind"},
    ErrorRow{ErrorCode::bad_mutability, "bad_mutability", malformed, "malformed mutability"},
    ErrorRow{ErrorCode::bad_limits_flags, "bad_limits_flags", malformed, "malformed limits flags"},
    ErrorRow{ErrorCode::bad_reference_type, "bad_reference_type", malformed, "malformed reference type"},
    ErrorRow{ErrorCode::bad_heap_type, "bad_heap_type", malformed, "malformed heap type"},
    ErrorRow{ErrorCode::bad_definition_type, "bad_definition_type", malformed, "malformed definition type"},
    ErrorRow{ErrorCode::bad_block_type, "bad_block_type", malformed, "malformed block type"},
    ErrorRow{ErrorCode::bad_element_kind, "bad_element_kind", malformed, "malformed element kind"},
    ErrorRow{ErrorCode::bad_element_flags, "bad_element_flags", malformed, "malformed elements segment kind"},
    ErrorRow{ErrorCode::bad_data_flags, "bad_data_flags", malformed, "malformed data segment kind"},
    ErrorRow{ErrorCode::bad_memory_flags, "bad_memory_flags", malformed, "malformed memop flags"},
    ErrorRow{ErrorCode::bad_cast_flags, "bad_cast_flags", malformed, "malformed br_on_cast flags"},
    ErrorRow{ErrorCode::bad_catch, "bad_catch", malformed, "malformed catch clause"},
    ErrorRow{ErrorCode::zero_byte_expected, "zero_byte_expected", malformed, "zero byte expected"},
    ErrorRow{ErrorCode::illegal_opcode, "illegal_opcode", malformed, "illegal opcode"},
    ErrorRow{ErrorCode::end_expected, "end_expected", malformed, "END opcode expected"},
    ErrorRow{ErrorCode::unexpected_else, "unexpected_else", malformed, "misplaced ELSE opcode"},
    ErrorRow{ErrorCode::too_many_locals, "too_many_locals", malformed, "too many locals"},
    ErrorRow{ErrorCode::function_code_mismatch, "function_code_mismatch", malformed,
             "function and code section have inconsistent lengths"},
    ErrorRow{ErrorCode::data_count_mismatch, "data_count_mismatch", malformed,
             "data count and data section have inconsistent lengths"},
    ErrorRow{ErrorCode::data_count_required, "data_count_required", malformed, "data count section required"},
    ErrorRow{ErrorCode::type_mismatch, "type_mismatch", invalid, "type mismatch"},
    ErrorRow{ErrorCode::constant_required, "constant_required", invalid, "constant expression required"},
    ErrorRow{ErrorCode::unknown_type, "unknown_type", invalid, "unknown type"},
    ErrorRow{ErrorCode::unknown_function, "unknown_function", invalid, "unknown function"},
    ErrorRow{ErrorCode::unknown_table, "unknown_table", invalid, "unknown table"},
    ErrorRow{ErrorCode::unknown_memory, "unknown_memory", invalid, "unknown memory"},
    ErrorRow{ErrorCode::unknown_global, "unknown_global", invalid, "unknown global"},
    ErrorRow{ErrorCode::unknown_tag, "unknown_tag", invalid, "unknown tag"},
    ErrorRow{ErrorCode::unknown_local, "unknown_local", invalid, "unknown local"},
    ErrorRow{ErrorCode::unknown_label, "unknown_label", invalid, "unknown label"},
    ErrorRow{ErrorCode::unknown_data, "unknown_data", invalid, "unknown data segment"},
    ErrorRow{ErrorCode::unknown_element, "unknown_element", invalid, "unknown elem segment"},
    ErrorRow{ErrorCode::unknown_field, "unknown_field", invalid, "unknown field"},
    ErrorRow{ErrorCode::uninitialized_local, "uninitialized_local", invalid, "uninitialized local"},
    ErrorRow{ErrorCode::undeclared_function, "undeclared_function", invalid, "undeclared function reference"},
    ErrorRow{ErrorCode::duplicate_export, "duplicate_export", invalid, "duplicate export name"},
    ErrorRow{ErrorCode::start_function, "start_function", invalid,
             "start function must not have parameters or results"},
    ErrorRow{ErrorCode::tag_results, "tag_results", invalid, "non-empty tag result type"},
    ErrorRow{ErrorCode::not_function_type, "not_function_type", invalid, "unknown type: not a function type"},
    ErrorRow{ErrorCode::not_struct_type, "not_struct_type", invalid, "unknown type: not a struct type"},
    ErrorRow{ErrorCode::not_array_type, "not_array_type", invalid, "unknown type: not an array type"},
    ErrorRow{ErrorCode::supertype_mismatch, "supertype_mismatch", invalid, "sub type does not match its super type"},
    ErrorRow{ErrorCode::supertype_final, "supertype_final", invalid, "sub type has a final super type"},
    ErrorRow{ErrorCode::too_many_supertypes, "too_many_supertypes", invalid, "sub type has more than one super type"},
    ErrorRow{ErrorCode::bad_alignment, "bad_alignment", invalid, "alignment must not be larger than natural"},
    ErrorRow{ErrorCode::atomic_alignment, "atomic_alignment", invalid, "atomic alignment must be natural"},
    ErrorRow{ErrorCode::offset_out_of_range, "offset_out_of_range", invalid, "offset out of range"},
    ErrorRow{ErrorCode::bad_lane, "bad_lane", invalid, "invalid lane index"},
    ErrorRow{ErrorCode::bad_select_arity, "bad_select_arity", invalid, "invalid result arity"},
    ErrorRow{ErrorCode::immutable_global, "immutable_global", invalid, "immutable global"},
    ErrorRow{ErrorCode::immutable_field, "immutable_field", invalid, "immutable field"},
    ErrorRow{ErrorCode::immutable_array, "immutable_array", invalid, "immutable array"},
    ErrorRow{ErrorCode::packed_field, "packed_field", invalid, "type mismatch: field is packed"},
    ErrorRow{ErrorCode::unpacked_field, "unpacked_field", invalid, "type mismatch: field is unpacked"},
    ErrorRow{ErrorCode::not_defaultable, "not_defaultable", invalid, "field type is not defaultable"},
    ErrorRow{ErrorCode::array_not_numeric, "array_not_numeric", invalid, "array type is not numeric or vector"},
    ErrorRow{ErrorCode::array_types_mismatch, "array_types_mismatch", invalid, "array types do not match"},
    ErrorRow{ErrorCode::limits_order, "limits_order", invalid, "size minimum must not be greater than maximum"},
    ErrorRow{ErrorCode::memory_size, "memory_size", invalid, "memory size must be at most 65536 pages (4GiB)"},
    ErrorRow{ErrorCode::page_size, "page_size", invalid, "invalid custom page size"},
    ErrorRow{ErrorCode::table_size, "table_size", invalid, "table size must be at most 2^32-1"},
    ErrorRow{ErrorCode::shared_without_maximum, "shared_without_maximum", invalid, "shared memory must have maximum"},
    ErrorRow{ErrorCode::multiple_memories, "multiple_memories", invalid, "multiple memories"},
    ErrorRow{ErrorCode::multiple_tables, "multiple_tables", invalid, "multiple tables"},
    ErrorRow{ErrorCode::bad_rethrow, "bad_rethrow", invalid, "invalid rethrow label"},
    ErrorRow{ErrorCode::bad_delegate, "bad_delegate", invalid, "delegate must end a try"},
    ErrorRow{ErrorCode::feature_required, "feature_required", ErrorKind::feature, "feature is off"},
    ErrorRow{ErrorCode::limit_module_size, "limit_module_size", limit, "module is larger than the limit"},
    ErrorRow{ErrorCode::limit_count, "limit_count", limit, "count is larger than the limit"},
    ErrorRow{ErrorCode::limit_body_size, "limit_body_size", limit, "function body is larger than the limit"},
    ErrorRow{ErrorCode::limit_locals, "limit_locals", limit, "too many locals"},
    ErrorRow{ErrorCode::limit_subtype_depth, "limit_subtype_depth", limit, "sub type hierarchy is too deep"},
    ErrorRow{ErrorCode::out_of_memory, "out_of_memory", resource, "out of memory"},
    ErrorRow{ErrorCode::cannot_open, "cannot_open", resource, "cannot open file"},
    ErrorRow{ErrorCode::cannot_map, "cannot_map", resource, "cannot map file"},
    ErrorRow{ErrorCode::not_a_file, "not_a_file", resource, "not a regular file"},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < error_rows.size(); ++i)
    if (static_cast<std::size_t>(error_rows[i].code) != i) return false;
  return error_rows.size() == static_cast<std::size_t>(ErrorCode::not_a_file) + 1;
}
static_assert(in_order(), "one row per code, in the order of the enumeration");

constexpr const ErrorRow& row_of(ErrorCode code) noexcept { return error_rows[static_cast<std::size_t>(code)]; }

}  // namespace

ErrorKind kind(ErrorCode code) noexcept { return row_of(code).kind; }
std::string_view name(ErrorCode code) noexcept { return row_of(code).name; }
std::string_view message(ErrorCode code) noexcept { return row_of(code).message; }

}  // namespace plimsoll
