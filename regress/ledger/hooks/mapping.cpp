// mmap, mremap and munmap, for the whole process: what a program maps to write into is a block like any other. The C
// library's own mappings, those beneath malloc among them, do not come by here.
//
// Not blocks: files, memory that is shared, and what is reserved without access or without being accounted for, as
// JIT compilers do gigabytes at a time (mprotect, which opens parts of such a reservation, is not followed).
#include "ledger/hooks/sanitized.hpp"

#if !PLIMSOLL_SANITIZER_OWNS_HEAP

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdarg>
#include <cstddef>

#include "ledger/heap_events.hpp"
#include "ledger/hooks/mapped_files.hpp"

namespace {

namespace heap_events = plimsoll::regress::heap_events;
namespace mapped_files = plimsoll::regress::mapped_files;
using plimsoll::regress::CallSite;
using plimsoll::regress::Origin;

// The system's own, past whatever else bears the names.
void* map(void* address, std::size_t length, int protection, int flags, int file, off_t offset) noexcept {
  return std::bit_cast<void*>(::syscall(SYS_mmap, address, length, protection, flags, file, offset));
}

bool is_a_block(int protection, int flags) noexcept {
  constexpr int wanted = MAP_PRIVATE | MAP_ANONYMOUS;
  return (protection & PROT_WRITE) != 0 && (flags & (wanted | MAP_NORESERVE | MAP_STACK | MAP_FIXED)) == wanted;
}

void* map_and_tell(void* address, std::size_t length, int protection, int flags, int file, off_t offset,
                   CallSite site) noexcept {
  if (!heap_events::recording_here()) return map(address, length, protection, flags, file, offset);
  if (!is_a_block(protection, flags)) {
    void* const mapped = map(address, length, protection, flags, file, offset);
    if (mapped != MAP_FAILED && (flags & MAP_ANONYMOUS) == 0)
      mapped_files::mapped(mapped, length, protection, flags, file);
    return mapped;
  }
  const heap_events::NoReentry guard;
  if (!heap_events::admit()) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  void* const mapped = map(address, length, protection, flags, file, offset);
  const int saved = errno;
  if (mapped == MAP_FAILED) {
    heap_events::failed();
  } else {
    // Zeros, so not to be filled with a pattern: whoever maps memory relies on them.
    heap_events::allocated(
        {.pointer = mapped, .size = length, .origin = Origin::mapping, .initialised_bytes = length, .site = site});
  }
  errno = saved;
  return mapped;
}

void* remap(void* old, std::size_t old_size, std::size_t size, int flags, void* address) noexcept {
  return std::bit_cast<void*>(::syscall(SYS_mremap, old, old_size, size, flags, address));
}

// Of a block as a whole; of a part, or of what is no block, the books say nothing.
void* remap_and_tell(void* old, std::size_t old_size, std::size_t size, int flags, void* address,
                     CallSite site) noexcept {
  if (!heap_events::recording_here()) return remap(old, old_size, size, flags, address);
  const heap_events::NoReentry guard;
  if (heap_events::size_of(old) != old_size) return remap(old, old_size, size, flags, address);
  // The pages move without being copied, so nothing is counted as moved.
  heap_events::releasing({.pointer = old, .origin = Origin::mapping});
  void* const moved = remap(old, old_size, size, flags, address);
  const int saved = errno;
  const bool failed = moved == MAP_FAILED;
  const std::size_t now = failed ? old_size : size;
  heap_events::allocated({.pointer = failed ? old : moved,
                          .size = now,
                          .origin = Origin::mapping,
                          .initialised_bytes = now,
                          .site = site});
  errno = saved;
  return moved;
}

}  // namespace

namespace plimsoll::regress::mapped_files {

[[gnu::weak]] void mapped(void*, std::size_t, int, int, int) noexcept {}
[[gnu::weak]] void unmapped(void*, std::size_t) noexcept {}

}  // namespace plimsoll::regress::mapped_files

#pragma GCC visibility push(default)
extern "C" {

void* mmap(void* address, std::size_t length, int protection, int flags, int file, off_t offset) noexcept {
  return map_and_tell(address, length, protection, flags, file, offset, CallSite::here());
}

void* mmap64(void* address, std::size_t length, int protection, int flags, int file, off64_t offset) noexcept {
  return map_and_tell(address, length, protection, flags, file, offset, CallSite::here());
}

void* mremap(void* old, std::size_t old_size, std::size_t size, int flags, ...) noexcept {
  void* address = nullptr;
  if ((flags & MREMAP_FIXED) != 0) {
    std::va_list arguments;
    va_start(arguments, flags);
    address = va_arg(arguments, void*);
    va_end(arguments);
  }
  return remap_and_tell(old, old_size, size, flags, address, CallSite::here());
}

int munmap(void* address, std::size_t length) noexcept {
  if (heap_events::recording_here()) {
    const heap_events::NoReentry guard;
    // Where only a part of a block goes, the block stays in the books.
    if (const auto size = heap_events::size_of(address); size && *size <= length) {
      heap_events::releasing({.pointer = address, .origin = Origin::mapping});
    }
    mapped_files::unmapped(address, length);
  }
  return static_cast<int>(::syscall(SYS_munmap, address, length));
}

}  // extern "C"
#pragma GCC visibility pop

#endif
