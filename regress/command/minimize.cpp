// `plimsoll minimize FILE -- COMMAND`: cuts a module down for as long as a command answers the same.
#include "mutate/minimize.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include "command/bus_guard.hpp"
#include "command/figures.hpp"
#include "command/input.hpp"
#include "command/module_output.hpp"
#include "command/subcommands.hpp"
#include "command/trial.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;
using fuzz::Bytes;

struct MinimizeArguments {
  std::string file;
  std::string output;
  bool in_place = false;
  std::string pattern;
  double seconds = 10;
  std::size_t most_runs = 20'000;
  std::vector<std::string> command;
};

volatile sig_atomic_t interrupted = 0;
extern "C" void interrupt(int /*signal*/) { interrupted = 1; }

// Ctrl-C ends the search, not the program: what was found is still written.
class Interruptible {
 public:
  Interruptible() {
    struct sigaction action{};
    action.sa_handler = interrupt;
    ::sigaction(SIGINT, &action, &old_interrupt_);
    ::sigaction(SIGTERM, &action, &old_terminate_);
  }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  ~Interruptible() {
    ::sigaction(SIGINT, &old_interrupt_, nullptr);
    ::sigaction(SIGTERM, &old_terminate_, nullptr);
  }

 private:
  struct sigaction old_interrupt_{};
  struct sigaction old_terminate_{};
};

