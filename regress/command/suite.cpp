// `plimsoll suite PATH...`: runs suites in wast2json's JSON form and counts the right answers.
#include "suite/suite.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command/failure.hpp"
#include "command/features_option.hpp"
#include "command/figures.hpp"
#include "command/load_way.hpp"
#include "command/subcommands.hpp"
#include "command/table.hpp"
#include "command/terminal.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

struct SuiteArguments {
  std::vector<std::string> paths;
  std::optional<Features> features;
  LoadWay way = LoadWay::whole;
  bool components = false;
  bool json = false;
};

// A command that got the wrong answer.
struct Wrong {
  SuiteCommand command;
  std::optional<Failure> answer;  // nothing: the loader accepted
};

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t components = 0;  // skipped
  std::uint64_t others = 0;      // load no binary
  std::uint64_t rejected = 0;    // rejections that were expected and came; of them:
  std::uint64_t kind_agrees = 0;
  std::uint64_t text_agrees = 0;

  Tally& operator+=(const Tally& other) {
    passed += other.passed;
    failed += other.failed;
    components += other.components;
    others += other.others;
    rejected += other.rejected;
    kind_agrees += other.kind_agrees;
    text_agrees += other.text_agrees;
    return *this;
  }
};

struct SuiteRun {
  fs::path file;
  Tally tally;
  std::vector<Wrong> wrong;
};

void run_command(const SuiteCommand& command, std::vector<std::byte>&& bytes, Features features, LoadWay way,
                 SuiteRun& run) {
  Options options;
  options.features = features;
  const LoadResult result = load_by(way, std::move(bytes), options);
  const Judgement judgement = judge(command, result ? nullptr : &result.error());
  if (!judgement.passed) {
    ++run.tally.failed;
    run.wrong.push_back({command, result ? std::nullopt : std::optional(failure(result.error()))});
    return;
  }
  ++run.tally.passed;
  if (command.expectation == Expectation::accept) return;
  ++run.tally.rejected;
  run.tally.kind_agrees += judgement.kind_agrees ? 1 : 0;
  run.tally.text_agrees += judgement.text_agrees ? 1 : 0;
}

std::expected<SuiteRun, SuiteError> run_suite(const fs::path& file, const SuiteArguments& arguments) {
  const auto suite = read_suite(file);
  if (!suite) return std::unexpected(suite.error());
  SuiteRun run;
  run.file = file;
  run.tally.others = suite->others;
  for (const SuiteCommand& command : suite->commands) {
    if (command.is_component && !arguments.components) {
      ++run.tally.components;
      continue;
    }
    const auto features = features_for(*suite, command, arguments.features);
    if (!features) return std::unexpected(features.error());
    auto bytes = read_bytes(command.file);
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    run_command(command, *std::move(bytes), *features, arguments.way, run);
  }
  return run;
}

std::string expected_text(const SuiteCommand& command) {
  const std::string quoted = command.text.empty() ? "" : fmt::format(" (\"{}\")", printable(command.text));
  return fmt::format("{}{}", name(command.expectation), quoted);
}

std::string answer_text(const std::optional<Failure>& answer) {
  if (!answer) return "valid";
  return fmt::format("{} at {}", answer->verdict, located(*answer));
}

void add_row(Table& table, const SuiteRun& run) {
  const Tally& tally = run.tally;
  table.add({{printable(run.file.string())},
             {thousands(tally.passed), tally.failed == 0 ? Style::good : Style::plain},
             {thousands(tally.failed), tally.failed == 0 ? Style::plain : Style::bad},
             {thousands(tally.components + tally.others)}});
  for (const Wrong& wrong : run.wrong) {
    table.note(fmt::format("line {}: {}: expected {}, came {}", wrong.command.line,
                           printable(wrong.command.file.filename().string()), expected_text(wrong.command),
                           answer_text(wrong.answer)));
  }
}

std::string summary(const Tally& tally, std::size_t files) {
  std::string text = fmt::format("{} of {} passed in {}", thousands(tally.passed),
                                 thousands(tally.passed + tally.failed), counted(files, "file"));
  if (tally.components != 0) text += fmt::format("; {} skipped", counted(tally.components, "component"));
  if (tally.others != 0) {
    text += fmt::format("; {} skipped that load{} no binary", counted(tally.others, "command"),
                        tally.others == 1 ? "s" : "");
  }
  text += '\n';
  if (tally.rejected != 0) {
    text +=
        fmt::format("soft: of {}, {} are of the suite's kind (invalid, malformed) and {} start with its wording\n",
                    counted(tally.rejected, "rejection"), thousands(tally.kind_agrees), thousands(tally.text_agrees));
  }
  return text;
}

