// Features as the peers want to be told of them.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "plimsoll/features.hpp"

namespace plimsoll::regress::differential {

// The arguments that make a peer accept exactly `features`, or the name of one that it cannot be given or cannot be without.
using PeerArguments = std::expected<std::vector<std::string>, std::string>;

// For node: V8's flags. What V8 ships it cannot be without.
[[nodiscard]] PeerArguments v8_arguments(Features features);
// What V8 has, in full or nearly so: `browsers`, and proposals that it has flags for.
[[nodiscard]] Features v8_features();
// For `wasm-tools validate`. Its lists are ours.
[[nodiscard]] PeerArguments wasm_tools_arguments(Features features);
// For wasm-validate.
[[nodiscard]] PeerArguments wabt_arguments(Features features);
// What wasm-validate has of `browsers`.
[[nodiscard]] Features wabt_features();

}  // namespace plimsoll::regress::differential
