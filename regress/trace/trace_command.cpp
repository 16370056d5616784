#include "trace/trace_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "trace/memory_file.hpp"
#include "trace/program.hpp"
#include "trace/protocol.hpp"
#include "trace/report_json.hpp"

namespace plimsoll::regress {
namespace {

using Kind = TraceFailure::Kind;

std::unexpected<TraceFailure> failure(Kind kind, std::string message) {
  return std::unexpected(TraceFailure{kind, std::move(message)});
}

// Cuts off the first word.
std::string_view next_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The processes of a log. What is cut off or not ours is passed over.
class LogReader {
 public:
  explicit LogReader(std::string_view log) {
    for (auto end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
      read(log.substr(0, end));
      log.remove_prefix(end + 1);
    }
  }

  [[nodiscard]] std::uint32_t started() const noexcept { return started_; }
  [[nodiscard]] std::vector<TracedProcess> take() && {
    std::erase_if(processes_, [](const TracedProcess& process) {
      return process.opened == 0 && process.loads.empty() && process.refused.empty();
    });
    return std::move(processes_);
  }

 private:
  void read(std::string_view line) {
    const auto kind = next_word(line);
    const auto id = number<int>(next_word(line));
    if (!id) return;
    if (kind == "started") {
      ++started_;
      process(*id).program = line;
    } else if (kind == "opened") {
      process(*id).program = line;
      ++process(*id).opened;
    } else if (kind == "refused") {
      process(*id).refused = line;
    } else if (kind == "report") {
      const auto size = number<std::size_t>(next_word(line));
      if (size == line.size()) read_report(process(*id), line);
    }
  }

  static void read_report(TracedProcess& process, std::string_view text) {
    try {
      process.loads.push_back(traced_load_from_json(nlohmann::ordered_json::parse(text)));
    } catch (const nlohmann::json::exception& error) {
      process.refused = fmt::format("its report cannot be read: {}", error.what());
    }
  }

  TracedProcess& process(int id) {
    const auto found = std::ranges::find(processes_, id, &TracedProcess::id);
    if (found != processes_.end()) return *found;
    processes_.push_back({.id = id, .program = {}, .refused = {}, .loads = {}});
    return processes_.back();
  }

  std::vector<TracedProcess> processes_;
  std::uint32_t started_ = 0;
};

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto name = text.substr(0, text.find('='));
    if (std::ranges::find(added, name, &std::pair<std::string, std::string>::first) == added.end()) {
      result.emplace_back(text);
    }
  }
  for (const auto& [name, value] : added) result.push_back(name + "=" + value);
  return result;
}

