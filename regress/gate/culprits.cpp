#include "gate/culprits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "command/figures.hpp"
#include "symbols/symbolizer.hpp"

namespace plimsoll::regress::gate {
namespace {

constexpr std::size_t most_frames = 3;
constexpr std::size_t most_characters = 100;
constexpr std::size_t most_blamed = 3;

// Says nothing about who wanted the memory.
bool is_plumbing(std::string_view function) {
  constexpr std::array<std::string_view, 9> starts{
      "std::",  "void std::", "__gnu_cxx::", "operator new",       "malloc",
      "calloc", "realloc",    "void* std::", "plimsoll::regress::"};
  return std::ranges::any_of(starts, [function](std::string_view start) { return function.starts_with(start); });
}

std::string stack(const Report& report, const Culprit& culprit, Symbolizer& symbolizer) {
  std::vector<std::string> all;
  for (const std::uint32_t index : culprit.frames) {
    const Frame& frame = report.frames.at(index);
    for (const SourceFrame& call : symbolizer.frames(report.objects.at(frame.object), frame.offset))
      all.push_back(call.function);
  }
  const auto first = std::ranges::find_if_not(all, is_plumbing);
  // If there is nothing else, plumbing is better than nothing.
  const auto from = first == all.end() ? all.begin() : first;
  std::string text;
  for (auto at = from; at != all.end() && at - from < static_cast<std::ptrdiff_t>(most_frames); ++at)
    text += (text.empty() ? "" : " <- ") + shortened(*at, most_characters);
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
