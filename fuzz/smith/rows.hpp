// The rows of the table that a set of features has, in groups that are chosen alike, so that the 300 instructions on vectors do
// not crowd out the rest.
#pragma once

#include <array>
#include <vector>

#include "plimsoll/features.hpp"
#include "plimsoll/instructions.hpp"

namespace plimsoll::fuzz {

class Rows {
 public:
  enum class Group : std::uint8_t {
    number,
    vector,
    memory,
    atomic,
    table,
    control,
    call,
    exception,
    variable,
    reference,
    aggregate,
    descriptor,
    continuation,
    atomic_place,
  };
  static constexpr std::size_t group_count = 14;

  explicit Rows(Features features);
  // The groups that have rows; never empty.
  [[nodiscard]] const std::vector<std::vector<Opcode>>& groups() const noexcept { return groups_; }

 private:
  std::vector<std::vector<Opcode>> groups_;
};

// Which group a row is in.
Rows::Group group_of(const InstructionRow& row) noexcept;

}  // namespace plimsoll::fuzz
