// `plimsoll smith`: valid modules out of a seed, or out of the bytes of a file.
#include "smith/smith.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "command/bus_guard.hpp"
#include "command/features_option.hpp"
#include "command/input.hpp"
#include "command/module_output.hpp"
#include "command/subcommands.hpp"

namespace plimsoll::regress {
namespace {

struct SmithArguments {
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> count;  // if it is given, the output is a folder
  std::string from;
  std::string output;
  fuzz::SmithOptions smith;
};

int make_from_file(const SmithArguments& arguments, const fuzz::Smith& smith) {
  constexpr std::uint32_t most_entropy = 1U << 30;
  const auto input = Input::open(arguments.from, most_entropy);
  if (!input) {
    complain(arguments.from, input.error());
    return exit_rejected;
  }
  const BusGuard guard(input->mapping());
  const fuzz::Bytes module = smith.make(input->view());
  if (guard.tripped()) {
    complain(arguments.from, file_changed());
    return exit_rejected;
  }
  return put_module(arguments.output, module);
}

// What was asked for and is of no use without something that is off would be missing without a word.
void tell_what_is_left_out(Features asked) {
  const Features used = fuzz::sensible(asked);
  for (const FeatureRow& row : feature_table())
    if (asked.has(row.feature) && !used.has(row.feature))
      fmt::print(stderr, "plimsoll: smith: without {}: a feature that it builds on is off\n", row.name);
}

int run(const SmithArguments& arguments) {
  require_output(arguments.output, arguments.count.has_value());
  tell_what_is_left_out(arguments.smith.features);
  const fuzz::Smith smith(arguments.smith);
  if (arguments.count)
    return put_modules(arguments.output, "smith", arguments.seed, *arguments.count,
                       [&smith](std::uint64_t seed) { return smith.make(seed); });
  if (!arguments.from.empty()) return make_from_file(arguments, smith);
  return put_module(arguments.output, smith.make(arguments.seed));
}

}  // namespace

void add_smith(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<SmithArguments>();
  CLI::App* command = app.add_subcommand("smith", "Make valid modules out of a seed, or out of any bytes");
  const auto not_negative = [](const std::string& number) {
    return number.starts_with('-') ? "cannot be negative" : std::string();
  };
  CLI::Option* seed = command->add_option("--seed", arguments->seed, "Which module (default 0)")
                          ->check(CLI::Validator(not_negative, ""))
                          ->type_name("N");
  CLI::Option* count = command->add_option("--count", arguments->count, "Make so many, of this seed and those after it")
                           ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}).description(""))
                           ->type_name("N");
  add_features_option(*command, "What modules may use; see below",
                      [arguments](Features features) { arguments->smith.features = features; });
  command
      ->add_option("--size", arguments->smith.size, "Bytes after which a module ends as soon as it can (default 4096)")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1} << 26).description(""))
      ->type_name("BYTES");
  command->add_option("-o", arguments->output, "Where to: a file; with --count a folder, for smith-SEED.wasm")
      ->type_name("FILE|FOLDER");
  command->add_option("--from", arguments->from, "Make the module out of the bytes of a file, or of - (standard input)")
      ->excludes(seed)
      ->excludes(count)
      ->type_name("FILE");
  command->footer(
      "Writes one module to standard output, or to FILE. The same seed or bytes, features and size make the same "
      "module,\n"
      "everywhere. No module is longer than the size and 16 KiB; most are shorter. Exit code 1 if a file cannot be "
      "read\n"
      "or written.\n\n" +
      features_help() +
      "\nExample:\n  plimsoll smith --seed 7 --features wasm3,-gc | plimsoll validate -\n"
      "  plimsoll smith --count 1000 --features all -o modules");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
