// How D2 searches. The rolling hash is a polynomial over the window's bytes modulo 2^64; `key_of` spreads it before its
// upper bits pick a slot. A small Bloom filter stands before the table of windows, so that nearly every offset of an
// innocent block costs one load that hits the cache.
#include "ledger/raw_copies.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

namespace plimsoll::regress {

namespace {

constexpr std::size_t window_bytes = RawCopies::window_bytes;
constexpr std::uint64_t base = 0x9FB21C651E98DF25u;
constexpr std::uint64_t spread = 0xD6E8FEB86659FD93u;

constexpr std::uint64_t power_of_base(std::size_t exponent) noexcept {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < exponent; ++i) power *= base;
  return power;
}

// What the byte that leaves the window has been multiplied by.
constexpr std::uint64_t leaving_factor = power_of_base(window_bytes);

// Functions that read heap blocks are kept out of AddressSanitizer's checks: parts of a live block may be poisoned by
// the container or arena that owns it, and other threads may be writing while a phase boundary is searched.
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] std::uint64_t word_at(const std::byte* at) noexcept {
  std::uint64_t word = 0;
  __builtin_memcpy(&word, at, sizeof word);
  return word;
}

[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] std::uint64_t hash_window(const std::byte* at) noexcept {
  // Four quarters at the same time; the same value as one long polynomial.
  std::array<std::uint64_t, 4> quarters{};
  for (std::size_t i = 0; i < window_bytes / 4; ++i) {
    for (std::size_t quarter = 0; quarter < 4; ++quarter) {
      quarters[quarter] = quarters[quarter] * base + std::to_integer<std::uint64_t>(at[quarter * 8 + i]);
    }
  }
  constexpr std::uint64_t step = power_of_base(window_bytes / 4);
  return ((quarters[0] * step + quarters[1]) * step + quarters[2]) * step + quarters[3];
}

constexpr std::uint64_t key_of(std::uint64_t hash) noexcept { return (hash ^ (hash >> 32)) * spread; }

constexpr std::uint64_t filter_bits(std::uint64_t key) noexcept {
  return (std::uint64_t{1} << (key & 63)) | (std::uint64_t{1} << ((key >> 6) & 63)) |
         (std::uint64_t{1} << ((key >> 12) & 63));
}

constexpr std::uint32_t tag_of(std::uint64_t key) noexcept { return static_cast<std::uint32_t>(key); }

[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] bool equal_windows(const std::byte* a,
                                                                         const std::byte* b) noexcept {
  return word_at(a) == word_at(b) && word_at(a + 8) == word_at(b + 8) && word_at(a + 16) == word_at(b + 16) &&
         word_at(a + 24) == word_at(b + 24);
}

// How many bytes from a and b on are equal, up to `most`.
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] std::size_t equal_ahead(const std::byte* a, const std::byte* b,
                                                                              std::size_t most) noexcept {
  std::size_t length = 0;
  while (length + 8 <= most && word_at(a + length) == word_at(b + length)) length += 8;
  while (length < most && a[length] == b[length]) ++length;
  return length;
}

// How many bytes before a and b are equal, up to `most`.
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] std::size_t equal_behind(const std::byte* a, const std::byte* b,
                                                                               std::size_t most) noexcept {
  std::size_t length = 0;
  while (length + 8 <= most && word_at(a - length - 8) == word_at(b - length - 8)) length += 8;
  while (length < most && *(a - length - 1) == *(b - length - 1)) ++length;
  return length;
}

bool has_enough_distinct_bytes(const std::byte* at) noexcept {
  std::array<std::uint64_t, 4> seen{};
  unsigned distinct = 0;
  for (std::size_t i = 0; i < window_bytes; ++i) {
    const unsigned value = std::to_integer<unsigned>(at[i]);
    const std::uint64_t bit = std::uint64_t{1} << (value & 63);
    std::uint64_t& word = seen[value >> 6];
    if ((word & bit) == 0 && ++distinct == RawCopies::least_distinct) return true;
    word |= bit;
  }
  return false;
}

