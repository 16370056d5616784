// What a comparison found, for people and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "differential/comparison.hpp"
#include "differential/smith_modules.hpp"

namespace plimsoll::regress::differential {

struct RunFigures {
  std::uint64_t modules = 0;  // as they are
  std::uint64_t mutants = 0;
  std::uint64_t seed = 0;
  double seconds = 0;
  std::optional<SmithFigures> smith = {};  // if it was the smith's modules that were compared
};

// Ends in a line of figures for each peer.
[[nodiscard]] std::string text_report(Comparison& comparison, const RunFigures& run);
[[nodiscard]] nlohmann::json json_report(Comparison& comparison, const RunFigures& run);

}  // namespace plimsoll::regress::differential
