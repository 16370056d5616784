// What the files of the wide path that are written for AVX2 have in common.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace plimsoll::wide {

// Entries of a table that one shuffle looks up.
inline constexpr std::size_t row_size = 16;

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i load32(const std::uint8_t* bytes) noexcept {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
}
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i all(std::uint8_t byte) noexcept {
  return _mm256_set1_epi8(static_cast<char>(byte));
}

// Which bytes are at most so large, have their top bit set: as bytes of ones.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i at_most(__m256i bytes, std::uint8_t most) noexcept {
  return _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, all(most)), bytes);
}
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i has_top_bit(__m256i bytes) noexcept {
  return _mm256_cmpgt_epi8(_mm256_setzero_si256(), bytes);
}

// The top bits.
[[gnu::target("avx2"), gnu::always_inline]] inline std::uint32_t mask_of(__m256i bytes) noexcept {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
}

// The entries for the bytes that a row of the table is for, from 16 * row to 16 * row + 15, and 0 for all others.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i look_up_row(const std::uint8_t* table, std::size_t row,
                                                                       __m256i bytes) noexcept {
  const __m128i entries = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table + row * row_size));
  const __m256i in_row = _mm256_sub_epi8(bytes, all(static_cast<std::uint8_t>(row * row_size)));
  // A shuffle gives 0 where the top bit is set, and else does not ask for the three below.
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(entries), _mm256_adds_epu8(in_row, all(0x80 - row_size)));
}

}  // namespace plimsoll::wide
