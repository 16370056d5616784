// The wide path's first pass (checker.hpp): where instructions start, 64 bytes at once, with AVX-512 VBMI2. On other
// architectures there is no wide path.
#include "validate/wide/checker.hpp"

#ifndef __x86_64__

namespace plimsoll::wide {

bool Checker::decode_avx512() noexcept { return false; }

}  // namespace plimsoll::wide

#else

#include <algorithm>
#include <bit>

#include "validate/wide/avx512.hpp"
#include "validate/wide/tables.hpp"

namespace plimsoll::wide {
namespace {

// The lengths with those of numbers of five bytes and more; zero where such a number does not end as it must. Numbers
// of 64 bits in memargs are left alone.
[[gnu::target("avx512f,avx512bw,avx512vbmi"), gnu::always_inline]] inline __m512i add_long_numbers(
    const std::uint8_t* window, __m512i bytes, __mmask64 shifted, __mmask64 more4, __m512i length) noexcept {
  const __mmask64 is_i32 = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(opcode_byte("i32.const")));
  const __mmask64 is_i64 = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(opcode_byte("i64.const")));
  const __m512i ahead6 = _mm512_loadu_si512(window + 6);
  const __m512i fifth = _mm512_mask_blend_epi8(shifted, _mm512_loadu_si512(window + 5), ahead6);
  // Unused bits are zero, or in a signed number copies of the sign.
  const __mmask64 ends_u32 = _mm512_cmplt_epu8_mask(fifth, _mm512_set1_epi8(0x10));
  const __mmask64 ends_i32 =
      _mm512_cmplt_epu8_mask(_mm512_and_si512(_mm512_add_epi8(fifth, _mm512_set1_epi8(8)), _mm512_set1_epi8(0x7F)),
                             _mm512_set1_epi8(0x10)) &
      ~_mm512_movepi8_mask(fifth);
  __mmask64 wrong = more4 & ~is_i64 & ~((is_i32 & ends_i32) | (~is_i32 & ends_u32));
  const __mmask64 more5 = more4 & is_i64 & _mm512_movepi8_mask(fifth);
  const __mmask64 more6 = more5 & _mm512_movepi8_mask(ahead6);
  const __mmask64 more7 = more6 & _mm512_movepi8_mask(_mm512_loadu_si512(window + 7));
  const __mmask64 more8 = more7 & _mm512_movepi8_mask(_mm512_loadu_si512(window + 8));
  const __mmask64 more9 = more8 & _mm512_movepi8_mask(_mm512_loadu_si512(window + 9));
  const __m512i tenth = _mm512_loadu_si512(window + 10);
  const __mmask64 ends_i64 =
      _mm512_cmpeq_epi8_mask(tenth, _mm512_setzero_si512()) | _mm512_cmpeq_epi8_mask(tenth, _mm512_set1_epi8(0x7F));
  wrong |= more9 & ~ends_i64;
  const __m512i one = _mm512_set1_epi8(1);
  for (const __mmask64 more : {more4, more5, more6, more7, more8, more9})
    length = _mm512_mask_add_epi8(length, more, length, one);
  return _mm512_mask_mov_epi8(length, wrong, _mm512_setzero_si512());
}

// For each place in a window, as if an instruction started there: where the 1st, 2nd, 4th, ... 64th next one starts.
// Places of 64 and more are behind the window; an instruction that needs a closer look has itself as the next one.
struct Chain {
  alignas(64) std::array<std::array<std::uint8_t, 64>, 7> next;
};

[[gnu::target("avx512f,avx512bw,avx512vbmi"), gnu::always_inline]] inline void measure(const std::uint8_t* window,
                                                                                       const Table256& lengths,
                                                                                       __m512i lanes, __m512i beyond,
                                                                                       Chain& chain) noexcept {
  const __m512i one = _mm512_set1_epi8(1);
  const __m512i bytes = _mm512_loadu_si512(window);
  const __m512i kinds = look_up(lengths, bytes);
  const __mmask64 shifted = _mm512_movepi8_mask(kinds);  // the number stands behind one more byte
  const __mmask64 has_number =
      _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(static_cast<char>(number_next | number_behind_byte)));
  __m512i length = _mm512_and_si512(kinds, _mm512_set1_epi8(length_bits));
  const __m512i ahead2 = _mm512_loadu_si512(window + 2);
  const __m512i ahead3 = _mm512_loadu_si512(window + 3);
  const __m512i ahead4 = _mm512_loadu_si512(window + 4);
  const __mmask64 more1 =
      has_number & _mm512_movepi8_mask(_mm512_mask_blend_epi8(shifted, _mm512_loadu_si512(window + 1), ahead2));
  const __mmask64 more2 = more1 & _mm512_movepi8_mask(_mm512_mask_blend_epi8(shifted, ahead2, ahead3));
  const __mmask64 more3 = more2 & _mm512_movepi8_mask(_mm512_mask_blend_epi8(shifted, ahead3, ahead4));
  const __mmask64 more4 =
      more3 & _mm512_movepi8_mask(_mm512_mask_blend_epi8(shifted, ahead4, _mm512_loadu_si512(window + 5)));
  length = _mm512_mask_add_epi8(length, more1, length, one);
  length = _mm512_mask_add_epi8(length, more2, length, one);
  length = _mm512_mask_add_epi8(length, more3, length, one);
  if (more4 != 0) [[unlikely]]
    length = add_long_numbers(window, bytes, shifted, more4, length);
  __m512i next = _mm512_add_epi8(lanes, length);
  _mm512_store_si512(chain.next[0].data(), next);
  for (std::size_t i = 1; i < chain.next.size(); ++i) {
    next = _mm512_permutex2var_epi8(next, next, beyond);
    _mm512_store_si512(chain.next[i].data(), next);
  }
}

