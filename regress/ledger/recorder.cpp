#include "ledger/recorder.hpp"

#include <pthread.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

#include "ledger/culprits.hpp"
#include "ledger/growths.hpp"
#include "ledger/known_places.hpp"

namespace plimsoll::regress {

namespace {

// One value over and over: no window of it has enough distinct bytes to be taken for the module's.
constexpr int poison = 0xA5;

// From this size on a block comes from the system, as zeros: it is not poisoned, and only pages that are there are read.
constexpr std::uint64_t by_the_page = std::uint64_t{32} << 20;

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
    options_ = {.raw_copies = false};
    clocked_ = false;
    reset_counts();
    active_ = true;
    heap_events::recording_active.store(true, std::memory_order_relaxed);
  }
  const bool seen = sees_the_heap();
  // Before the lock, as in end.
  const HeapRanges known = options.twins ? known_places(module_bytes) : HeapRanges();

  const std::scoped_lock lock(mutex_);
  RecordingError error = incomplete_ ? RecordingError::out_of_memory : RecordingError::hooks_missing;
  if (seen) {
    reset_counts();
    module_bytes_ = module_bytes.size();
    options_ = options;
    heap_ = known;
    enter_phase("begin");
    if (begin_detectors(module_bytes)) return {};
    error = RecordingError::out_of_memory;
  }
  stop();
  return std::unexpected(error);
}

std::expected<void, RecordingError> Recorder::begin(const ClockedInput& input, Recording::Options options) {
  if (auto begun = begin(input.bytes(), options); !begun) return begun;
  if (watch(input.pages(), true)) return {};
  abandon();
  return std::unexpected(RecordingError::out_of_memory);
}

bool Recorder::watch_input(std::span<const std::byte> pages) noexcept { return watch(pages, false); }

bool Recorder::watch(std::span<const std::byte> pages, bool writable) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_ || clocked_) return false;
  clocked_ = clock_.arm(pages, writable, [](std::uint64_t touched) noexcept { instance().tick(touched); });
  return clocked_;
}

void Recorder::forget_input() noexcept { clock_.disarm(); }

bool Recorder::begin_detectors(std::span<const std::byte> module_bytes) noexcept {
  if (options_.raw_copies && !raw_copies_.begin(module_bytes)) return false;
  if (options_.twins && !twins_.begin()) return false;
  if (options_.stacks && !stacks_.begin()) return false;
  if (logs() && !log_.begin()) return false;
  heap_events::stacks_wanted.store(options_.stacks, std::memory_order_relaxed);
  return true;
}

void Recorder::clear_detectors() noexcept {
  blocks_.clear();
  log_.clear();
  raw_copies_.clear();
  stream_.clear();
  twins_.clear();
  heap_.clear();
  stacks_.clear();
  timeline_.clear();
  mapped_pages_.clear();
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
  look_into_live_blocks();
  current().live = live_;
  enter_phase(name);
  if (options_.timeline) timeline_.add({.event = ++event_, .live = live_, .phase = phase_});
}

std::expected<Report, RecordingError> Recorder::end() {
  // Before the lock: somebody may hold the dynamic linker's and wait for ours, in a callback that allocates.
  LoadedObjects objects;
  if (heap_events::stacks_wanted.load(std::memory_order_relaxed)) try {
      const heap_events::NoReentry unseen;
      objects = LoadedObjects::now();
    } catch (...) {
      abandon();
      throw;
    }
  const std::scoped_lock lock(mutex_);
  if (!active_) return std::unexpected(RecordingError::not_begun);
  clock_.disarm();
  look_into_live_blocks();
  current().live = live_;
  // From here on this thread may use the heap again: the hooks see the flag before they come for the lock.
  heap_events::recording_active.store(false, std::memory_order_relaxed);
  struct Stop {
    Recorder* recorder;
    ~Stop() { recorder->stop(); }
  } const at_exit{this};
  if (incomplete_) return std::unexpected(RecordingError::out_of_memory);
  return make_report(objects);
}

void Recorder::abandon() noexcept {
  const std::scoped_lock lock(mutex_);
  stop();
}

void Recorder::before_fork() noexcept {
  mutex_.lock();
  clock_.lock();
  stacks_.lock();
}

void Recorder::after_fork() noexcept {
  stacks_.unlock();
  clock_.unlock();
  mutex_.unlock();
}

