// A recording of what the whole process does to the heap between begin and end, and whether the heap got to hold
// copies of a module: the detectors D1 to D5 of DESIGN.md's "The ledger", each where its header says what it finds and
// what it is blind to. What the figures mean together: findings.hpp.
//
// The numbers come from process-wide hooks. They are in the executable when it links the CMake target
// plimsoll_heap_hooks; without them, begin says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "ledger/clocked_input.hpp"
#include "ledger/report.hpp"

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
// is, and what each detector takes (README.md). With D2 or D3, fresh blocks are filled with a pattern, so that what lay
// in them before is not taken for a copy. Metadata never comes from the heap; only end's Report does, after recording
// stopped.
//
// A Recording is used by one thread. Other threads may use the heap all the while, but with D2 or D3 on, what they
// write during phase and end may be missed.
class Recording {
 public:
  struct Options {
    bool raw_copies = true;             // D2
    bool twins = false;                 // D3
    bool stacks = false;                // call stacks of allocations, for Report::culprits
    bool timeline = false;              // Report::timeline
    std::uint64_t fail_allocation = 0;  // the n-th allocation after begin fails (nullptr, std::bad_alloc); 0 = none
  };

  // The tiers. D4 is on in both when begin is given a ClockedInput.
  // fast: D1 and D4, for every run and every fuzz input. full: everything, for the regression corpus.
  [[nodiscard]] static constexpr Options fast() noexcept { return {.raw_copies = false}; }
  [[nodiscard]] static constexpr Options full() noexcept {
    return {.raw_copies = true, .twins = true, .stacks = true, .timeline = true};
  }

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

  // The same with D4. `input` must live, and stay where it is, until end; the loader is given input.bytes(). Between
  // begin and end this process has a handler for SIGSEGV, and a system call that is handed a page of the input which
  // nobody has read yet fails with EFAULT.
  [[nodiscard]] std::expected<void, RecordingError> begin(const ClockedInput& input, Options options);

  // From here on heap calls belong to this phase. With D2 or D3 on, first looks into the live blocks that changed since
  // they were last looked into. A name that was there before goes on adding up where it stopped. Names are cut at 47
  // bytes; after 31 different ones everything belongs to the last.
  std::expected<void, RecordingError> phase(std::string_view name);

  // D5: the loader says that it has copied so many bytes of its input. Thread-safe; ignored when nothing is recorded.
  static void account(std::uint64_t bytes) noexcept;

  // Stops and reports. Fails with not_begun without a begin that succeeded, so that a misused recording can never pass
  // for a load that allocated nothing.
  [[nodiscard]] std::expected<Report, RecordingError> end();

 private:
  bool active_ = false;
};

}  // namespace plimsoll::regress
