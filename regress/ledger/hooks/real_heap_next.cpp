// The allocator beneath the hooks of a preloaded library: whichever comes next, glibc's or another (jemalloc, mimalloc,
// tcmalloc), found with dlsym. dlsym may itself ask for memory; until it has answered, that comes from a small buffer of
// ours, and is never given back.
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ledger/hooks/real_heap.hpp"

namespace plimsoll::regress::real_heap {
namespace {

struct Functions {
  void* (*allocate)(std::size_t);
  void* (*allocate_zeroed)(std::size_t, std::size_t);
  void* (*allocate_aligned)(std::size_t, std::size_t);
  void* (*reallocate)(void*, std::size_t);
  void (*release)(void*);
  std::size_t (*usable_size)(void*);
};

constinit Functions next{};
constinit std::atomic<bool> resolved{false};
[[gnu::tls_model("initial-exec")]] thread_local constinit bool resolving = false;

// Each block has its size before it.
constexpr std::size_t unit = alignof(std::max_align_t);
alignas(unit) constinit std::array<std::byte, std::size_t{1} << 16> early{};
constinit std::atomic<std::size_t> early_used{0};

bool is_early(const void* pointer) noexcept {
  const auto address = std::bit_cast<std::uintptr_t>(pointer);
  const auto begin = std::bit_cast<std::uintptr_t>(early.data());
  return address >= begin && address < begin + early.size();
}

std::size_t early_size(const void* pointer) noexcept {
  std::size_t size = 0;
  std::memcpy(&size, static_cast<const std::byte*>(pointer) - unit, sizeof size);
  return size;
}

// Zeroed, and aligned as malloc does.
void* allocate_early(std::size_t size) noexcept {
  if (size <= early.size()) {
    const std::size_t needed = unit + (size + unit - 1) / unit * unit;
    const std::size_t at = early_used.fetch_add(needed, std::memory_order_relaxed);
    if (at <= early.size() && needed <= early.size() - at) {
      std::memcpy(&early[at], &size, sizeof size);
      return early.data() + at + unit;
    }
  }
  errno = ENOMEM;
  return nullptr;
}

template <typename Function>
void look_up(Function*& function, const char* name) noexcept {
  function = std::bit_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// Several threads may do this at once: they find the same.
void resolve() noexcept {
  resolving = true;
  Functions found{};
  look_up(found.allocate, "malloc");
  look_up(found.allocate_zeroed, "calloc");
  look_up(found.allocate_aligned, "memalign");
  if (found.allocate_aligned == nullptr) look_up(found.allocate_aligned, "aligned_alloc");
  look_up(found.reallocate, "realloc");
  look_up(found.release, "free");
  look_up(found.usable_size, "malloc_usable_size");
  next = found;
  resolving = false;
  resolved.store(true, std::memory_order_release);
}

// Whether to go on to the next allocator; if not, this is a call that dlsym made.
bool ready() noexcept {
  if (resolved.load(std::memory_order_acquire)) [[likely]]
    return true;
  if (resolving) return false;
  resolve();
  return true;
}

}  // namespace

void* allocate(std::size_t size) noexcept { return ready() ? next.allocate(size) : allocate_early(size); }

void* allocate_zeroed(std::size_t count, std::size_t size) noexcept {
  if (ready()) return next.allocate_zeroed(count, size);
  std::size_t bytes = 0;
  return allocate_early(__builtin_mul_overflow(count, size, &bytes) ? early.size() + 1 : bytes);
}

void* allocate_aligned(std::size_t alignment, std::size_t size) noexcept {
  return ready() ? next.allocate_aligned(alignment, size) : alignment <= unit ? allocate_early(size) : nullptr;
}

void* reallocate(void* pointer, std::size_t size) noexcept {
  if (!is_early(pointer)) return ready() ? next.reallocate(pointer, size) : allocate_early(size);
  void* const moved = allocate(size);
  if (moved != nullptr) std::memcpy(moved, pointer, std::min(size, early_size(pointer)));
  return moved;
}

void release(void* pointer) noexcept {
  if (pointer != nullptr && !is_early(pointer) && ready()) next.release(pointer);
}

// std::get_new_handler and std::__throw_bad_alloc of libstdc++, whose names are part of its binary interface. A program
// that has it linked in has an operator new of its own, and never comes here.
std::new_handler new_handler() noexcept {
  std::new_handler (*get)() = nullptr;
  look_up(get, "_ZSt15get_new_handlerv");
  return get == nullptr ? nullptr : get();
}

void throw_bad_alloc() {
  void (*throw_it)() = nullptr;
  look_up(throw_it, "_ZSt17__throw_bad_allocv");
  if (throw_it != nullptr) throw_it();
  throw std::bad_alloc();
}

}  // namespace plimsoll::regress::real_heap

// Asked of any block of the process, so of the early ones too.
extern "C" [[gnu::visibility("default")]] std::size_t malloc_usable_size(void* pointer) noexcept {
  namespace real_heap = plimsoll::regress::real_heap;
  if (pointer == nullptr) return 0;
  if (real_heap::is_early(pointer)) return real_heap::early_size(pointer);
  return real_heap::ready() && real_heap::next.usable_size != nullptr ? real_heap::next.usable_size(pointer) : 0;
}
