// How far a figure may be from its pin. Nothing unless somebody asks for more: figures are exact.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "gate/load_line.hpp"

namespace plimsoll::regress::gate {

class Tolerances {
 public:
  // Takes `COLUMN=N`, `COLUMN=P%` or either with `all` for the column; P may have decimals. A later one for the same column
  // replaces the earlier. Fails with a sentence for people.
  [[nodiscard]] std::expected<void, std::string> add(std::string_view text);

  // Whether `now` is as good as `pinned`.
  [[nodiscard]] bool equal(Column column, std::uint64_t pinned, std::uint64_t now) const noexcept;

 private:
  struct Tolerance {
    std::uint64_t units = 0;
    double share = 0;  // of the pin
  };
  std::array<Tolerance, all_columns.size()> tolerances_{};
};

}  // namespace plimsoll::regress::gate
