// `plimsoll validate FILE...`: one line a file, valid or not and why.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <deque>
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
#include "pool/thread_pool.hpp"

namespace plimsoll::regress {
namespace {

struct ValidateArguments {
  std::vector<std::string> files;
  Options load;
  unsigned threads = 1;
  bool json = false;
  bool custom = false;
};

struct Verdict {
  std::optional<Failure> failure;
  std::vector<Warning> warnings;  // of custom sections, if they are checked
};
using Verdicts = std::vector<Verdict>;  // one a file, in the order of the arguments

// Every worker takes the next file that nobody has taken. The calling thread is one of them. With fewer files than threads,
// each load has its share of those that are left.
Verdicts judge_all(const ValidateArguments& arguments) {
  const std::size_t count = arguments.files.size();
  Verdicts verdicts(count);
  std::atomic<std::size_t> next{0};
  Progress progress(count);
  const std::size_t worker_count = std::min<std::size_t>(arguments.threads, count);
  const std::size_t threads_each = arguments.threads / worker_count;
  std::deque<ThreadPool> pools;
  while (pools.size() < worker_count) pools.emplace_back(threads_each);
  const auto work = [&](std::size_t worker, Progress* shown) {
    Options options = arguments.load;
    if (threads_each > 1) options.parallel = &pools[worker];
    for (std::size_t i = next++; i < count; i = next++) {
      if (shown != nullptr) shown->show(i, arguments.files[i]);
      try {
        verdicts[i].failure =
            why_not_valid(arguments.files[i], options, {}, arguments.custom ? &verdicts[i].warnings : nullptr);
      } catch (const std::bad_alloc&) {
        verdicts[i] = {file_failure("out_of_memory", "out of memory"), {}};
      }
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 1; i < worker_count; ++i) {
    workers.emplace_back(work, i, nullptr);
  }
  work(0, &progress);
  return verdicts;
}

void print_lines(const std::vector<std::string>& files, const Verdicts& verdicts) {
  const bool colour = wants_colour(stdout);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& bad = verdicts[i].failure;
    if (!bad) {
      fmt::print("{}: {}\n", printable(files[i]), styled("valid", Style::good, colour));
    } else if (!bad->of_file) {
      fmt::print("{}: {}: {}\n", printable(files[i]), styled("invalid", Style::bad, colour), located(*bad));
    }
  }
}

nlohmann::ordered_json to_json(const std::vector<Warning>& warnings) {
  auto array = nlohmann::ordered_json::array();
  for (const Warning& one : warnings) {
    array.push_back({{"offset", one.offset}, {"section", one.section}, {"code", one.code}, {"message", one.message}});
  }
  return array;
}

void print_json(const ValidateArguments& arguments, const Verdicts& verdicts) {
  auto array = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const auto& [failure, warnings] = verdicts[i];
    array.push_back({{"file", arguments.files[i]}, {"valid", !failure}, {"error", to_json(failure)}});
    if (arguments.custom) array.back()["warnings"] = to_json(warnings);
  }
  fmt::print("{}\n", array.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void warn(const std::string& file, const std::vector<Warning>& warnings) {
  for (const Warning& one : warnings) complain(file, fmt::format("warning: {:#x}: {}", one.offset, one.message));
  if (warnings.size() == most_warnings) complain(file, "further warnings are not shown");
}

int run(const ValidateArguments& arguments) {
  if (!standard_input_at_most_once(arguments.files)) throw CLI::ValidationError("FILE", "`-` can be given only once");
  const Verdicts verdicts = judge_all(arguments);
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i].failure) complain(arguments.files[i], *verdicts[i].failure);
    if (!arguments.json) warn(arguments.files[i], verdicts[i].warnings);
  }
  if (arguments.json) {
    print_json(arguments, verdicts);
  } else {
    print_lines(arguments.files, verdicts);
  }
  const auto rejected = [](const Verdict& verdict) { return verdict.failure.has_value(); };
  return std::ranges::none_of(verdicts, rejected) ? exit_ok : exit_rejected;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ValidateArguments>();
  CLI::App* command = app.add_subcommand("validate", "Say of each FILE whether it is a valid module");
  command->add_option("FILE", arguments->files, "Modules, or - for standard input, which is validated as it comes")
      ->required()
      ->type_name("");
  add_features_option(*command, "What modules may use; see below",
                      [arguments](Features features) { arguments->load.features = features; });
  command
      ->add_option("--threads", arguments->threads,
                   "Use this many threads (1 to 256): for as many files at a time, and for the bodies of large modules")
      ->check(CLI::Range(1U, 256U).description(""))
      ->type_name("N");
  command->add_flag("--custom", arguments->custom,
                    "Check custom sections (names, linking, hints ...) too; what is wrong there is a warning");
  command->add_flag("--json", arguments->json,
                    "Print one JSON array, an object a file: file, valid, error (and with --custom: warnings)");
  command->footer(
      "Prints `FILE: valid` or `FILE: invalid: 0xOFFSET: message`. Exit code 1 if one is invalid or unreadable.\n"
      "Warnings go to standard error, at most 100 a file, and do not change the exit code: custom sections never make "
      "a\n"
      "module invalid.\n\n" +
      features_help() + "\nExample:\n  plimsoll validate --features wasm3,-simd --threads 4 *.wasm");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
