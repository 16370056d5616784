#include "differential/crash_input.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <initializer_list>
#include <string_view>

namespace plimsoll::regress::differential {
namespace {

// Written by the thread that loads, read by its own signal handler only.
const std::byte* volatile crash_bytes = nullptr;
volatile std::size_t crash_size = 0;

bool write_all(int file, const void* bytes, std::size_t size) {
  const auto* next = static_cast<const std::byte*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(file, next, size);
    if (written <= 0) return false;
    next += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// Calls only what a signal handler may call. The default action was restored before, so that returning ends the process.
void on_crash(int) {
  constexpr std::string_view said = "differential: plimsoll crashed; its input is in differential-crash.wasm\n";
  const int file = ::open("differential-crash.wasm", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file >= 0 && write_all(file, crash_bytes, crash_size)) write_all(STDERR_FILENO, said.data(), said.size());
}

}  // namespace

void keep_crash_input() {
  struct sigaction action{};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::sigaction(signal, &action, nullptr);
}

void set_crash_input(std::span<const std::byte> module) noexcept {
  crash_bytes = module.data();
  crash_size = module.size();
}

}  // namespace plimsoll::regress::differential
