// New pins from what was measured: lower ones freely, higher ones for a reason.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/comparing.hpp"
#include "gate/pins.hpp"

namespace plimsoll::regress::gate {

struct Update {
  Pins pins;
  // How many lines were added, dropped, replaced because the module is another one, lowered and raised.
  std::size_t added = 0;
  std::size_t dropped = 0;
  std::size_t replaced = 0;
  std::size_t lowered = 0;
  std::size_t raised = 0;

  [[nodiscard]] bool changes_anything() const noexcept { return added + dropped + replaced + lowered + raised != 0; }
};

// Why nothing is to be pinned, and which results are at fault.
struct Refusal {
  int exit_code = 0;
  std::string message;
  std::vector<Result> results;
};

// `pins` with the results taken in, or refused as a whole: if one is worse and there is no `reason`, if one was not repeatable or
// failed, or left something on the heap. A reason goes into the lines that it raises. What is absent keeps its line.
[[nodiscard]] std::expected<Update, Refusal> update(const Pins& pins, std::span<const Result> results,
                                                    std::string_view reason);

}  // namespace plimsoll::regress::gate
