#include "properties/guarded_input.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>

// The sanitizers' runtime has it; it ends the process without a signal.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace plimsoll::regress::properties {
namespace {

constexpr std::size_t guard = std::size_t{1} << 16;

std::size_t whole_pages(std::size_t size) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

void protect(void* address, std::size_t size, int protection) {
  if (size != 0 && ::mprotect(address, size, protection) != 0) {
    throw std::system_error(errno, std::generic_category(), "mprotect");
  }
}

constexpr std::array fault_signals{SIGSEGV, SIGBUS};
std::array<struct sigaction, fault_signals.size()> earlier_actions{};
std::array<char, 240> note{};
std::atomic<std::size_t> note_size = 0;

void print_note() {
  const std::size_t size = note_size.exchange(0);
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, note.data(), size);
}

void restore_actions() {
  for (std::size_t i = 0; i < fault_signals.size(); ++i) ::sigaction(fault_signals[i], &earlier_actions[i], nullptr);
}

// The instruction faults again, and whoever was there before answers.
void on_fault(int /*signal*/) {
  print_note();
  restore_actions();
}

}  // namespace

GuardedInput::GuardedInput(std::size_t capacity) : pages_(nullptr), room_(whole_pages(capacity)) {
  void* const address =
      ::mmap(nullptr, room_ + 2 * guard, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  pages_ = static_cast<std::byte*>(address);
}

GuardedInput::~GuardedInput() { ::munmap(pages_, room_ + 2 * guard); }

std::span<const std::byte> GuardedInput::place(std::span<const std::byte> bytes, Against against) {
  if (bytes.size() > room_) throw std::length_error("the input is larger than the room for it");
  std::byte* const room = pages_ + guard;
  std::byte* const start = against == Against::start ? room : room + room_ - bytes.size();
  protect(room, room_, PROT_READ | PROT_WRITE);
  if (!bytes.empty()) std::memcpy(start, bytes.data(), bytes.size());
  protect(room, room_, PROT_READ);
  return {start, bytes.size()};
}

void GuardedInput::forbid() { protect(pages_ + guard, room_, PROT_NONE); }

CrashNote::CrashNote() {
  struct sigaction action{};
  action.sa_handler = on_fault;
  for (std::size_t i = 0; i < fault_signals.size(); ++i) ::sigaction(fault_signals[i], &action, &earlier_actions[i]);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(print_note);
}

CrashNote::~CrashNote() {
  note_size = 0;
  restore_actions();
}

void CrashNote::set(std::string_view context, std::uint64_t number) noexcept {
  constexpr std::string_view lead = "\nwhile loading ";
  char* at = std::ranges::copy(lead, note.data()).out;
  at = std::ranges::copy(context.substr(0, 200), at).out;
  *at++ = ' ';
  at = std::to_chars(at, note.data() + note.size() - 1, number).ptr;
  *at++ = '\n';
  note_size = static_cast<std::size_t>(at - note.data());
}

}  // namespace plimsoll::regress::properties
