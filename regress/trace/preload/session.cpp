#include "trace/preload/session.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "ledger/heap_events.hpp"
#include "ledger/hooks/mapped_files.hpp"
#include "ledger/recorder.hpp"
#include "trace/protocol.hpp"
#include "trace/report_json.hpp"

namespace plimsoll::regress::preload {
namespace {

// Used before the first constructor of the process and after its last destructor.
union Immortal {
  constexpr Immortal() noexcept : session() {}
  ~Immortal() {}
  Session session;
};
constinit Immortal immortal;

class KeepErrno {
 public:
  KeepErrno() noexcept : saved_(errno) {}
  ~KeepErrno() { errno = saved_; }
  KeepErrno(const KeepErrno&) = delete;
  KeepErrno& operator=(const KeepErrno&) = delete;

 private:
  int saved_;
};

// Set while this thread works for the session: what it then opens or maps is not the program's.
[[gnu::tls_model("initial-exec")]] thread_local constinit bool at_work = false;

class Work {
 public:
  explicit Work(std::mutex& mutex) : lock_(mutex) { at_work = true; }
  ~Work() { at_work = false; }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

 private:
  std::scoped_lock<std::mutex> lock_;
};

// Not through our own hook.
int open_quietly(const char* path, int flags) noexcept {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0));
}

template <std::size_t Size>
bool copy_variable(const char* name, char (&to)[Size]) noexcept {
  const char* const value = std::getenv(name);
  if (value == nullptr || std::strlen(value) >= Size) return false;
  std::memcpy(to, value, std::strlen(value) + 1);
  return true;
}

// Of this process, as long as it lasts.
std::string_view executable() noexcept {
  static std::array<char, 1024> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return "?";
  const std::span<char> text = std::span(path).first(static_cast<std::size_t>(length));
  std::ranges::replace(text, '\n', '?');
  return {text.data(), text.size()};
}

// The module, mapped while it is being looked at, past our own hooks.
class MappedModule {
 public:
  explicit MappedModule(const char* path) noexcept {
    const int file = open_quietly(path, O_RDONLY);
    struct stat status{};
    if (file >= 0 && ::fstat(file, &status) == 0 && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      pages_ = std::bit_cast<void*>(::syscall(SYS_mmap, nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0L));
    }
    if (file >= 0) ::close(file);
  }
  ~MappedModule() {
    if (pages_ != MAP_FAILED) ::syscall(SYS_munmap, pages_, size_);
  }
  MappedModule(const MappedModule&) = delete;
  MappedModule& operator=(const MappedModule&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    if (pages_ == MAP_FAILED) return {};
    return {static_cast<const std::byte*>(pages_), size_};
  }

 private:
  void* pages_ = MAP_FAILED;
  std::size_t size_ = 0;
};

}  // namespace

Session& Session::instance() noexcept { return immortal.session; }

void Session::start() noexcept {
  const KeepErrno keep;
  struct stat status{};
  if (!copy_variable(trace_protocol::log_variable, log_path_) ||
      !copy_variable(trace_protocol::module_variable, module_path_) || ::stat(module_path_, &status) != 0) {
    return;
  }
  const char* const tier = std::getenv(trace_protocol::tier_variable);
  fast_ = tier != nullptr && std::string_view(tier) == "fast";
  device_ = status.st_dev;
  inode_ = status.st_ino;
  process_ = ::getpid();
  traced_.store(true, std::memory_order_release);
  log("started", executable());
  opened(STDIN_FILENO);
}

bool Session::is_own_process() const noexcept { return ::getpid() == process_; }

void Session::opened(int descriptor) noexcept {
  if (descriptor < 0 || at_work || !traced_.load(std::memory_order_acquire)) return;
  const KeepErrno keep;
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || status.st_dev != device_ || status.st_ino != inode_) return;
  if (!is_own_process() || heap_events::inside_hook) return;
  const Work work(mutex_);
  log("opened", executable());
  if (!recording_.load() && !instrumented_ && !refused_) record_module();
}

void Session::mapped(std::span<const std::byte> pages, int descriptor) noexcept {
  if (!recording_.load() || at_work || instrumented_ || !is_module(descriptor) || !is_own_process()) return;
  const KeepErrno keep;
  const Work work(mutex_);
  if (recording_.load() && watched_.empty() && Recorder::instance().watch_input(pages)) watched_ = pages;
}

void Session::unmapped(std::span<const std::byte> pages) noexcept {
  if (!recording_.load() || at_work) return;
  const KeepErrno keep;
  const Work work(mutex_);
  if (watched_.empty() || watched_.data() + watched_.size() <= pages.data() ||
      pages.data() + pages.size() <= watched_.data()) {
    return;
  }
  Recorder::instance().forget_input();
  watched_ = {};
}

