// Every replaceable form of operator new and operator delete, for the whole process. Each goes to the real allocator
// itself, not through malloc, so that an allocation is one event; and an allocator that exports operator new of its own
// (jemalloc, mimalloc, tcmalloc) cannot slip past.
#include "ledger/hooks/sanitized.hpp"

#if !PLIMSOLL_SANITIZER_OWNS_HEAP

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>

#include "ledger/hooks/hooked_heap.hpp"
#include "ledger/hooks/real_heap.hpp"

namespace {

using plimsoll::regress::CallSite;
using plimsoll::regress::Origin;
namespace hooked_heap = plimsoll::regress::hooked_heap;
namespace real_heap = plimsoll::regress::real_heap;

constexpr Origin object = Origin::new_object;
constexpr Origin array = Origin::new_array;

constexpr std::size_t value(std::align_val_t alignment) noexcept { return static_cast<std::size_t>(alignment); }

// [new.delete.single]: call the new-handler until there is memory or it throws.
void* allocate_or_throw(std::size_t size, std::size_t alignment, Origin origin, CallSite site) {
  for (;;) {
    if (void* const pointer = hooked_heap::allocate(size, alignment, origin, site)) return pointer;
    const std::new_handler handler = real_heap::new_handler();
    if (handler == nullptr) real_heap::throw_bad_alloc();
    handler();
  }
}

void* allocate_or_null(std::size_t size, std::size_t alignment, Origin origin, CallSite site) noexcept {
  for (;;) {
    if (void* const pointer = hooked_heap::allocate(size, alignment, origin, site)) return pointer;
    const std::new_handler handler = real_heap::new_handler();
    if (handler == nullptr) return nullptr;
    try {
      handler();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
}

void release(void* pointer, Origin origin, std::size_t alignment, std::optional<std::size_t> size = {}) noexcept {
  hooked_heap::release({.pointer = pointer, .origin = origin, .size = size, .alignment = alignment});
}

}  // namespace

#pragma GCC visibility push(default)

void* operator new(std::size_t size) { return allocate_or_throw(size, 0, object, CallSite::here()); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 0, array, CallSite::here()); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, value(alignment), object, CallSite::here());
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, value(alignment), array, CallSite::here());
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, 0, object, CallSite::here());
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, 0, array, CallSite::here());
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, value(alignment), object, CallSite::here());
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, value(alignment), array, CallSite::here());
}

void operator delete(void* pointer) noexcept { release(pointer, object, 0); }
void operator delete[](void* pointer) noexcept { release(pointer, array, 0); }
void operator delete(void* pointer, std::size_t size) noexcept { release(pointer, object, 0, size); }
void operator delete[](void* pointer, std::size_t size) noexcept { release(pointer, array, 0, size); }
void operator delete(void* pointer, const std::nothrow_t&) noexcept { release(pointer, object, 0); }
void operator delete[](void* pointer, const std::nothrow_t&) noexcept { release(pointer, array, 0); }
void operator delete(void* pointer, std::align_val_t alignment) noexcept { release(pointer, object, value(alignment)); }
void operator delete[](void* pointer, std::align_val_t alignment) noexcept {
  release(pointer, array, value(alignment));
}
void operator delete(void* pointer, std::size_t size, std::align_val_t alignment) noexcept {
  release(pointer, object, value(alignment), size);
}
void operator delete[](void* pointer, std::size_t size, std::align_val_t alignment) noexcept {
  release(pointer, array, value(alignment), size);
}
void operator delete(void* pointer, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  release(pointer, object, value(alignment));
}
void operator delete[](void* pointer, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  release(pointer, array, value(alignment));
}

#pragma GCC visibility pop

#endif
