// The program behind ci/differential: compares Plimsoll's verdicts with those of other loaders, on modules and on mutants of them.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "differential/comparison.hpp"
#include "differential/crash_input.hpp"
#include "differential/inputs.hpp"
#include "differential/peer_features.hpp"
#include "differential/report.hpp"
#include "differential/smith_modules.hpp"
#include "mutate/mutate.hpp"

namespace plimsoll::regress::differential {
namespace {

namespace fs = std::filesystem;

struct Settings {
  std::vector<std::string> paths;
  std::vector<std::string> default_paths;  // where no paths are given; those that exist
  std::vector<std::string> peers;
  std::string features;
  std::string known = PLIMSOLL_KNOWN_DISAGREEMENTS;
  std::string node = "node";
  std::string script = PLIMSOLL_V8_PEER;
  std::string save;
  std::uint64_t seed = 1;
  std::uint64_t count = 10'000;
  std::uint64_t first = 0;
  std::uint64_t batch = 256;
  std::uint64_t smith = 0;  // so many of the smith's modules, in place of files and mutants
  double patience = 20;
  bool json = false;
  bool keep_large = false;
};

// Something that the user must mend; the exit code is 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class Value>
Value need(std::expected<Value, std::string>&& result, const std::string& what) {
  if (!result) throw UsageError(what + result.error());
  return *std::move(result);
}

Features features_for(const Settings& settings, Features otherwise) {
  if (settings.features.empty()) return otherwise;
  const auto features = Features::parse(settings.features, Features::browsers());
  if (!features) throw UsageError("unknown feature '" + std::string(features.error()) + "'");
  return *features;
}

// Adds a peer, if it is on this machine; what was asked for by name must be.
bool add_party(const Settings& settings, const std::string& name, std::vector<Party>& parties) {
  const auto patience = std::chrono::milliseconds(static_cast<std::int64_t>(settings.patience * 1000));
  const std::string cannot = name + " cannot be asked with these features: ";
  if (name == "v8") {
    const fs::path node = find_program(settings.node);
    if (node.empty()) return false;
    const Features features = features_for(settings, settings.smith == 0 ? Features::browsers() : v8_features());
    std::vector<std::string> command{node.string(), "--single-threaded"};
    for (std::string& flag : need(v8_arguments(features), cannot)) command.push_back(std::move(flag));
    command.push_back(settings.script);
    parties.push_back({name, features, std::make_unique<TalkingPeer>(std::move(command), patience)});
    return true;
  }
  const bool is_wabt = name == "wabt";
  const fs::path program = find_program(is_wabt ? "wasm-validate" : "wasm-tools");
  if (program.empty()) return false;
  const Features features = features_for(settings, is_wabt ? wabt_features() : Features::browsers());
  std::vector<std::string> command{program.string()};
  if (!is_wabt) command.emplace_back("validate");
  for (std::string& flag : need(is_wabt ? wabt_arguments(features) : wasm_tools_arguments(features), cannot))
    command.push_back(std::move(flag));
  const std::string version = (is_wabt ? "wasm-validate " : "") + first_line_of({program.string(), "--version"});
  parties.push_back({name, features, std::make_unique<ToolPeer>(std::move(command), version, patience), 500});
  return true;
}

std::vector<Party> make_parties(const Settings& settings) {
  std::vector<Party> parties;
  if (!settings.peers.empty()) {
    for (const std::string& name : settings.peers) {
      if (!add_party(settings, name, parties))
        throw UsageError(name + " is not on this machine (ci/differential --help)");
    }
    return parties;
  }
  for (const char* const name : {"v8", "wasm-tools", "wabt"}) {
    if (!add_party(settings, name, parties))
      fmt::print(stderr, "differential: without {}: it is not on this machine\n", name);
  }
  if (parties.empty()) throw UsageError("there is no peer on this machine (ci/differential --help)");
  return parties;
}

Inputs make_inputs(const Settings& settings) {
  Inputs inputs;
  std::vector<std::string> paths = settings.paths;
  if (paths.empty())
    std::ranges::copy_if(settings.default_paths, std::back_inserter(paths),
                         [](const std::string& path) { return fs::exists(path); });
  for (const std::string& path : paths) {
    if (auto read = read_inputs(path, settings.keep_large ? SIZE_MAX : 64U << 10U, inputs); !read)
      throw UsageError(read.error());
  }
  if (inputs.modules.empty()) throw UsageError("there is no .wasm or .hex file in what was given");
  return inputs;
}

class Progress {
 public:
  explicit Progress(std::uint64_t total) : total_(total), live_(::isatty(STDERR_FILENO) == 1) {}
  void show(std::uint64_t done, std::size_t findings) const {
    if (live_) fmt::print(stderr, "\r\x1b[K{} of {}, {} kinds of unknown disagreements", done, total_, findings);
  }
  ~Progress() {
    if (live_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  std::uint64_t total_;
  bool live_;
};

void compare_all(const Settings& settings, const Inputs& inputs, Comparison& comparison) {
  const std::span<const Bytes> modules = inputs.modules;
  for (std::size_t i = 0; i < modules.size(); i += settings.batch) {
    comparison.compare(modules.subspan(i, std::min<std::size_t>(settings.batch, modules.size() - i)),
                       [&](std::size_t number) { return inputs.names[i + number]; });
  }
  // What is valid makes the better mutants: one that was invalid before most often is so for the same reason.
  std::vector<bool> valid;
  for (const Bytes& module : modules) valid.push_back(!our_verdict(module, comparison.parties().front().features));
  const fuzz::Mutator mutator(modules, settings.seed, fuzz::Mutator::Style::structural, valid);
  const Progress progress(settings.count);
  const std::uint64_t end = settings.first + settings.count;
  for (std::uint64_t number = settings.first; number < end; number += settings.batch) {
    std::vector<Bytes> mutants;
    std::vector<std::size_t> origins;
    for (std::uint64_t i = number; i < std::min(end, number + settings.batch); ++i) {
      fuzz::Mutant mutant = mutator.make(i);
      mutants.push_back(std::move(mutant.bytes));
      origins.push_back(mutant.origin);
    }
    comparison.compare(
        mutants, [&](std::size_t i) { return fmt::format("mutant {} of {}", number + i, inputs.names[origins[i]]); });
    progress.show(number + mutants.size() - settings.first, comparison.findings().size());
  }
}

SmithFigures compare_smith_modules(const Settings& settings, Comparison& comparison) {
  SmithFigures figures;
  const Progress progress(settings.smith);
  for (std::uint64_t done = 0; done < settings.smith; done += settings.batch) {
    const std::uint64_t count = std::min(settings.batch, settings.smith - done);
    compare_smith(settings.seed, settings.first + done, count, comparison, figures);
    progress.show(done + count, comparison.findings().size());
  }
  return figures;
}

void save_findings(const std::string& folder, const Comparison& comparison, std::span<const Refusal> refusals) {
  fs::create_directories(folder);
  const auto write = [&](const std::string& name, const Bytes& bytes) {
    std::ofstream(fs::path(folder) / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  for (const Refusal& refusal : refusals) write(fmt::format("refused-{}.wasm", refusal.number), refusal.bytes);
  std::size_t number = 0;
  for (const Finding& finding : comparison.findings()) {
    ++number;
    write(fmt::format("{}-{}.wasm", finding.whole.peer, number), finding.smallest.bytes);
    write(fmt::format("{}-{}-whole.wasm", finding.whole.peer, number), finding.whole.bytes);
  }
}

int run(const Settings& settings) {
  const auto begin = std::chrono::steady_clock::now();
  KnownList known = need(KnownList::read(settings.known), settings.known + ": ");
  const Inputs inputs = settings.smith == 0 ? make_inputs(settings) : Inputs{};
  keep_crash_input();
  Comparison comparison(make_parties(settings), std::move(known),
                        [](std::span<const std::byte> module, Features features) {
                          set_crash_input(module);
                          return our_verdict(module, features);
                        });
  for (const KnownRule* const rule : comparison.check_examples()) {
    fmt::print(stderr, "differential: the example of {} does not show it: has {} changed?\n", rule->id, rule->peer);
  }
  std::optional<SmithFigures> smith;
  if (settings.smith == 0)
    compare_all(settings, inputs, comparison);
  else
    smith = compare_smith_modules(settings, comparison);
  comparison.minimize_findings();
  const bool refused = smith && smith->refused != 0;
  if (!settings.save.empty())
    save_findings(settings.save, comparison, refused ? smith->refusals : std::span<const Refusal>());
  const RunFigures figures{.modules = inputs.modules.size(),
                           .mutants = settings.smith == 0 ? settings.count : 0,
                           .seed = settings.seed,
                           .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
                           .smith = std::move(smith)};
  if (settings.json) {
    fmt::print("{}\n", json_report(comparison, figures).dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}", text_report(comparison, figures));
  }
  return comparison.findings().empty() && !refused ? 0 : 1;
}

void add_options(CLI::App& app, Settings& settings) {
  CLI::Option* const path = app.add_option(
      "PATH", settings.paths, "Modules: .wasm files, .hex files (corpus/modules), folders of them at any depth");
  app.add_option("--default-path", settings.default_paths, "A PATH where none is given, if it is there")
      ->allow_extra_args(false)
      ->group("");
  CLI::Option* const count =
      app.add_option("--count", settings.count, "Mutants to make of them, after they were compared as they are")
          ->capture_default_str();
  app.add_option("--smith", settings.smith,
                 "Make so many modules with the smith instead; each must be valid to everybody who has its features")
      ->check(CLI::PositiveNumber)
      ->excludes(path)
      ->excludes(count);
  app.add_option("--seed", settings.seed, "Which mutants or modules: the same seed and PATHs give the same ones")
      ->capture_default_str();
  app.add_option("--first", settings.first,
                 "Number of the first mutant or module, to see one again: --first NUMBER --count 1");
  app.add_option("--peer", settings.peers,
                 "Whom to ask: v8, wasm-tools, wabt; may be repeated (default: all that are here)")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"v8", "wasm-tools", "wabt"}));
  app.add_option(
      "--features", settings.features,
      "Feature list, as in plimsoll validate (default: browsers; wabt: without gc; v8 with --smith: what it has)");
  app.add_option("--known", settings.known, "The list of known disagreements")->check(CLI::ExistingFile);
  app.add_option("--node", settings.node, "The node whose V8 is asked")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->capture_default_str();
  app.add_option("--peer-script", settings.script, "What node runs")->check(CLI::ExistingFile)->group("");
  app.add_option("--batch", settings.batch, "Modules sent at once")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--patience", settings.patience, "Seconds after which a peer that says nothing is started anew")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--save", settings.save, "Folder for the bytes of unknown disagreements, cut down and whole");
  app.add_flag("--keep-large", settings.keep_large, "Do not cut modules over 64 KiB down");
  app.add_flag("--json", settings.json, "Print a JSON object");
}

}  // namespace
}  // namespace plimsoll::regress::differential

int main(int argc, char** argv) {
  using namespace plimsoll::regress::differential;
  CLI::App app("Compares Plimsoll's verdicts with those of other loaders, on modules and on mutants of them.");
  app.name("ci/differential");
  app.footer(
      "A disagreement that no rule of the list of known ones explains is cut down and shown with its bytes and both "
      "messages.\n"
      "exit status: 0 there is none, 1 there is one, 2 wrong usage, or a peer that cannot be run\n"
      "\nexample: ci/differential --count 100000 --seed 7");
  Settings settings;
  add_options(app, settings);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return run(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "differential: {}\n", error.what());
    return 2;
  }
}