bool Session::is_module(int descriptor) const noexcept {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

void Session::record_module() noexcept {
  const MappedModule module(module_path_);
  (void)begin_locked(module.bytes());
}

Recording::Options Session::options() const noexcept { return fast_ ? Recording::fast() : Recording::full(); }

bool Session::begin_locked(std::span<const std::byte> module_bytes) noexcept {
  std::optional<RecordingError> error;
  try {
    const bool is_clocked = input_ && input_->bytes().data() == module_bytes.data();
    const auto begun = is_clocked ? record_.begin(*input_, options()) : record_.begin(module_bytes, options());
    if (!begun) error = begun.error();
  } catch (const std::exception&) {
    error = RecordingError::out_of_memory;
  }
  recording_.store(!error);
  if (error) {
    refused_ = true;
    log("refused", describe(*error));
  }
  return !error;
}

const void* Session::input(std::span<const std::byte> bytes) noexcept {
  const KeepErrno keep;
  if (!traced_.load(std::memory_order_acquire)) return bytes.data();
  const Work work(mutex_);
  // The former input is being watched: it stays.
  if (recording_.load() && instrumented_) return bytes.data();
  input_ = ClockedInput::create(bytes);
  return input_ ? input_->bytes().data() : bytes.data();
}

int Session::begin(std::span<const std::byte> module_bytes) noexcept {
  const KeepErrno keep;
  if (!traced_.load(std::memory_order_acquire) || !is_own_process()) return -1;
  const Work work(mutex_);
  if (refused_) return -1;
  instrumented_ = true;
  if (recording_.exchange(false)) (void)record_.end();
  return begin_locked(module_bytes) ? 0 : -1;
}

void Session::phase(std::string_view name) noexcept {
  const KeepErrno keep;
  const Work work(mutex_);
  if (recording_.load()) (void)record_.phase(name);
}

void Session::account(std::size_t bytes) noexcept { Recording::account(bytes); }

void Session::end(int verdict) noexcept {
  const KeepErrno keep;
  if (!is_own_process()) return;
  const Work work(mutex_);
  if (recording_.load() && instrumented_)
    report_locked(verdict < 0 ? Verdict::unknown : verdict == 0 ? Verdict::rejected : Verdict::valid);
}

void Session::finish() noexcept {
  if (!recording_.load() || at_work || heap_events::inside_hook || !is_own_process()) return;
  const KeepErrno keep;
  const Work work(mutex_);
  if (recording_.load()) report_locked(Verdict::unknown);
}

// A report that cannot be made or written is a process without one: the command says so.
void Session::report_locked(Verdict verdict) noexcept {
  recording_.store(false);
  watched_ = {};
  try {
    auto report = record_.end();
    if (!report) return log("refused", describe(report.error()));
    const TracedLoad load{.report = *std::move(report), .verdict = verdict, .exact = instrumented_};
    const std::string text = to_json(load).dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
    log("report", std::to_string(text.size()) + " " + text);
  } catch (const std::exception&) {
    log("refused", "there was no memory for the report");
  }
}

void Session::forked() noexcept {
  process_ = ::getpid();
  if (!recording_.exchange(false)) return;
  heap_events::recording_active.store(false, std::memory_order_relaxed);
  refused_ = true;
}

void Session::log(std::string_view kind, std::string_view text) noexcept {
  const int file = open_quietly(log_path_, O_WRONLY | O_APPEND);
  if (file < 0) return;
  // One write, so that it is one record: short ones are put together on the stack.
  std::array<char, 1200> line{};
  const int head = std::snprintf(line.data(), line.size(), "%.*s %d ", static_cast<int>(kind.size()), kind.data(),
                                 static_cast<int>(::getpid()));
  const std::size_t size = static_cast<std::size_t>(head) + text.size() + 1;
  if (size <= line.size()) {
    std::ranges::copy(text, line.begin() + head);
    line[size - 1] = '\n';
    [[maybe_unused]] const ssize_t written = ::write(file, line.data(), size);
  } else {
    try {
      std::string whole(line.data(), static_cast<std::size_t>(head));
      whole += text;
      whole += '\n';
      [[maybe_unused]] const ssize_t written = ::write(file, whole.data(), whole.size());
    } catch (const std::exception&) {
    }
  }
  ::close(file);
}

}  // namespace plimsoll::regress::preload

namespace plimsoll::regress::mapped_files {

// Only what is to be read, and never written.
void mapped(void* address, std::size_t length, int protection, int, int file) noexcept {
  if ((protection & (PROT_READ | PROT_WRITE)) != PROT_READ) return;
  preload::Session::instance().mapped({static_cast<const std::byte*>(address), length}, file);
}

void unmapped(void* address, std::size_t length) noexcept {
  preload::Session::instance().unmapped({static_cast<const std::byte*>(address), length});
}

}  // namespace plimsoll::regress::mapped_files
