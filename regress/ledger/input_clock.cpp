#include "ledger/input_clock.hpp"

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <optional>

#include "ledger/heap_events.hpp"

namespace plimsoll::regress {

namespace {

constexpr std::uint64_t most_passes = 16;  // after which pages stay open

std::atomic<InputClock*> armed_clock{nullptr};
struct sigaction former_action;

// Nothing where the machine does not say: then a fault in a page that is open must be a write.
std::optional<bool> is_write([[maybe_unused]] void* context) noexcept {
#if defined(__x86_64__)
  constexpr greg_t write_bit = 2;
  return (static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & write_bit) != 0;
#else
  return std::nullopt;
#endif
}

// Not ours: to whoever had the signal before, or to the default by faulting once more.
void pass_on(int number, siginfo_t* info, void* context) noexcept {
  if ((former_action.sa_flags & SA_SIGINFO) != 0 && former_action.sa_sigaction != nullptr) {
    former_action.sa_sigaction(number, info, context);
  } else if (former_action.sa_handler != SIG_DFL && former_action.sa_handler != SIG_IGN) {
    former_action.sa_handler(number);
  } else if (info->si_code > 0) {
    ::sigaction(number, &former_action, nullptr);
  } else if (former_action.sa_handler == SIG_DFL) {
    // Somebody sent it: it does not come once more by itself.
    ::sigaction(number, &former_action, nullptr);
    ::raise(number);
  }
}

}  // namespace

std::size_t InputClock::page_bytes_for(std::size_t input_bytes) noexcept {
  const std::size_t system = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return std::max(system, std::bit_ceil((input_bytes + most_pages - 1) / most_pages));
}

bool InputClock::arm(std::span<const std::byte> pages, bool writable, Listener on_new_page) noexcept {
  const std::scoped_lock lock(mutex_);
  InputClock* none = nullptr;
  if (!armed_clock.compare_exchange_strong(none, this)) return false;
  counts_ = {};
  counts_.page_bytes = page_bytes_for(pages.size());
  counts_.pages = (pages.size() + counts_.page_bytes - 1) / counts_.page_bytes;
  pages_.fill(Page::untouched);
  begin_ = const_cast<std::byte*>(pages.data());
  size_ = pages.size();
  writable_ = writable;
  listener_ = on_new_page;
  opened_ = 0;

  struct sigaction action = {};
  action.sa_sigaction = &InputClock::on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  ::sigemptyset(&action.sa_mask);
  if (::sigaction(SIGSEGV, &action, &former_action) == 0) {
    armed_ = size_ == 0 || ::mprotect(begin_, size_, PROT_NONE) == 0;
    if (!armed_) {
      // The first of them may be closed already.
      open_all();
      ::sigaction(SIGSEGV, &former_action, nullptr);
    }
  }
  if (!armed_) armed_clock.store(nullptr);
  return armed_;
}

void InputClock::disarm() noexcept {
  const std::scoped_lock lock(mutex_);
  if (!armed_) return;
  armed_ = false;
  open_all();
  armed_clock.store(nullptr);
  struct sigaction present = {};
  if (::sigaction(SIGSEGV, nullptr, &present) == 0 && present.sa_sigaction == &InputClock::on_fault) {
    ::sigaction(SIGSEGV, &former_action, nullptr);
  }
}

void InputClock::open_all() noexcept {
  if (size_ != 0) ::mprotect(begin_, size_, writable_ ? PROT_READ | PROT_WRITE : PROT_READ);
}

InputClock::Counts InputClock::counts() noexcept {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

void InputClock::on_fault(int number, siginfo_t* info, void* context) noexcept {
  const int saved = errno;
  InputClock* const clock = armed_clock.load();
  const auto address = std::bit_cast<std::uintptr_t>(info->si_addr);
  if (clock == nullptr || info->si_code <= 0 || !clock->open(address, is_write(context))) {
    pass_on(number, info, context);
  }
  errno = saved;
}

bool InputClock::open(std::uintptr_t address, std::optional<bool> is_write) noexcept {
  Listener listener = nullptr;
  std::uint64_t touched = 0;
  {
    const std::scoped_lock lock(mutex_);
    const std::uintptr_t offset = address - std::bit_cast<std::uintptr_t>(begin_);
    if (!armed_ || offset >= size_) return false;
    const std::size_t page = offset / counts_.page_bytes;
    const Page before = pages_[page];
    const bool write = is_write.value_or(before == Page::open);
    if (before == Page::open && !write) return true;  // another thread has just opened it
    if (before == Page::untouched) {
      listener = listener_;
      touched = ++counts_.pages_touched;
    }
    if (before == Page::untouched || before == Page::closed) ++counts_.touches;
    if (write) {
      // Only where the caller allows it: else it is a fault as it would have been without us.
      if (!writable_) return false;
      if (before != Page::written) ++counts_.pages_written;
      pages_[page] = Page::written;
      ::mprotect(address_of(page), bytes_of(page), PROT_READ | PROT_WRITE);
    } else {
      set_open(page);
    }
  }
  if (listener != nullptr) listener(touched);
  return true;
}

void InputClock::set_open(std::size_t page) noexcept {
  ::mprotect(address_of(page), bytes_of(page), PROT_READ);
  pages_[page] = Page::open;
  if (counts_.touches > most_passes * counts_.pages) return;
  std::size_t& oldest = open_pages_[opened_++ % most_open];
  if (opened_ > most_open && pages_[oldest] == Page::open && oldest != page) {
    ::mprotect(address_of(oldest), bytes_of(oldest), PROT_NONE);
    pages_[oldest] = Page::closed;
  }
  oldest = page;
}

}  // namespace plimsoll::regress
