#include "ledger/recorder.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

namespace plimsoll::regress {

namespace {

// One value over and over: no window of it has enough distinct bytes to be taken for the module's.
constexpr int poison = 0xA5;

// Objects that hooks may use before the first constructor and after the last destructor of the program.
union Immortal {
  constexpr Immortal() noexcept : recorder() {}
  ~Immortal() {}
  Recorder recorder;
};
constinit Immortal immortal;

constinit std::atomic<HeapHooks> announced_hooks{HeapHooks::missing};

std::uintptr_t address_of(const void* pointer) noexcept { return std::bit_cast<std::uintptr_t>(pointer); }

bool matches(const Block& block, const heap_events::Release& release) noexcept {
  if (block.origin == Origin::unknown || release.origin == Origin::unknown) return true;
  return block.origin == release.origin && release.size.value_or(block.size) == block.size &&
         release.alignment.value_or(block.alignment) == block.alignment;
}

}  // namespace

Recorder& Recorder::instance() noexcept { return immortal.recorder; }

std::expected<void, RecordingError> Recorder::begin(std::span<const std::byte> module_bytes,
                                                    Recording::Options options) {
  if (options.fail_allocation != 0 && heap_hooks() == HeapHooks::sanitizer) {
    return std::unexpected(RecordingError::cannot_fail);
  }
  {
    const std::scoped_lock lock(mutex_);
    if (active_) return std::unexpected(RecordingError::already_recording);
    options_ = {.raw_copies = false, .fail_allocation = 0};
    reset_counts();
    active_ = true;
    heap_events::recording_active.store(true, std::memory_order_relaxed);
  }
  const bool seen = sees_the_heap();

  const std::scoped_lock lock(mutex_);
  RecordingError error = incomplete_ ? RecordingError::out_of_memory : RecordingError::hooks_missing;
  if (seen) {
    reset_counts();
    module_bytes_ = module_bytes.size();
    options_ = options;
    enter_phase("begin");
    if (!options.raw_copies || raw_copies_.begin(module_bytes)) return {};
    error = RecordingError::out_of_memory;
  }
  stop();
  return std::unexpected(error);
}

// Tries it out: announced hooks may still stand behind another allocator's.
bool Recorder::sees_the_heap() noexcept {
  void* volatile block = std::malloc(1);
  std::free(block);
  block = ::operator new(1, std::nothrow);
  ::operator delete(block);
  const std::scoped_lock lock(mutex_);
  return allocations_ >= 2 && releases_ >= 2;
}

void Recorder::phase(std::string_view name) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_) return;
  search_live_blocks();
  current().live = live_;
  enter_phase(name);
}

std::expected<Report, RecordingError> Recorder::end() {
  const std::scoped_lock lock(mutex_);
  if (!active_) return std::unexpected(RecordingError::not_begun);
  search_live_blocks();
  current().live = live_;
  // From here on this thread may use the heap again: the hooks see the flag before they come for the lock.
  heap_events::recording_active.store(false, std::memory_order_relaxed);
  struct Stop {
    Recorder* recorder;
    ~Stop() { recorder->stop(); }
  } const at_exit{this};
  if (incomplete_) return std::unexpected(RecordingError::out_of_memory);
  return make_report();
}

void Recorder::abandon() noexcept {
  const std::scoped_lock lock(mutex_);
  stop();
}

void Recorder::stop() noexcept {
  heap_events::recording_active.store(false, std::memory_order_relaxed);
  active_ = false;
  blocks_.clear();
  raw_copies_.clear();
}

void Recorder::reset_counts() noexcept {
  blocks_.clear();
  incomplete_ = false;
  phases_.fill(Phase{});
  phase_count_ = 0;
  phase_ = 0;
  for (std::uint64_t* count :
       {&module_bytes_, &attempts_, &allocations_, &releases_, &total_, &live_, &peak_, &largest_, &moved_, &failures_,
        &mismatches_, &unseen_releases_, &searched_bytes_, &copied_block_bytes_, &copied_runs_}) {
    *count = 0;
  }
}

void Recorder::enter_phase(std::string_view name) noexcept {
  const std::string_view kept = name.substr(0, phases_[0].name.size() - 1);
  std::uint32_t at = 0;
  while (at < phase_count_ && std::string_view(phases_[at].name.data()) != kept) ++at;
  if (at == most_phases) {
    --at;
  } else if (at == phase_count_) {
    std::ranges::copy(kept, phases_[at].name.begin());
    ++phase_count_;
  }
  phase_ = at;
  current().peak = std::max(current().peak, live_);
}

void Recorder::add_live(std::uint64_t bytes) noexcept {
  live_ += bytes;
  peak_ = std::max(peak_, live_);
  current().peak = std::max(current().peak, live_);
}

void Recorder::drop_live(std::uint64_t bytes) noexcept {
  live_ -= bytes;
  current().released += bytes;
}

bool Recorder::admit() noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_ || ++attempts_ != options_.fail_allocation) return true;
  ++failures_;
  return false;
}

void Recorder::failed() noexcept {
  const std::scoped_lock lock(mutex_);
  if (active_) ++failures_;
}

