// `plimsoll gate`: holds loads to their load lines. The work is done in gate/; here are the arguments.
#include "gate/gate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "command/failure.hpp"
#include "command/figures.hpp"
#include "command/gate_report.hpp"
#include "command/subcommands.hpp"
#include "command/terminal.hpp"
#include "gate/culprits.hpp"
#include "gate/explaining.hpp"
#include "gate/git.hpp"
#include "gate/measuring.hpp"
#include "gate/other_loaders.hpp"
#include "gate/outputs.hpp"
#include "gate/own_loader.hpp"
#include "gate/replace_file.hpp"
#include "gate/updating.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

// What --json and its like name: nothing, standard output, or a file.
using Target = std::string;

struct GateArguments {
  gate::Selection selection;
  gate::Tolerances tolerances;
  std::string engine;                // a shared library; empty: not through one
  std::vector<std::string> command;  // what follows `--`; empty: no command
  std::string reason;
  std::string revision = "HEAD";
  Target json;
  Target junit;
  Target github;
  Target markdown;
  bool all = false;
};

// Something is wrong with what was asked for: told, and exit code 2.
struct Misuse : std::runtime_error {
  using std::runtime_error::runtime_error;
};

fs::path pins_file(const GateArguments& arguments) {
  return arguments.selection.pins.empty() ? gate::own_pins() : arguments.selection.pins;
}

// The default of --modules depends on whose modules they are.
gate::Selection selection_of(const GateArguments& arguments) {
  gate::Selection selection = arguments.selection;
  if (!selection.modules.empty()) return selection;
  const char* const variable = std::getenv("PLIMSOLL_MODULES");
  const bool set = variable != nullptr && *variable != '\0';
  selection.modules = !selection.pins.empty() ? fs::path(".") : set ? fs::path(variable) : fs::path("build/modules");
  return selection;
}

// Standard output takes one of them: a table, or one of the others.
void require_one_output(const GateArguments& arguments) {
  const Target* const outputs[] = {&arguments.json, &arguments.junit, &arguments.markdown};
  if (std::ranges::count(outputs, "-", [](const Target* target) { return *target; }) > 1)
    throw Misuse(
        "of --json, --junit and --markdown only one can go to standard output: give the others a FILE, as --json=FILE");
}

// Whose loads they are.
std::unique_ptr<gate::Subject> subject_of(const GateArguments& arguments) {
  if (arguments.engine.empty() && arguments.command.empty()) return std::make_unique<gate::OwnLoader>();
  if (!arguments.engine.empty() && !arguments.command.empty()) throw Misuse("--engine or a command: not both");
  if (arguments.selection.pins.empty())
    throw Misuse("another loader has load lines of its own: name their file with --pins FILE");
  if (!arguments.engine.empty()) return std::make_unique<gate::EngineSubject>(arguments.engine);
  if (!gate::holds_place(arguments.command)) throw Misuse("write {} in the command where the module's file belongs");
  return std::make_unique<gate::CommandSubject>(arguments.command);
}

gate::Pins read(const fs::path& file) {
  auto pins = gate::read_pins(file);
  if (!pins) {
    throw Misuse(to_string(file, pins.error()) +
                 (pins.error().absent ? "; `plimsoll gate update` makes it, run where it belongs" : ""));
  }
  return *std::move(pins);
}

void require_same_key(const fs::path& file, const gate::Key& pinned, const gate::Key& here) {
  if (const std::string difference = gate::difference(pinned, here); !difference.empty()) {
    throw Misuse(
        fmt::format("{}: pinned for something else ({}): these figures cannot be compared. Use another file, or remove "
                    "this one and update",
                    printable(file.string()), difference));
  }
}

std::vector<gate::Result> measure_and_compare(const GateArguments& arguments, const gate::Pins& pins,
                                              gate::Subject& subject) {
  const auto chosen = gate::choose(selection_of(arguments), pins);
  if (!chosen) throw Misuse(chosen.error());
  Progress progress(chosen->entries.size());
  auto results = gate::run(*chosen, pins, subject, arguments.tolerances,
                           [&progress](std::size_t done, const std::string& name) { progress.show(done, name); });
  gate::blame(results, *chosen, subject);
  progress.clear();
  return results;
}

// Prints to standard output, or writes the file.
void put(const Target& target, const std::string& text) {
  if (target == "-") {
    fmt::print("{}", text);
    return;
  }
  std::ofstream stream(target, std::ios::binary);
  stream << text;
  stream.flush();
  if (!stream) throw Misuse(fmt::format("cannot write {}", printable(target)));
}

