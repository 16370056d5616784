// The allocator with the ledger's events around it: what malloc.cpp and operator_new.cpp give their names to.
// Thread-safe. Without a recording: the real allocator and one relaxed load.
#pragma once

#include <cstddef>
#include <optional>

#include "ledger/block_table.hpp"
#include "ledger/heap_events.hpp"
#include "ledger/stacks.hpp"

namespace plimsoll::regress::hooked_heap {

// Each returns nullptr, with errno ENOMEM, when there is no memory or the recording wants it so.
// alignment: a power of two, or 0 for none in particular. site: of the hook, where stacks are to begin.
[[nodiscard]] void* allocate(std::size_t size, std::size_t alignment, Origin origin, CallSite site) noexcept;
[[nodiscard]] void* allocate_zeroed(std::size_t count, std::size_t size, CallSite site) noexcept;
[[nodiscard]] void* reallocate(void* pointer, std::size_t size, CallSite site) noexcept;

// pointer may be nullptr.
void release(const heap_events::Release& release) noexcept;

}  // namespace plimsoll::regress::hooked_heap
