// A load of the planted loader under the ledger that is linked into the same program.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include "ledger/ledger.hpp"
#include "planted/loader.hpp"

namespace plimsoll::regress::planted {

struct RecordedLoad {
  Report report;
  Verdict verdict = Verdict::unknown;
};

// Throws what a misused recording would: a program without heap hooks fails its test.
inline RecordedLoad record_load(std::span<const std::byte> bytes, Defect defect, const Recording::Options& options) {
  const auto input = ClockedInput::create(bytes);
  if (!input) throw std::bad_alloc();
  Recording recording;
  recording.begin(*input, options).value();
  recording.phase("load").value();
  const LoadResult loaded = load(input->bytes(), defect);
  return {.report = recording.end().value(), .verdict = loaded ? Verdict::valid : Verdict::rejected};
}

// The same of the module for this defect: whole, or without its last byte if only refusing it shows the defect.
inline RecordedLoad record_shown(std::span<const std::byte> bytes, Defect defect, const Recording::Options& options) {
  return record_load(only_on_errors(defect) ? bytes.first(bytes.size() - 1) : bytes, defect, options);
}

}  // namespace plimsoll::regress::planted
