#include "command/trace_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "command/figures.hpp"
#include "command/table.hpp"
#include "ledger/findings.hpp"
#include "trace/report_json.hpp"
#include "trace/stack_names.hpp"

namespace plimsoll::regress {
namespace {

constexpr std::size_t most_frames = 6;
constexpr std::size_t widest_function = 100;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.1f} %", 100 * share(part, whole));
}

std::string often(std::uint32_t count) {
  if (count == 1) return "once";
  return fmt::format("{} times", count);
}

Table phases(const Report& report) {
  Table table({{"phase", false}, {"allocations"}, {"total"}, {"peak"}, {"/byte"}, {"live"}});
  for (const PhaseCounts& phase : report.phases) {
    // Nothing happens before the first phase of an exact recording.
    if (phase.allocations == 0 && phase.released == 0 && report.phases.size() > 1) continue;
    table.add({{printable(phase.name)},
               {thousands(phase.allocations)},
               {thousands(phase.total)},
               {thousands(phase.peak)},
               {ratio(share(phase.peak, report.module_bytes))},
               {thousands(phase.live)}});
  }
  return table;
}

std::string counts(const Report& report) {
  return fmt::format("{} of {} bytes; at most {} live, {} per byte of the module; {} retained",
                     counted(report.allocations, "allocation"), thousands(report.total), thousands(report.peak),
                     ratio(share(report.peak, report.module_bytes)), thousands(report.retained));
}

std::string raw_copies(const Report& report) {
  if (!report.searched) return "not searched for (--tier full does)";
  std::string text = fmt::format("{} of the module in blocks, each byte counted once; {} counting every copy",
                                 percent(report.copied_bytes, report.module_bytes),
                                 percent(report.copied_block_bytes, report.module_bytes));
  if (!report.runs.empty()) {
    text += fmt::format("; longest run {} from {:#x} on", thousands(report.runs.front().length),
                        report.runs.front().module_offset);
  }
  return text;
}

std::string twins(const Report& report) {
  if (!report.twinned) return "not searched for (--tier full does)";
  return fmt::format("{} bytes in {} equal those of an older block ({} of the peak); {} bytes of them by growth",
                     thousands(report.twin_bytes), counted(report.twin_blocks, "block"),
                     percent(report.twin_bytes, report.peak), thousands(report.growth_twin_bytes));
}

std::string input_clock(const TracedLoad& load) {
  const Report& report = load.report;
  if (!report.clocked) {
    return load.exact ? "no clock for the input: it is not from plimsoll_ledger_input"
                      : "no clock for the input: the program reads the file into a buffer of its own";
  }
  return fmt::format(
      "{} of {} pages read, {} times each; {} bytes allocated after the last new one, at most {} between two",
      thousands(report.pages_touched), thousands(report.pages), ratio(share(report.touches, report.pages_touched)),
      thousands(report.after), thousands(report.burst));
}

void add_findings(std::string& text, const TracedLoad& load, Symbolizer& symbolizer, bool colour) {
  const Report& report = load.report;
  for (const Finding& finding : findings(report, load.verdict)) {
    text += styled(finding.text, Style::bad, colour) + '\n';
    if (finding.culprit == Finding::no_culprit) continue;
    const Culprit& culprit = report.culprits[finding.culprit];
    const auto stack = telling_part(stack_of(report, culprit, symbolizer));
    text += fmt::format("  worst: {} bytes in {}, from\n", thousands(culprit.bytes), counted(culprit.blocks, "block"));
    for (const SourceFrame& frame : std::span(stack).first(std::min(stack.size(), most_frames))) {
      text += fmt::format("    {}\n", printable(text_of(frame, widest_function)));
    }
  }
}

std::string text_of(const TracedProcess& process, const TracedLoad& load, const Trace& trace, Symbolizer& symbolizer,
                    bool colour) {
  const Report& report = load.report;
  std::string text = fmt::format("{}, {} bytes, in {}", printable(trace.module.string()),
                                 thousands(report.module_bytes), printable(process.program));
  if (load.exact) {
    text += fmt::format(": {}\n\n", name(load.verdict));
  } else {
    text += fmt::format(", which opened it {}; recorded from then to its end\n\n", often(process.opened));
  }
  text += phases(report).text(colour) + '\n';
  for (const auto& [detector, what] : {std::pair<std::string_view, std::string>{"D1 counts", counts(report)},
                                       {"D2 raw copies", raw_copies(report)},
                                       {"D3 twin blocks", twins(report)},
                                       {"D4 input clock", input_clock(load)}}) {
    text += fmt::format("{:<15} {}\n", detector, what);
  }
  if (report.accounted != 0)
    text += fmt::format("{:<15} {} bytes, by the program's own account\n", "D5 account", thousands(report.accounted));
  text += '\n';
  add_findings(text, load, symbolizer, colour);
  return text;
}

bool is_small(const Trace& trace) {
  return std::ranges::any_of(trace.processes, [](const TracedProcess& process) {
    return std::ranges::any_of(process.loads, [](const TracedLoad& load) {
      return load.report.module_bytes < thresholds_for_any_loader.floor;
    });
  });
}

}  // namespace

std::string trace_text(const Trace& trace, Symbolizer& symbolizer, bool colour) {
  std::string text;
  for (const TracedProcess& process : trace.processes) {
    for (const TracedLoad& load : process.loads) {
      if (!text.empty()) text += '\n';
      text += text_of(process, load, trace, symbolizer, colour);
    }
  }
  if (is_small(trace)) {
    text += fmt::format("note: findings begin at {} bytes, and this module is smaller\n",
                        thousands(thresholds_for_any_loader.floor));
  }
  if (!has_findings(trace)) text += styled("no copies found", Style::good, colour) + '\n';
  for (const std::string& note : trace.notes)
    text += styled(fmt::format("note: {}", printable(note)), Style::faint, colour) + '\n';
  return text;
}

std::string trace_json(const Trace& trace, Symbolizer& symbolizer) {
  using Json = nlohmann::ordered_json;
  Json processes = Json::array();
  for (const TracedProcess& process : trace.processes) {
    Json loads = Json::array();
    for (const TracedLoad& load : process.loads) {
      Json json = to_json(load);
      add_stacks(json["report"], load.report, symbolizer);
      json["findings"] = Json::array();
      for (const Finding& finding : findings(load.report, load.verdict)) json["findings"].push_back(to_json(finding));
      loads.push_back(std::move(json));
    }
    processes.push_back({{"program", process.program},
                         {"opened", process.opened},
                         {"refused", process.refused.empty() ? Json() : Json(process.refused)},
                         {"loads", std::move(loads)}});
  }
  const Json document = {{"module", trace.module.string()},
                         {"exit_status", trace.signal != 0 ? Json() : Json(trace.exit_status)},
                         {"signal", trace.signal != 0 ? Json(trace.signal) : Json()},
                         {"processes", std::move(processes)},
                         {"notes", trace.notes}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

bool has_findings(const Trace& trace) {
  return std::ranges::any_of(trace.processes, [](const TracedProcess& process) {
    return std::ranges::any_of(process.loads,
                               [](const TracedLoad& load) { return !findings(load.report, load.verdict).empty(); });
  });
}

}  // namespace plimsoll::regress
