#include "ledger/hooks/hooked_heap.hpp"

#include <malloc.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ledger/hooks/real_heap.hpp"

namespace plimsoll::regress::hooked_heap {

namespace {

void* real_allocate(std::size_t size, std::size_t alignment) noexcept {
  return alignment == 0 ? real_heap::allocate(size) : real_heap::allocate_aligned(alignment, size);
}

// One recorded allocation, by any of the real allocator's functions.
template <typename Allocate>
void* recorded(heap_events::Allocation allocation, Allocate real) noexcept {
  if (!heap_events::admit()) {
    errno = ENOMEM;
    return nullptr;
  }
  allocation.pointer = real();
  if (allocation.pointer == nullptr) {
    heap_events::failed();
  } else {
    heap_events::allocated(allocation);
  }
  return allocation.pointer;
}

// Always into a new block, so that peak and moved bytes do not depend on whether the allocator could extend in place.
void* grow(void* pointer, std::size_t old_size, std::size_t size, CallSite site) noexcept {
  // As the real allocator does: who asked malloc_usable_size may have more in the block than it asked for.
  const std::size_t kept = std::clamp(malloc_usable_size(pointer), old_size, size);
  return recorded(
      {.size = size, .origin = Origin::malloc_family, .initialised_bytes = kept, .moved_bytes = old_size, .site = site},
      [&] {
        void* const grown = real_heap::allocate(size);
        if (grown != nullptr) std::memcpy(grown, pointer, kept);
        return grown;
      });
}

// A block from before the recording: its size is not known exactly, so its move is not counted, only the new block.
void* reallocate_older(void* pointer, std::size_t size, CallSite site) noexcept {
  const std::size_t usable = std::min(malloc_usable_size(pointer), size);
  return recorded({.size = size, .origin = Origin::malloc_family, .initialised_bytes = usable, .site = site},
                  [&] { return real_heap::reallocate(pointer, size); });
}

void* shrink(void* pointer, std::size_t size) noexcept {
  const std::optional<Block> block = heap_events::begin_shrink(pointer);
  void* const moved = real_heap::reallocate(pointer, size);
  if (block) {
    heap_events::end_shrink(*block, moved != nullptr ? moved : pointer,
                            moved != nullptr ? size : static_cast<std::size_t>(block->size));
  }
  return moved;
}

}  // namespace

void* allocate(std::size_t size, std::size_t alignment, Origin origin, CallSite site) noexcept {
  if (!heap_events::recording_here()) [[likely]]
    return real_allocate(size, alignment);
  const heap_events::NoReentry guard;
  return recorded({.size = size, .alignment = alignment, .origin = origin, .site = site},
                  [&] { return real_allocate(size, alignment); });
}

void* allocate_zeroed(std::size_t count, std::size_t size, CallSite site) noexcept {
  if (!heap_events::recording_here()) [[likely]]
    return real_heap::allocate_zeroed(count, size);
  const heap_events::NoReentry guard;
  const std::size_t bytes = count * size;  // where this overflows, there will be no block
  return recorded({.size = bytes, .origin = Origin::malloc_family, .initialised_bytes = bytes, .site = site},
                  [&] { return real_heap::allocate_zeroed(count, size); });
}

void* reallocate(void* pointer, std::size_t size, CallSite site) noexcept {
  if (!heap_events::recording_here()) [[likely]]
    return real_heap::reallocate(pointer, size);
  if (pointer == nullptr) return allocate(size, 0, Origin::malloc_family, site);
  if (size == 0) {
    release({.pointer = pointer, .origin = Origin::malloc_family});
    return nullptr;
  }
  const heap_events::NoReentry guard;
  const std::optional<std::size_t> old_size = heap_events::size_of(pointer);
  if (!old_size) return reallocate_older(pointer, size, site);
  if (size <= *old_size) return shrink(pointer, size);
  void* const grown = grow(pointer, *old_size, size, site);
  if (grown != nullptr) {
    heap_events::releasing({.pointer = pointer, .origin = Origin::malloc_family});
    real_heap::release(pointer);
  }
  return grown;
}

void release(const heap_events::Release& release) noexcept {
  if (!heap_events::recording_here()) [[likely]]
    return real_heap::release(release.pointer);
  const heap_events::NoReentry guard;
  if (release.pointer != nullptr) heap_events::releasing(release);
  real_heap::release(release.pointer);
}

}  // namespace plimsoll::regress::hooked_heap
