// A load line: the pinned cost of loading one module, one line of a pins file (pins.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::regress::gate {

// What a load is held to. Allocations are a count, the others bytes; of each, less is better.
enum class Column : std::uint8_t {
  allocations,  // successful ones
  total,        // sum over all allocations
  peak,         // most at one time
  retained,     // while the module is held; after a load that failed, what it left behind
  copied,  // the module's bytes that were found on the heap (D2), and the bytes of blocks that are copies of others (D3)
};
inline constexpr std::array all_columns{Column::allocations, Column::total, Column::peak, Column::retained,
                                        Column::copied};

// As in the titles of a pins file. Static storage.
[[nodiscard]] std::string_view name(Column column) noexcept;
[[nodiscard]] std::optional<Column> find_column(std::string_view name) noexcept;

struct LoadLine {
  std::string name;    // of the module; no control characters, not empty
  std::string sha256;  // of its bytes: 64 digits in lower case
  std::uint64_t bytes = 0;
  std::string verdict;  // `valid`, or how the loader refused it; no control characters, not empty
  std::array<std::uint64_t, all_columns.size()> figures{};
  std::string reason;  // why a figure was raised, the last time that one was; empty if none ever was

  [[nodiscard]] std::uint64_t& operator[](Column column) noexcept { return figures[static_cast<std::size_t>(column)]; }
  [[nodiscard]] std::uint64_t operator[](Column column) const noexcept {
    return figures[static_cast<std::size_t>(column)];
  }
  friend bool operator==(const LoadLine&, const LoadLine&) = default;
};

// Whether `text` may stand in a line: it has no tab, line end or other control character.
[[nodiscard]] bool fits_in_a_line(std::string_view text) noexcept;

}  // namespace plimsoll::regress::gate
