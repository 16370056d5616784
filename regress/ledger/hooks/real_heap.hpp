// The allocator beneath the hooks: glibc's, under the names that interposing malloc leaves reachable.
//
// A preloadable library that is to watch programs with another allocator needs these looked up with
// dlsym(RTLD_NEXT) instead: another implementation of this header, nothing else.
#pragma once

#include <cstddef>
#include <new>

namespace plimsoll::regress::real_heap {

void* allocate(std::size_t size) noexcept;
void* allocate_zeroed(std::size_t count, std::size_t size) noexcept;
void* allocate_aligned(std::size_t alignment, std::size_t size) noexcept;  // alignment: a power of two
void* reallocate(void* pointer, std::size_t size) noexcept;
void release(void* pointer) noexcept;

// How operator new fails: by the C++ library of the program, which for a preloadable library is another than its own.
[[nodiscard]] std::new_handler new_handler() noexcept;
[[noreturn]] void throw_bad_alloc();

}  // namespace plimsoll::regress::real_heap
