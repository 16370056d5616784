// A loader that is not ours as `ci/bench` measures it (protocol.hpp):
//
//   bench_peer engine LIBRARY             an engine's, through the WebAssembly C API or WasmEdge's
//   bench_peer command NAME COMMAND...    a command's, the whole process; {} is the file; exit code 0 means valid
//   bench_peer program NAME COMMAND...    the same of one whose exit code tells nothing of validity
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <expected>
#include <functional>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/protocol.hpp"
#include "trace/engine.hpp"

extern char** environ;

namespace {

using namespace plimsoll::bench;

using Failure = std::unexpected<std::string>;

int serve_engine(const char* library) {
  auto engine = plimsoll::regress::Engine::open(library);
  if (!engine) {
    std::cerr << library << ": " << engine.error() << '\n';
    return 1;
  }
  std::string file;
  std::vector<std::byte> bytes;
  return serve((*engine)->interface(), {"memory"}, [&](const Request& request) -> std::expected<Answer, std::string> {
    if (request.file != file) {
      auto read = read_file(request.file);
      if (!read) return Failure(std::move(read.error()));
      bytes = std::move(*read);
      file = request.file;
    }
    bool valid = false;
    const Times times = time(request.times, [&] { valid = (*engine)->validate(bytes); });
    return Answer{valid ? Verdict::valid : Verdict::invalid, times};
  });
}

std::uint64_t nanoseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_usec) * 1'000U;
}

// Runs a command on a file, its output thrown away. Its exit code, and what it took is added to `cpu`.
std::expected<int, std::string> run(std::span<char* const> command, const std::string& file, std::uint64_t& cpu) {
  std::vector<std::string> words;
  for (std::string word : command) words.push_back(word == "{}" ? file : std::move(word));
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return Failure(words[0] + " cannot be run: " + std::strerror(error));

  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  cpu += nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
  if (WIFSIGNALED(status)) return Failure(std::string("crashed: ") + ::strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status);
}

int serve_command(std::string_view name, std::span<char* const> command, bool verdicts) {
  return serve(name, {"process"}, [&](const Request& request) -> std::expected<Answer, std::string> {
    std::expected<int, std::string> code = 0;
    std::uint64_t cpu = 0;
    Times times = time(request.times, [&] {
      if (code) code = run(command, request.file, cpu);
    });
    times.cpu = cpu;
    if (!code) return Failure(code.error());
    if (!verdicts) return Answer{Verdict::unknown, times};
    return Answer{*code == 0 ? Verdict::valid : Verdict::invalid, times};
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  const std::string_view kind = argc > 1 ? argv[1] : "";
  if (kind == "engine" && argc == 3) return serve_engine(argv[2]);
  if (kind == "command" && argc > 3) return serve_command(argv[2], arguments.subspan(3), true);
  if (kind == "program" && argc > 3) return serve_command(argv[2], arguments.subspan(3), false);
  std::cerr << "usage: " << argv[0] << " engine LIBRARY | command NAME COMMAND... | program NAME COMMAND...\n"
            << "Loads what it is told to on standard input; ci/bench does that.\n";
  return 2;
}
