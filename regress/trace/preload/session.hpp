// The traced process: whether it is to be recorded, when that starts and ends, and what goes to the log.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "ledger/findings.hpp"
#include "ledger/recording.hpp"

namespace plimsoll::regress::preload {

// One a process. All functions are thread-safe and keep errno, but for those of a signal handler: finish does nothing when
// the thread was interrupted inside a hook.
class Session {
 public:
  constexpr Session() noexcept = default;

  [[nodiscard]] static Session& instance() noexcept;

  // Reads the environment. Before main.
  void start() noexcept;

  // A file was opened, or has been since before: starts the recording if it is the module.
  void opened(int descriptor) noexcept;

  // A file was mapped while recording: if it is the module, to be read only, the input clock is set on it.
  void mapped(std::span<const std::byte> pages, int descriptor) noexcept;
  void unmapped(std::span<const std::byte> pages) noexcept;

  // As plimsoll_ledger.h says.
  const void* input(std::span<const std::byte> bytes) noexcept;
  int begin(std::span<const std::byte> module_bytes) noexcept;
  void phase(std::string_view name) noexcept;
  void account(std::size_t bytes) noexcept;
  void end(int verdict) noexcept;

  // The process ends: the report is written, if there is a recording.
  void finish() noexcept;

  // In the child of a fork. If its parent was being recorded, the child is not, ever: it may have inherited a lock.
  void forked() noexcept;

 private:
  // Forked programs and those that share memory after vfork are not ours to speak for.
  [[nodiscard]] bool is_own_process() const noexcept;
  [[nodiscard]] bool is_module(int descriptor) const noexcept;
  [[nodiscard]] Recording::Options options() const noexcept;
  [[nodiscard]] bool begin_locked(std::span<const std::byte> module_bytes) noexcept;
  void record_module() noexcept;
  void report_locked(Verdict verdict) noexcept;
  void log(std::string_view kind, std::string_view text) noexcept;

  std::mutex mutex_;
  std::atomic<bool> traced_{false};
  bool fast_ = false;
  bool instrumented_ = false;  // the program says where its loads begin
  bool refused_ = false;
  std::atomic<bool> recording_{false};
  pid_t process_ = 0;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::span<const std::byte> watched_;  // the program's own mapping of the module
  std::optional<ClockedInput> input_;
  Recording record_;
  char log_path_[64] = {};
  char module_path_[4096] = {};
};

}  // namespace plimsoll::regress::preload
