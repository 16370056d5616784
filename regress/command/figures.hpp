// Figures and names as people read them. The same input always gives the same text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace plimsoll::regress {

// 14,012,345
[[nodiscard]] std::string thousands(std::uint64_t value);

// Three significant digits and a unit: `812 ns`, `20.1 ms`, `1.50 s`.
[[nodiscard]] std::string duration(std::uint64_t nanoseconds);

// Three decimals: `0.044`.
[[nodiscard]] std::string ratio(double value);

// A count and its noun: `1 file`, `2 files`.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

// The text with control characters, which a file's name may hold, as \xNN: it cannot steer a terminal.
[[nodiscard]] std::string printable(std::string_view text);

// The geometric mean of positive values; 0 if there are none.
[[nodiscard]] double geometric_mean(std::span<const double> values);

}  // namespace plimsoll::regress
