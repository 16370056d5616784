// malloc and its family, for the whole process. malloc_usable_size stays the C library's; strdup, getline, asprintf and
// the like allocate through malloc and are seen that way.
#include "ledger/hooks/sanitized.hpp"

#if !PLIMSOLL_SANITIZER_OWNS_HEAP

#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstddef>
#include <limits>

#include "ledger/hooks/hooked_heap.hpp"

namespace {

using plimsoll::regress::CallSite;
using plimsoll::regress::Origin;
namespace heap_events = plimsoll::regress::heap_events;
namespace hooked_heap = plimsoll::regress::hooked_heap;

[[maybe_unused]] const bool announced = heap_events::announce(plimsoll::regress::HeapHooks::interposed);

std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

void* allocate_aligned(std::size_t alignment, std::size_t size, CallSite site) noexcept {
  return hooked_heap::allocate(size, alignment, Origin::malloc_family, site);
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

void* malloc(std::size_t size) noexcept {
  return hooked_heap::allocate(size, 0, Origin::malloc_family, CallSite::here());
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  return hooked_heap::allocate_zeroed(count, size, CallSite::here());
}

void* realloc(void* pointer, std::size_t size) noexcept {
  return hooked_heap::reallocate(pointer, size, CallSite::here());
}

void* reallocarray(void* pointer, std::size_t count, std::size_t size) noexcept {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  return hooked_heap::reallocate(pointer, bytes, CallSite::here());
}

void free(void* pointer) noexcept {
  const int saved = errno;
  hooked_heap::release({.pointer = pointer, .origin = Origin::malloc_family});
  errno = saved;
}

void cfree(void* pointer) noexcept { free(pointer); }

// As glibc does, an alignment that is no power of two is rounded up to one.
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  if (alignment > std::numeric_limits<std::size_t>::max() / 2 + 1) {
    errno = EINVAL;
    return nullptr;
  }
  return allocate_aligned(std::bit_ceil(alignment), size, CallSite::here());
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }

int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  if (!std::has_single_bit(alignment) || alignment % sizeof(void*) != 0) return EINVAL;
  const int saved = errno;
  void* const pointer = allocate_aligned(alignment, size, CallSite::here());
  errno = saved;
  if (pointer == nullptr) return ENOMEM;
  *result = pointer;
  return 0;
}

void* valloc(std::size_t size) noexcept { return allocate_aligned(page_size(), size, CallSite::here()); }

// Counted as the whole pages that it promises.
void* pvalloc(std::size_t size) noexcept {
  const std::size_t page = page_size();
  std::size_t rounded = 0;
  if (__builtin_add_overflow(size, page - 1, &rounded)) {
    errno = ENOMEM;
    return nullptr;
  }
  return allocate_aligned(page, rounded / page * page, CallSite::here());
}

}  // extern "C"
#pragma GCC visibility pop

#endif