// Whether a tells more than b.
bool better(const CopyRun& a, const CopyRun& b) noexcept {
  const auto order = [](const CopyRun& run) {
    return std::make_tuple(~run.length, run.block_serial, run.block_offset, run.module_offset);
  };
  return order(a) < order(b);
}

}  // namespace

void LongestRuns::add(const CopyRun& run) noexcept {
  if (size_ == capacity && !better(run, runs_.back())) return;
  const auto place = std::lower_bound(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(size_), run, better);
  const auto end = runs_.begin() + static_cast<std::ptrdiff_t>(size_);
  if (place != end && *place == run) return;
  std::shift_right(place, size_ == capacity ? end : end + 1, 1);
  *place = run;
  size_ = std::min(size_ + 1, capacity);
}

bool RawCopies::begin(std::span<const std::byte> module_bytes) noexcept {
  clear();
  const std::size_t windows = module_bytes.size() / window_bytes;
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(2 * windows, 64));
  const std::size_t filter_words = std::max<std::size_t>(slots / 8, 8);  // 8 bits and more per slot
  if (!module_.allocate(module_bytes.size()) || !slots_.allocate(slots) || !filter_.allocate(filter_words) ||
      !found_.allocate((module_bytes.size() + 63) / 64)) {
    clear();
    return false;
  }
  slot_shift_ = 64 - std::countr_zero(slots);
  filter_shift_ = 64 - std::countr_zero(filter_words);
  if (!module_bytes.empty()) std::memcpy(module_.data(), module_bytes.data(), module_bytes.size());
  index_module();
  return true;
}

void RawCopies::clear() noexcept {
  module_.clear();
  slots_.clear();
  filter_.clear();
  found_.clear();
  copied_bytes_ = 0;
  runs_.clear();
}

// A batch of windows at a time: where each belongs is fetched while the next ones are hashed.
void RawCopies::index_module() noexcept {
  constexpr std::size_t batch = 32;
  struct Hashed {
    std::size_t window = 0;
    std::uint64_t key = 0;
  };
  std::array<Hashed, batch> hashed;
  const std::size_t windows = module_.size() / window_bytes;
  for (std::size_t window = 0; window < windows;) {
    std::size_t count = 0;
    for (; count < batch && window < windows; ++window) {
      const std::byte* const bytes = module_.data() + window * window_bytes;
      if (!has_enough_distinct_bytes(bytes)) continue;
      const std::uint64_t key = key_of(hash_window(bytes));
      __builtin_prefetch(&slots_[static_cast<std::size_t>(key >> slot_shift_)], 1);
      __builtin_prefetch(&filter_[static_cast<std::size_t>(key >> filter_shift_)], 1);
      hashed[count++] = {.window = window, .key = key};
    }
    for (const Hashed& each : std::span(hashed).first(count)) index_window(each.window, each.key);
  }
}

const std::byte* RawCopies::window_of(Slot slot) const noexcept {
  return module_.data() + std::size_t{slot.window - 1} * window_bytes;
}

void RawCopies::index_window(std::size_t window, std::uint64_t key) noexcept {
  const std::byte* const bytes = module_.data() + window * window_bytes;
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(key >> slot_shift_);
  std::size_t places = 0;
  for (; slots_[at].window != 0; at = (at + 1) & mask) {
    if (slots_[at].tag == tag_of(key) && equal_windows(bytes, window_of(slots_[at])) && ++places == most_places) return;
  }
  slots_[at] = {.tag = tag_of(key), .window = static_cast<std::uint32_t>(window + 1)};
  filter_[static_cast<std::size_t>(key >> filter_shift_)] |= filter_bits(key);
}

bool RawCopies::may_hold(std::uint64_t key) const noexcept {
  const std::uint64_t bits = filter_bits(key);
  return (filter_[static_cast<std::size_t>(key >> filter_shift_)] & bits) == bits;
}

