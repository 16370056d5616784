#include "ledger/stacks.hpp"

#include <unwind.h>

#include <algorithm>
#include <bit>

namespace plimsoll::regress {

namespace {

constexpr std::size_t most_stacks = std::size_t{1} << 20;
constexpr std::size_t cache_entries = std::size_t{1} << 12;
constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15u;

std::uint64_t hash_of(std::span<const std::uintptr_t> frames) noexcept {
  std::uint64_t hash = frames.size();
  for (const std::uintptr_t frame : frames) hash = std::rotl((hash ^ frame) * golden_ratio, 29);
  return hash;
}

}  // namespace

// What one unwinding finds.
struct Stacks::Walk {
  std::uintptr_t from = 0;  // return address to start at; frames within the hooks come before it
  bool started = false;
  bool verifiable = true;  // every return address stands where `slots` says
  std::size_t length = 0;
  std::array<std::uintptr_t, most_frames> frames{};
  std::array<std::uintptr_t, most_frames> slots{};

  static _Unwind_Reason_Code visit(_Unwind_Context* context, void* argument) noexcept {
    Walk& walk = *static_cast<Walk*>(argument);
    const std::uintptr_t address = _Unwind_GetIP(context);
    if (address == 0) return _URC_END_OF_STACK;
    walk.started = walk.started || walk.from == 0 || address == walk.from;
    if (!walk.started) return _URC_NO_REASON;
    // The unwinder stands where the call has returned: the address it returned by is just below.
    const std::uintptr_t slot = _Unwind_GetCFA(context) - sizeof(void*);
    walk.verifiable =
        walk.verifiable && slot % sizeof(void*) == 0 && *std::bit_cast<const std::uintptr_t*>(slot) == address;
    walk.frames[walk.length] = address;
    walk.slots[walk.length] = slot;
    return ++walk.length == most_frames ? _URC_END_OF_STACK : _URC_NO_REASON;
  }

  void run() noexcept { _Unwind_Backtrace(&Walk::visit, this); }
};

bool Stacks::begin() noexcept {
  clear();
  const std::scoped_lock lock(mutex_);
  return entries_.allocate_up_to(most_stacks, 1024) &&
         index_.allocate_up_to(2 * entries_.size(), 2 * entries_.size()) &&
         pool_.allocate_up_to(entries_.size() * 12, entries_.size() * 12) &&
         cache_.allocate_up_to(cache_entries, cache_entries);
}

void Stacks::clear() noexcept {
  const std::scoped_lock lock(mutex_);
  entries_.release();
  index_.release();
  pool_.release();
  cache_.release();
  count_ = 0;
  pool_size_ = 0;
}

std::uint32_t Stacks::capture(CallSite site) noexcept {
  if (const std::uint32_t known = recall(site)) return known;
  Walk walk;
  walk.from = std::bit_cast<std::uintptr_t>(site.return_address);
  walk.run();
  if (walk.length == 0 && walk.from != 0) {
    // Code without unwind tables: all that is known is who called.
    walk.frames[0] = walk.from;
    walk.length = 1;
    walk.verifiable = false;
  }
  return walk.length == 0 ? none : intern(walk, site);
}

Stacks::Remembered& Stacks::remembered(CallSite site) noexcept {
  const std::uint64_t key =
      (std::bit_cast<std::uintptr_t>(site.slot) ^ std::bit_cast<std::uintptr_t>(site.return_address)) * golden_ratio;
  return cache_[static_cast<std::size_t>(key >> (64 - std::countr_zero(cache_entries)))];
}

// Reads return addresses from the inside outwards: each match proves that the next slot is this stack's.
[[gnu::no_sanitize_address]] std::uint32_t Stacks::recall(CallSite site) noexcept {
  if (site.slot == nullptr) return none;
  const std::scoped_lock lock(mutex_);
  if (cache_.size() == 0) return none;
  const Remembered& entry = remembered(site);
  if (entry.stack == none || entry.slots[0] != std::bit_cast<std::uintptr_t>(site.slot)) return none;
  const auto known = frames(entry.stack);
  for (std::size_t i = 0; i < entry.length; ++i) {
    if (*std::bit_cast<const std::uintptr_t*>(entry.slots[i]) != known[i]) return none;
  }
  return entry.stack;
}

std::uint32_t Stacks::intern(const Walk& walk, CallSite site) noexcept {
  const std::scoped_lock lock(mutex_);
  if (cache_.size() == 0) return none;
  const std::uint32_t stack = find_or_add(std::span(walk.frames).first(walk.length));
  if (stack != none && walk.verifiable && walk.slots[0] == std::bit_cast<std::uintptr_t>(site.slot)) {
    remembered(site) = {.stack = stack, .length = static_cast<std::uint32_t>(walk.length), .slots = walk.slots};
  }
  return stack;
}

std::uint32_t Stacks::find_or_add(std::span<const std::uintptr_t> frames) noexcept {
  const std::uint64_t hash = hash_of(frames);
  const std::size_t mask = index_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash) & mask;
  for (; index_[at] != none; at = (at + 1) & mask) {
    if (entries_[index_[at] - 1].hash == hash && std::ranges::equal(this->frames(index_[at]), frames))
      return index_[at];
  }
  if (count_ == entries_.size() || pool_size_ + frames.size() > pool_.size()) return none;
  std::ranges::copy(frames, pool_.data() + pool_size_);
  entries_[count_] = {.hash = hash,
                      .first = static_cast<std::uint32_t>(pool_size_),
                      .length = static_cast<std::uint32_t>(frames.size())};
  pool_size_ += frames.size();
  index_[at] = static_cast<std::uint32_t>(++count_);
  return index_[at];
}

std::span<const std::uintptr_t> Stacks::frames(std::uint32_t stack) const noexcept {
  if (stack == none || stack > count_) return {};
  const Entry& entry = entries_[stack - 1];
  return pool_.span().subspan(entry.first, entry.length);
}

}  // namespace plimsoll::regress
