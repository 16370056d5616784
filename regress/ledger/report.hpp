// What a recording has to report: plain data, and nothing that changes from run to run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/raw_copies.hpp"

namespace plimsoll::regress {

// What found something (D1 to D4 of DESIGN.md's "The ledger"; D5 is a plain number).
enum class Detector : std::uint8_t {
  counts,       // D1: who allocates most
  raw_copies,   // D2: whose blocks hold the module's bytes
  twins,        // D3: whose blocks are copies of others
  input_clock,  // D4: who allocates after the input was read
  leak,         // D1: whose blocks are still there at the end
};

// "counts", "raw_copies", "twins", "input_clock", "leak". Static storage.
[[nodiscard]] std::string_view name(Detector detector) noexcept;

// A place in a program: independent of where it was loaded.
struct Frame {
  std::uint32_t object = 0;  // index into Report::objects
  std::uint64_t offset = 0;  // of the call, from where the object was loaded (its load bias)

  friend bool operator==(const Frame&, const Frame&) = default;
};

// One call stack and the bytes that a detector lays to its charge.
struct Culprit {
  static constexpr std::size_t most_of_each = 16;

  Detector detector = Detector::counts;
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
  std::vector<std::uint32_t> frames;  // indices into Report::frames, innermost first

  friend bool operator==(const Culprit&, const Culprit&) = default;
};

// The heap at one moment. Allocations and frees are numbered from 1; there are no clocks.
struct TimelinePoint {
  std::uint64_t event = 0;
  std::uint64_t live = 0;   // bytes
  std::uint32_t phase = 0;  // index into Report::phases

  friend bool operator==(const TimelinePoint&, const TimelinePoint&) = default;
};

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

  // D1 by call stack, when Options::stacks is on, and what the other detectors found by stack: the worst
  // Culprit::most_of_each of each detector, most bytes first. Empty otherwise.
  bool stacked = false;
  std::vector<Culprit> culprits;
  std::vector<Frame> frames;         // what Culprit::frames count in
  std::vector<std::string> objects;  // files of the program and its libraries, which Frame::object counts in

  // Allocations that there was no room for in the log (BlockLog): D3 and the culprits know nothing of them.
  std::uint64_t unlogged = 0;

  // At most Timeline::capacity points, in order, the peak's among them; empty when Options::timeline is off.
  std::vector<TimelinePoint> timeline;

  // D2; all 0 when Options::raw_copies is off. What it finds and what it is blind to: raw_copies.hpp.
  bool searched = false;                 // D2 was on
  std::uint64_t searched_bytes = 0;      // of heap blocks looked through
  std::uint64_t copied_bytes = 0;        // different bytes of the module found in heap blocks: 0 to module_bytes
  std::uint64_t copied_block_bytes = 0;  // bytes of heap blocks that were found to be the module's, summed over blocks
  std::uint64_t copied_runs = 0;         // how many runs those are
  std::vector<CopyRun> runs;             // the LongestRuns::capacity longest, longest first
  // D2 while the input is read (needs D4 too): how often one and the same block of 512 bytes to 64 KiB was seen to hold
  // bytes of the module that were not in it at the sample before: a buffer that the module is streamed through.
  std::uint64_t stream_samples = 0;
  std::uint64_t stream_hits = 0;   // of the block with most
  std::uint64_t stream_block = 0;  // its serial

  // D3; all 0 when Options::twins is off. What it finds and what it is blind to: twins.hpp.
  bool twinned = false;
  std::uint64_t twin_bytes = 0;         // of blocks that equal those of an older block, no smaller, that lived then
  std::uint64_t twin_blocks = 0;        // blocks with such bytes
  std::uint64_t growth_twin_bytes = 0;  // the part of twin_bytes that was made while a container grew

  // D4; all 0 when begin was not given a ClockedInput. What it finds and what it is blind to: input_clock.hpp.
  bool clocked = false;
  std::uint64_t page_bytes = 0;     // size of what the clock counts in: 4 KiB, more for modules over 1 MiB
  std::uint64_t pages = 0;          // of the input
  std::uint64_t pages_touched = 0;  // different ones
  std::uint64_t pages_written = 0;  // the loader wrote into its input there
  std::uint64_t touches = 0;        // those and the ones that were come back to, so touches / pages_touched is passes
  std::uint64_t after = 0;          // bytes allocated after the last new page was touched
  std::uint64_t burst = 0;          // most bytes allocated between two new pages, what came before the first left out
  std::uint64_t burst_tick = 0;     // pages that had been touched then
  std::uint64_t live_at_last_touch = 0;  // bytes live when the last new page was touched

  // D5: bytes that the loader itself said it copied (Recording::account).
  std::uint64_t accounted = 0;

  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace plimsoll::regress
