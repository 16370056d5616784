// `plimsoll gate report`: load lines, their history and what single loads do, as one page or as JSON. The work is done in
// report/; here are the arguments.
#include "command/gate_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "command/figures.hpp"
#include "command/subcommands.hpp"
#include "command/terminal.hpp"
#include "gate/gate.hpp"
#include "gate/own_loader.hpp"
#include "gate/replace_file.hpp"
#include "report/document.hpp"
#include "report/load.hpp"
#include "report/page.hpp"
#include "report/past.hpp"
#include "symbols/symbolizer.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

struct ReportArguments {
  gate::Selection selection;
  std::string output;
  std::string json;
  std::string from;
  std::vector<std::string> traces;
};

// There is nothing to report, or no place for it: told, and exit code 2.
struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How many loads are recorded if none is asked for by name.
constexpr std::size_t usual_loads = 3;

fs::path modules_folder(const gate::Selection& selection) {
  if (!selection.modules.empty()) return selection.modules;
  if (!selection.pins.empty()) return ".";
  const char* const variable = std::getenv("PLIMSOLL_MODULES");
  return variable != nullptr && *variable != '\0' ? fs::path(variable) : fs::path("build/modules");
}

// The lines worst first: those that copy most, then those with the highest peak. A module cut short costs what the whole one does,
// and says no more, unless it copies.
std::vector<std::string> worst_first(const gate::Pins& pins) {
  std::vector<const gate::LoadLine*> lines;
  for (const gate::Pin& pin : pins.lines) {
    if (!pin.line.name.ends_with(gate::cut_mark) || pin.line[gate::Column::copied] != 0) lines.push_back(&pin.line);
  }
  std::ranges::sort(lines, std::ranges::greater{}, [](const gate::LoadLine* line) {
    return std::tuple((*line)[gate::Column::copied], (*line)[gate::Column::peak], std::string_view(line->name));
  });
  std::vector<std::string> names;
  for (const gate::LoadLine* line : lines) names.push_back(line->name);
  return names;
}

// The module's load, recorded with all that the ledger can know.
std::expected<nlohmann::ordered_json, std::string> record(const gate::Entry& entry, Symbolizer& symbolizer) {
  const auto module = gate::open(entry);
  if (!module) return std::unexpected(module.error().message);
  auto observed = gate::OwnLoader().load(*module, gate::Depth::full);
  if (!observed) return std::unexpected(std::move(observed.error()));
  report::RecordedLoad load;
  load.name = entry.name;
  load.findings = findings(observed->report, observed->verdict == "valid" ? Verdict::valid : Verdict::rejected,
                           thresholds_for_ours);
  load.verdict = std::move(observed->verdict);
  load.report = std::move(observed->report);
  load.sections = report::sections_of(module->bytes);
  return to_json(load, symbolizer);
}

// Those that were asked for by name have to be there; else the worst of those that are.
void record_loads(const gate::Selection& selection, report::Contents& contents) {
  const bool by_name = !selection.names.empty();
  gate::Selection all = selection;
  all.names.clear();
  all.modules = modules_folder(selection);
  const auto chosen = gate::choose(all, contents.pins);
  if (!chosen) {
    if (by_name) throw Failed(chosen.error());
    contents.notes.push_back(fmt::format("No load was recorded: {}.", chosen.error()));
    return;
  }
  const std::vector<std::string> names = by_name ? selection.names : worst_first(contents.pins);
  const std::size_t wanted = by_name ? names.size() : std::min(usual_loads, names.size());
  Symbolizer symbolizer;
  Progress progress(wanted);
  std::size_t done = 0;
  for (const std::string& name : names) {
    if (done == wanted) break;
    progress.show(done, name);
    const auto entry = std::ranges::find(chosen->entries, name, &gate::Entry::name);
    auto load = entry == chosen->entries.end()
                    ? std::unexpected(std::string("no module of the load lines has this name"))
                    : record(*entry, symbolizer);
    if (load) {
      contents.loads.push_back(*std::move(load));
      ++done;
    } else if (by_name) {
      progress.clear();
      throw Failed(fmt::format("{}: {}", printable(name), load.error()));
    }
  }
  progress.clear();
  if (done < wanted)
    contents.notes.emplace_back(
        "Modules that are pinned are not on this machine (`corpus/fetch`): their loads were not recorded.");
}

nlohmann::ordered_json read_json(const std::string& file) {
  // A folder can be opened, but throws when it is read.
  std::error_code ignored;
  std::ifstream stream;
  if (!fs::is_directory(file, ignored)) stream.open(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) throw Failed(fmt::format("{}: cannot be read", printable(file)));
  auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (json.is_discarded()) throw Failed(fmt::format("{}: not JSON", printable(file)));
  return json;
}

void add_traces(const std::vector<std::string>& files, report::Contents& contents) {
  for (const std::string& file : files) {
    auto loads = report::loads_of_trace(read_json(file));
    if (!loads) throw Failed(fmt::format("{}: {}", printable(file), loads.error()));
    std::ranges::move(*loads, std::back_inserter(contents.loads));
  }
}