void print(const gate::Checked& checked, const GateArguments& arguments, gate::Advice advice = gate::Advice::given) {
  const auto on_output = [](const Target& target) { return target == "-"; };
  if (!on_output(arguments.json) && !on_output(arguments.junit) && !on_output(arguments.markdown))
    fmt::print("{}", gate::table(checked, arguments.all, wants_colour(stdout), advice));
  if (!arguments.json.empty()) put(arguments.json, gate::json(checked));
  if (!arguments.junit.empty()) put(arguments.junit, gate::junit(checked));
  if (!arguments.github.empty()) put(arguments.github, gate::github(checked));
  if (!arguments.markdown.empty()) put(arguments.markdown, gate::markdown(checked));
}

int check(const GateArguments& arguments) {
  require_one_output(arguments);
  const fs::path file = pins_file(arguments);
  const auto subject = subject_of(arguments);
  const gate::Pins pins = read(file);
  require_same_key(file, pins.key, subject->key());
  const gate::Checked checked{.key = pins.key, .pins = file, .results = measure_and_compare(arguments, pins, *subject)};
  print(checked, arguments);
  return gate::exit_code(checked.results);
}

std::string told(const gate::Update& update) {
  std::string text;
  const auto add = [&text](std::size_t count, std::string_view what) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", thousands(count), what);
  };
  add(update.added, "new");
  add(update.dropped, "dropped");
  add(update.replaced, "of another module");
  add(update.lowered, "lowered");
  add(update.raised, "raised");
  return text.empty() ? "nothing to change" : text;
}

int update(const GateArguments& arguments) {
  require_one_output(arguments);
  const fs::path file = pins_file(arguments);
  const auto subject = subject_of(arguments);
  gate::Pins pins{.key = subject->key(), .lines = {}};
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(file, ignored))) pins = read(file);
  require_same_key(file, pins.key, subject->key());
  if (!gate::fits_in_a_line(arguments.reason)) throw Misuse("--reason: one line of text, without tabs");
  // Figures that fit a pin loosely are pinned as they are.
  GateArguments exact = arguments;
  exact.tolerances = {};
  gate::Checked checked{.key = pins.key, .pins = file, .results = measure_and_compare(exact, pins, *subject)};
  const auto updated = gate::update(pins, checked.results, arguments.reason);
  if (!updated) {
    checked.results = updated.error().results;
    print(checked, arguments, gate::Advice::none);
    complain(file.string(), fmt::format("left as it was: {}", updated.error().message));
    return updated.error().exit_code;
  }
  if (updated->changes_anything()) {
    if (const auto replaced = gate::replace_file(file, to_string(updated->pins)); !replaced)
      throw Misuse(fmt::format("{}: {}", printable(file.string()), replaced.error()));
  }
  const bool absent =
      std::ranges::find(checked.results, gate::Status::absent, &gate::Result::status) != checked.results.end();
  // There is nothing to see in a line that was not there before, nor to do about it.
  std::erase_if(checked.results, [](const gate::Result& result) {
    return result.status == gate::Status::fresh || result.status == gate::Status::same;
  });
  if (!checked.results.empty()) print(checked, arguments, gate::Advice::none);
  fmt::print(stderr, "plimsoll: {}: {}\n", printable(file.string()), told(*updated));
  return absent ? gate::exit_other_modules : exit_ok;
}

// One line of the file as it is, held to what it was.
gate::Result compare_lines(const gate::Pin* then, const gate::Pin& now) {
  gate::Measured measured;
  measured.name = now.line.name;
  measured.line = now.line;
  gate::Result result = gate::compare(then, measured, {});
  if (result.status == gate::Status::worse) {
    const bool explained = !now.line.reason.empty() && now.line.reason != then->line.reason;
    result.remarks.push_back(explained ? "because: " + now.line.reason : "raised without a reason");
  }
  if (result.pin) result.pin->number = now.number;
  return result;
}

bool is_unexplained(const gate::Result& result) {
  return gate::raises(result) && (result.now->reason.empty() || result.now->reason == result.pin->line.reason);
}

