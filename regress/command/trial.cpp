#include "command/trial.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>

extern char** environ;

namespace plimsoll::regress {
namespace {

// A command that crashes is asked thousands of times: none of them is to leave a core file. What is set holds for its children.
void leave_no_core_files() noexcept {
  constexpr rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

// Starts it as the leader of a group of its own, so that what it starts can be killed with it.
pid_t start(const std::vector<std::string>& command, const std::string& output) {
  leave_no_core_files();
  const char* const target = output.empty() ? "/dev/null" : output.c_str();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, target, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t reset;
  ::sigemptyset(&reset);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) ::sigaddset(&reset, signal);
  ::posix_spawnattr_setsigdefault(&attributes, &reset);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t process = -1;
  const int error = ::posix_spawnp(&process, arguments.front(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), command.front());
  return process;
}

}  // namespace

std::string text_of(const Ended& ended) {
  switch (ended.how) {
    case Ended::How::status: return "status " + std::to_string(ended.number);
    case Ended::How::signal: return "signal " + std::to_string(ended.number);
    case Ended::How::timeout: return "no end within the time";
  }
  return {};
}

Ended run_trial(const std::vector<std::string>& command, const std::string& output, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  const pid_t process = start(command, output);
  const auto end = Clock::now() + limit;
  std::chrono::microseconds pause(100);
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(process, &status, WNOHANG);
    if (ended == process) break;
    if (Clock::now() >= end) {
      ::kill(-process, SIGKILL);
      while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
      }
      return {Ended::How::timeout, 0};
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(5'000));
  }
  ::kill(-process, SIGKILL);  // what it left behind
  if (WIFSIGNALED(status)) return {Ended::How::signal, WTERMSIG(status)};
  return {Ended::How::status, WEXITSTATUS(status)};
}

}  // namespace plimsoll::regress
