// The stacks of a report, by name.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ledger/report.hpp"
#include "symbols/symbolizer.hpp"

namespace plimsoll::regress {

// The calls of a culprit, innermost first, inlined ones among them; what the tracer and the C library do to get to main is
// left out.
[[nodiscard]] std::vector<SourceFrame> stack_of(const Report& report, const Culprit& culprit, Symbolizer& symbolizer);

// The same without what memory goes through on its way to whoever asked for it: allocators and the insides of containers.
// At least one call, if there is any.
[[nodiscard]] std::vector<SourceFrame> telling_part(const std::vector<SourceFrame>& stack);

// `function (file:line)`, or `function (object)` where the line is not known; the function at most so many characters.
[[nodiscard]] std::string text_of(const SourceFrame& frame, std::size_t most);

// {"function", "object", "file", "line"}; file and line are null where they are not known.
[[nodiscard]] nlohmann::ordered_json to_json(const SourceFrame& frame);

// Adds "stack", an array of such frames, to each of the culprits of a report as JSON.
void add_stacks(nlohmann::ordered_json& json, const Report& report, Symbolizer& symbolizer);

}  // namespace plimsoll::regress