int diff(const GateArguments& arguments) {
  require_one_output(arguments);
  const fs::path file = pins_file(arguments);
  const gate::Pins now = read(file);
  const auto text = gate::file_at(file, arguments.revision);
  if (!text) throw Misuse(text.error());
  const auto then = gate::parse_pins(*text);
  if (!then) throw Misuse(to_string(fmt::format("{}:{}", arguments.revision, file.string()), then.error()));
  require_same_key(fmt::format("{}:{}", arguments.revision, file.string()), then->key, now.key);
  gate::Checked checked{.key = now.key, .pins = file, .results = {}};
  for (const gate::Pin& pin : now.lines) checked.results.push_back(compare_lines(then->find(pin.line.name), pin));
  for (const gate::Pin& pin : then->lines) {
    if (now.find(pin.line.name) == nullptr) checked.results.push_back(gate::gone(pin));
  }
  std::ranges::sort(checked.results, {}, &gate::Result::name);
  print(checked, arguments, gate::Advice::none);
  return std::ranges::any_of(checked.results, is_unexplained) ? gate::exit_worse : exit_ok;
}

int explain(const GateArguments& arguments) {
  const fs::path file = pins_file(arguments);
  const auto subject = subject_of(arguments);
  const gate::Pins pins = read(file);
  require_same_key(file, pins.key, subject->key());
  const std::string& name = arguments.selection.names.front();
  const auto chosen = gate::choose(selection_of(arguments), pins);
  if (!chosen) throw Misuse(chosen.error());
  if (const std::size_t count = chosen->entries.size() + chosen->gone.size(); count != 1)
    throw Misuse(fmt::format("{}: {} load lines: name one", printable(name), thousands(count)));
  gate::Explanation explanation;
  explanation.pins = file;
  for (const gate::Entry& entry : chosen->entries) {
    explanation.result = gate::compare(pins.find(entry.name), gate::measure(entry, *subject, arguments.tolerances),
                                       arguments.tolerances);
    const auto module = gate::open(entry);
    if (!module) continue;
    auto observed = subject->load(*module, gate::Depth::full);
    if (!observed) continue;
    constexpr std::size_t most_allocators = 10;
    explanation.allocators = gate::culprits(observed->report, Detector::counts, most_allocators);
    explanation.report = std::move(observed->report);
  }
  if (chosen->entries.empty() && !chosen->gone.empty()) explanation.result = gate::gone(chosen->gone.front());
  explanation.result.name = chosen->entries.empty() ? chosen->gone.front().line.name : chosen->entries.front().name;
  if (auto history = gate::history(file, explanation.result.name)) {
    explanation.history = *std::move(history);
  } else {
    explanation.no_history = history.error();
  }
  fmt::print("{}", gate::text(explanation, wants_colour(stdout)));
  return gate::exit_code({&explanation.result, 1});
}

// Runs, and tells what is wrong with what was asked for.
void set_callback(CLI::App& command, int& exit_code, std::function<int()> run) {
  command.callback([&exit_code, run = std::move(run)] {
    try {
      exit_code = run();
    } catch (const Misuse& misuse) {
      fmt::print(stderr, "plimsoll: {}\n", misuse.what());
      exit_code = exit_usage;
    }
  });
}

void add_file_options(CLI::App& command, GateArguments& arguments) {
  command
      .add_option("--pins", arguments.selection.pins,
                  "The file of load lines; without it, regress/loadlines.tsv of Plimsoll's repository")
      ->type_name("FILE");
}

void add_module_options(CLI::App& command, GateArguments& arguments) {
  add_file_options(command, arguments);
  command
      .add_option(
          "--modules", arguments.selection.modules,
          "Where modules are. With --pins, the folder that names are relative to (.); else that of the real modules "
          "($PLIMSOLL_MODULES or build/modules)")
      ->type_name("DIR");
  command.add_option("--corpus", arguments.selection.corpus, "Plimsoll's folder of that name (corpus)")
      ->type_name("DIR")
      ->default_val("corpus");
  command.add_option("--tier", arguments.selection.tiers, "Of the real modules only these tiers, as A,B")
      ->delimiter(',')
      ->check(CLI::IsMember({"A", "B", "C"}).description(""))
      ->type_name("LIST");
}

// A command cannot be told from modules by CLI11: it has been taken off the command line before.
void add_subject_options(CLI::App& command, GateArguments& arguments) {
  command.add_option("--engine", arguments.engine, "Hold another loader to FILE: the engine in this shared library")
      ->type_name("LIB");
}

void add_tolerance(CLI::App& command, GateArguments& arguments) {
  command
      .add_option_function<std::vector<std::string>>(
          "--tolerance",
          [&arguments](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              if (auto added = arguments.tolerances.add(text); !added)
                throw CLI::ValidationError("--tolerance", added.error());
            }
          },
          "How far a figure may be from its pin, as peak=4096, total=2% or all=1%; nothing")
      ->allow_extra_args(false)
      ->type_name("COLUMN=N");
}