void Recorder::allocated(const heap_events::Allocation& allocation) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_) return;
  if (options_.raw_copies && allocation.initialised_bytes < allocation.size) {
    std::memset(static_cast<std::byte*>(allocation.pointer) + allocation.initialised_bytes, poison,
                allocation.size - allocation.initialised_bytes);
  }
  if (Block* const stale = blocks_.find(address_of(allocation.pointer))) {
    ++unseen_releases_;
    drop_live(stale->size);
    blocks_.erase(stale);
  }
  ++allocations_;
  if (!blocks_.insert({.address = address_of(allocation.pointer),
                       .size = allocation.size,
                       .serial = allocations_,
                       .alignment = allocation.alignment,
                       .phase = phase_,
                       .origin = allocation.origin})) {
    incomplete_ = true;
    return;
  }
  total_ += allocation.size;
  moved_ += allocation.moved_bytes;
  largest_ = std::max<std::uint64_t>(largest_, allocation.size);
  ++current().allocations;
  current().total += allocation.size;
  current().moved += allocation.moved_bytes;
  add_live(allocation.size);
}

void Recorder::releasing(const heap_events::Release& release) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_) return;
  Block* const block = blocks_.find(address_of(release.pointer));
  if (block == nullptr) return;
  search(*block);
  if (!matches(*block, release)) ++mismatches_;
  ++releases_;
  drop_live(block->size);
  blocks_.erase(block);
}

std::optional<std::size_t> Recorder::size_of(void* pointer) noexcept {
  const std::scoped_lock lock(mutex_);
  const Block* const block = active_ ? blocks_.find(address_of(pointer)) : nullptr;
  if (block == nullptr) return std::nullopt;
  return static_cast<std::size_t>(block->size);
}

std::optional<Block> Recorder::begin_shrink(void* pointer) noexcept {
  const std::scoped_lock lock(mutex_);
  Block* const found = active_ ? blocks_.find(address_of(pointer)) : nullptr;
  if (found == nullptr) return std::nullopt;
  search(*found);
  const Block block = *found;
  blocks_.erase(found);
  return block;
}

void Recorder::end_shrink(Block block, void* pointer, std::size_t size) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_) return;
  drop_live(block.size - size);
  block.address = address_of(pointer);
  block.size = size;
  if (!blocks_.insert(block)) incomplete_ = true;
}

// What a search finds in a block a second time is not found twice: only what exceeds the earlier finding adds up.
void Recorder::search(Block& block) noexcept {
  if (!options_.raw_copies || block.size < RawCopies::least_run) return;
  const std::span<const std::byte> content(std::bit_cast<const std::byte*>(block.address),
                                           static_cast<std::size_t>(block.size));
  const std::uint64_t hash = content_hash(content);
  if (block.searched && block.content_hash == hash) return;
  block.searched = true;
  block.content_hash = hash;
  searched_bytes_ += block.size;
  const RawCopies::Found found = raw_copies_.search(content, {.serial = block.serial, .phase = block.phase});
  if (found.bytes > block.copied_bytes) {
    copied_block_bytes_ += found.bytes - block.copied_bytes;
    block.copied_bytes = found.bytes;
  }
  if (found.runs > block.copied_runs) {
    copied_runs_ += found.runs - block.copied_runs;
    block.copied_runs = found.runs;
  }
}

void Recorder::search_live_blocks() noexcept {
  if (!options_.raw_copies) return;
  blocks_.for_each([this](Block& block) { search(block); });
}

Report Recorder::make_report() const {
  Report report;
  report.module_bytes = module_bytes_;
  report.allocations = allocations_;
  report.releases = releases_;
  report.total = total_;
  report.peak = peak_;
  report.retained = live_;
  report.retained_blocks = blocks_.size();
  report.largest = largest_;
  report.moved = moved_;
  report.failures = failures_;
  report.mismatches = mismatches_;
  report.unseen_releases = unseen_releases_;
  for (const Phase& phase : std::span(phases_).first(phase_count_)) {
    report.phases.push_back({.name = phase.name.data(),
                             .allocations = phase.allocations,
                             .total = phase.total,
                             .released = phase.released,
                             .moved = phase.moved,
                             .peak = phase.peak,
                             .live = phase.live});
  }
  report.searched = options_.raw_copies;
  report.searched_bytes = searched_bytes_;
  report.copied_bytes = raw_copies_.copied_bytes();
  report.copied_block_bytes = copied_block_bytes_;
  report.copied_runs = copied_runs_;
  report.runs.assign(raw_copies_.runs().begin(), raw_copies_.runs().end());
  return report;
}

HeapHooks heap_hooks() noexcept { return announced_hooks.load(std::memory_order_relaxed); }

namespace heap_events {

bool announce(HeapHooks hooks) noexcept {
  announced_hooks.store(hooks, std::memory_order_relaxed);
  return true;
}

bool admit() noexcept { return Recorder::instance().admit(); }
void failed() noexcept { Recorder::instance().failed(); }
void allocated(const Allocation& allocation) noexcept { Recorder::instance().allocated(allocation); }
void releasing(const Release& release) noexcept { Recorder::instance().releasing(release); }
std::optional<std::size_t> size_of(void* pointer) noexcept { return Recorder::instance().size_of(pointer); }
std::optional<Block> begin_shrink(void* pointer) noexcept { return Recorder::instance().begin_shrink(pointer); }
void end_shrink(Block block, void* pointer, std::size_t size) noexcept {
  Recorder::instance().end_shrink(block, pointer, size);
}

}  // namespace heap_events

}  // namespace plimsoll::regress
