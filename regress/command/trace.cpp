// `plimsoll trace`: the ledger under a program that is not ours, or around an engine's C API.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "command/subcommands.hpp"
#include "command/terminal.hpp"
#include "command/trace_report.hpp"
#include "symbols/symbolizer.hpp"
#include "trace/trace_command.hpp"
#include "trace/trace_engine.hpp"

namespace plimsoll::regress {
namespace {

constexpr int exit_not_traced = 4;
constexpr int exit_crashed = 5;

struct TraceArguments {
  std::vector<std::string> words;  // the command, or the module
  std::string module;
  std::string engine;
  std::string tier = "full";
  bool json = false;
  TraceOptions options;
};

// Which of the command's words the module is, if nobody says.
std::string module_of(const TraceArguments& arguments) {
  if (!arguments.module.empty()) return arguments.module;
  const auto found = modules_among(arguments.words);
  if (found.empty()) {
    throw CLI::ValidationError("--module", "no argument of COMMAND is a WebAssembly file: say which it loads");
  }
  if (found.size() > 1) {
    throw CLI::ValidationError(
        "--module", fmt::format("both {} and {} are WebAssembly files: say which is meant", found[0], found[1]));
  }
  return found.front();
}

std::expected<Trace, TraceFailure> trace(const TraceArguments& arguments) {
  if (arguments.engine.empty()) return trace_command(arguments.words, module_of(arguments), arguments.options);
  if (arguments.words.size() != 1) throw CLI::ValidationError("FILE", "--engine takes one module");
  if (!arguments.module.empty() || !arguments.options.preload.empty()) {
    throw CLI::ValidationError("--engine", "--module and --preload are for commands");
  }
  return trace_engine(arguments.engine, arguments.words.front(), arguments.options.tier);
}

int run(TraceArguments& arguments) {
  arguments.options.tier = arguments.tier == "fast" ? Tier::fast : Tier::full;
  const auto traced = trace(arguments);
  if (!traced) {
    fmt::print(stderr, "plimsoll trace: {}\n", traced.error().message);
    return traced.error().kind == TraceFailure::Kind::crashed ? exit_crashed : exit_not_traced;
  }
  Symbolizer symbolizer;
  fmt::print("{}",
             arguments.json ? trace_json(*traced, symbolizer) : trace_text(*traced, symbolizer, wants_colour(stdout)));
  if (traced->signal != 0) return exit_crashed;
  if (traced->exit_status != 0) {
    fmt::print(stderr, "plimsoll trace: {} ended with status {}\n", arguments.words.front(), traced->exit_status);
  }
  return has_findings(*traced) ? exit_rejected : exit_ok;
}

}  // namespace

void add_trace(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<TraceArguments>();
  CLI::App* command = app.add_subcommand("trace", "Find what a program, or an engine, copies when it loads a module");
  command->add_option("COMMAND", arguments->words, "The program and its arguments, after --; with --engine, the module")
      ->required()
      ->type_name("");
  command
      ->add_option("--module", arguments->module,
                   "The module that COMMAND loads, if no argument or more than one is a .wasm file")
      ->type_name("FILE");
  command
      ->add_option("--engine", arguments->engine,
                   "Load FILE through the C API of this library instead: the WebAssembly C API, or WasmEdge's")
      ->type_name("LIB");
  command
      ->add_option("--tier", arguments->tier, "fast: counts and the input clock; full (default): copies and stacks too")
      ->check(CLI::IsMember({"fast", "full"}).description(""))
      ->type_name("TIER");
  command
      ->add_option("--preload", arguments->options.preload,
                   "Preload this beneath the tracer, such as an allocator; may be given again")
      ->type_name("LIB")
      ->expected(1)
      ->take_all();
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->footer(
      "Runs COMMAND with the ledger preloaded. Recording starts when a process opens the module, and ends with it; a "
      "program\n"
      "that includes plimsoll_ledger.h says itself where. What COMMAND prints goes to standard error.\n"
      "Exit code: 0 no copies found, 1 copies found, 2 usage, 4 nothing to trace (no such command or module, a static\n"
      "binary, or nobody opened the module), 5 the command or engine crashed or left no report.\n"
      "Not seen: memory that a program carves out of reservations of its own (the heap of a JIT compiler), static "
      "binaries,\n"
      "files read by system calls without the C library.\n\n"
      "Examples:\n"
      "  plimsoll trace -- wasm-validate a.wasm\n"
      "  plimsoll trace --module a.wasm -- node -e \"new WebAssembly.Module(fs.readFileSync('a.wasm'))\"\n"
      "  plimsoll trace --engine libwasmedge.so a.wasm");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
