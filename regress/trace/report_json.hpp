// A ledger's report as JSON, and back: keys are the members' names.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "ledger/findings.hpp"
#include "ledger/recording.hpp"
#include "trace/traced.hpp"

namespace plimsoll::regress {

[[nodiscard]] nlohmann::ordered_json to_json(const Report& report);

// Members that are absent keep their defaults, keys that no member has are passed over, so that reports of other versions
// can be read. Throws nlohmann::json::exception where a value has the wrong type.
[[nodiscard]] Report report_from_json(const nlohmann::ordered_json& json);

// {"verdict", "exact", "report"}
[[nodiscard]] nlohmann::ordered_json to_json(const TracedLoad& load);
[[nodiscard]] TracedLoad traced_load_from_json(const nlohmann::ordered_json& json);

// {"kind", "detector", "share", "bytes", "text", "culprit"}; culprit is an index into the report's culprits, or null.
[[nodiscard]] nlohmann::ordered_json to_json(const Finding& finding);

// "valid", "rejected", "unknown". Static storage.
[[nodiscard]] std::string_view name(Verdict verdict) noexcept;

}  // namespace plimsoll::regress