// A folder for the candidate and what the command prints, gone at the end.
class Workshop {
 public:
  Workshop() {
    std::string name = (fs::temp_directory_path() / "plimsoll-minimize-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
};

// What is kept the same.
struct Verdict {
  Ended ended;
  bool matches = true;

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

class Question {
 public:
  explicit Question(const MinimizeArguments& arguments)
      : candidate_((workshop_.path() / fs::path(arguments.file).filename()).string()),
        printed_(arguments.pattern.empty() ? "" : (workshop_.path() / "output.txt").string()),
        limit_(static_cast<std::int64_t>(arguments.seconds * 1000)), progress_(::isatty(STDERR_FILENO) == 1) {
    if (arguments.file == "-" || candidate_ == printed_) candidate_ = (workshop_.path() / "module.wasm").string();
    if (!arguments.pattern.empty()) pattern_.emplace(arguments.pattern);
    bool has_place = false;
    for (std::string word : arguments.command) {
      for (std::size_t at = word.find("{}"); at != std::string::npos; at = word.find("{}", at + candidate_.size())) {
        word.replace(at, 2, candidate_);
        has_place = true;
      }
      command_.push_back(std::move(word));
    }
    if (!has_place) command_.push_back(candidate_);
  }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;
  ~Question() { clear(); }

  [[nodiscard]] std::size_t runs() const noexcept { return runs_; }

  Verdict ask(std::span<const std::byte> module) {
    ++runs_;
    std::ofstream file(candidate_, std::ios::binary);
    file.write(reinterpret_cast<const char*>(module.data()), static_cast<std::streamsize>(module.size()));
    file.close();
    if (!file) throw std::runtime_error(candidate_ + ": cannot write it");
    Verdict verdict{run_trial(command_, printed_, limit_), true};
    if (pattern_) {
      std::ifstream output(printed_, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(output), {}};
      verdict.matches = std::regex_search(text, *pattern_);
    }
    return verdict;
  }

  // Shows where the search is, ten times a second, on a terminal.
  void show(std::size_t before, std::size_t smallest) {
    const auto now = std::chrono::steady_clock::now();
    if (!progress_ || now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    fmt::print(stderr, "\r\x1b[Kminimize: {} -> {} bytes, {} runs", before, smallest, runs_);
  }
  void clear() {
    if (shown_ != std::chrono::steady_clock::time_point()) fmt::print(stderr, "\r\x1b[K");
    shown_ = {};
  }

 private:
  Workshop workshop_;
  std::string candidate_;
  std::string printed_;  // empty: nobody reads it
  std::chrono::milliseconds limit_;
  bool progress_;
  std::optional<std::regex> pattern_;
  std::vector<std::string> command_;
  std::size_t runs_ = 0;
  std::chrono::steady_clock::time_point shown_{};
};

Bytes search(const MinimizeArguments& arguments, const Bytes& module, const Verdict& wanted, Question& question) {
  std::unordered_set<std::string> refused;  // what was asked once has been answered
  std::size_t smallest = module.size();
  const auto interesting = [&](std::span<const std::byte> candidate) {
    if (interrupted != 0) return false;
    std::string key(reinterpret_cast<const char*>(candidate.data()), candidate.size());
    if (refused.contains(key)) return false;
    question.show(module.size(), smallest);
    if (question.ask(candidate) == wanted) {
      smallest = std::min(smallest, candidate.size());
      return true;
    }
    if (key.size() < 4096) refused.insert(std::move(key));
    return false;
  };
  return fuzz::minimize(module, interesting, arguments.most_runs);
}

std::string output_of(const MinimizeArguments& arguments) {
  if (arguments.in_place) return arguments.file;
  if (!arguments.output.empty()) return arguments.output;
  if (arguments.file == "-") return "minimized.wasm";
  fs::path path = arguments.file;
  path.replace_filename(path.stem().string() + ".min" + path.extension().string());
  return path.string();
}

int minimize_file(const MinimizeArguments& arguments) {
  constexpr std::uint32_t most = 1U << 30;
  const auto input = Input::open(arguments.file, most);
  if (!input) {
    complain(arguments.file, input.error());
    return exit_rejected;
  }
  const BusGuard guard(input->mapping());
  const Bytes module(input->view().begin(), input->view().end());
  if (guard.tripped()) {
    complain(arguments.file, file_changed());
    return exit_rejected;
  }
  const std::string output = output_of(arguments);
  std::error_code ignored;
  if (!arguments.in_place && fs::equivalent(output, arguments.file, ignored)) {
    complain(output, "is the input: --in-place if it is to be overwritten");
    return exit_usage;
  }
  const Interruptible interruptible;
  Question question(arguments);
  const Verdict wanted = question.ask(module);
  if (!wanted.matches) {
    complain(arguments.file, "what the command prints does not match (" + text_of(wanted.ended) + ")");
    return exit_rejected;
  }
  const Bytes smallest = search(arguments, module, wanted, question);
  question.clear();
  if (!write_module(output, smallest)) return exit_rejected;
  fmt::print("{}: {} -> {} bytes in {} runs ({}{}): {}\n", printable(arguments.file), module.size(), smallest.size(),
             question.runs(), text_of(wanted.ended), interrupted != 0 ? ", interrupted" : "", printable(output));
  return exit_ok;
}

int run(const MinimizeArguments& arguments) {
  if (arguments.command.empty()) throw CLI::ValidationError("--", "needs a command behind it");
  if (arguments.in_place && arguments.file == "-") throw CLI::ValidationError("--in-place", "needs a file");
  try {
    const std::regex checked(arguments.pattern);
  } catch (const std::regex_error& error) {
    throw CLI::ValidationError("--output-matches", error.what());
  }
  return minimize_file(arguments);
}

}  // namespace

void add_minimize(CLI::App& app, int& exit_code, std::vector<std::string> shown) {
  auto arguments = std::make_shared<MinimizeArguments>();
  arguments->command = std::move(shown);
  CLI::App* command = app.add_subcommand("minimize", "Cut a module down for as long as a command answers the same");
  command->add_option("FILE", arguments->file, "A module, well-formed or not; - for standard input")->required();
  command
      ->add_option("--output-matches", arguments->pattern,
                   "What the command prints must match, besides (an ECMAScript regular expression, searched for)")
      ->type_name("REGEX");
  command
      ->add_option("--timeout", arguments->seconds, "Of one run, in seconds (default 10); what takes longer is killed")
      ->check(CLI::Range(0.001, 86'400.0).description(""))
      ->type_name("SECONDS");
  command->add_option("--runs", arguments->most_runs, "At most so many runs (default 20000)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 40).description(""))
      ->type_name("N");
  CLI::Option* output =
      command->add_option("-o", arguments->output, "Where to (default: NAME.min.wasm beside FILE)")->type_name("FILE");
  command->add_flag("--in-place", arguments->in_place, "Overwrite FILE")->excludes(output);
  command->footer(
      "Runs COMMAND with the path of a candidate in the place of each {}, or behind its arguments, and keeps what gets "
      "the\n"
      "same exit status as FILE, or death by the same signal, or no end within the time. Sections, entries, bodies "
      "and\n"
      "instructions go first, with sizes and indices set right, and bytes last. Ctrl-C ends the search and keeps what "
      "was\n"
      "found. Exit code 1 if FILE does not match, or a file cannot be read or written.\n\n"
      "Example:\n  plimsoll minimize crash.wasm -- ./fuzzer {}\n"
      "  plimsoll minimize a.wasm --output-matches 'unknown local' -- plimsoll validate");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace plimsoll::regress
