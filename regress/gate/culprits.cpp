#include "gate/culprits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "command/figures.hpp"
#include "symbols/symbolizer.hpp"
#include "trace/stack_names.hpp"

namespace plimsoll::regress::gate {
namespace {

constexpr std::size_t most_frames = 3;
constexpr std::size_t most_characters = 100;
constexpr std::size_t most_blamed = 3;

std::string stack(const Report& report, const Culprit& culprit, Symbolizer& symbolizer) {
  std::string text;
  std::size_t count = 0;
  for (const SourceFrame& call : telling_part(stack_of(report, culprit, symbolizer))) {
    if (count++ == most_frames) break;
    text += (text.empty() ? "" : " <- ") + shortened(call.function, most_characters);
  }
  return text;
}

std::string line(const Report& report, const Culprit& culprit, Symbolizer& symbolizer) {
  return fmt::format("{} in {}: {}", counted(culprit.bytes, "byte"), counted(culprit.blocks, "block"),
                     stack(report, culprit, symbolizer));
}

// In the order of the report: most bytes first.
std::vector<const Culprit*> of(const Report& report, Detector detector) {
  std::vector<const Culprit*> found;
  for (const Culprit& culprit : report.culprits) {
    if (culprit.detector == detector) found.push_back(&culprit);
  }
  return found;
}

std::vector<std::string> lines(const Report& report, std::vector<const Culprit*> found, std::size_t most,
                               std::string_view before) {
  Symbolizer symbolizer;
  std::vector<std::string> text;
  if (found.size() > most) found.resize(most);
  for (const Culprit* culprit : found) text.push_back(std::string(before) + line(report, *culprit, symbolizer));
  return text;
}

std::uint64_t raised_by(const Result& result, Column column) {
  const auto change = std::ranges::find(result.changes, column, &Change::column);
  return change == result.changes.end() || change->now < change->pinned ? 0 : change->now - change->pinned;
}

}  // namespace

std::vector<std::string> culprits(const Report& report, Detector detector, std::size_t most) {
  return lines(report, of(report, detector), most, "");
}

std::vector<std::string> blame(const Report& report, const Result& result) {
  if (raised_by(result, Column::copied) != 0) {
    auto copies = lines(report, of(report, Detector::raw_copies), most_blamed, "copies of the module: ");
    const auto twins = lines(report, of(report, Detector::twins), most_blamed, "copies of other blocks: ");
    copies.insert(copies.end(), twins.begin(), twins.end());
    if (!copies.empty()) return copies;
  }
  auto allocators = of(report, Detector::counts);
  const std::uint64_t bytes = raised_by(result, Column::total);
  const std::uint64_t blocks = raised_by(result, Column::allocations);
  std::vector<const Culprit*> exact;
  std::ranges::copy_if(allocators, std::back_inserter(exact), [bytes, blocks](const Culprit* culprit) {
    return bytes != 0 && culprit->bytes == bytes && (blocks == 0 || culprit->blocks == blocks);
  });
  if (!exact.empty()) return lines(report, exact, most_blamed, "exactly what is too much: ");
  return lines(report, std::move(allocators), most_blamed, "allocates most: ");
}

}  // namespace plimsoll::regress::gate
