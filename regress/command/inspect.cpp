// `plimsoll inspect FILE`: what stands in a module, valid or not.
#include "inspect/inspect.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command/bus_guard.hpp"
#include "command/failure.hpp"
#include "command/features_option.hpp"
#include "command/figures.hpp"
#include "command/input.hpp"
#include "command/subcommands.hpp"
#include "command/terminal.hpp"

namespace plimsoll::regress {
namespace {

struct InspectArguments {
  std::string file;
  inspect::Request request;
};

// `FILE#core0` names a module inside a component, unless a file has that name.
std::pair<std::string, std::string> split_path(const std::string& argument) {
  const auto hash = argument.find('#', argument.find_last_of('/') + 1);
  std::error_code ignored;
  if (hash == std::string::npos || std::filesystem::exists(argument, ignored)) return {argument, ""};
  return {argument.substr(0, hash), argument.substr(hash)};
}

bool show(const inspect::Part& part, const inspect::Request& request) {
  inspect::Output out(inspect::to_descriptor(STDOUT_FILENO));
  const auto say = [&out](const inspect::Part& at_fault, const Error& error) {
    out.flush();
    const auto bytes = at_fault.file.subspan(at_fault.range.offset, at_fault.range.size);
    const Failure reason = failure(error, bytes.size(), name_of_function(error, bytes));
    complain(at_fault.name, fmt::format("{}: {}", reason.verdict, located(reason)));
  };
  try {
    const bool good = inspect::inspect(part, request, out, say);
    out.flush();
    return good;
  } catch (const inspect::OutputClosed&) {
    return false;  // nobody is left to be told
  }
}

int run(const InspectArguments& arguments) {
  const auto [file, path] = split_path(arguments.file);
  const auto input = Input::open(file, arguments.request.load.limits.module_size);
  if (!input) {
    complain(file, input.error());
    return exit_rejected;
  }
  const BusGuard guard(input->mapping());
  const auto part = inspect::find_part(input->view(), file, path);
  if (!part) throw CLI::ValidationError("FILE", fmt::format("there is no {} in {}", printable(path), printable(file)));
  if (const auto reason = inspect::misfit(*part, arguments.request.functions))
    throw CLI::ValidationError("FUNC", printable(*reason));
  const bool good = show(*part, arguments.request);
  if (guard.tripped()) {
    complain(file, file_changed());
    return exit_rejected;
  }
  return good ? exit_ok : exit_rejected;
}

void check(InspectArguments& arguments) {
  auto& views = arguments.request.views;
  const bool disassembles = std::ranges::find(views, inspect::ViewKind::disassembly) != views.end();
  if (!arguments.request.functions.empty() && !disassembles)
    throw CLI::ValidationError("FUNC", "functions can be named with --disassemble only");
  if (views.empty()) views.push_back(inspect::ViewKind::sections);
}

void add_views(CLI::App& command, const std::shared_ptr<InspectArguments>& arguments) {
  const auto add = [&](const char* name, inspect::ViewKind view, const char* help) {
    command.add_flag_callback(
               name, [arguments, view] { arguments->request.views.push_back(view); }, help)
        ->trigger_on_parse();
  };
  using enum inspect::ViewKind;
  add("--sections", sections, "Where each section stands and how large it is (the default)");
  add("--imports", imports, "What is imported, with its type");
  add("--exports", exports, "What is exported");
  add("--types", types, "The types, as the text format writes them");
  add("--functions", functions, "Functions with their types, names, and where their bodies stand");
  add("--tables", tables, "Tables with their types");
  add("--memories", memories, "Memories with their sizes in pages");
  add("--globals", globals, "Globals with their types and first values");
  add("--tags", tags, "Exception tags");
  add("--elements", elements, "Element segments: where they go, and their first items");
  add("--names", names, "The name section");
  add("--data", data, "Data segments: size, address, first bytes");
  add("--custom", custom, "Custom sections, those that are known in full");
  add("--disassemble", disassembly, "Instructions with their offsets, of each FUNC or of all functions");
  add("--histogram", histogram, "How often each instruction occurs");
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<InspectArguments>();
  arguments->request.load.features = Features::all();
  CLI::App* command = app.add_subcommand("inspect", "Show what stands in a module: sections, types, code, names");
  command->add_option("FILE", arguments->file, "A module or component, or - for standard input; see below")
      ->required()
      ->type_name("");
  command->add_option("FUNC", arguments->request.functions, "With --disassemble: functions, by index or by name")
      ->type_name("");
  add_views(*command, arguments);
  add_features_option(*command, "What the module may use; the default here is all; see below",
                      [arguments](Features features) { arguments->request.load.features = features; });
  command->add_flag("--json", arguments->request.json, "Print one JSON document instead");
  command->footer(
      "Views are shown in the order in which they are asked for. Offsets and sizes are in bytes, from the start of "
      "FILE.\n"
      "A module that is not valid is shown as far as it can be read; why it is not valid goes to standard error, and "
      "the\n"
      "exit code is 1. Of a component its sections are shown, and the core modules inside it: FILE#core0, FILE#core1 "
      "and\n"
      "so on, inside inner components FILE#component0#core0. Each of these can also be given as FILE.\n\n" +
      features_help() +
      "\nExample:\n"
      "  plimsoll inspect module.wasm\n"
      "  plimsoll inspect module.wasm --imports --exports\n"
      "  plimsoll inspect module.wasm --disassemble main 17");
  command->callback([arguments, &exit_code] {
    check(*arguments);
    exit_code = run(*arguments);
  });
}

}  // namespace plimsoll::regress
