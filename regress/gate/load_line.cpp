#include "gate/load_line.hpp"

#include <algorithm>

namespace plimsoll::regress::gate {

std::string_view name(Column column) noexcept {
  switch (column) {
    case Column::allocations: return "allocations";
    case Column::total: return "total";
    case Column::peak: return "peak";
    case Column::retained: return "retained";
    case Column::copied: return "copied";
  }
  return "";
}

std::optional<Column> find_column(std::string_view wanted) noexcept {
  for (const Column column : all_columns) {
    if (name(column) == wanted) return column;
  }
  return std::nullopt;
}

bool fits_in_a_line(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7F;
  });
}

}  // namespace plimsoll::regress::gate
