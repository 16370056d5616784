#include "counts/steps.hpp"

#if defined __linux__ && defined __x86_64__

#include <signal.h>

namespace plimsoll::bench {
namespace {

volatile std::uint64_t steps;

void count_one(int) { steps = steps + 1; }

// Sets the trap flag, or clears it. What a function keeps below its stack pointer is stepped over.
void flip_trap() noexcept {
  asm volatile("lea -128(%%rsp), %%rsp; pushfq; xorq $0x100, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
               :
               :
               : "cc", "memory");
}

}  // namespace

std::optional<std::uint64_t> count_steps(const std::function<void()>& act) {
  struct sigaction handler{};
  struct sigaction before{};
  handler.sa_handler = count_one;
  if (::sigaction(SIGTRAP, &handler, &before) != 0) return std::nullopt;
  steps = 0;
  flip_trap();
  act();
  flip_trap();
  ::sigaction(SIGTRAP, &before, nullptr);
  return steps;
}

}  // namespace plimsoll::bench

#else

namespace plimsoll::bench {

std::optional<std::uint64_t> count_steps(const std::function<void()>&) { return std::nullopt; }

}  // namespace plimsoll::bench

#endif
