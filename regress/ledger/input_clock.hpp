// Detector D4 of DESIGN.md's "The ledger": how far the loader had read its input when it allocated.
//
// The pages of the input are closed (PROT_NONE). A handler for SIGSEGV opens each as it is read, counts it, and closes
// the one that was opened eight pages ago, so that it is seen, too, when the loader comes back for a second pass. The
// number of different pages touched so far is the clock. A loader that decodes allocates as the clock runs; one that
// copies what it has decoded allocates while it stands still.
//
// Blind to: copies of one function at a time (D3 is for those), and reading without reading (a system call on a closed
// page fails with EFAULT instead). A thread that blocks SIGSEGV, or a program that installs a handler of its own later
// and passes nothing on, cannot be clocked: it dies of the first page. A loader that jumps about makes the clock stop
// closing pages after sixteen passes.
#pragma once

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

namespace plimsoll::regress {

class InputClock {
 public:
  static constexpr std::size_t most_pages = 256;

  // What the clock counts in: so large that an input has at most `most_pages` of them, and at least the system's page.
  [[nodiscard]] static std::size_t page_bytes_for(std::size_t input_bytes) noexcept;

  struct Counts {
    std::uint64_t page_bytes = 0;
    std::uint64_t pages = 0;
    std::uint64_t pages_touched = 0;  // different ones
    std::uint64_t touches = 0;        // those, and those come back to after eight others
    std::uint64_t pages_written = 0;  // the loader wrote into its input
  };

  // What is called on the thread that reads, before it goes on. It may take locks that no reader of the input holds.
  using Listener = void (*)(std::uint64_t pages_touched) noexcept;

  constexpr InputClock() noexcept = default;

  // Closes the pages, which are whole and the caller's to close, and installs the handler. One clock is armed at a
  // time. `writable`: the pages are to be writable when the clock is done. False: the system refuses, or another clock
  // is armed; nothing is closed.
  [[nodiscard]] bool arm(std::span<const std::byte> pages, bool writable, Listener on_new_page) noexcept;

  // Opens all pages, and gives SIGSEGV back to who had it. Does nothing unless armed.
  void disarm() noexcept;

  // Around fork: no other thread is in here when it happens.
  void lock() noexcept { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

  [[nodiscard]] bool armed() const noexcept { return armed_; }
  [[nodiscard]] Counts counts() noexcept;

 private:
  enum class Page : std::uint8_t { untouched, open, closed, written };
  static constexpr std::size_t most_open = 8;

  static void on_fault(int number, siginfo_t* info, void* context) noexcept;
  [[nodiscard]] bool open(std::uintptr_t address, std::optional<bool> is_write) noexcept;
  void set_open(std::size_t page) noexcept;
  void open_all() noexcept;
  [[nodiscard]] std::byte* address_of(std::size_t page) const noexcept { return begin_ + page * counts_.page_bytes; }
  [[nodiscard]] std::size_t bytes_of(std::size_t page) const noexcept {
    return std::min<std::size_t>(counts_.page_bytes, size_ - page * counts_.page_bytes);
  }

  std::mutex mutex_;  // guards all below
  bool armed_ = false;
  bool writable_ = false;
  std::byte* begin_ = nullptr;
  std::size_t size_ = 0;
  Listener listener_ = nullptr;
  Counts counts_;
  std::array<Page, most_pages> pages_{};
  std::array<std::size_t, most_open> open_pages_{};  // the last ones opened, a ring
  std::size_t opened_ = 0;
};

}  // namespace plimsoll::regress
