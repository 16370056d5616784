// `plimsoll validate FILE...`: one line a file, valid or not and why.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "command/features_option.hpp"
#include "command/figures.hpp"
#include "command/input.hpp"
#include "command/subcommands.hpp"
#include "command/table.hpp"
#include "command/terminal.hpp"
#include "command/verdict.hpp"

namespace plimsoll::regress {
namespace {

struct ValidateArguments {
  std::vector<std::string> files;
  Options load;
  unsigned threads = 1;
  bool json = false;
};

using Verdicts = std::vector<std::optional<Failure>>;  // one a file, in the order of the arguments

// Every worker takes the next file that nobody has taken. The calling thread is one of them.
Verdicts judge_all(const ValidateArguments& arguments) {
  const std::size_t count = arguments.files.size();
  Verdicts verdicts(count);
  std::atomic<std::size_t> next{0};
  Progress progress(count);
  const auto work = [&](Progress* shown) {
    for (std::size_t i = next++; i < count; i = next++) {
      if (shown != nullptr) shown->show(i, arguments.files[i]);
      try {
        verdicts[i] = why_not_valid(arguments.files[i], arguments.load);
      } catch (const std::bad_alloc&) {
        verdicts[i] = file_failure("out_of_memory", "out of memory");
      }
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 1; i < std::min<std::size_t>(arguments.threads, count); ++i) {
    workers.emplace_back(work, nullptr);
  }
  work(&progress);
  return verdicts;
}

void print_lines(const std::vector<std::string>& files, const Verdicts& verdicts) {
  const bool colour = wants_colour(stdout);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& bad = verdicts[i];
    if (!bad) {
      fmt::print("{}: {}\n", printable(files[i]), styled("valid", Style::good, colour));
    } else if (!bad->of_file) {
      fmt::print("{}: {}: {}\n", printable(files[i]), styled("invalid", Style::bad, colour), located(*bad));
    }
  }
}

void print_json(const std::vector<std::string>& files, const Verdicts& verdicts) {
  auto array = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < files.size(); ++i) {
    array.push_back({{"file", files[i]}, {"valid", !verdicts[i]}, {"error", to_json(verdicts[i])}});
  }
  fmt::print("{}\n", array.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

int run(const ValidateArguments& arguments) {
  if (!standard_input_at_most_once(arguments.files)) throw CLI::ValidationError("FILE", "`-` can be given only once");
  const Verdicts verdicts = judge_all(arguments);
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i]) complain(arguments.files[i], *verdicts[i]);
  }
  if (arguments.json) {
    print_json(arguments.files, verdicts);
  } else {
    print_lines(arguments.files, verdicts);
  }
  return std::ranges::none_of(verdicts, &std::optional<Failure>::has_value) ? exit_ok : exit_rejected;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ValidateArguments>();
  CLI::App* command = app.add_subcommand("validate", "Say of each FILE whether it is a valid module");
  command->add_option("FILE", arguments->files, "Modules, or - for standard input")->required()->type_name("");
  add_features_option(*command, "What modules may use; see below",
                      [arguments](Features features) { arguments->load.features = features; });
  command->add_option("--threads", arguments->threads, "Validate this many files (1 to 256) at a time")
      ->check(CLI::Range(1U, 256U).description(""))
      ->type_name("N");
  command->add_flag("--json", arguments->json, "Print one JSON array, an object a file: file, valid, error");
  command->footer(
      "Prints `FILE: valid` or `FILE: invalid: 0xOFFSET: message`. Exit code 1 if one is invalid or unreadable.\n\n" +
      features_help() + "\nExample:\n  plimsoll validate --features wasm3,-simd --threads 4 *.wasm");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
