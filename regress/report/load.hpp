// Loads that were recorded, as they stand in the document (README.md): of our own loader here, or of any by `plimsoll trace`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "ledger/findings.hpp"
#include "ledger/report.hpp"

namespace plimsoll::regress {
class Symbolizer;
}

namespace plimsoll::regress::report {

struct Section {
  std::string name;          // `code`; of custom sections their own
  std::uint32_t offset = 0;  // of its header, in the module
  std::uint32_t bytes = 0;   // header included
};

// As far as they can be read, whether the module is valid or not.
[[nodiscard]] std::vector<Section> sections_of(std::span<const std::byte> module);

// One load, recorded at gate::Depth::full.
struct RecordedLoad {
  std::string name;
  std::string verdict;  // as in a load line
  Report report;
  std::vector<Finding> findings;
  std::vector<Section> sections;
};

[[nodiscard]] nlohmann::ordered_json to_json(const RecordedLoad& load, Symbolizer& symbolizer);

// The loads of a trace, as `plimsoll trace --json` prints it. Sections are those of the module's file, if it is still there. Fails
// with a sentence for people if that is no trace.
[[nodiscard]] std::expected<std::vector<nlohmann::ordered_json>, std::string> loads_of_trace(
    const nlohmann::ordered_json& trace);

}  // namespace plimsoll::regress::report
