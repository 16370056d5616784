#include "gate/explaining.hpp"

#include <fmt/format.h>

#include "command/figures.hpp"
#include "command/table.hpp"

namespace plimsoll::regress::gate {
namespace {

std::string heading(const Explanation& explanation) {
  const Result& result = explanation.result;
  std::string text = printable(result.name) + "\n";
  const LoadLine* const line = result.now ? &*result.now : result.pin ? &result.pin->line : nullptr;
  if (line != nullptr) text += fmt::format("{} bytes, sha256 {}\n", thousands(line->bytes), line->sha256);
  if (result.pin) text += fmt::format("pinned in {}:{}\n", printable(explanation.pins.string()), result.pin->number);
  return text + "\n";
}

std::string figures_table(const Result& result, bool colour) {
  Table table({{"figure", false}, {"pinned"}, {"now"}, {"delta"}, {"%"}});
  for (const Column column : all_columns) {
    const std::uint64_t pinned = result.pin ? result.pin->line[column] : 0;
    const std::uint64_t now = result.now ? (*result.now)[column] : 0;
    const Change change{column, pinned, now};
    const bool changed = result.pin && result.now && pinned != now;
    table.add({{std::string(name(column))},
               {result.pin ? thousands(pinned) : "-"},
               {result.now ? thousands(now) : "-"},
               {changed ? delta(change) : "", now > pinned ? Style::bad : Style::good},
               {changed ? percentage(change) : ""}});
  }
  table.add({{"verdict"},
             {result.pin ? printable(result.pin->line.verdict) : "-"},
             {result.now ? printable(result.now->verdict) : "-"}});
  std::string text = table.text(colour);
  if (result.pin && !result.pin->line.reason.empty())
    text += fmt::format("raised because: {}\n", printable(result.pin->line.reason));
  for (const std::string& remark : result.remarks) text += printable(remark) + "\n";
  return text;
}

std::string history_table(const Explanation& explanation, bool colour) {
  if (explanation.history.empty()) {
    return explanation.no_history.empty() ? "no history: the line is in no commit yet\n"
                                          : fmt::format("no history: {}\n", explanation.no_history);
  }
  std::vector<Column> shown(all_columns.begin(), all_columns.end());
  std::vector<regress::Column> titles{{"commit", false}, {"date", false}};
  for (const Column column : shown) titles.push_back({std::string(name(column))});
  titles.push_back({"", false});
  Table table(std::move(titles));
  for (const PastLine& past : explanation.history) {
    std::vector<Cell> cells{{past.revision.commit}, {past.revision.date}};
    for (const Column column : shown) cells.push_back({past.line.name.empty() ? "-" : thousands(past.line[column])});
    cells.push_back({past.revision.subject});
    table.add(std::move(cells));
    if (!past.line.reason.empty()) table.note("raised because: " + printable(past.line.reason));
  }
  return table.text(colour);
}

std::string phases_table(const Report& report, bool colour) {
  Table table({{"phase", false}, {"allocations"}, {"total"}, {"released"}, {"moved"}, {"peak"}, {"live"}});
  for (const PhaseCounts& phase : report.phases) {
    table.add({{printable(phase.name)},
               {thousands(phase.allocations)},
               {thousands(phase.total)},
               {thousands(phase.released)},
               {thousands(phase.moved)},
               {thousands(phase.peak)},
               {thousands(phase.live)}});
  }
  return table.text(colour);
}

}  // namespace

std::string text(const Explanation& explanation, bool colour) {
  std::string text = heading(explanation) + figures_table(explanation.result, colour);
  text += "\nHistory\n\n" + history_table(explanation, colour);
  if (explanation.report) {
    text += "\nA load by phases, in bytes\n\n" + phases_table(*explanation.report, colour);
    text += fmt::format("\nLargest block {}, blocks held at the end {}\n", thousands(explanation.report->largest),
                        thousands(explanation.report->retained_blocks));
  }
  if (!explanation.allocators.empty()) {
    text += "\nLargest allocators\n\n";
    for (const std::string& line : explanation.allocators) text += line + "\n";
  }
  return text;
}

}  // namespace plimsoll::regress::gate