void add_outputs(CLI::App& command, GateArguments& arguments) {
  command.add_flag("--json{-}", arguments.json, "Print JSON; =FILE writes it there");
  command.add_flag("--junit{-}", arguments.junit, "Print JUnit's XML; =FILE writes it there");
  command.add_flag("--markdown{-}", arguments.markdown, "Print Markdown; =FILE writes it there");
  command.add_flag("--github{-}", arguments.github,
                   "Print GitHub's workflow commands below the table; =FILE writes them there");
  command.add_flag("--all", arguments.all, "In the table, show the lines that hold too");
}

constexpr std::string_view exit_codes =
    "Exit code: 0 every line holds; 1 worse, or the verdict is another; 2 misuse, a damaged file, or another key; 3 "
    "better but\n"
    "not pinned; 4 a module is missing, new or not the one that was pinned; 5 not repeatable; 6 a load gave no "
    "figures. Of\n"
    "several the first in the order 1, 6, 5, 4, 3.\n\n";

}  // namespace

void add_gate(CLI::App& app, int& exit_code, std::vector<std::string> other_loader) {
  auto shared = std::make_shared<GateArguments>();
  shared->command = std::move(other_loader);
  CLI::App* const gate = app.add_subcommand("gate", "Hold loads to their load lines: what each may cost");
  gate->require_subcommand(1);
  gate->footer(
      "Our own loader is held to regress/loadlines.tsv. `--engine LIB`, or a command behind `--` in which {} stands "
      "for a module's\n"
      "file, holds another loader to the FILE of --pins: see regress/gate/README.md.\n\n"
      "Examples:\n  plimsoll gate check\n  plimsoll gate update --pins lines.tsv a.wasm b.wasm -- wasm-validate {}");

  CLI::App* const checking =
      gate->add_subcommand("check", "Load each module and compare what it took with its load line");
  checking->add_option("MODULE", shared->selection.names, "Only these: names or patterns ('B/*'); with --pins, files")
      ->type_name("");
  add_module_options(*checking, *shared);
  add_subject_options(*checking, *shared);
  add_tolerance(*checking, *shared);
  add_outputs(*checking, *shared);
  checking->footer(std::string(exit_codes) + "Example:\n  plimsoll gate check --tier A --junit=gate.xml --github");
  set_callback(*checking, exit_code, [shared] { return check(*shared); });

  CLI::App* const updating = gate->add_subcommand("update", "Load each module and pin what it took");
  updating->add_option("MODULE", shared->selection.names, "Only these: names or patterns ('B/*'); with --pins, files")
      ->type_name("");
  add_module_options(*updating, *shared);
  add_subject_options(*updating, *shared);
  updating->add_option("--reason", shared->reason, "Why lines have to be raised; written into those that are")
      ->type_name("TEXT");
  add_outputs(*updating, *shared);
  updating->footer(
      "Lowers lines, adds new ones, and drops those of modules that are not in Plimsoll's lists any more. Raises lines "
      "only\nfor a reason. A module whose file is missing keeps its line; with --pins, a line goes by deleting it in "
      "the "
      "file. The\nfile is replaced whole or not at all.\n\nExample:\n  plimsoll gate update --reason 'Names are "
      "indexed at load'");
  set_callback(*updating, exit_code, [shared] { return update(*shared); });

  CLI::App* const differing = gate->add_subcommand("diff", "Compare the load lines with those of a revision in git");
  differing->add_option("REV", shared->revision, "The revision (HEAD)")->type_name("");
  add_file_options(*differing, *shared);
  add_outputs(*differing, *shared);
  differing->footer(
      "Nothing is loaded. Exit code 1 if a line was raised without a new reason, 2 if there is nothing to compare.\n\n"
      "Example:\n  plimsoll gate diff origin/main");
  set_callback(*differing, exit_code, [shared] { return diff(*shared); });

  CLI::App* const explaining =
      gate->add_subcommand("explain", "Show a module's load line, its history, and what the load costs where");
  explaining->add_option("MODULE", shared->selection.names, "The module's name")
      ->required()
      ->expected(1)
      ->type_name("");
  add_module_options(*explaining, *shared);
  add_subject_options(*explaining, *shared);
  add_tolerance(*explaining, *shared);
  explaining->footer("Exit code as of `plimsoll gate check`.\n\nExample:\n  plimsoll gate explain B/swipl");
  set_callback(*explaining, exit_code, [shared] { return explain(*shared); });

  add_gate_report(*gate, exit_code);
}

}  // namespace plimsoll::regress
