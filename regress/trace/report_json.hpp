// A ledger's report as JSON, and back: keys are the members' names.
#pragma once

#include <nlohmann/json.hpp>

#include "ledger/recording.hpp"

namespace plimsoll::regress {

[[nodiscard]] nlohmann::ordered_json to_json(const Report& report);

// Members that are absent keep their defaults, keys that no member has are passed over, so that reports of other versions
// can be read. Throws nlohmann::json::exception where a value has the wrong type.
[[nodiscard]] Report report_from_json(const nlohmann::ordered_json& json);

}  // namespace plimsoll::regress
