// Detector D3 of DESIGN.md's "The ledger": heap blocks that are copies of other heap blocks.
//
// A block's content is cut into chunks of 128 bytes (a block of 16 bytes and more is at least one). Of each chunk two
// hashes are kept: one of all its bytes, one of the lowest byte of each word, for copies whose padding differs. Words
// that look like pointers into the heap count as zero, because a copy points to its own parts. When two blocks lived at
// the same time and the same chunk is at the same place in both, the younger is a copy there, if it is no larger than
// the older; a larger one is a container that grew. A block of which less than half is a copy is none, nor is a chunk
// that more than 64 blocks have, but in blocks of 4 KiB and more: modules repeat themselves, and what is made of them
// does.
//
// Chunks with fewer than 6 different byte values (or, by lowest bytes, 6 different ones of those) are no evidence.
//
// Blind to: another layout (D4 is for that), blocks under 16 bytes, content that was changed before it could be seen
// (it is looked at when a block is freed, at the end of a phase and at the end of the recording).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ledger/block_log.hpp"
#include "ledger/heap_ranges.hpp"
#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

// Not thread-safe. Memory, mapped: 24 bytes a chunk, of at most 64 million chunks; what comes later is not compared.
class Twins {
 public:
  static constexpr std::size_t chunk_bytes = 128;
  static constexpr std::size_t least_block = 16;
  static constexpr unsigned least_distinct = 6;

  constexpr Twins() noexcept = default;

  [[nodiscard]] bool begin() noexcept;
  void clear() noexcept;

  // Keeps the hashes of what is in a block now. About 0.3 ns a byte.
  void note(std::span<const std::byte> block, std::uint64_t serial, const HeapRanges& heap) noexcept;

  // Of one block, the bytes that are a copy of another.
  struct Twin {
    std::uint64_t serial = 0;
    std::uint64_t bytes = 0;
    std::uint64_t older = 0;  // serial of the youngest block that the first such chunk is a copy of
  };

  // Compares everything noted, in place: may be called once, and its result is good until clear. By serial.
  [[nodiscard]] std::span<const Twin> match(std::span<const LoggedBlock> log) noexcept;

 private:
  struct Chunk {
    std::uint64_t all = 0;     // hash of all bytes; 0 = no evidence. When a twin was found, its serial
    std::uint64_t lowest = 0;  // hash of each word's lowest byte; 0 = no evidence
    std::uint32_t serial = 0;
    std::uint32_t place = 0;  // twice the index in the block, and 1 when a twin was found

    [[nodiscard]] std::uint32_t index() const noexcept { return place / 2; }
    [[nodiscard]] bool is_twin() const noexcept { return place % 2 != 0; }
    void found_twin(std::uint32_t of) noexcept {
      place |= 1;
      all = of;
    }
  };

  template <std::uint64_t Chunk::* Hash>
  void match_by(std::span<const LoggedBlock> log) noexcept;

  static constexpr std::size_t most_chunks = std::size_t{1} << 26;
  // A recording that had no more chunks leaves what is mapped for them to the next: 1.5 GiB of addresses, and few
  // pages.
  static constexpr std::size_t most_kept = 2048;

  // Filled from the front, whole chunks at a time: what an earlier recording has left is never read.
  MappedArray<Chunk> chunks_;
  MappedArray<Twin> twins_;
  std::size_t size_ = 0;
  std::size_t matched_ = 0;  // size_ before match thinned them out
};

}  // namespace plimsoll::regress
