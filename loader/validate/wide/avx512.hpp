// What the files of the wide path that are written for AVX-512 VBMI2 have in common.
#pragma once

#include <immintrin.h>

#include <array>
#include <cstdint>

namespace plimsoll::wide {

// A table of 256 bytes in registers.
struct Table256 {
  __m512i part[4];
};

[[gnu::target("avx512f,avx512bw,avx512vbmi"), gnu::always_inline]] inline Table256 load_table(
    const std::uint8_t* table) noexcept {
  return {{_mm512_loadu_si512(table), _mm512_loadu_si512(table + 64), _mm512_loadu_si512(table + 128),
           _mm512_loadu_si512(table + 192)}};
}

[[gnu::target("avx512f,avx512bw,avx512vbmi"), gnu::always_inline]] inline __m512i look_up(const Table256& table,
                                                                                          __m512i bytes) noexcept {
  return _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes),
                                _mm512_permutex2var_epi8(table.part[0], bytes, table.part[1]),
                                _mm512_permutex2var_epi8(table.part[2], bytes, table.part[3]));
}

// The entry of a table by the first byte of an index, of which only the lower seven bits count.
[[gnu::target("avx512f,avx512bw,avx512vbmi"), gnu::always_inline]] inline __m512i look_up_index(
    const std::uint8_t* table, __m512i index) noexcept {
  return _mm512_permutex2var_epi8(_mm512_load_si512(table), index, _mm512_load_si512(table + 64));
}

// Bytes widened to 16 bits each and `base` added, written to `target`: the first half, and all of them.
[[gnu::target("avx512f,avx512bw"), gnu::always_inline]] inline void store_half(std::uint16_t* target, __m512i bytes,
                                                                               std::uint32_t base) noexcept {
  const __m512i wide = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(bytes));
  _mm512_storeu_si512(target, _mm512_add_epi16(wide, _mm512_set1_epi16(static_cast<short>(base))));
}
[[gnu::target("avx512f,avx512bw"), gnu::always_inline]] inline void store_wide(std::uint16_t* target, __m512i bytes,
                                                                               std::uint32_t base) noexcept {
  store_half(target, bytes, base);
  store_half(target + 32, _mm512_castsi256_si512(_mm512_extracti64x4_epi64(bytes, 1)), base);
}

consteval std::array<std::uint8_t, 64> make_count() {
  std::array<std::uint8_t, 64> bytes{};
  for (std::uint8_t i = 0; i < 64; ++i) bytes[i] = i;
  return bytes;
}
alignas(64) inline constexpr std::array<std::uint8_t, 64> count_up = make_count();

}  // namespace plimsoll::wide
