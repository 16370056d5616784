#include "command/run_command.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace plimsoll::regress {
namespace {

using namespace std::string_literals;

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Puts the file at `descriptor` of this process.
bool redirect(const std::string& file, int flags, int descriptor) {
  const int opened = ::open(file.c_str(), flags, 0600);
  return opened >= 0 && ::dup2(opened, descriptor) == descriptor;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment(const std::vector<std::string>& added) {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!text.starts_with("NO_COLOR=") && !text.starts_with("TERM=")) result.emplace_back(text);
  }
  result.insert(result.end(), added.begin(), added.end());
  return result;
}

// A terminal: what is written to `name` is read from `master`.
struct Terminal {
  int master = -1;
  int slave = -1;  // kept open until the child has it: without any writer, reading would end at once
  std::string name;

  Terminal() : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) return;
    std::array<char, 128> buffer{};
    if (::ptsname_r(master, buffer.data(), buffer.size()) != 0) return;
    name = buffer.data();
    slave = ::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (master >= 0) ::close(master);
    close_slave();
  }
  void close_slave() {
    if (slave >= 0) ::close(slave);
    slave = -1;
  }

  // Everything until the last writer has gone.
  [[nodiscard]] std::string read_all() const {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
      const ssize_t count = ::read(master, buffer.data(), buffer.size());
      if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
      if (count == 0 || (count < 0 && errno != EINTR)) return text;
    }
  }
};

struct Redirections {
  std::string in;
  std::string out;
  std::string err;
  int output_flags = O_WRONLY | O_CREAT | O_TRUNC;
};

pid_t start(std::vector<std::string> words, const RunOptions& options, const Redirections& files) {
  auto variables = environment(options.environment);
  const auto argv = pointers(words);
  const auto envp = pointers(variables);
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (!redirect(files.in, O_RDONLY, STDIN_FILENO) || !redirect(files.out, files.output_flags, STDOUT_FILENO) ||
      !redirect(files.err, files.output_flags, STDERR_FILENO)) {
    ::_exit(126);
  }
  if (options.as_nobody && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(126);
  ::execve(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

}  // namespace

const std::string empty_module = "\0asm\1\0\0\0"s;
const std::string one_function =
    empty_module + "\1\4\1\x60\0\0"s /* type () -> () */ + "\3\2\1\0"s /* function */ + "\xA\4\1\2\0\xB"s /* code */;
const std::string invalid_module =
    empty_module + "\1\5\1\x60\0\1\x7F"s /* type () -> i32 */ + "\3\2\1\0"s + "\xA\4\1\2\0\xB"s;
const std::string component = "\0asm\xD\0\1\0"s;

Outcome run_command(const std::vector<std::string>& arguments, const RunOptions& options) {
  const TemporaryFolder folder;
  Redirections files;
  files.in = options.input_file.empty() ? folder.write("in", options.input) : options.input_file;
  files.out = options.output_file.empty() ? (folder.path() / "out").string() : options.output_file;
  files.err = (folder.path() / "err").string();
  Terminal terminal;
  if (options.terminal) {
    files.out = files.err = terminal.name;
    files.output_flags = O_WRONLY | O_NOCTTY;
  }
  std::vector<std::string> words = {PLIMSOLL_COMMAND};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const pid_t child = start(std::move(words), options, files);
  terminal.close_slave();
  Outcome outcome;
  if (options.terminal) outcome.out = terminal.read_all();
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) {
    ADD_FAILURE() << "cannot run " << PLIMSOLL_COMMAND;
    return outcome;
  }
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  if (!options.terminal) {
    if (options.output_file.empty()) outcome.out = read_file(files.out);
    outcome.err = read_file(files.err);
  }
  return outcome;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "plimsoll-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, std::string_view content) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file.string();
}

}  // namespace plimsoll::regress
