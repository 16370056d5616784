// `plimsoll load FILE...`: loads each file and prints what it took.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "command/features_option.hpp"
#include "command/input.hpp"
#include "command/load_report.hpp"
#include "command/measure.hpp"
#include "command/subcommands.hpp"
#include "command/terminal.hpp"

namespace plimsoll::regress {
namespace {

struct LoadArguments {
  std::vector<std::string> files;
  MeasureOptions measure;
  bool json = false;
};

int run(const LoadArguments& arguments) {
  if (!standard_input_at_most_once(arguments.files)) throw CLI::ValidationError("FILE", "`-` can be given only once");
  std::vector<Measurement> rows;
  Progress progress(arguments.files.size());
  for (const std::string& file : arguments.files) {
    progress.show(rows.size(), file);
    rows.push_back(measure(file, arguments.measure));
    if (const auto& failure = rows.back().failure) {
      progress.clear();
      complain(file, *failure);
    }
  }
  progress.clear();
  fmt::print("{}", arguments.json ? load_json(rows) : load_table(rows, wants_colour(stdout)));
  return all_well(rows) ? exit_ok : exit_rejected;
}

}  // namespace

void add_load(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<LoadArguments>();
  CLI::App* command = app.add_subcommand("load", "Load each FILE and print what it took: heap, copies, time");
  command->add_option("FILE", arguments->files, "Modules, or - for standard input")->required()->type_name("");
  command
      ->add_option("--repeat", arguments->measure.repeat,
                   "Load this often (1 to 1000000) from memory for the times; the table shows the median")
      ->check(CLI::Range(1U, 1'000'000U).description(""))
      ->type_name("N");
  add_features_option(*command, "What modules may use; see below",
                      [arguments](Features features) { arguments->measure.load.features = features; });
  command->add_flag("--json", arguments->json, "Print one JSON array, an object a file; times in nanoseconds");
  command->footer(
      "A row for each file: verdict, bytes, functions with a body, heap allocations, peak and retained heap in bytes\n"
      "and per byte of the file, bytes of the module that were found copied on the heap, time of a load with its\n"
      "destruction, speed. Exit code 1 if a file is rejected, copied or unreadable.\n\n" +
      features_help() + "\nExample:\n  plimsoll load --repeat 20 --features wasm3 a.wasm b.wasm");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
