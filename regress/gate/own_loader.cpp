#include "gate/own_loader.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "ledger/clocked_input.hpp"
#include "plimsoll/bytes.hpp"

namespace plimsoll::regress::gate {
namespace {

Recording::Options recording_options(Depth depth) {
  switch (depth) {
    case Depth::pins: return {.raw_copies = true, .twins = true};
    case Depth::full: return Recording::full();
  }
  return {};
}

std::expected<Observation, std::string> observe(const OpenedModule& module, Depth depth) {
  // The clock costs little, but a private copy of the module.
  std::optional<ClockedInput> input;
  if (depth == Depth::full) input = ClockedInput::create(module.bytes);
  const std::span<const std::byte> bytes = input ? input->bytes() : module.bytes;
  Recording recording;
  if (const auto begun =
          input ? recording.begin(*input, recording_options(depth)) : recording.begin(bytes, recording_options(depth));
      !begun)
    return std::unexpected(std::string(describe(begun.error())));
  std::optional<Error> refused;
  std::expected<Report, RecordingError> report = std::unexpected(RecordingError::not_begun);
  {
    Options options = module.options;
    options.bodies = BodyPath::portable;  // so that a line is the same whatever the processor can
    const LoadResult loaded = plimsoll::load(BorrowedBytes(bytes), options);
    if (!loaded) refused = loaded.error();
    if (depth == Depth::full) report = recording.end();
    if (depth == Depth::pins) static_cast<void>(recording.phase("destroyed"));
  }
  if (depth == Depth::pins) report = recording.end();
  if (!report) return std::unexpected(std::string(describe(report.error())));
  Observation result;
  result.verdict = refused ? name(refused->code) : "valid";
  result.figures = figures_of(*report);
  if (depth == Depth::pins) {
    result.left = report->retained;
    result.figures[static_cast<std::size_t>(Column::retained)] = report->phases.at(0).live;
  }
  result.report = *std::move(report);
  return result;
}

}  // namespace

std::array<std::uint64_t, all_columns.size()> figures_of(const Report& report) noexcept {
  return {report.allocations, report.total, report.peak, report.retained, report.copied_bytes + report.twin_bytes};
}

std::expected<Observation, std::string> OwnLoader::load(const OpenedModule& module, Depth depth) {
  return observe(module, depth);
}

}  // namespace plimsoll::regress::gate
