#include "gate/other_loaders.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "command/figures.hpp"
#include "trace/trace_command.hpp"
#include "trace/trace_engine.hpp"

namespace plimsoll::regress::gate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view place = "{}";

// A file that holds a module's bytes: its own, or one that is gone when this is.
class ModuleFile {
 public:
  explicit ModuleFile(const OpenedModule& module) : path_(module.file) {
    if (!path_.empty()) return;
    std::string folder = (fs::temp_directory_path() / "plimsoll-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::system_error(errno, std::generic_category(), folder);
    folder_ = folder;
    path_ = folder_ / "module.wasm";
    std::ofstream stream(path_, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(module.bytes.data()), static_cast<std::streamsize>(module.bytes.size()));
    stream.flush();
    if (!stream) throw std::system_error(errno, std::generic_category(), path_.string());
  }
  ModuleFile(const ModuleFile&) = delete;
  ModuleFile& operator=(const ModuleFile&) = delete;
  ~ModuleFile() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }

  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
  fs::path folder_;
};

std::string verdict_of(const Trace& trace, const TracedLoad& load) {
  switch (load.verdict) {
    case Verdict::valid: return "valid";
    case Verdict::rejected: return "rejected";
    case Verdict::unknown: return fmt::format("exit {}", trace.exit_status);
  }
  return "";
}

std::string signal_name(int signal) {
  const char* const abbreviation = ::sigabbrev_np(signal);
  return abbreviation == nullptr ? std::to_string(signal) : fmt::format("SIG{}", abbreviation);
}

std::expected<Observation, std::string> observed(const std::expected<Trace, TraceFailure>& trace) {
  if (!trace) return std::unexpected(trace.error().message);
  return observation_of(*trace);
}

}  // namespace

std::expected<Observation, std::string> observation_of(const Trace& trace) {
  if (trace.signal != 0) return std::unexpected(fmt::format("the command crashed: {}", signal_name(trace.signal)));
  std::size_t processes = 0;
  std::vector<const TracedLoad*> loads;
  for (const TracedProcess& process : trace.processes) {
    if (!process.refused.empty()) return std::unexpected(fmt::format("{}: {}", process.program, process.refused));
    processes += process.loads.empty() ? 0 : 1;
    for (const TracedLoad& load : process.loads) loads.push_back(&load);
  }
  if (loads.empty()) return std::unexpected("the module was never loaded");
  if (loads.size() != 1)
    return std::unexpected(fmt::format("the module was loaded {} times, by {}; a load line is of one load",
                                       loads.size(),
                                       processes == 1 ? "one process" : fmt::format("{} processes", processes)));
  Observation result;
  result.verdict = verdict_of(trace, *loads.front());
  result.figures = figures_of(loads.front()->report);
  result.report = loads.front()->report;
  return result;
}

std::expected<Observation, std::string> EngineSubject::load(const OpenedModule& module, Depth) {
  const ModuleFile file(module);
  return observed(trace_engine(library_, file.path(), Tier::full));
}

Key CommandSubject::key() const { return other_key(fs::path(command_.front()).filename().string(), "command"); }

std::expected<Observation, std::string> CommandSubject::load(const OpenedModule& module, Depth) {
  const ModuleFile file(module);
  std::vector<std::string> command = command_;
  for (std::string& word : command) {
    for (std::size_t at = word.find(place); at != std::string::npos; at = word.find(place, at)) {
      word.replace(at, place.size(), file.path().string());
      at += file.path().string().size();
    }
  }
  return observed(trace_command(command, file.path(), {}));
}

bool holds_place(const std::vector<std::string>& command) {
  return std::ranges::any_of(command, [](const std::string& word) { return word.find(place) != std::string::npos; });
}

}  // namespace plimsoll::regress::gate
