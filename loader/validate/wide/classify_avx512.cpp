// The wide path's first pass (checker.hpp), second half: what instructions do, 64 of them at once, with AVX-512 VBMI2.
#include "validate/wide/checker.hpp"

#ifndef __x86_64__

namespace plimsoll::wide {

bool Checker::classify_avx512() noexcept { return false; }

}  // namespace plimsoll::wide

#else

#include <bit>

#include "validate/wide/avx512.hpp"
#include "validate/wide/tables.hpp"

namespace plimsoll::wide {
namespace {

// Writes the numbers of the lanes in the mask, `first` added; how many they are. The first half of a vector is always
// written.
[[gnu::target("avx512f,avx512bw,avx512vbmi2,popcnt"), gnu::always_inline]] inline std::uint32_t list_lanes(
    std::uint16_t* target, __mmask64 mask, __m512i lanes, std::uint32_t first) noexcept {
  const auto count = static_cast<std::uint32_t>(std::popcount(mask));
  const __m512i listed = _mm512_maskz_compress_epi8(mask, lanes);
  store_half(target, listed, first);
  if (count > Stretch::window / 2) [[unlikely]]
    store_wide(target, listed, first);
  return count;
}

}  // namespace

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")]] bool
Checker::classify_avx512() noexcept {
  constexpr std::uint32_t size = Stretch::window;
  const __m512i lanes = _mm512_load_si512(count_up.data());
  const Table256 effects = load_table(tables_.opcode_effects.data());
  const __m512i widest = _mm512_loadu_si512(alignments.data());
  Stretch& out = stretch_;
  std::uint32_t controls = 0;
  std::uint32_t calls = 0;
  for (std::uint32_t first = 0; first < out.size; first += size) {
    const std::uint32_t left = out.size - first;
    const __mmask64 valid = left < size ? (std::uint64_t{1} << left) - 1 : ~std::uint64_t{0};
    __m512i opcode = _mm512_load_si512(out.opcodes.data() + first);
    __m512i follower = _mm512_load_si512(out.followers.data() + first);
    __m512i effect = look_up(effects, opcode);
    const __mmask64 is_local =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(opcode, _mm512_set1_epi8(local_get)), _mm512_set1_epi8(3));
    const __mmask64 is_get = _mm512_cmpeq_epi8_mask(opcode, _mm512_set1_epi8(global_get));
    const __mmask64 is_set = _mm512_cmpeq_epi8_mask(opcode, _mm512_set1_epi8(global_set));
    effect = _mm512_mask_add_epi8(effect, is_local, effect,
                                  look_up_index(tables_.codes[DecodeTables::local].data(), follower));
    effect = _mm512_mask_add_epi8(effect, is_get, effect,
                                  look_up_index(tables_.codes[DecodeTables::global_read].data(), follower));
    effect = _mm512_mask_add_epi8(effect, is_set, effect,
                                  look_up_index(tables_.codes[DecodeTables::global_written].data(), follower));
    const __mmask64 is_decoded = _mm512_cmpeq_epi8_mask(opcode, _mm512_set1_epi8(static_cast<char>(Stretch::decoded)));
    effect = _mm512_mask_mov_epi8(effect, is_decoded, follower);
    const __mmask64 is_memarg = valid & _mm512_cmple_epu8_mask(_mm512_sub_epi8(opcode, _mm512_set1_epi8(first_memarg)),
                                                               _mm512_set1_epi8(last_memarg - first_memarg));
    if (_mm512_mask_cmpgt_epu8_mask(is_memarg, follower, _mm512_permutexvar_epi8(opcode, widest)) != 0) [[unlikely]]
      return false;
    store_wide(out.effects.data() + first, effect, 0);
    const __mmask64 is_long = valid & _mm512_movepi8_mask(follower);
    const __mmask64 long_index = is_long & (is_local | is_get | is_set);
    if (long_index != 0) [[unlikely]]
      add_long_indices(first, long_index);
    const __mmask64 long_label =
        is_long & _mm512_cmpeq_epi8_mask(_mm512_and_si512(opcode, _mm512_set1_epi8(~1)), _mm512_set1_epi8(br));
    if (long_label != 0) [[unlikely]] {
      if (!mark_long_labels(first, long_label)) return false;
      opcode = _mm512_load_si512(out.opcodes.data() + first);
      follower = _mm512_load_si512(out.followers.data() + first);
    }

    // Lists of control instructions and of calls; mostly there are few.
    const __mmask64 is_control =
        _mm512_mask_cmpeq_epi8_mask(valid, effect, _mm512_set1_epi8(static_cast<char>(control_mark)));
    const std::uint32_t control_count = list_lanes(out.control_at.data() + controls, is_control, lanes, first);
    _mm512_storeu_si512(out.control_opcode.data() + controls, _mm512_maskz_compress_epi8(is_control, opcode));
    _mm512_storeu_si512(out.control_byte.data() + controls, _mm512_maskz_compress_epi8(is_control, follower));
    controls += control_count;
    const __mmask64 is_call =
        _mm512_mask_cmpeq_epi8_mask(valid, effect, _mm512_set1_epi8(static_cast<char>(call_mark)));
    calls += list_lanes(out.call_at.data() + calls, is_call, lanes, first);
  }
  out.control_size = controls;
  out.call_size = calls;
  return true;
}

}  // namespace plimsoll::wide

#endif
