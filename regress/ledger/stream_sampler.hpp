// Part of D2: finds the small buffer that a module is streamed through, which holds only its last piece when it is freed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ledger/raw_copies.hpp"

namespace plimsoll::regress {

// Looks at a few blocks whenever the loader has read on in its input: a block which again and again holds bytes of the
// module that were not in it before is such a buffer. Watches the 64 first blocks of a suitable size that are alive at
// the same time. Not thread-safe; takes no memory.
class StreamSampler {
 public:
  static constexpr std::size_t least_block = 512;
  static constexpr std::size_t most_block = std::size_t{64} << 10;

  struct Result {
    std::uint64_t samples = 0;
    std::uint64_t hits = 0;   // of the block with most
    std::uint64_t block = 0;  // its serial
  };

  constexpr StreamSampler() noexcept = default;

  void clear() noexcept;
  void allocated(std::uintptr_t address, std::uint64_t size, std::uint64_t serial, std::uint32_t phase) noexcept;
  void releasing(std::uintptr_t address) noexcept;
  void sample(RawCopies& module) noexcept;

  [[nodiscard]] Result result() const noexcept;

 private:
  struct Candidate {
    std::uintptr_t address = 0;  // 0: a free place, or a block that has gone and is only remembered for its hits
    std::uint64_t size = 0;
    std::uint64_t serial = 0;
    std::uint64_t hash = 0;  // of its content at the sample before
    std::uint64_t hits = 0;
    std::uint32_t phase = 0;
  };

  std::array<Candidate, 64> candidates_{};
  std::uint64_t samples_ = 0;
  Candidate best_;  // among those that have gone
};

}  // namespace plimsoll::regress
