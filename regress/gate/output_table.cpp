// The table for people, and what is said below it.
#include <fmt/format.h>

#include "command/figures.hpp"
#include "command/table.hpp"
#include "gate/outputs.hpp"

namespace plimsoll::regress::gate {
namespace {

Style style_of(Status status) {
  switch (status) {
    case Status::same: return Style::plain;
    case Status::better: return Style::good;
    case Status::worse:
    case Status::changed:
    case Status::fresh:
    case Status::absent:
    case Status::gone:
    case Status::unrepeatable:
    case Status::failed: return Style::bad;
  }
  return Style::bad;
}

// The row of a figure; the module and its status are told once.
void add_row(Table& table, const Result& result, const Change& change, bool first) {
  const Style style = change.now > change.pinned ? Style::bad : Style::good;
  table.add({{first ? printable(result.name) : ""},
             {first ? std::string(name(result.status)) : "", style_of(result.status)},
             {std::string(name(change.column))},
             {thousands(change.pinned)},
             {thousands(change.now)},
             {change.now == change.pinned ? "" : delta(change), style},
             {change.now == change.pinned ? "" : percentage(change), style}});
}

void add_result(Table& table, const Result& result, bool all) {
  bool first = true;
  for (const Change& change : result.changes) {
    add_row(table, result, change, first);
    first = false;
  }
  if (all && result.pin && result.now && result.changes.empty()) {
    for (const Column column : all_columns) {
      add_row(table, result, {column, result.pin->line[column], (*result.now)[column]}, first);
      first = false;
    }
  }
  if (first) table.add({{printable(result.name)}, {std::string(name(result.status)), style_of(result.status)}});
  for (const std::string& remark : result.remarks) table.note(printable(remark));
}

}  // namespace

std::string table(const Checked& checked, bool all, bool colour, Advice wanted) {
  Table table({{"module", false}, {"", false}, {"figure", false}, {"pinned"}, {"now"}, {"delta"}, {"%"}});
  bool any = false;
  for (const Result& result : checked.results) {
    if (result.status == Status::same && !all) continue;
    add_result(table, result, all);
    any = true;
  }
  std::string text = any ? table.text(colour) + "\n" : "";
  text += summary(checked.results) + "\n";
  const std::string help = wanted == Advice::given ? advice(checked) : "";
  if (!help.empty()) text += help + "\n";
  return text;
}

std::string advice(const Checked& checked) {
  switch (exit_code(checked.results)) {
    case exit_worse:
      return "Worse than pinned. If it has to be: plimsoll gate update --reason 'why', and commit the file.";
    case exit_failed: return "Without figures there is nothing to hold to a load line.";
    case exit_unrepeatable:
      return "Figures that differ from load to load cannot be pinned exactly; --tolerance COLUMN=N allows for it.";
    case exit_other_modules:
      return "Missing modules: get them (Plimsoll's own: corpus/fetch DIR), or check fewer. New or changed ones: "
             "plimsoll "
             "gate update.";
    case exit_better: return "Better than pinned: pin it with plimsoll gate update, or it is soon lost again.";
    default: return "";
  }
}

}  // namespace plimsoll::regress::gate
