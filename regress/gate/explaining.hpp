// What there is to say of one load line: its pin, how it came to be, and where the cost of the load arises.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gate/comparing.hpp"
#include "gate/git.hpp"
#include "gate/pins.hpp"
#include "ledger/recording.hpp"

namespace plimsoll::regress::gate {

struct Explanation {
  Result result;                        // with the pin, if there is one, and the figures, if the module is there
  std::filesystem::path pins;           // the file
  std::vector<PastLine> history;        // newest first
  std::string no_history;               // why there is none, if there is none
  std::optional<Report> report;         // of a load at Depth::full
  std::vector<std::string> allocators;  // a line for each of the largest, if the ledger recorded stacks
};

// For people.
[[nodiscard]] std::string text(const Explanation& explanation, bool colour);

}  // namespace plimsoll::regress::gate
