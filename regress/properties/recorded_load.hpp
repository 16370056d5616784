// One load under the ledger: what it answered and what it cost.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ledger/ledger.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress::properties {

// What holds for every load, whatever the bytes say (DESIGN.md, "Decisions").
inline constexpr std::uint64_t most_allocations = 32;
inline constexpr std::uint64_t most_heap(std::size_t module_size) noexcept {
  return 8 * std::uint64_t{module_size} + (std::uint64_t{1} << 20);
}

struct RecordedLoad {
  std::optional<Error> error;  // nothing: accepted
  Report report;               // until the Module, if any, has been destroyed

  [[nodiscard]] std::uint64_t held() const { return report.phases.at(0).live; }  // bytes after load
};

// Loads `bytes` once with `recording_options`, and destroys the result. Throws, and so fails the test, without heap hooks.
inline RecordedLoad record_load(std::span<const std::byte> bytes, const Options& options,
                                Recording::Options recording_options = {}) {
  RecordedLoad result;
  Recording recording;
  recording.begin(bytes, recording_options).value();
  {
    const LoadResult loaded = load(BorrowedBytes(bytes), options);
    recording.phase("loaded").value();
    if (!loaded) result.error = loaded.error();
  }
  result.report = recording.end().value();
  return result;
}

inline RecordedLoad record_load(std::span<const std::byte> bytes, Features features,
                                Recording::Options recording_options = {}) {
  Options options;
  options.features = features;
  return record_load(bytes, options, recording_options);
}

// For failed assertions.
inline std::string to_string(const std::optional<Error>& error) {
  if (!error) return "accepted";
  return "rejected at " + std::to_string(error->offset) + ": " + describe(*error);
}

inline bool equal(const Error& a, const Error& b) noexcept {
  return a.code == b.code && a.detail == b.detail && a.feature == b.feature && a.section == b.section &&
         a.offset == b.offset && a.function == b.function && a.instruction == b.instruction &&
         a.expected == b.expected && a.found == b.found;
}

}  // namespace plimsoll::regress::properties