// The tracer before all others, so that it sees what goes to them.
std::string preload_list(const std::filesystem::path& tracer, const std::vector<std::string>& libraries) {
  std::string list = tracer.string();
  for (const std::string& library : libraries) list += ":" + library;
  const char* const before = std::getenv("LD_PRELOAD");
  if (before != nullptr && *before != '\0') list += std::string(":") + before;
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

// Keys of a terminal are meant for the command: it is the one to end.
class LeaveKeysToCommand {
 public:
  LeaveKeysToCommand() : interrupt_(::signal(SIGINT, SIG_IGN)), quit_(::signal(SIGQUIT, SIG_IGN)) {}
  ~LeaveKeysToCommand() { restore(); }
  LeaveKeysToCommand(const LeaveKeysToCommand&) = delete;
  LeaveKeysToCommand& operator=(const LeaveKeysToCommand&) = delete;
  void restore() const {
    ::signal(SIGINT, interrupt_);
    ::signal(SIGQUIT, quit_);
  }

 private:
  void (*interrupt_)(int);
  void (*quit_)(int);
};

struct Ending {
  int exec_error = 0;  // errno, if it could not be started
  int status = 0;      // as of waitpid
};

Ending run(const std::filesystem::path& program, std::vector<std::string> words, std::vector<std::string> variables) {
  const auto arguments = pointers(words);
  const auto environment = pointers(variables);
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {.exec_error = errno};
  const LeaveKeysToCommand keys;
  const pid_t child = ::fork();
  if (child == 0) {
    keys.restore();
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::execve(program.c_str(), arguments.data(), environment.data());
    const int error = errno;
    [[maybe_unused]] const ssize_t told = ::write(ends[1], &error, sizeof error);
    ::_exit(127);
  }
  const int fork_error = errno;
  ::close(ends[1]);
  Ending ending;
  if (child < 0) {
    ending.exec_error = fork_error;
  } else {
    if (::read(ends[0], &ending.exec_error, sizeof ending.exec_error) <= 0) ending.exec_error = 0;
    while (::waitpid(child, &ending.status, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(ends[0]);
  return ending;
}

std::string how_it_ended(const Trace& trace) {
  if (trace.signal != 0) return fmt::format("ended by signal {} ({})", trace.signal, ::strsignal(trace.signal));
  return fmt::format("ended with status {}", trace.exit_status);
}

std::unexpected<TraceFailure> nobody_opened(const Trace& trace, const std::string& program) {
  const std::string ended = how_it_ended(trace);
  if (trace.started == 0) {
    return failure(
        trace.signal != 0 ? Kind::crashed : Kind::never_opened,
        fmt::format("{} {} and never loaded the tracer: it may be static, set its own LD_PRELOAD or not use glibc",
                    program, ended));
  }
  if (trace.signal != 0)
    return failure(Kind::crashed, fmt::format("{} {} before it opened {}", program, ended, trace.module.string()));
  return failure(
      Kind::never_opened,
      fmt::format("{} never opened {} ({}). A file that is read by system calls of the program's own (Go), or that "
                  "came by a pipe, is not seen",
                  program, trace.module.string(), ended));
}

// Of processes that opened the module and told nothing.
std::string why_silent(const TracedProcess& process, const Trace& trace) {
  if (!process.refused.empty()) return process.refused;
  if (trace.signal != 0) return how_it_ended(trace);
  return "it was killed, still runs, became another program by exec, or left by a system call of its own";
}

void add_notes(Trace& trace) {
  for (const TracedProcess& process : trace.processes) {
    if (process.loads.empty()) {
      trace.notes.push_back(
          fmt::format("{} opened the module and made no report: {}", process.program, why_silent(process, trace)));
    }
    if (process.opened > 1) {
      trace.notes.push_back(fmt::format("{} opened the module {} times: recorded from the first time on",
                                        process.program, process.opened));
    }
  }
}

// Why a library cannot be named in LD_PRELOAD; empty if it can.
std::string why_no_preload(const std::string& library) {
  // Without a slash, the system looks for it.
  std::error_code error;
  if (library.contains('/') && !std::filesystem::exists(library, error)) return "there is no such library";
  if (library.find_first_of(": ") != std::string::npos) return "LD_PRELOAD takes no path with a blank or a colon";
  return "";
}

}  // namespace

std::filesystem::path find_tracer() {
  if (const char* const told = std::getenv("PLIMSOLL_TRACE_LIBRARY"); told != nullptr && *told != '\0') return told;
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const char* const place : {PLIMSOLL_TRACER_INSTALLED, PLIMSOLL_TRACER_BUILT}) {
    const auto file = (program.parent_path() / place).lexically_normal();
    if (std::filesystem::exists(file, error)) return file;
  }
  return {};
}

std::expected<Trace, TraceFailure> trace_command(const std::vector<std::string>& command,
                                                 const std::filesystem::path& module, const TraceOptions& options) {
  const auto tracer = options.library.empty() ? find_tracer() : options.library;
  std::error_code error;
  if (tracer.empty() || !std::filesystem::exists(tracer, error)) {
    return failure(Kind::unusable, fmt::format("the tracer {} is missing; $PLIMSOLL_TRACE_LIBRARY can say where it is",
                                               tracer.empty() ? "libplimsoll_trace.so" : tracer.string()));
  }
  if (!std::ifstream(module).good() || !std::filesystem::is_regular_file(module, error)) {
    return failure(Kind::unusable, fmt::format("{} is not a file that can be read", module.string()));
  }
  std::vector<std::string> libraries = options.preload;
  libraries.push_back(std::filesystem::absolute(tracer).string());
  for (const std::string& library : libraries) {
    if (const auto reason = why_no_preload(library); !reason.empty()) {
      return failure(Kind::unusable, fmt::format("{}: {}", library, reason));
    }
  }
  const auto program = find_command(command.front());
  if (!program) return failure(Kind::unusable, fmt::format("{}: {}", command.front(), program.error()));
  if (const auto reason = why_not_preloadable(*program); !reason.empty()) {
    return failure(Kind::unusable, fmt::format("{}: {}", program->string(), reason));
  }

  const MemoryFile log;
  const auto ending =
      run(*program, command,
          environment_with({{trace_protocol::log_variable, log.path()},
                            {trace_protocol::module_variable, std::filesystem::absolute(module).string()},
                            {trace_protocol::tier_variable, options.tier == Tier::fast ? "fast" : "full"},
                            {"LD_PRELOAD", preload_list(std::filesystem::absolute(tracer), options.preload)}}));
  if (ending.exec_error != 0) {
    return failure(Kind::unusable,
                   fmt::format("{} cannot be started: {}", program->string(), std::strerror(ending.exec_error)));
  }

  Trace trace;
  trace.module = module;
  if (WIFEXITED(ending.status)) trace.exit_status = WEXITSTATUS(ending.status);
  if (WIFSIGNALED(ending.status)) trace.signal = WTERMSIG(ending.status);
  LogReader reader(log.content());
  trace.started = reader.started();
  trace.processes = std::move(reader).take();
  if (trace.processes.empty()) return nobody_opened(trace, program->string());
  add_notes(trace);
  if (std::ranges::all_of(trace.processes, [](const TracedProcess& process) { return process.loads.empty(); })) {
    const TracedProcess& last = trace.processes.back();
    return failure(Kind::crashed, fmt::format("{} opened {} and made no report: {}", last.program, module.string(),
                                              why_silent(last, trace)));
  }
  if (trace.signal != 0) trace.notes.push_back(fmt::format("the command {}", how_it_ended(trace)));
  return trace;
}

std::vector<std::string> modules_among(std::span<const std::string> command) {
  std::vector<std::string> found;
  for (const std::string& word : command.subspan(std::min<std::size_t>(command.size(), 1))) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(word, error)) continue;
    std::array<char, 4> magic{};
    if (!std::ifstream(word, std::ios::binary).read(magic.data(), magic.size()) ||
        std::string_view(magic.data(), magic.size()) != std::string_view("\0asm", 4)) {
      continue;
    }
    if (std::ranges::none_of(
            found, [&](const std::string& other) { return std::filesystem::equivalent(word, other, error); })) {
      found.push_back(word);
    }
  }
  return found;
}

}  // namespace plimsoll::regress
