#include "ledger/hooks/real_heap.hpp"

// Exported by glibc for interposers; no header declares them.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names are glibc's
extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void* __libc_realloc(void* pointer, std::size_t size) noexcept;
void __libc_free(void* pointer) noexcept;
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace plimsoll::regress::real_heap {

void* allocate(std::size_t size) noexcept { return __libc_malloc(size); }
void* allocate_zeroed(std::size_t count, std::size_t size) noexcept { return __libc_calloc(count, size); }
void* allocate_aligned(std::size_t alignment, std::size_t size) noexcept { return __libc_memalign(alignment, size); }
void* reallocate(void* pointer, std::size_t size) noexcept { return __libc_realloc(pointer, size); }
void release(void* pointer) noexcept { __libc_free(pointer); }

std::new_handler new_handler() noexcept { return std::get_new_handler(); }
void throw_bad_alloc() { throw std::bad_alloc(); }

}  // namespace plimsoll::regress::real_heap
