// The wide path's first pass (checker.hpp) with AVX2: where instructions start, 16 bytes at once. There is no
// permutation of 32 bytes, so the halves of a register are windows that have nothing to do with each other.
#include "validate/wide/checker.hpp"

#ifndef __x86_64__

namespace plimsoll::wide {

bool Checker::decode_avx2() noexcept { return false; }

}  // namespace plimsoll::wide

#else

#include <algorithm>
#include <array>
#include <bit>

#include "validate/wide/avx2.hpp"
#include "validate/wide/tables.hpp"

namespace plimsoll::wide {
namespace {

constexpr std::size_t size = row_size;  // of a window
constexpr std::size_t windows = Stretch::capacity / size;

// A place in a window is its number plus this, so that of a place behind the window the highest bit is set: then a
// shuffle makes it zero, and so the larger of "where that goes" and "where it is" is where it is.
constexpr char inside = 0x80 - size;

// For each place in a window, as if an instruction started there: where the 1st, 2nd, 4th, 8th and 16th next one
// starts. An instruction that needs a closer look has itself as the next one.
struct Chain {
  std::array<std::array<std::uint8_t, size>, 5> next;
};

// The lengths of opcodes (tables.hpp): rows of 16 that are looked up, and a range behind them, all of one byte without
// immediates; all others need a closer look.
constexpr std::size_t rows = 5;
constexpr std::uint8_t first_single = rows * 16;
constexpr std::uint8_t last_single = 0xC4;
consteval bool are_lengths_rows_and_a_range() {
  for (std::size_t opcode = first_single; opcode < opcode_lengths.size(); ++opcode)
    if (opcode_lengths[opcode] != (opcode <= last_single ? 1 : 0)) return false;
  return true;
}
static_assert(are_lengths_rows_and_a_range());

[[gnu::target("avx2"), gnu::always_inline]] inline __m256i lengths_of(__m256i bytes) noexcept {
  __m256i lengths =
      _mm256_and_si256(at_most(_mm256_sub_epi8(bytes, all(first_single)), last_single - first_single), all(1));
  for (std::size_t row = 0; row < rows; ++row)
    lengths = _mm256_or_si256(lengths, look_up_row(opcode_lengths.data(), row, bytes));
  return lengths;
}

// The lengths with those of numbers of five bytes and more; zero where such a number does not end as it must. Numbers
// of 64 bits in memargs are left alone. `fifth` has a number's fifth byte, `more` its top bit set where there is one.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i add_long_numbers(const std::uint8_t* window, __m256i bytes,
                                                                            __m256i fifth, __m256i more,
                                                                            __m256i length) noexcept {
  const __m256i is_i32 = _mm256_cmpeq_epi8(bytes, all(opcode_byte("i32.const")));
  const __m256i is_i64 = _mm256_cmpeq_epi8(bytes, all(opcode_byte("i64.const")));
  // Unused bits are zero, or in a signed number copies of the sign.
  const __m256i ends_u32 = at_most(fifth, 0x0F);
  const __m256i ends_i32 = _mm256_andnot_si256(
      has_top_bit(fifth), at_most(_mm256_and_si256(_mm256_add_epi8(fifth, all(8)), all(0x7F)), 0x0F));
  const __m256i more4 = has_top_bit(more);
  const __m256i ends = _mm256_or_si256(is_i64, _mm256_blendv_epi8(ends_u32, ends_i32, is_i32));
  __m256i wrong = _mm256_andnot_si256(ends, more4);
  length = _mm256_sub_epi8(length, more4);
  __m256i goes_on = _mm256_and_si256(_mm256_and_si256(more4, is_i64), has_top_bit(fifth));
  length = _mm256_sub_epi8(length, goes_on);
  for (std::size_t ahead = 6; ahead < 10; ++ahead) {
    goes_on = _mm256_and_si256(goes_on, has_top_bit(load32(window + ahead)));
    length = _mm256_sub_epi8(length, goes_on);
  }
  const __m256i tenth = load32(window + 10);
  const __m256i ends_i64 =
      _mm256_or_si256(_mm256_cmpeq_epi8(tenth, _mm256_setzero_si256()), _mm256_cmpeq_epi8(tenth, all(0x7F)));
  wrong = _mm256_or_si256(wrong, _mm256_andnot_si256(ends_i64, goes_on));
  return _mm256_andnot_si256(wrong, length);
}

// Of two windows.
[[gnu::target("avx2"), gnu::always_inline]] inline void measure(const std::uint8_t* window, Chain* chains) noexcept {
  static_assert(number_behind_byte == 0x80 && number_next == 0x40);
  const __m256i bytes = load32(window);
  const __m256i kinds = lengths_of(bytes);
  const __m256i ahead2 = load32(window + 2);
  const __m256i ahead3 = load32(window + 3);
  const __m256i ahead4 = load32(window + 4);
  const __m256i ahead5 = load32(window + 5);
  // In top bits: whether there is a number, and whether it goes on behind its 1st, 2nd, 3rd, 4th byte. Where it stands
  // behind one more byte, the kind has its own top bit set.
  const __m256i has_number = _mm256_or_si256(kinds, _mm256_add_epi8(kinds, kinds));
  const __m256i more1 = _mm256_and_si256(has_number, _mm256_blendv_epi8(load32(window + 1), ahead2, kinds));
  const __m256i more2 = _mm256_and_si256(more1, _mm256_blendv_epi8(ahead2, ahead3, kinds));
  const __m256i more3 = _mm256_and_si256(more2, _mm256_blendv_epi8(ahead3, ahead4, kinds));
  const __m256i more4 = _mm256_and_si256(more3, _mm256_blendv_epi8(ahead4, ahead5, kinds));
  __m256i length = _mm256_and_si256(kinds, all(length_bits));
  for (const __m256i more : {more1, more2, more3}) length = _mm256_sub_epi8(length, has_top_bit(more));
  if (_mm256_movemask_epi8(more4) != 0) [[unlikely]]
    length = add_long_numbers(window, bytes, _mm256_blendv_epi8(ahead5, load32(window + 6), kinds), more4, length);
  const __m256i places = _mm256_add_epi8(
      all(inside), _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)));
  __m256i next = _mm256_add_epi8(places, length);
  for (std::size_t i = 0; i < chains[0].next.size(); ++i) {
    if (i != 0) next = _mm256_max_epu8(_mm256_shuffle_epi8(next, next), next);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(chains[0].next[i].data()), _mm256_castsi256_si128(next));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(chains[1].next[i].data()), _mm256_extracti128_si256(next, 1));
  }
}

