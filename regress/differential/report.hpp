// What a comparison found, for people and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "differential/comparison.hpp"

namespace plimsoll::regress::differential {

struct RunFigures {
  std::uint64_t modules = 0;  // as they are
  std::uint64_t mutants = 0;
  std::uint64_t seed = 0;
  double seconds = 0;
};

// Ends in a line of figures for each peer.
[[nodiscard]] std::string text_report(Comparison& comparison, const RunFigures& run);
[[nodiscard]] nlohmann::json json_report(Comparison& comparison, const RunFigures& run);

}  // namespace plimsoll::regress::differential
