// `plimsoll mutate FILE`: mutants of a module, or of any bytes.
#include "mutate/mutate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "command/bus_guard.hpp"
#include "command/features_option.hpp"
#include "command/input.hpp"
#include "command/module_output.hpp"
#include "command/subcommands.hpp"
#include "mutate/break_rule.hpp"
#include "mutate/module_mutator.hpp"
#include "smith/entropy.hpp"

namespace plimsoll::regress {
namespace {

using fuzz::Bytes;

enum class MutantStyle : std::uint8_t { structural, mixed, broken };

struct MutateArguments {
  std::string file;
  std::string donor;
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> count;
  std::string output;
  MutantStyle style = MutantStyle::structural;
  Features features = Features::browsers();
};

// The bytes of an argument, which are changed after the file may have gone.
std::optional<Bytes> read_bytes(const std::string& argument) {
  constexpr std::uint32_t most = 1U << 30;
  const auto input = Input::open(argument, most);
  if (!input) {
    complain(argument, input.error());
    return std::nullopt;
  }
  const BusGuard guard(input->mapping());
  Bytes bytes(input->view().begin(), input->view().end());
  if (guard.tripped()) {
    complain(argument, file_changed());
    return std::nullopt;
  }
  return bytes;
}

std::span<const std::uint8_t> octets(const Bytes& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

Bytes crossed(const Bytes& module, const Bytes& donor, std::uint64_t seed) {
  Bytes result(module.size() + donor.size() + 256);
  const std::span<std::uint8_t> room(reinterpret_cast<std::uint8_t*>(result.data()), result.size());
  result.resize(fuzz::cross_modules(octets(module), octets(donor), room, seed));
  return result;
}

int make_mutants(const MutateArguments& arguments, const std::function<Bytes(std::uint64_t)>& make) {
  if (arguments.count) return put_modules(arguments.output, "mutant", arguments.seed, *arguments.count, make);
  return put_module(arguments.output, make(arguments.seed));
}

// Says on standard error which rule it was, of one, or how often each, of many.
int make_broken(const MutateArguments& arguments, const Bytes& module) {
  if (!fuzz::break_rule(module, arguments.features, {})) {
    complain(arguments.file, "is not valid with these features: there is no rule to break");
    return exit_rejected;
  }
  std::map<std::string_view, std::size_t> rules;
  const int code = make_mutants(arguments, [&](std::uint64_t seed) {
    constexpr std::size_t entropy = 64;
    auto broken = fuzz::break_rule(module, arguments.features, fuzz::entropy_of_seed(seed, entropy));
    if (!broken)
      throw std::logic_error("no rule of a valid module can be broken");  // break_rule.hpp: there always is one
    ++rules[broken->rule];
    return std::move(broken->module);
  });
  for (const auto& [rule, count] : rules)
    if (arguments.count)
      fmt::print(stderr, "{:>8} {}\n", count, rule);
    else
      fmt::print(stderr, "plimsoll: mutate: broken: {}\n", rule);
  return code;
}

int run(const MutateArguments& arguments) {
  require_output(arguments.output, arguments.count.has_value());
  const auto module = read_bytes(arguments.file);
  if (!module) return exit_rejected;
  if (!arguments.donor.empty()) {
    const auto donor = read_bytes(arguments.donor);
    if (!donor) return exit_rejected;
    return make_mutants(arguments, [&](std::uint64_t seed) { return crossed(*module, *donor, seed); });
  }
  if (arguments.style == MutantStyle::broken) return make_broken(arguments, *module);
  const auto style =
      arguments.style == MutantStyle::mixed ? fuzz::Mutator::Style::mixed : fuzz::Mutator::Style::structural;
  const std::vector<Bytes> pool{*module};
  const fuzz::Mutator mutator(pool, 0, style);
  return make_mutants(arguments, [&](std::uint64_t seed) { return mutator.make(seed).bytes; });
}

}  // namespace

void add_mutate(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<MutateArguments>();
  CLI::App* command = app.add_subcommand("mutate", "Make mutants of a module: changed, spliced, or one rule broken");
  command->add_option("FILE", arguments->file, "A module, or any bytes; - for standard input")->required();
  const auto not_negative = [](const std::string& number) {
    return number.starts_with('-') ? "cannot be negative" : std::string();
  };
  command->add_option("--seed", arguments->seed, "Which mutant (default 0)")
      ->check(CLI::Validator(not_negative, ""))
      ->type_name("N");
  command->add_option("--count", arguments->count, "Make so many, of this seed and those after it")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}).description(""))
      ->type_name("N");
  const std::map<std::string, MutantStyle> styles{
      {"structural", MutantStyle::structural}, {"mixed", MutantStyle::mixed}, {"broken", MutantStyle::broken}};
  CLI::Option* style =
      command
          ->add_option("--style", arguments->style,
                       "structural: nine in ten know sections, types and instructions (default); mixed: half;\n"
                       "broken: of a valid module, one rule broken, which is told on standard error")
          ->transform(CLI::CheckedTransformer(styles).description(""))
          ->type_name("structural|mixed|broken");
  command->add_option("--donor", arguments->donor, "Put parts of this module into FILE instead, renumbered")
      ->excludes(style)
      ->type_name("FILE");
  add_features_option(*command, "With which FILE is valid, for --style broken; see below",
                      [arguments](Features features) { arguments->features = features; });
  command->add_option("-o", arguments->output, "Where to: a file; with --count a folder, for mutant-SEED.wasm")
      ->type_name("FILE|FOLDER");
  command->footer(
      "Writes one mutant to standard output, or to FILE. The same bytes, seed and style make the same mutant, "
      "everywhere.\n"
      "Exit code 1 if a file cannot be read or written.\n\n" +
      features_help() +
      "\nExample:\n  plimsoll mutate module.wasm --seed 7 | plimsoll validate -\n"
      "  plimsoll mutate module.wasm --style broken --count 1000 -o broken");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
