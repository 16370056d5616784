// The wide path's first pass (checker.hpp), second half, with AVX2: what instructions do, 32 of them at once.
#include "validate/wide/checker.hpp"

#ifndef __x86_64__

namespace plimsoll::wide {

bool Checker::classify_avx2() noexcept { return false; }

}  // namespace plimsoll::wide

#else

#include <bit>

#include "validate/wide/avx2.hpp"
#include "validate/wide/tables.hpp"

namespace plimsoll::wide {
namespace {

// Opcodes from here on have no effect of their own.
constexpr std::size_t effect_rows = 13;
consteval bool have_effects_below() {
  for (const auto& effects : opcode_effects)
    for (std::size_t opcode = effect_rows * row_size; opcode < effects.size(); ++opcode)
      if (effects[opcode] != Group::doubt) return false;
  return true;
}
static_assert(have_effects_below());
static_assert(first_memarg / row_size == 2 && last_memarg / row_size == 3);

// Bytes widened to 16 bits each.
[[gnu::target("avx2"), gnu::always_inline]] inline void store_wide(std::uint16_t* target, __m256i bytes) noexcept {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(target), _mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes)));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(target + row_size),
                      _mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1)));
}

// Calls with the number of each bit that is set and how many are below: of the first ones always, set or not, so that
// hardly ever a branch depends on how many there are. A bit that is not there has the number 32: what is read and
// written for it is in the slack.
template <std::uint32_t always, class Function>
[[gnu::target("avx2,bmi,popcnt"), gnu::always_inline]] inline void for_lanes(std::uint32_t mask,
                                                                             Function&& function) noexcept {
  for (std::uint32_t i = 0; i < always; ++i, mask &= mask - 1)
    function(i, static_cast<std::uint32_t>(std::countr_zero(mask)));
  for (std::uint32_t i = always; mask != 0; ++i, mask &= mask - 1) [[unlikely]]
    function(i, static_cast<std::uint32_t>(std::countr_zero(mask)));
}

}  // namespace

[[gnu::target("avx2,bmi,popcnt")]] bool Checker::classify_avx2() noexcept {
  constexpr std::uint32_t size = 32;
  Stretch& out = stretch_;
  const std::size_t local_rows = (local_count_ + row_size - 1) / row_size;
  std::uint32_t controls = 0;
  std::uint32_t calls = 0;
  for (std::uint32_t first = 0; first < out.size; first += size) {
    const std::uint32_t left = out.size - first;
    const std::uint32_t valid = left < size ? (std::uint32_t{1} << left) - 1 : ~std::uint32_t{0};
    const __m256i opcode = load32(out.opcodes.data() + first);
    const __m256i follower = load32(out.followers.data() + first);
    __m256i effect = _mm256_setzero_si256();
    for (std::size_t row = 0; row < effect_rows; ++row)
      effect = _mm256_or_si256(effect, look_up_row(tables_.opcode_effects.data(), row, opcode));
    __m256i local = _mm256_setzero_si256();
    for (std::size_t row = 0; row < local_rows; ++row)
      local = _mm256_or_si256(local, look_up_row(tables_.codes[DecodeTables::local].data(), row, follower));
    const __m256i is_local = at_most(_mm256_sub_epi8(opcode, all(local_get)), 2);
    const __m256i is_get = _mm256_cmpeq_epi8(opcode, all(global_get));
    const __m256i is_set = _mm256_cmpeq_epi8(opcode, all(global_set));
    const __m256i read = look_up_row(tables_.codes[DecodeTables::global_read].data(), 0, follower);
    const __m256i written = look_up_row(tables_.codes[DecodeTables::global_written].data(), 0, follower);
    effect = _mm256_add_epi8(effect, _mm256_and_si256(is_local, local));
    effect = _mm256_add_epi8(effect, _mm256_and_si256(is_get, read));
    effect = _mm256_add_epi8(effect, _mm256_and_si256(is_set, written));
    effect = _mm256_blendv_epi8(effect, follower, _mm256_cmpeq_epi8(opcode, all(Stretch::decoded)));
    const __m256i is_memarg = at_most(_mm256_sub_epi8(opcode, all(first_memarg)), last_memarg - first_memarg);
    const __m256i widest =
        _mm256_or_si256(look_up_row(alignments.data(), 2, opcode), look_up_row(alignments.data(), 3, opcode));
    const __m256i fits = _mm256_cmpeq_epi8(_mm256_max_epu8(widest, follower), widest);
    if ((valid & mask_of(_mm256_andnot_si256(fits, is_memarg))) != 0) [[unlikely]]
      return false;
    store_wide(out.effects.data() + first, effect);

    // Indices that the rows above do not have: of more than one byte, and of globals all but the first. Long labels.
    const __m256i is_global = _mm256_or_si256(is_get, is_set);
    const __m256i is_far = _mm256_andnot_si256(at_most(follower, row_size - 1), is_global);
    const std::uint32_t is_long = valid & mask_of(_mm256_or_si256(follower, is_far));
    if (is_long != 0) [[unlikely]] {
      add_long_indices(first, is_long & mask_of(_mm256_or_si256(is_global, is_local)));
      const __m256i is_branch = _mm256_cmpeq_epi8(_mm256_and_si256(opcode, all(0xFE)), all(br));
      if (!mark_long_labels(first, is_long & mask_of(is_branch))) return false;
    }

    // Lists of control instructions and of calls.
    const std::uint32_t is_control = valid & mask_of(_mm256_cmpeq_epi8(effect, all(control_mark)));
    for_lanes<8>(is_control, [&](std::uint32_t i, std::uint32_t lane) {
      const std::uint32_t at = first + lane;
      out.control_at[controls + i] = static_cast<std::uint16_t>(at);
      out.control_opcode[controls + i] = out.opcodes[at];
      out.control_byte[controls + i] = out.followers[at];
    });
    controls += static_cast<std::uint32_t>(std::popcount(is_control));
    const std::uint32_t is_call = valid & mask_of(_mm256_cmpeq_epi8(effect, all(call_mark)));
    for_lanes<4>(is_call, [&](std::uint32_t i, std::uint32_t lane) {
      out.call_at[calls + i] = static_cast<std::uint16_t>(first + lane);
    });
    calls += static_cast<std::uint32_t>(std::popcount(is_call));
  }
  out.control_size = controls;
  out.call_size = calls;
  return true;
}

}  // namespace plimsoll::wide

#endif