// Where the k-th instruction from the one at `start` on starts, in lane k.
[[gnu::target("avx2"), gnu::always_inline]] inline __m128i places_from(std::uint32_t start,
                                                                       const Chain& chain) noexcept {
  const __m128i lanes = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m128i place = _mm_set1_epi8(static_cast<char>(inside + static_cast<char>(start)));
  for (int i = 0; i < 4; ++i) {
    const __m128i next =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(chain.next[static_cast<std::size_t>(i)].data()));
    const __m128i moved = _mm_max_epu8(_mm_shuffle_epi8(next, place), place);
    place = _mm_blendv_epi8(place, moved, _mm_slli_epi16(lanes, 7 - i));  // bit i of the lane's number, as the top bit
  }
  return place;
}

}  // namespace

[[gnu::target("avx2,bmi,popcnt")]] bool Checker::decode_avx2() noexcept {
  const std::uint8_t* const base = position_;
  const std::size_t count = std::min((static_cast<std::size_t>(end_ - base) + size - 1) / size, windows);

  // Where the next instructions start, at each place where one could start.
  std::array<Chain, windows> chains;
  for (std::size_t i = 0; i < count; i += 2) {
    if (i % 4 == 0) __builtin_prefetch(base + size * i + prefetched);
    measure(base + size * i, &chains[i]);
  }

  // Where they do start. The instructions of all windows are put one behind the other.
  Stretch& out = stretch_;
  out.base = base;
  out.size = out.rare_size = 0;
  std::size_t offset = 0;  // of the next instruction
  while (offset < size * count) {
    const std::uint8_t* const window = base + offset / size * size;
    const Chain& chain = chains[offset / size];
    const auto start = static_cast<std::uint32_t>(offset % size);
    const std::uint32_t exit = chain.next.back()[start] - std::uint32_t{inside};
    const auto left = static_cast<std::size_t>(end_ - window);
    const auto window_offset = static_cast<std::uint32_t>(window - base);
    const __m128i place = places_from(start, chain);
    const auto read = [](const std::uint8_t* bytes) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    };
    const auto write = [](std::uint8_t* bytes, __m128i lanes) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes), lanes);
    };
    write(out.opcodes.data() + out.size, _mm_shuffle_epi8(read(window), place));
    write(out.followers.data() + out.size, _mm_shuffle_epi8(read(window + 1), place));
    _mm256_storeu_si256(
        reinterpret_cast<__m256i*>(out.places.data() + out.size),
        _mm256_add_epi16(_mm256_cvtepu8_epi16(place), _mm256_set1_epi16(static_cast<short>(window_offset - inside))));
    const auto bound = static_cast<std::uint32_t>(std::min<std::size_t>(left, std::min<std::size_t>(exit, size)));
    const __m128i most = _mm_set1_epi8(static_cast<char>(inside + static_cast<char>(bound) - 1));
    const int valid = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(place, most), place));
    out.size += static_cast<std::uint32_t>(std::popcount(static_cast<unsigned>(valid)));

    const Next next = next_window(window, size, exit, offset);
    if (next == Next::doubt) return false;
    if (next == Next::none) break;
  }
  position_ = base + offset;
  return position_ <= end_;
}

}  // namespace plimsoll::wide

#endif
