// The `plimsoll` command: see DESIGN.md, "The command". Data goes to standard output, everything else to standard error.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "command/subcommands.hpp"
#include "plimsoll/version.hpp"

namespace {

using namespace plimsoll::regress;

void describe_application(CLI::App& app) {
  app.description(
      "Loads WebAssembly modules without copying them, and shows it.\n"
      "Every command has --help with an example.");
  app.set_version_flag("--version", fmt::format("plimsoll {}", plimsoll::version));
  app.require_subcommand(1);
  app.footer(
      "FILE may be `-` for standard input.\n"
      "Example:\n  plimsoll load module.wasm");
}

// Help and version are answers; anything else is misuse.
int answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    app.exit(error, std::cout, std::cerr);
    return exit_ok;
  }
  std::string command = "plimsoll";
  for (const CLI::App* chosen : app.get_subcommands()) command += " " + chosen->get_name();
  fmt::print(stderr, "{}: {}\nTry `{} --help`.\n", command, error.what(), command);
  return exit_usage;
}

// Takes what follows `--` off the command line of the subcommands that run one: a command, which may have options of its own.
std::vector<std::string> take_command(int& argc, char** argv) {
  const std::string_view subcommand = argc < 2 ? "" : argv[1];
  if (subcommand != "gate" && subcommand != "minimize") return {};
  char** const end = argv + argc;
  char** const dashes = std::find(argv, end, std::string_view("--"));
  std::vector<std::string> command(dashes == end ? end : dashes + 1, end);
  argc = static_cast<int>(dashes - argv);
  return command;
}

int run(int argc, char** argv) {
  int exit_code = exit_ok;
  CLI::App app;
  app.name("plimsoll");
  describe_application(app);
  add_load(app, exit_code);
  add_validate(app, exit_code);
  add_inspect(app, exit_code);
  add_suite(app, exit_code);
  const std::vector<std::string> behind_dashes = take_command(argc, argv);
  add_gate(app, exit_code, behind_dashes);
  add_trace(app, exit_code);
  add_smith(app, exit_code);
  add_mutate(app, exit_code);
  add_minimize(app, exit_code, behind_dashes);
  add_errors(app, exit_code);
  add_features(app, exit_code);
  if (argc < 2) {
    fmt::print(stderr, "{}", app.help());
    return exit_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return answer(app, error);
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = exit_rejected;
  try {
    exit_code = run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "plimsoll: {}\n", error.what());
  }
  // A full disk or a closed pipe must not pass for success.
  std::cout.flush();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0 || !std::cout) {
    std::fputs("plimsoll: cannot write to standard output\n", stderr);
    return exit_rejected;
  }
  return exit_code;
}
