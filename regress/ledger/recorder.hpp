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

#include "ledger/block_table.hpp"
#include "ledger/heap_events.hpp"
#include "ledger/raw_copies.hpp"
#include "ledger/recording.hpp"

namespace plimsoll::regress {

// Thread-safe; one lock. Takes nothing from the heap except in end, after recording has stopped.
class Recorder {
 public:
  constexpr Recorder() noexcept = default;

  // The process's recorder; never destroyed, because blocks are freed until the very end of a process.
  [[nodiscard]] static Recorder& instance() noexcept;

  // As in Recording.
  [[nodiscard]] std::expected<void, RecordingError> begin(std::span<const std::byte> module_bytes,
                                                          Recording::Options options);
  void phase(std::string_view name) noexcept;
  [[nodiscard]] std::expected<Report, RecordingError> end();
  void abandon() noexcept;

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
  void search(Block& block) noexcept;
  void search_live_blocks() noexcept;
  void stop() noexcept;
  [[nodiscard]] Report make_report() const;

  std::mutex mutex_;  // guards all below
  bool active_ = false;
  bool incomplete_ = false;  // a block could not be entered
  Recording::Options options_;
  BlockTable blocks_;
  RawCopies raw_copies_;
  std::array<Phase, most_phases> phases_{};
  std::size_t phase_count_ = 0;
  std::uint32_t phase_ = 0;

  std::uint64_t module_bytes_ = 0;
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
