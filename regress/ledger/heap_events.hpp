// What the heap hooks tell the ledger: the seam between the two. Nothing else includes this.
//
// A hook first asks recording_here(); when it says no, it must do nothing but its duty. All functions are thread-safe
// and take no memory from the heap. Each hook holds a NoReentry while it works, so that an allocator that is built upon
// another hooked function is not counted twice.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ledger/block_table.hpp"
#include "ledger/recording.hpp"
#include "ledger/stacks.hpp"

namespace plimsoll::regress::heap_events {

// Written under the recorder's lock. A thread that reads an old value is put right by the recorder.
inline constinit std::atomic<bool> recording_active{false};

// Whether allocations are to say where they come from. The same.
inline constinit std::atomic<bool> stacks_wanted{false};

// Initial-exec, because the first use of a dynamic thread-local in a preloaded library would call malloc.
[[gnu::tls_model("initial-exec")]] inline thread_local constinit bool inside_hook = false;

// Whether this heap call is to be recorded.
[[nodiscard]] inline bool recording_here() noexcept {
  return recording_active.load(std::memory_order_relaxed) && !inside_hook;
}

class NoReentry {
 public:
  NoReentry() noexcept { inside_hook = true; }
  ~NoReentry() { inside_hook = false; }
  NoReentry(const NoReentry&) = delete;
  NoReentry& operator=(const NoReentry&) = delete;
};

// Called by whichever hooks the program links, before main.
bool announce(HeapHooks hooks) noexcept;

// Called before every allocation and growing reallocation. False: this one is to fail; it has been counted as a
// failure.
[[nodiscard]] bool admit() noexcept;

// The allocation was admitted, but the allocator has failed.
void failed() noexcept;

struct Allocation {
  void* pointer = nullptr;
  std::size_t size = 0;
  std::size_t alignment = 0;  // 0 = none in particular
  Origin origin = Origin::unknown;
  std::size_t initialised_bytes = 0;  // a prefix that holds what the caller may rely on; the rest may be poisoned
  std::size_t moved_bytes = 0;        // of initialised_bytes, what a reallocation brought here
  CallSite site{};                    // who called the hook
};

// A block has been allocated and nobody has its address yet.
void allocated(const Allocation& allocation) noexcept;

// What the caller of a deallocation function claims.
struct Release {
  void* pointer = nullptr;
  Origin origin = Origin::unknown;
  std::optional<std::size_t> size{};
  std::optional<std::size_t> alignment{};  // 0 = a form without alignment; absent = the form takes any
};

// A block is about to be freed: its content is still there and its address cannot be handed out again before this
// returns.
void releasing(const Release& release) noexcept;

// The size a block was allocated with, if it was since begin.
[[nodiscard]] std::optional<std::size_t> size_of(void* pointer) noexcept;

// Around a reallocation to at most the old size, which the allocator is free to move.
[[nodiscard]] std::optional<Block> begin_shrink(void* pointer) noexcept;
void end_shrink(Block block, void* pointer, std::size_t size) noexcept;

}  // namespace plimsoll::regress::heap_events
