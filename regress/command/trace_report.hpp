// What `plimsoll trace` prints.
#pragma once

#include <string>

#include "symbols/symbolizer.hpp"
#include "trace/traced.hpp"

namespace plimsoll::regress {

// For people: of each load, what it took by phase, what each detector saw, and the findings with the stacks of the worst.
[[nodiscard]] std::string trace_text(const Trace& trace, Symbolizer& symbolizer, bool colour);

// One JSON document, with the reports whole and the stacks by name.
[[nodiscard]] std::string trace_json(const Trace& trace, Symbolizer& symbolizer);

// Whether there is a finding, by the thresholds for any loader.
[[nodiscard]] bool has_findings(const Trace& trace);

}  // namespace plimsoll::regress