void print_text(const std::vector<SuiteRun>& runs, const Tally& total) {
  if (runs.empty()) return;
  Table table({{"suite", false}, {"passed"}, {"failed"}, {"skipped"}});
  for (const SuiteRun& run : runs) add_row(table, run);
  fmt::print("{}\n{}", table.text(wants_colour(stdout)), summary(total, runs.size()));
}

nlohmann::ordered_json to_json(const Tally& tally) {
  return {{"passed", tally.passed},
          {"failed", tally.failed},
          {"skipped", {{"components", tally.components}, {"others", tally.others}}},
          {"soft", {{"rejections", tally.rejected}, {"kind", tally.kind_agrees}, {"text", tally.text_agrees}}}};
}

nlohmann::ordered_json to_json(const SuiteRun& run) {
  nlohmann::ordered_json object = {{"file", run.file.string()}};
  object.update(to_json(run.tally));
  auto failures = nlohmann::ordered_json::array();
  for (const Wrong& wrong : run.wrong) {
    failures.push_back({{"line", wrong.command.line},
                        {"type", wrong.command.type},
                        {"filename", wrong.command.file.filename().string()},
                        {"expected", name(wrong.command.expectation)},
                        {"text", wrong.command.text},
                        {"error", to_json(wrong.answer)}});
  }
  object["failures"] = std::move(failures);
  return object;
}

void print_json(const std::vector<SuiteRun>& runs, const Tally& total) {
  auto files = nlohmann::ordered_json::array();
  for (const SuiteRun& run : runs) files.push_back(to_json(run));
  const nlohmann::ordered_json root = {{"files", std::move(files)}, {"total", to_json(total)}};
  fmt::print("{}\n", root.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

// The suites behind all paths. A path that is missing is complained of and makes the exit code.
std::vector<fs::path> find_all(const std::vector<std::string>& paths, int& exit_code) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    auto found = find_suites(path);
    if (found) {
      files.insert(files.end(), found->begin(), found->end());
    } else {
      complain(found.error().file.string(), printable(found.error().reason));
      exit_code = exit_usage;
    }
  }
  return files;
}

int run(const SuiteArguments& arguments) {
  int exit_code = exit_ok;
  const auto files = find_all(arguments.paths, exit_code);
  std::vector<SuiteRun> runs;
  Tally total;
  Progress progress(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    progress.show(i, files[i].string());
    auto result = run_suite(files[i], arguments);
    if (!result) {
      progress.clear();
      complain(result.error().file.string(), printable(result.error().reason));
      exit_code = exit_usage;
      continue;
    }
    total += result->tally;
    runs.push_back(*std::move(result));
  }
  progress.clear();
  if (arguments.json) {
    print_json(runs, total);
  } else {
    print_text(runs, total);
  }
  return exit_code == exit_ok && total.failed != 0 ? exit_rejected : exit_code;
}

}  // namespace

void add_suite(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<SuiteArguments>();
  CLI::App* command = app.add_subcommand("suite", "Run conformance suites in the JSON form of wast2json");
  command->add_option("PATH", arguments->paths, "Folders, or .json files, with the binaries beside")
      ->required()
      ->type_name("");
  add_features_option(
      *command,
      "What modules may use, unless a command of a suite says otherwise; by default what suites.json in\n"
      "the suite's folder or above it says, else wasm3",
      [arguments](Features features) { arguments->features = features; });
  command
      ->add_option("--by", arguments->way,
                   "How to load: whole (default), parallel (bodies on two threads), lazy (bodies later), stream (in\n"
                   "pieces of seven bytes); the answers are the same")
      ->transform(CLI::CheckedTransformer(load_ways).description(""))
      ->type_name("WAY");
  command->add_flag("--components", arguments->components, "Run commands about components too, not only modules");
  command->add_flag("--json", arguments->json, "Print one JSON object: files and total");
  command->footer(
      "Exit code 1 if a check fails, 2 if a path is missing or damaged. Whether a rejection is for the suite's own\n"
      "reason is counted as well, and never fails.\n\n" +
      features_help() + "\nExample:\n  plimsoll suite --features wasm3 spec/core spec/custom");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
