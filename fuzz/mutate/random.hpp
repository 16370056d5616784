// Chance that is the same on every machine, and ready at once: a fuzzer seeds it for every mutant (SplitMix64).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace plimsoll::fuzz {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix(seed)) {}
  // The stream of one number under one seed: neighbours have nothing in common.
  Random(std::uint64_t seed, std::uint64_t number) : state_(mix(mix(seed) + number)) {}

  std::uint64_t next() noexcept {
    const std::uint64_t value = mix(state_);
    state_ += 0x9E3779B97F4A7C15;
    return value;
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }  // bound: at least 1
  bool percent(unsigned chance) { return below(100) < chance; }
  std::byte byte() { return static_cast<std::byte>(next() >> 56); }
  template <class Range>
  auto& pick(Range& range) {  // not empty
    return range[below(std::size(range))];
  }

 private:
  static constexpr std::uint64_t mix(std::uint64_t x) noexcept {  // the finaliser of SplitMix64
    x += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }
  std::uint64_t state_;
};

// Numbers at which loaders stumble.
inline constexpr std::array<std::uint64_t, 26> unlikely_numbers{0,
                                                                1,
                                                                2,
                                                                0x3F,
                                                                0x40,
                                                                0x7F,
                                                                0x80,
                                                                0xFF,
                                                                0x100,
                                                                1'000,
                                                                1'001,
                                                                0x7FFF,
                                                                0xFFFF,
                                                                0x10000,
                                                                0x10001,
                                                                50'000,
                                                                50'001,
                                                                100'000,
                                                                1'000'000,
                                                                0x7FFFFFFF,
                                                                0x80000000,
                                                                0xFFFFFFFE,
                                                                0xFFFFFFFF,
                                                                0x100000000,
                                                                0x7FFFFFFFFFFFFFFF,
                                                                0xFFFFFFFFFFFFFFFF};

}  // namespace plimsoll::fuzz
