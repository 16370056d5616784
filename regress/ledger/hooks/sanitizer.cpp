// The hooks where a sanitizer owns the heap: it tells us of every allocation and of every free before it happens.
#include "ledger/hooks/sanitized.hpp"

#if PLIMSOLL_SANITIZER_OWNS_HEAP

#include <cstddef>

#include "ledger/heap_events.hpp"

// Of the sanitizers' run-time libraries; GCC's come without the header that declares it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*, std::size_t),
                                                         void (*on_free)(const volatile void*));

namespace {

using plimsoll::regress::CallSite;
namespace heap_events = plimsoll::regress::heap_events;

// All of the block counts as initialised: a calloc looks the same from here, so it must not be poisoned.
void on_allocation(const volatile void* pointer, std::size_t size) {
  if (pointer == nullptr || !heap_events::recording_here()) return;
  const heap_events::NoReentry guard;
  heap_events::allocated(
      {.pointer = const_cast<void*>(pointer), .size = size, .initialised_bytes = size, .site = CallSite::here()});
}

void on_release(const volatile void* pointer) {
  if (pointer == nullptr || !heap_events::recording_here()) return;
  const heap_events::NoReentry guard;
  heap_events::releasing({.pointer = const_cast<void*>(pointer)});
}

[[maybe_unused]] const bool announced = __sanitizer_install_malloc_and_free_hooks(on_allocation, on_release) != 0 &&
                                        heap_events::announce(plimsoll::regress::HeapHooks::sanitizer);

}  // namespace

// Stale module bytes in fresh blocks would pass for copies: have all of a block filled, not only its first 4 KiB. Weak,
// so that a program may have its own defaults.
extern "C" [[gnu::weak, gnu::visibility("default")]] const char* __asan_default_options() {
  return "max_malloc_fill_size=1099511627776:malloc_fill_byte=165";
}

#endif
