// Entropy: the choices of a generator, read from bytes that a fuzzer may change. Where the bytes end, every choice is the first
// one and no chance comes true, so that what is generated ends soon.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace plimsoll::fuzz {

class Entropy {
 public:
  // The bytes must outlive it.
  explicit Entropy(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] bool empty() const noexcept { return at_ == bytes_.size(); }
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - at_; }
  unsigned byte() noexcept { return empty() ? 0 : std::to_integer<unsigned>(bytes_[at_++]); }
  // A number below `bound`, which is at least 1. Takes as many bytes as the bound needs.
  std::uint32_t below(std::size_t bound) noexcept {
    std::uint64_t value = 0;
    for (std::size_t rest = bound - 1; rest != 0; rest >>= 8) value = value << 8 | byte();
    return static_cast<std::uint32_t>(value % bound);
  }
  bool one_in(unsigned n) noexcept { return !empty() && below(n) == 0; }
  std::uint64_t bits(unsigned count) noexcept {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < count; ++i) value = value << 8 | byte();
    return value;
  }
  template <class Range>
  const auto& pick(const Range& range) noexcept {  // not empty
    return range[below(range.size())];
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

// Bytes for a seed, the same on every machine (SplitMix64). Those of neighbours have nothing in common.
inline std::vector<std::byte> entropy_of_seed(std::uint64_t seed, std::size_t size) {
  constexpr std::uint64_t step = 0x9E37'79B9'7F4A'7C15U;
  const auto mix = [](std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9U;
    x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EBU;
    return x ^ (x >> 31);
  };
  std::vector<std::byte> bytes(size);
  std::uint64_t state = mix(seed + step);
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint64_t x = mix(state += step);
    for (std::size_t k = 0; k < 8 && i + k < size; ++k) bytes[i + k] = static_cast<std::byte>(x >> 8 * k & 0xFFU);
  }
  return bytes;
}

}  // namespace plimsoll::fuzz
