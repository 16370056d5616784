// A table of guarded mappings that a signal handler can read at any moment, and the handler. It never jumps: it mends the
// page that faulted and lets the read happen again.
#include "command/bus_guard.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <thread>

namespace plimsoll::regress {

struct BusGuard::Slot {
  std::atomic<bool> taken{false};
  std::atomic<std::uintptr_t> begin{0};  // 0: nothing guarded
  std::atomic<std::uintptr_t> end{0};    // rounded up to a whole page
  std::atomic<bool> tripped{false};
};

// The process's one handler.
struct BusHandler {
  using Slot = BusGuard::Slot;
  static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free,
                "the handler must not wait");

  static inline std::array<Slot, 256> slots;
  static inline std::uintptr_t page_size = 0;
  static inline struct sigaction previous{};

  static bool install() noexcept {
    page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action{};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    return ::sigaction(SIGBUS, &action, &previous) == 0;
  }

  static Slot& take() noexcept {
    for (;;) {
      for (Slot& slot : slots) {
        if (!slot.taken.exchange(true)) return slot;
      }
      std::this_thread::yield();
    }
  }

  static bool trip(std::uintptr_t address) noexcept {
    bool guarded = false;
    for (Slot& slot : slots) {
      const std::uintptr_t begin = slot.begin.load();
      if (begin != 0 && address >= begin && address < slot.end.load()) {
        slot.tripped.store(true);
        guarded = true;
      }
    }
    return guarded;
  }

  // mmap is not on POSIX's list of functions for handlers, but on Linux it is a bare system call.
  static bool mend(std::uintptr_t address) noexcept {
    void* page = reinterpret_cast<void*>(address & ~(page_size - 1));
    return ::mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page;
  }

  static void handle(int signal, siginfo_t* info, void*) noexcept {
    const int saved_errno = errno;
    const bool is_fault = info->si_code > 0;  // otherwise a process has sent it
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    if (!is_fault || !trip(address) || !mend(address)) {
      // A fault happens again when this returns; a sent signal has to be sent again.
      ::sigaction(signal, &previous, nullptr);
      if (!is_fault) ::raise(signal);
    }
    errno = saved_errno;
  }
};

BusGuard::BusGuard(std::span<const std::byte> mapping) noexcept {
  if (mapping.empty()) return;
  static const bool installed = BusHandler::install();
  if (!installed) return;  // then a fault ends the process, as without a guard
  const auto begin = reinterpret_cast<std::uintptr_t>(mapping.data());
  const std::uintptr_t last = begin + mapping.size() - 1;
  slot_ = &BusHandler::take();
  slot_->tripped.store(false);
  slot_->end.store((last | (BusHandler::page_size - 1)) + 1);
  slot_->begin.store(begin);
}

BusGuard::~BusGuard() {
  if (slot_ == nullptr) return;
  slot_->begin.store(0);
  slot_->taken.store(false);
}

bool BusGuard::tripped() const noexcept { return slot_ != nullptr && slot_->tripped.load(); }

}  // namespace plimsoll::regress
