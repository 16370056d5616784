// A recording of what the whole process does to the heap between begin and end, and whether the heap got to hold
// copies of a module: detectors D1 (counts) and D2 (raw copies) of DESIGN.md's "The ledger".
//
// The numbers come from process-wide hooks. They are in the executable when it links the CMake target
// plimsoll_heap_hooks; without them, begin says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/raw_copies.hpp"

namespace plimsoll::regress {

enum class RecordingError {
  hooks_missing,      // the heap hooks are not in this program, or another allocator stands before them
  already_recording,  // this or another Recording has begun and not ended: one heap, one recording at a time
  not_begun,          // phase or end without begin
  cannot_fail,        // Options::fail_allocation is set, but a sanitizer owns the heap (HeapHooks::sanitizer)
  out_of_memory,      // the system has no memory for the ledger's own books: what was recorded is not complete
};

// One sentence for people. Static storage.
[[nodiscard]] std::string_view describe(RecordingError error) noexcept;

// How this program's heap is watched.
enum class HeapHooks {
  missing,     // not at all
  interposed,  // malloc and operator new are ours: everything below is exact
  // Through the hooks of AddressSanitizer and its kin, which own malloc. Then a reallocation is always seen as a new
  // block and a freed one (moved stays 0), a request for 0 bytes is seen as 1, nobody says which function asked
  // (mismatches stays 0), an allocation cannot be made to fail, and fresh blocks are not poisoned by us but by the
  // sanitizer's own option max_malloc_fill_size, for which plimsoll_heap_hooks sets a default.
  sanitizer,
};

// Set before main. Thread-safe.
[[nodiscard]] HeapHooks heap_hooks() noexcept;

// Heap traffic within one phase. Bytes are as asked for, not as rounded up by the allocator.
struct PhaseCounts {
  std::string name;
  std::uint64_t allocations = 0;
  std::uint64_t total = 0;     // bytes allocated
  std::uint64_t released = 0;  // bytes freed, of blocks allocated since begin
  std::uint64_t moved = 0;     // bytes that reallocations moved
  std::uint64_t peak = 0;      // most bytes live at one time
  std::uint64_t live = 0;      // bytes live when it ended, for the last time if it was entered repeatedly

  friend bool operator==(const PhaseCounts&, const PhaseCounts&) = default;
};

// Integers only, no clocks and no addresses: a deterministic single-threaded load gives an equal Report on every run.
// (With several threads that allocate, peak and the serials depend on how they interleave; so do the C library's own
// allocations for starting a thread.)
struct Report {
  std::uint64_t module_bytes = 0;  // size of what begin was given

  // D1. Only blocks allocated since begin count; freeing an older one is not an event.
  std::uint64_t allocations = 0;  // successful; a growing realloc is one, a shrinking one is none
  std::uint64_t releases = 0;
  std::uint64_t total = 0;     // bytes, sum over all allocations
  std::uint64_t peak = 0;      // most bytes live at one time
  std::uint64_t retained = 0;  // bytes allocated since begin and still live at the end
  std::uint64_t retained_blocks = 0;
  std::uint64_t largest = 0;  // bytes of the largest block
  // Bytes that growing reallocations moved. A growth always counts as a move, into a new block while the old one is
  // still live, and while recording it really is one: whether an allocator can extend in place is luck.
  std::uint64_t moved = 0;
  std::uint64_t failures = 0;         // allocations that failed, on purpose or not
  std::uint64_t mismatches = 0;       // blocks given back to the wrong function, or with a wrong size or alignment
  std::uint64_t unseen_releases = 0;  // blocks that must have been freed behind the hooks: their address was reused
  std::vector<PhaseCounts> phases;    // in order of first entry; [0] is "begin"

  // D2; all 0 when Options::raw_copies is off. What it finds and what it is blind to: raw_copies.hpp.
  bool searched = false;                 // D2 was on
  std::uint64_t searched_bytes = 0;      // of heap blocks looked through
  std::uint64_t copied_bytes = 0;        // different bytes of the module found in heap blocks: 0 to module_bytes
  std::uint64_t copied_block_bytes = 0;  // bytes of heap blocks that were found to be the module's, summed over blocks
  std::uint64_t copied_runs = 0;         // how many runs those are
  std::vector<CopyRun> runs;             // the LongestRuns::capacity longest, longest first

  friend bool operator==(const Report&, const Report&) = default;
};

// Records all threads of the process from begin to end. At most one records at a time.
//
//   Recording recording;
//   if (auto begun = recording.begin(bytes); !begun) ...
//   auto module = load(BorrowedBytes(bytes));
//   recording.phase("use").value();
//   ...
//   const auto report = recording.end();   // std::expected<Report, RecordingError>
//   EXPECT_EQ(report.value().copied_bytes, 0u);
//
// Cost: nothing but one relaxed load per heap call while no recording is active; about 0.1 us per heap call while one
// is. With raw copies: RawCopies' time and memory, and fresh blocks are filled with a pattern, so that what lay in them
// before is not taken for a copy. Metadata never comes from the heap; only end's Report does, after recording stopped.
//
// A Recording is used by one thread. Other threads may use the heap all the while, but with raw copies on, what they
// write during phase and end may be missed.
class Recording {
 public:
  struct Options {
    bool raw_copies = true;             // D2
    std::uint64_t fail_allocation = 0;  // the n-th allocation after begin fails (nullptr, std::bad_alloc); 0 = none
  };

  Recording() noexcept = default;
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  // Ends without a report if it is still recording.
  ~Recording();

  // Starts. `module_bytes` are read during this call only; with raw copies on, a private copy of them is kept until
  // end, so the load may consume, change or free them. Blocks that exist already, such as the one that holds the
  // module, are neither counted nor searched.
  [[nodiscard]] std::expected<void, RecordingError> begin(std::span<const std::byte> module_bytes);
  [[nodiscard]] std::expected<void, RecordingError> begin(std::span<const std::byte> module_bytes, Options options);

  // From here on heap calls belong to this phase. With raw copies on, first searches the live blocks that changed since
  // they were last searched. A name that was there before goes on adding up where it stopped. Names are cut at 47
  // bytes; after 31 different ones everything belongs to the last.
  std::expected<void, RecordingError> phase(std::string_view name);

  // Stops and reports. Fails with not_begun without a begin that succeeded, so that a misused recording can never pass
  // for a load that allocated nothing.
  [[nodiscard]] std::expected<Report, RecordingError> end();

 private:
  bool active_ = false;
};

}  // namespace plimsoll::regress
