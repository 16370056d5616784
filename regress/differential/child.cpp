#include "differential/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

extern char** environ;

namespace plimsoll::regress::differential {
namespace {

void require(int error, const std::string& what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

struct Pipe {
  Pipe() { require(::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe"); }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int release(std::size_t end) { return std::exchange(ends[end], -1); }
  std::array<int, 2> ends{-1, -1};
};

}  // namespace

Child::Child(const std::vector<std::string>& command, bool joined) {
  Pipe to_child;
  Pipe from_child;
  posix_spawn_file_actions_t actions;
  require(::posix_spawn_file_actions_init(&actions), "posix_spawn");
  ::posix_spawn_file_actions_adddup2(&actions, to_child.ends[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, from_child.ends[1], STDOUT_FILENO);
  if (joined) ::posix_spawn_file_actions_adddup2(&actions, from_child.ends[1], STDERR_FILENO);
  // A reader that has gone away must not end this process, but may end the child.
  ::signal(SIGPIPE, SIG_IGN);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t reset;
  ::sigemptyset(&reset);
  ::sigaddset(&reset, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &reset);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int error = ::posix_spawnp(&process_, arguments.front(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) process_ = -1;
  require(error, command.front());
  input_ = to_child.release(1);
  output_ = from_child.release(0);
  ::fcntl(input_, F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  kill();
  close_input();
  ::close(output_);
}

void Child::close_input() noexcept {
  if (input_ >= 0) ::close(std::exchange(input_, -1));
}

Ending Child::ending(int status) noexcept {
  process_ = -1;
  if (WIFSIGNALED(status)) return {.text = "signal " + std::to_string(WTERMSIG(status))};
  const int code = WEXITSTATUS(status);
  return {.ended_well = code == 0, .ended_itself = true, .text = code == 0 ? "" : "status " + std::to_string(code)};
}

Ending Child::kill() noexcept {
  if (process_ < 0) return {};
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) == process_) return ending(status);
  ::kill(process_, SIGKILL);
  return wait();
}

Ending Child::wait() noexcept {
  if (process_ < 0) return {};
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  return ending(status);
}

std::filesystem::path find_program(std::string_view name) {
  namespace fs = std::filesystem;
  const auto runs = [](const fs::path& path) { return fs::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0; };
  if (name.find('/') != std::string_view::npos) return runs(name) ? fs::path(name) : fs::path();
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? std::string_view() : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const fs::path candidate = fs::path(rest.substr(0, colon)) / name;
    if (runs(candidate)) return candidate;
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return {};
}

}  // namespace plimsoll::regress::differential
