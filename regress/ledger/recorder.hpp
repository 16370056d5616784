// The one recorder of the process: receives the hooks' events (heap_events.hpp), keeps the books and makes the report
// of a Recording (recording.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "ledger/block_log.hpp"
#include "ledger/block_table.hpp"
#include "ledger/heap_events.hpp"
#include "ledger/heap_ranges.hpp"
#include "ledger/input_clock.hpp"
#include "ledger/loaded_objects.hpp"
#include "ledger/mapped_pages.hpp"
#include "ledger/raw_copies.hpp"
#include "ledger/recording.hpp"
#include "ledger/stacks.hpp"
#include "ledger/stream_sampler.hpp"
#include "ledger/timeline.hpp"
#include "ledger/twins.hpp"

namespace plimsoll::regress {

// Thread-safe; one lock, and one each in the stacks and the input clock, which hold it for themselves alone. Takes
// nothing from the heap except in end, after recording has stopped.
class Recorder {
 public:
  constexpr Recorder() noexcept = default;

  // The process's recorder; never destroyed, because blocks are freed until the very end of a process.
  [[nodiscard]] static Recorder& instance() noexcept;

  // As in Recording.
  [[nodiscard]] std::expected<void, RecordingError> begin(std::span<const std::byte> module_bytes,
                                                          Recording::Options options);
  [[nodiscard]] std::expected<void, RecordingError> begin(const ClockedInput& input, Recording::Options options);
  void phase(std::string_view name) noexcept;
  [[nodiscard]] std::expected<Report, RecordingError> end();
  void abandon() noexcept;
  void account(std::uint64_t bytes) noexcept;

  // D4 for an input that somebody else has mapped, from the start of a page on: between begin and end. False: it cannot
  // be clocked, or another one is.
  [[nodiscard]] bool watch_input(std::span<const std::byte> pages) noexcept;
  void forget_input() noexcept;

  // Around fork: no other thread is in here when it happens, so that the child can go on recording its copy of the heap.
  void before_fork() noexcept;
  void after_fork() noexcept;

  // As in heap_events. Each does nothing when no recording is active.
  [[nodiscard]] bool admit() noexcept;
  void failed() noexcept;
  void allocated(const heap_events::Allocation& allocation) noexcept;
  void releasing(const heap_events::Release& release) noexcept;
  [[nodiscard]] std::optional<std::size_t> size_of(void* pointer) noexcept;
  [[nodiscard]] std::optional<Block> begin_shrink(void* pointer) noexcept;
  void end_shrink(Block block, void* pointer, std::size_t size) noexcept;

 private:
  // PhaseCounts without the heap.
  struct Phase {
    std::array<char, 48> name{};
    std::uint64_t allocations = 0;
    std::uint64_t total = 0;
    std::uint64_t released = 0;
    std::uint64_t moved = 0;
    std::uint64_t peak = 0;
    std::uint64_t live = 0;
  };
  static constexpr std::size_t most_phases = 32;

  [[nodiscard]] bool sees_the_heap() noexcept;
  void reset_counts() noexcept;
  void enter_phase(std::string_view name) noexcept;
  [[nodiscard]] Phase& current() noexcept { return phases_[phase_]; }
  void add_live(std::uint64_t bytes) noexcept;
  void drop_live(std::uint64_t bytes) noexcept;
  [[nodiscard]] bool watch(std::span<const std::byte> pages, bool writable) noexcept;
  [[nodiscard]] bool looks() const noexcept { return options_.raw_copies || options_.twins; }
  [[nodiscard]] bool logs() const noexcept { return options_.twins || options_.stacks; }
  [[nodiscard]] bool begin_detectors(std::span<const std::byte> module_bytes) noexcept;
  void clear_detectors() noexcept;
  void enter(const heap_events::Allocation& allocation, std::uint32_t stack) noexcept;
  void log_birth(const Block& block, std::uint32_t stack) noexcept;
  void log_death(const Block& block) noexcept;
  void tick(std::uint64_t pages_touched) noexcept;
  void look_into(Block& block, bool last_time) noexcept;
  [[nodiscard]] std::span<const std::byte> content_of(const Block& block) noexcept;
  void search(Block& block, std::span<const std::byte> content) noexcept;
  void look_into_live_blocks() noexcept;
  void stop() noexcept;
  [[nodiscard]] Report make_report(LoadedObjects& objects);
  void report_twins(Report& report, std::span<const Twins::Twin> twins) const;

  std::mutex mutex_;  // guards all below
  bool active_ = false;
  bool incomplete_ = false;  // a block could not be entered
  bool clocked_ = false;     // since begin
  Recording::Options options_;
  BlockTable blocks_;
  BlockLog log_;
  RawCopies raw_copies_;
  StreamSampler stream_;
  Twins twins_;
  HeapRanges heap_;
  InputClock clock_;
  Stacks stacks_;
  Timeline timeline_;
  MappedPages mapped_pages_;
  std::array<Phase, most_phases> phases_{};
  std::size_t phase_count_ = 0;
  std::uint32_t phase_ = 0;

  std::uint64_t module_bytes_ = 0;
  std::uint64_t event_ = 0;  // number of the last allocation or free
  std::uint64_t accounted_ = 0;
  std::uint64_t tick_ = 0;     // pages of the input touched
  std::uint64_t at_tick_ = 0;  // bytes allocated since then
  std::uint64_t burst_ = 0;
  std::uint64_t burst_tick_ = 0;
  std::uint64_t live_at_tick_ = 0;
  std::uint64_t attempts_ = 0;  // allocations asked for since begin
  std::uint64_t allocations_ = 0;
  std::uint64_t releases_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t live_ = 0;
  std::uint64_t peak_ = 0;
  std::uint64_t largest_ = 0;
  std::uint64_t moved_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t mismatches_ = 0;
  std::uint64_t unseen_releases_ = 0;
  std::uint64_t searched_bytes_ = 0;
  std::uint64_t copied_block_bytes_ = 0;
  std::uint64_t copied_runs_ = 0;
};

}  // namespace plimsoll::regress
