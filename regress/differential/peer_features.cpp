#include "differential/peer_features.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace plimsoll::regress::differential {
namespace {

// A feature that a flag turns on or off. A feature without one is on if browsers ship it, and off if not.
struct Flag {
  std::string_view feature;
  std::string_view on;   // empty: nothing to be said
  std::string_view off;  // the same
};

constexpr std::array<Flag, 6> v8_flags{{
    {"legacy-exceptions", "", "--no-experimental-wasm-legacy-eh"},
    {"custom-descriptors", "--experimental-wasm-custom-descriptors", ""},
    {"stack-switching", "--experimental-wasm-wasmfx", ""},
    {"shared-everything-threads", "--experimental-wasm-shared", ""},
    {"memory-control", "--experimental-wasm-memory-control", ""},
    {"branch-hinting", "", "--no-experimental-wasm-branch-hinting"},
}};

constexpr std::array<Flag, 20> wabt_flags{{
    {"mutable-global", "", "--disable-mutable-globals"},
    {"saturating-float-to-int", "", "--disable-saturating-float-to-int"},
    {"sign-extension", "", "--disable-sign-extension"},
    {"multi-value", "", "--disable-multi-value"},
    {"reference-types", "", "--disable-reference-types"},
    {"bulk-memory", "", "--disable-bulk-memory"},
    {"simd", "", "--disable-simd"},
    {"tail-call", "--enable-tail-call", ""},
    {"extended-const", "--enable-extended-const", ""},
    {"function-references", "--enable-function-references", ""},
    {"gc", "--enable-gc", ""},
    {"multi-memory", "--enable-multi-memory", ""},
    {"memory64", "--enable-memory64", ""},
    {"relaxed-simd", "--enable-relaxed-simd", ""},
    {"exceptions", "--enable-exceptions", ""},
    {"legacy-exceptions", "--enable-exceptions", ""},
    {"threads", "--enable-threads", ""},
    {"wide-arithmetic", "--enable-wide-arithmetic", ""},
    {"custom-page-sizes", "--enable-custom-page-sizes", ""},
    {"compact-imports", "--enable-compact-imports", ""},
}};

PeerArguments arguments(Features features, std::span<const Flag> flags, bool (*always)(const FeatureRow&)) {
  std::vector<std::string> result;
  for (const FeatureRow& row : feature_table()) {
    const bool on = features.has(row.feature);
    const auto flag = std::ranges::find(flags, row.name, &Flag::feature);
    if (flag == flags.end()) {
      if (on != always(row)) return std::unexpected(std::string(row.name));
      continue;
    }
    const std::string_view word = on ? flag->on : flag->off;
    if (!word.empty() && std::ranges::find(result, word) == result.end()) result.emplace_back(word);
  }
  return result;
}

}  // namespace

PeerArguments v8_arguments(Features features) {
  PeerArguments result =
      arguments(features, v8_flags, [](const FeatureRow& row) { return row.browsers || row.since != 0; });
  // V8 refuses both kinds of exceptions in one module, which nobody's specification says.
  if (result) result->emplace_back("--wasm-allow-mixed-eh-for-testing");
  return result;
}

Features v8_features() { return Features::browsers().add(Feature::custom_descriptors).add(Feature::stack_switching); }

PeerArguments wasm_tools_arguments(Features features) {
  std::string list = "mvp";
  for (const FeatureRow& row : feature_table()) {
    if (features.has(row.feature)) list.append(",").append(row.name);
  }
  return std::vector<std::string>{"--features=" + list};
}

PeerArguments wabt_arguments(Features features) {
  PeerArguments result = arguments(features, wabt_flags, [](const FeatureRow&) { return false; });
  if (result && features.has(Feature::exceptions) != features.has(Feature::legacy_exceptions)) {
    return std::unexpected("exceptions without legacy-exceptions, or the other way round");
  }
  // What is wrong in a custom section does not make a module invalid.
  if (result) result->emplace_back("--no-debug-names");
  return result;
}

Features wabt_features() { return Features::browsers().remove(Feature::gc).remove(Feature::function_references); }

}  // namespace plimsoll::regress::differential