// Where the k-th instruction from the one at `start` on starts, in lane k.
[[gnu::target("avx512f,avx512bw,avx512vbmi"), gnu::always_inline]] inline __m512i places_from(std::uint32_t start,
                                                                                              const Chain& chain,
                                                                                              __m512i beyond) noexcept {
  constexpr std::uint64_t lanes_with_bit[] = {0xAAAA'AAAA'AAAA'AAAA, 0xCCCC'CCCC'CCCC'CCCC, 0xF0F0'F0F0'F0F0'F0F0,
                                              0xFF00'FF00'FF00'FF00, 0xFFFF'0000'FFFF'0000, 0xFFFF'FFFF'0000'0000};
  __m512i place = _mm512_set1_epi8(static_cast<char>(start));
  for (std::size_t i = 0; i < std::size(lanes_with_bit); ++i)
    place = _mm512_mask2_permutex2var_epi8(_mm512_load_si512(chain.next[i].data()), place, lanes_with_bit[i], beyond);
  return place;
}

}  // namespace

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")]] bool
Checker::decode_avx512() noexcept {
  constexpr std::size_t size = Stretch::window;
  const __m512i lanes = _mm512_load_si512(count_up.data());
  const __m512i beyond = _mm512_or_si512(lanes, _mm512_set1_epi8(size));  // a place behind the window stays where it is
  const std::uint8_t* const base = position_;
  const std::size_t count = std::min((static_cast<std::size_t>(end_ - base) + size - 1) / size, Stretch::windows);

  // Where the next instructions start, at each place where one could start. The windows have nothing to do with each
  // other.
  std::array<Chain, Stretch::windows> chains;
  const Table256 lengths = load_table(opcode_lengths.data());
  for (std::size_t i = 0; i < count; ++i) {
    __builtin_prefetch(base + size * i + prefetched);
    measure(base + size * i, lengths, lanes, beyond, chains[i]);
  }

  // Where they do start. The instructions of all windows are put one behind the other.
  const __m512i one = _mm512_set1_epi8(1);
  Stretch& out = stretch_;
  out.base = base;
  out.size = out.rare_size = 0;
  std::size_t offset = 0;  // of the next instruction
  while (offset < size * count) {
    const std::uint8_t* const window = base + offset / size * size;
    const Chain& chain = chains[offset / size];
    const auto start = static_cast<std::uint32_t>(offset % size);
    const std::uint32_t exit = chain.next.back()[start];
    const auto left = static_cast<std::size_t>(end_ - window);
    const auto window_offset = static_cast<std::uint32_t>(window - base);
    const __m512i place = places_from(start, chain, beyond);
    const auto bound = static_cast<char>(std::min<std::size_t>(left, std::min<std::size_t>(exit, size)));
    const __m512i bytes = _mm512_loadu_si512(window);
    _mm512_storeu_si512(out.opcodes.data() + out.size, _mm512_permutexvar_epi8(place, bytes));
    _mm512_storeu_si512(out.followers.data() + out.size, _mm512_permutex2var_epi8(bytes, _mm512_add_epi8(place, one),
                                                                                  _mm512_loadu_si512(window + size)));
    store_wide(out.places.data() + out.size, place, window_offset);
    out.size += static_cast<std::uint32_t>(std::popcount(_mm512_cmplt_epu8_mask(place, _mm512_set1_epi8(bound))));

    const Next next = next_window(window, size, exit, offset);
    if (next == Next::doubt) return false;
    if (next == Next::none) break;
  }
  position_ = base + offset;
  return position_ <= end_;
}

}  // namespace plimsoll::wide

#endif