[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] RawCopies::Found RawCopies::search(
    std::span<const std::byte> block, Source source) noexcept {
  Found found;
  if (block.size() < least_run || module_.size() < least_run) return found;
  const std::byte* const bytes = block.data();
  const std::size_t last = block.size() - window_bytes;
  std::size_t floor = 0;  // where the last run ended
  std::uint64_t hash = hash_window(bytes);
  for (std::size_t at = 0;;) {
    if (const std::uint64_t key = key_of(hash); may_hold(key)) [[unlikely]] {
      const Match match = best_match(block, at, floor, key);
      if (match.length != 0) {
        const std::size_t end = match.block_begin + match.length;
        found.bytes += end - std::max(match.block_begin, floor);
        ++found.runs;
        runs_.add({.module_offset = match.module_begin,
                   .length = match.length,
                   .block_serial = source.serial,
                   .block_offset = match.block_begin,
                   .block_phase = source.phase});
        floor = end;
        if (end > last) break;
        at = end;
        hash = hash_window(bytes + at);
        continue;
      }
    }
    if (at == last) break;
    hash = hash * base + std::to_integer<std::uint64_t>(bytes[at + window_bytes]) -
           leaving_factor * std::to_integer<std::uint64_t>(bytes[at]);
    ++at;
  }
  return found;
}

// The longest run through the window at `at`, empty if none is long enough. Every place of the module that the block's
// content stands for is marked, not only the longest: of two equal functions in the module both count as found.
RawCopies::Match RawCopies::best_match(std::span<const std::byte> block, std::size_t at, std::size_t floor,
                                       std::uint64_t key) noexcept {
  Match best;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = static_cast<std::size_t>(key >> slot_shift_); slots_[slot].window != 0;
       slot = (slot + 1) & mask) {
    if (slots_[slot].tag != tag_of(key) || !equal_windows(block.data() + at, window_of(slots_[slot]))) continue;
    const Match match = extend(block, at, floor, static_cast<std::size_t>(window_of(slots_[slot]) - module_.data()));
    if (match.length < least_run) continue;
    mark(match.module_begin, match.length);
    if (match.length > best.length) best = match;
  }
  return best;
}

// Backwards no further than a run's least length before the last run's end: bytes before that are accounted for, and
// so every byte of a block is compared a bounded number of times. A little is needed, because the last run may have
// swallowed, by chance, the first bytes of this one.
RawCopies::Match RawCopies::extend(std::span<const std::byte> block, std::size_t at, std::size_t floor,
                                   std::size_t module_at) const noexcept {
  const std::size_t most_behind = std::min(at - floor + std::min(floor, least_run), module_at);
  const std::size_t most_ahead = std::min(block.size() - at, module_.size() - module_at);
  const std::size_t behind = equal_behind(block.data() + at, module_.data() + module_at, most_behind);
  const std::size_t ahead = equal_ahead(block.data() + at, module_.data() + module_at, most_ahead);
  return {.module_begin = module_at - behind, .block_begin = at - behind, .length = behind + ahead};
}

void RawCopies::mark(std::size_t begin, std::size_t length) noexcept {
  const std::size_t end = begin + length;
  for (std::size_t at = begin; at < end;) {
    const std::size_t word_end = std::min((at / 64 + 1) * 64, end);
    const std::size_t count = word_end - at;
    const std::uint64_t ones = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    const std::uint64_t bits = ones << (at % 64);
    std::uint64_t& word = found_[at / 64];
    copied_bytes_ += static_cast<std::uint64_t>(std::popcount(bits & ~word));
    word |= bits;
    at = word_end;
  }
}

// Four lanes, so that the multiplications of one do not wait for those of the next.
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] std::uint64_t content_hash(
    std::span<const std::byte> block) noexcept {
  std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
  const std::byte* const bytes = block.data();
  std::size_t at = 0;
  for (; at + 32 <= block.size(); at += 32) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      lanes[lane] = std::rotl((lanes[lane] ^ word_at(bytes + at + 8 * lane)) * spread, 29);
    }
  }
  std::uint64_t hash = block.size();
  for (; at < block.size(); ++at) hash = hash * base + std::to_integer<std::uint64_t>(bytes[at]);
  for (const std::uint64_t lane : lanes) hash = std::rotl((hash ^ lane) * base, 31);
  return hash;
}

}  // namespace plimsoll::regress
