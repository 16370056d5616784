#include "gate/tolerance.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace plimsoll::regress::gate {
namespace {

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::expected<void, std::string> Tolerances::add(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view column = text.substr(0, equals);
  const auto one = find_column(column);
  if (equals == std::string_view::npos || (!one && column != "all")) {
    std::string names = "all";
    for (const Column known : all_columns) names += fmt::format(", {}", name(known));
    return std::unexpected(fmt::format("'{}' is not COLUMN=N or COLUMN=P%; columns: {}", text, names));
  }
  std::string_view amount = text.substr(equals + 1);
  Tolerance tolerance;
  if (amount.ends_with('%')) {
    amount.remove_suffix(1);
    const auto percent = parse<double>(amount);
    // Written so that what is not a number is refused.
    if (!percent || !(*percent >= 0 && *percent <= 1000))
      return std::unexpected(fmt::format("'{}' is no percentage from 0 to 1000", amount));
    tolerance.share = *percent / 100;
  } else {
    const auto units = parse<std::uint64_t>(amount);
    if (!units) return std::unexpected(fmt::format("'{}' is no number", amount));
    tolerance.units = *units;
  }
  for (const Column known : all_columns) {
    if (!one || *one == known) tolerances_[static_cast<std::size_t>(known)] = tolerance;
  }
  return {};
}

bool Tolerances::equal(Column column, std::uint64_t pinned, std::uint64_t now) const noexcept {
  const Tolerance& tolerance = tolerances_[static_cast<std::size_t>(column)];
  const std::uint64_t distance = now > pinned ? now - pinned : pinned - now;
  return distance <= tolerance.units || static_cast<double>(distance) <= tolerance.share * static_cast<double>(pinned);
}

}  // namespace plimsoll::regress::gate