void Recorder::stop() noexcept {
  heap_events::recording_active.store(false, std::memory_order_relaxed);
  heap_events::stacks_wanted.store(false, std::memory_order_relaxed);
  clock_.disarm();
  active_ = false;
  clear_detectors();
}

void Recorder::reset_counts() noexcept {
  clear_detectors();
  incomplete_ = false;
  phases_.fill(Phase{});
  phase_count_ = 0;
  phase_ = 0;
  for (std::uint64_t* count : {&module_bytes_,   &attempts_,
                               &allocations_,    &releases_,
                               &total_,          &live_,
                               &peak_,           &largest_,
                               &moved_,          &failures_,
                               &mismatches_,     &unseen_releases_,
                               &searched_bytes_, &copied_block_bytes_,
                               &copied_runs_,    &event_,
                               &accounted_,      &tick_,
                               &at_tick_,        &burst_,
                               &burst_tick_,     &live_at_tick_}) {
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
  if (options_.timeline) timeline_.add({.event = event_, .live = live_, .phase = phase_});
}

void Recorder::drop_live(std::uint64_t bytes) noexcept {
  live_ -= bytes;
  if (options_.timeline) timeline_.add({.event = event_, .live = live_, .phase = phase_});
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
  // Before the lock: the unwinder takes locks of its own.
  const bool wanted = heap_events::stacks_wanted.load(std::memory_order_relaxed);
  const std::uint32_t stack = wanted ? stacks_.capture(allocation.site) : Stacks::none;
  const std::scoped_lock lock(mutex_);
  if (active_) enter(allocation, stack);
}

void Recorder::enter(const heap_events::Allocation& allocation, std::uint32_t stack) noexcept {
  const std::uintptr_t address = address_of(allocation.pointer);
  if (looks() && allocation.initialised_bytes < allocation.size && allocation.size < by_the_page) {
    std::memset(static_cast<std::byte*>(allocation.pointer) + allocation.initialised_bytes, poison,
                allocation.size - allocation.initialised_bytes);
  }
  if (Block* const stale = blocks_.find(address)) {
    ++unseen_releases_;
    drop_live(stale->size);
    log_death(*stale);
    blocks_.erase(stale);
  }
  ++allocations_;
  const Block block{.address = address,
                    .size = allocation.size,
                    .serial = allocations_,
                    .alignment = allocation.alignment,
                    .phase = phase_,
                    .origin = allocation.origin};
  if (!blocks_.insert(block)) {
    incomplete_ = true;
    return;
  }
  total_ += allocation.size;
  moved_ += allocation.moved_bytes;
  largest_ = std::max<std::uint64_t>(largest_, allocation.size);
  ++current().allocations;
  current().total += allocation.size;
  current().moved += allocation.moved_bytes;
  at_tick_ += allocation.size;
  if (tick_ != 0 && at_tick_ > burst_) {
    burst_ = at_tick_;
    burst_tick_ = tick_;
  }
  log_birth(block, stack);
  add_live(allocation.size);
}

void Recorder::log_birth(const Block& block, std::uint32_t stack) noexcept {
  ++event_;
  heap_.add(block.address, block.size);
  if (logs()) {
    log_.add(block.serial,
             {.size = block.size, .birth = event_, .stack = stack, .tick = static_cast<std::uint32_t>(tick_)});
  }
  if (options_.raw_copies && clock_.armed()) stream_.allocated(block.address, block.size, block.serial, block.phase);
}

void Recorder::log_death(const Block& block) noexcept {
  ++event_;
  stream_.releasing(block.address);
  if (LoggedBlock* const logged = log_.find(block.serial)) logged->death = event_;
}

void Recorder::tick(std::uint64_t pages_touched) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_) return;
  tick_ = std::max(tick_, pages_touched);  // of two threads, the later page may be told first
  at_tick_ = 0;
  live_at_tick_ = live_;
  // 64 samples of an input of any size, but none of one that a small buffer holds as a whole.
  const std::uint64_t pages = clock_.counts().pages;
  if (options_.raw_copies && pages >= 16 && pages_touched % std::max<std::uint64_t>(pages / 64, 1) == 0) {
    stream_.sample(raw_copies_);
  }
}

void Recorder::account(std::uint64_t bytes) noexcept {
  const std::scoped_lock lock(mutex_);
  if (active_) accounted_ += bytes;
}