// With traces to show, there need not be load lines.
void add_lines(const ReportArguments& arguments, report::Contents& contents) {
  const fs::path file = arguments.selection.pins.empty() ? gate::own_pins() : arguments.selection.pins;
  contents.pins_file = file.string();
  auto pins = gate::read_pins(file);
  if (!pins) {
    if (!pins.error().absent || arguments.traces.empty()) throw Failed(to_string(file, pins.error()));
    contents.notes.push_back(fmt::format("There are no load lines: {}.", to_string(file, pins.error())));
    return;
  }
  contents.pins = *std::move(pins);
  if (auto past = report::past_of(file, contents.pins)) {
    contents.past = *std::move(past);
  } else {
    contents.notes.push_back(fmt::format("The load lines have no history: {}.", past.error()));
  }
}

nlohmann::ordered_json make_document(const ReportArguments& arguments) {
  report::Contents contents;
  add_lines(arguments, contents);
  add_traces(arguments.traces, contents);
  const bool by_name = !arguments.selection.names.empty();
  if (contents.pins.key.value("loader") == gate::own_key().value("loader")) {
    if (by_name || arguments.traces.empty()) record_loads(arguments.selection, contents);
  } else if (by_name) {
    throw Failed(
        "--module: these are load lines of another loader; `plimsoll trace --json` records its loads, and --trace "
        "shows them");
  } else if (arguments.traces.empty()) {
    contents.notes.emplace_back(
        "No load of this loader is shown: `plimsoll trace --json` records some, and --trace shows them.");
  }
  return report::document(contents);
}

nlohmann::ordered_json read_document(const std::string& file) {
  auto document = read_json(file);
  if (const std::string problem = report::problem_of(document); !problem.empty())
    throw Failed(fmt::format("{}: {}", printable(file), problem));
  return document;
}

void put(const std::string& target, const std::string& text) {
  if (target == "-") {
    fmt::print("{}", text);
  } else if (const auto replaced = gate::replace_file(target, text); !replaced) {
    throw Failed(fmt::format("{}: {}", printable(target), replaced.error()));
  }
}

void run(const ReportArguments& arguments) {
  if (arguments.output.empty() && arguments.json.empty())
    throw Failed("nothing was asked for: -o FILE writes the page, --json prints what it shows");
  std::expected<std::string, std::string> page_template = std::string();
  if (!arguments.output.empty()) page_template = report::read_template();
  if (!page_template) throw Failed(page_template.error());
  const std::string text =
      report::to_text(arguments.from.empty() ? make_document(arguments) : read_document(arguments.from));
  if (!arguments.json.empty()) put(arguments.json, text);
  if (arguments.output.empty()) return;
  const auto page = report::fill(*page_template, text);
  if (!page) throw Failed(page.error());
  put(arguments.output, *page);
}

}  // namespace

void add_gate_report(CLI::App& gate, int& exit_code) {
  auto arguments = std::make_shared<ReportArguments>();
  CLI::App* const command =
      gate.add_subcommand("report", "Make a page of the load lines, their history, and single loads");
  command->add_option("-o,--output", arguments->output, "The page: one HTML file that needs no other")
      ->type_name("FILE");
  command->add_flag("--json{-}", arguments->json, "Print what the page shows, as JSON; =FILE writes it there");
  command
      ->add_option(
          "--module", arguments->selection.names,
          "Record the load of this module; can be given again. Without it, of the three that copy most or peak highest")
      ->allow_extra_args(false)
      ->type_name("NAME");
  CLI::Option* const pins =
      command
          ->add_option("--pins", arguments->selection.pins,
                       "The file of load lines; without it, regress/loadlines.tsv of Plimsoll's repository")
          ->type_name("FILE");
  command
      ->add_option(
          "--modules", arguments->selection.modules,
          "Where modules are. With --pins, the folder that names are relative to (.); else that of the real modules "
          "($PLIMSOLL_MODULES or build/modules)")
      ->type_name("DIR");
  command->add_option("--corpus", arguments->selection.corpus, "Plimsoll's folder of that name (corpus)")
      ->type_name("DIR")
      ->default_val("corpus");
  command
      ->add_option("--trace", arguments->traces,
                   "Show the loads that `plimsoll trace --json` printed; can be given again")
      ->allow_extra_args(false)
      ->type_name("FILE");
  command->add_option("--from", arguments->from, "Show this document, which --json printed, and measure nothing")
      ->excludes(pins)
      ->excludes("--trace")
      ->excludes("--module")
      ->type_name("FILE");
  command->footer(
      "The page shows modules by size against peak heap, each load line's history from git, and of recorded loads the "
      "live "
      "heap,\nthe copy map and the stacks of the worst. Exit code 2 if it cannot be made.\n\nExample:\n  plimsoll gate "
      "report "
      "-o loadlines.html --module B/swipl\n  plimsoll trace --json -- wasm-objdump -d a.wasm > "
      "trace.json; plimsoll gate report --trace trace.json -o trace.html");
  command->callback([arguments, &exit_code] {
    try {
      run(*arguments);
    } catch (const Failed& failed) {
      fmt::print(stderr, "plimsoll: {}\n", failed.what());
      exit_code = exit_usage;
    }
  });
}

}  // namespace plimsoll::regress
