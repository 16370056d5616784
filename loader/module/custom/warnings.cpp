// The table of warnings: name and wording of each, in the order of the enumeration.
#include <array>
#include <cstddef>

#include "plimsoll/custom_warnings.hpp"

namespace plimsoll {
namespace {

struct WarningRow {
  WarningCode code;
  std::string_view name;
  std::string_view message;
};

constexpr std::array warning_rows = {
    WarningRow{WarningCode::unexpected_end, "unexpected_end", "unexpected end"},
    WarningRow{WarningCode::length_out_of_bounds, "length_out_of_bounds", "length out of bounds"},
    WarningRow{WarningCode::bad_integer, "bad_integer", "integer too long or too large"},
    WarningRow{WarningCode::trailing_bytes, "trailing_bytes", "bytes behind the end"},
    WarningRow{WarningCode::bad_utf8, "bad_utf8", "malformed UTF-8 encoding"},
    WarningRow{WarningCode::unknown_kind, "unknown_kind", "unknown kind"},
    WarningRow{WarningCode::unsupported_version, "unsupported_version", "unsupported version"},
    WarningRow{WarningCode::duplicate_section, "duplicate_section", "duplicate section"},
    WarningRow{WarningCode::misplaced_section, "misplaced_section", "section in the wrong place"},
    WarningRow{WarningCode::unknown_subsection, "unknown_subsection", "unknown subsection"},
    WarningRow{WarningCode::duplicate_subsection, "duplicate_subsection", "duplicate subsection"},
    WarningRow{WarningCode::subsection_out_of_order, "subsection_out_of_order", "subsection out of order"},
    WarningRow{WarningCode::index_out_of_range, "index_out_of_range", "index out of range"},
    WarningRow{WarningCode::index_out_of_order, "index_out_of_order", "index out of order"},
    WarningRow{WarningCode::duplicate_index, "duplicate_index", "duplicate index"},
    WarningRow{WarningCode::unknown_name, "unknown_name", "unknown name"},
    WarningRow{WarningCode::duplicate_name, "duplicate_name", "duplicate name"},
    WarningRow{WarningCode::count_mismatch, "count_mismatch", "number of entries is not what the module has"},
    WarningRow{WarningCode::out_of_bounds, "out_of_bounds", "range out of bounds"},
    WarningRow{WarningCode::bad_flags, "bad_flags", "unknown or contradictory flags"},
    WarningRow{WarningCode::bad_alignment, "bad_alignment", "alignment too large"},
    WarningRow{WarningCode::import_mismatch, "import_mismatch",
               "import instead of a definition, or a definition instead of an import"},
    WarningRow{WarningCode::wrong_section, "wrong_section", "section that cannot be relocated"},
    WarningRow{WarningCode::wrong_symbol, "wrong_symbol", "symbol of the wrong kind"},
    WarningRow{WarningCode::relocation_out_of_order, "relocation_out_of_order", "relocation out of order"},
    WarningRow{WarningCode::relocation_across, "relocation_across",
               "relocation is not inside one function body or data segment"},
    WarningRow{WarningCode::relocation_not_padded, "relocation_not_padded",
               "relocated number does not take all the bytes it can"},
    WarningRow{WarningCode::hint_not_at_instruction, "hint_not_at_instruction", "hint is not at an instruction"},
    WarningRow{WarningCode::hint_at_wrong_instruction, "hint_at_wrong_instruction",
               "hint is at an instruction that it cannot be for"},
    WarningRow{WarningCode::bad_hint_size, "bad_hint_size", "hint of the wrong size"},
    WarningRow{WarningCode::bad_hint_value, "bad_hint_value", "hint that means nothing"},
    WarningRow{WarningCode::address_out_of_range, "address_out_of_range", "address out of range"},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < warning_rows.size(); ++i)
    if (static_cast<std::size_t>(warning_rows[i].code) != i) return false;
  return warning_rows.size() == static_cast<std::size_t>(WarningCode::address_out_of_range) + 1;
}
static_assert(in_order(), "one row per code, in the order of the enumeration");

std::string detail_text(const CustomWarning& warning) {
  switch (warning.detail) {
    case WarningDetail::none: return {};
    case WarningDetail::index: return ": " + std::to_string(warning.found) + ", of " + std::to_string(warning.expected);
    case WarningDetail::value: return ": " + std::to_string(warning.found);
    case WarningDetail::limit:
      return ": " + std::to_string(warning.found) + ", expected at most " + std::to_string(warning.expected);
  }
  return {};
}

}  // namespace

std::string_view name(WarningCode code) noexcept { return warning_rows[static_cast<std::size_t>(code)].name; }
std::string_view message(WarningCode code) noexcept { return warning_rows[static_cast<std::size_t>(code)].message; }

std::string describe(const CustomWarning& warning) {
  return "custom section '" + std::string(warning.section) + "': " + std::string(message(warning.code)) +
         detail_text(warning);
}

}  // namespace plimsoll
