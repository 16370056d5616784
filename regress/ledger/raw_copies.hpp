// Detector D2 of DESIGN.md's "The ledger": which bytes of a module turn up in heap blocks.
//
// The module is cut into 32-byte windows at every 32-byte-aligned offset; those with at least 6 distinct byte values go
// into a hash set. A block is searched with a rolling hash at every one of its offsets; a hit is compared and extended
// to both sides, and a run of at least 64 equal bytes counts. So any run of 63 + 1 bytes or more is found that holds an
// aligned window which is not low in entropy (zeros, padding, a repeated word are not evidence of a copy).
//
// Blind to: content that was changed before the search (a block that is overwritten or scrubbed before it is freed), a
// small buffer that is used again and again for streaming (only what it holds when searched is seen), copies in another
// layout (D3 and D4 are for those), blocks under 64 bytes, and memory that is not a heap block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

// Part of a heap block that equals part of the module, at least 64 bytes long.
struct CopyRun {
  std::uint64_t module_offset = 0;
  std::uint64_t length = 0;        // bytes
  std::uint64_t block_serial = 0;  // number of the allocation since begin, from 1
  std::uint64_t block_offset = 0;
  std::uint32_t block_phase = 0;  // index of the phase that allocated the block

  friend bool operator==(const CopyRun&, const CopyRun&) = default;
};

// The best of the runs it was given, each once: longer ones, then earlier ones. The order is total, so what remains
// does not depend on the order in which blocks are searched (which depends on addresses).
class LongestRuns {
 public:
  static constexpr std::size_t capacity = 128;

  void add(const CopyRun& run) noexcept;
  void clear() noexcept { size_ = 0; }

  // Best first. Valid until the next add.
  [[nodiscard]] std::span<const CopyRun> runs() const noexcept { return std::span(runs_).first(size_); }

 private:
  std::array<CopyRun, capacity> runs_{};
  std::size_t size_ = 0;
};

// Searches blocks for one module. Not thread-safe. Memory, all of it mapped: the module's size (a copy of the module,
// so that the loader may free, change or protect its input) + 1/8 of it for the map of what was found + 9/16 to 9/8 of
// it for the index. Time: 2 to 5 ns per byte of module to begin and 4 to 10 ns per byte of block to search.
class RawCopies {
 public:
  static constexpr std::size_t window_bytes = 32;
  static constexpr std::size_t least_run = 64;
  static constexpr unsigned least_distinct = 6;
  // Of a window that the module repeats, so many places are compared; of further ones nothing is said.
  static constexpr std::size_t most_places = 8;

  // What one block holds.
  struct Found {
    std::uint64_t bytes = 0;  // of the block that belong to runs
    std::uint64_t runs = 0;
  };

  // Where a block comes from, for its runs.
  struct Source {
    std::uint64_t serial = 0;
    std::uint32_t phase = 0;
  };

  constexpr RawCopies() noexcept = default;

  // Starts over with this module. False: out of memory, and the searcher is empty.
  [[nodiscard]] bool begin(std::span<const std::byte> module_bytes) noexcept;

  // Gives all memory back, but for at most 64 KiB of each of its four arrays.
  void clear() noexcept;

  // Notes what of the module is in `block`. The block may be searched again later: the same bytes of the module are
  // counted once in copied_bytes, the same run once in runs.
  Found search(std::span<const std::byte> block, Source source) noexcept;

  // How many different bytes of the module were found so far, at most its size. Where the module repeats itself a
  // multiple of 32 bytes apart, every place (up to most_places) with the content that was found counts; of others one
  // does.
  [[nodiscard]] std::uint64_t copied_bytes() const noexcept { return copied_bytes_; }

  [[nodiscard]] std::span<const CopyRun> runs() const noexcept { return runs_.runs(); }

 private:
  struct Match {
    std::size_t module_begin = 0;
    std::size_t block_begin = 0;
    std::size_t length = 0;
  };

  // A slot of the hash set.
  struct Slot {
    std::uint32_t tag = 0;     // part of the window's key: spares most looks at the module
    std::uint32_t window = 0;  // number + 1; 0 = free
  };

  void index_module() noexcept;
  void index_window(std::size_t window, std::uint64_t key) noexcept;
  [[nodiscard]] const std::byte* window_of(Slot slot) const noexcept;
  [[nodiscard]] bool may_hold(std::uint64_t key) const noexcept;
  [[nodiscard]] Match best_match(std::span<const std::byte> block, std::size_t at, std::size_t floor,
                                 std::uint64_t key) noexcept;
  [[nodiscard]] Match extend(std::span<const std::byte> block, std::size_t at, std::size_t floor,
                             std::size_t module_at) const noexcept;
  void mark(std::size_t begin, std::size_t length) noexcept;

  MappedArray<std::byte> module_;
  MappedArray<Slot> slots_;            // open addressing, a power of two
  MappedArray<std::uint64_t> filter_;  // a Bloom filter before slots_, three bits in one word per window
  MappedArray<std::uint64_t> found_;   // one bit per byte of the module
  int slot_shift_ = 0;
  int filter_shift_ = 0;
  std::uint64_t copied_bytes_ = 0;
  LongestRuns runs_;
};

// A 64-bit hash of a block's content: has it changed since it was last searched? Reads at memory speed.
[[nodiscard]] std::uint64_t content_hash(std::span<const std::byte> block) noexcept;

}  // namespace plimsoll::regress