void Recorder::releasing(const heap_events::Release& release) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_) return;
  Block* const block = blocks_.find(address_of(release.pointer));
  if (block == nullptr) return;
  look_into(*block, true);
  if (!matches(*block, release)) ++mismatches_;
  ++releases_;
  log_death(*block);
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
  look_into(*found, false);
  const Block block = *found;
  blocks_.erase(found);
  return block;
}

void Recorder::end_shrink(Block block, void* pointer, std::size_t size) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!active_) return;
  ++event_;
  drop_live(block.size - size);
  block.address = address_of(pointer);
  block.size = size;
  if (!blocks_.insert(block)) incomplete_ = true;
}

std::span<const std::byte> Recorder::content_of(const Block& block) noexcept {
  // A program may close pages of what it allocated by the page, as guards, and may never touch most of what is large.
  const bool has_pages = block.origin == Origin::mapping || block.alignment >= MappedPages::page_bytes();
  if (has_pages || block.size >= by_the_page) return mapped_pages_.read(block.address, block.size);
  return {std::bit_cast<const std::byte*>(block.address), static_cast<std::size_t>(block.size)};
}

// Nothing to see in what has not changed since the last time.
void Recorder::look_into(Block& block, bool last_time) noexcept {
  if (!looks() || block.size < std::min(Twins::least_block, RawCopies::least_run)) return;
  const std::span<const std::byte> content = content_of(block);
  if (block.searched || !last_time) {
    const std::uint64_t hash = content_hash(content);
    if (block.searched && block.content_hash == hash) return;
    block.searched = true;
    block.content_hash = hash;
  }
  if (options_.raw_copies) search(block, content);
  if (options_.twins) twins_.note(content, block.serial, heap_);
}

// What a search finds in a block a second time is not found twice: only what exceeds the earlier finding adds up.
void Recorder::search(Block& block, std::span<const std::byte> content) noexcept {
  if (content.size() < RawCopies::least_run) return;
  searched_bytes_ += content.size();
  const RawCopies::Found found = raw_copies_.search(content, {.serial = block.serial, .phase = block.phase});
  if (found.bytes > block.copied_bytes) {
    copied_block_bytes_ += found.bytes - block.copied_bytes;
    block.copied_bytes = found.bytes;
    if (LoggedBlock* const logged = log_.find(block.serial)) logged->copied = found.bytes;
  }
  if (found.runs > block.copied_runs) {
    copied_runs_ += found.runs - block.copied_runs;
    block.copied_runs = found.runs;
  }
}

void Recorder::look_into_live_blocks() noexcept {
  if (!looks()) return;
  blocks_.for_each([this](Block& block) { look_into(block, false); });
}

void Recorder::report_twins(Report& report, std::span<const Twins::Twin> twins) const {
  for (const Twins::Twin& twin : twins) {
    report.twin_bytes += twin.bytes;
    ++report.twin_blocks;
  }
  report.growth_twin_bytes = growth_bytes(log_.blocks(), twins);
}

Report Recorder::make_report(LoadedObjects& objects) {
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
  const StreamSampler::Result stream = stream_.result();
  report.stream_samples = stream.samples;
  report.stream_hits = stream.hits;
  report.stream_block = stream.block;

  report.unlogged = logs() ? allocations_ - std::min<std::uint64_t>(allocations_, log_.blocks().size()) : 0;
  report.timeline.assign(timeline_.points().begin(), timeline_.points().end());
  report.accounted = accounted_;
  report.clocked = clocked_;
  if (report.clocked) {
    const InputClock::Counts counts = clock_.counts();
    report.page_bytes = counts.page_bytes;
    report.pages = counts.pages;
    report.pages_touched = counts.pages_touched;
    report.touches = counts.touches;
    report.pages_written = counts.pages_written;
    report.after = tick_ == 0 ? 0 : at_tick_;
    report.burst = burst_;
    report.burst_tick = burst_tick_;
    report.live_at_last_touch = live_at_tick_;
  }
  const std::span<const Twins::Twin> twins = twins_.match(log_.blocks());
  report.twinned = options_.twins;
  report_twins(report, twins);
  report.stacked = options_.stacks;
  if (options_.stacks) blame(report, objects, stacks_, log_.blocks(), twins);
  return report;
}

HeapHooks heap_hooks() noexcept { return announced_hooks.load(std::memory_order_relaxed); }

namespace heap_events {

bool announce(HeapHooks hooks) noexcept {
  ::pthread_atfork([] { Recorder::instance().before_fork(); }, [] { Recorder::instance().after_fork(); },
                   [] { Recorder::instance().after_fork(); });
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
