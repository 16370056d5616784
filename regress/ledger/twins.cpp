#include "ledger/twins.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

namespace plimsoll::regress {

namespace {

constexpr std::size_t words_in_chunk = Twins::chunk_bytes / sizeof(std::uint64_t);
constexpr std::uint64_t multiplier = 0x9FB21C651E98DF25u;

// How far back a block looks for an older twin among those with the same chunk.
constexpr std::size_t most_looks = 64;

// A chunk that more blocks have than this is a repetition of the module's own, unless the block is a large one: nothing
// repeats itself so often at such length but what is copied.
constexpr std::size_t most_alike = 64;
constexpr std::uint64_t large_block = 4096;

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  return std::rotl((hash ^ word) * multiplier, 27);
}

// Never 0, which stands for no evidence.
constexpr std::uint64_t finish(std::uint64_t hash) noexcept { return ((hash ^ (hash >> 31)) * multiplier) | 1; }

// Counts different byte values up to as many as make evidence.
class DistinctBytes {
 public:
  void add(std::uint8_t value) noexcept {
    std::uint64_t& word = seen_[value >> 6];
    const std::uint64_t bit = std::uint64_t{1} << (value & 63);
    count_ += (word & bit) == 0;
    word |= bit;
  }
  [[nodiscard]] bool enough() const noexcept { return count_ >= Twins::least_distinct; }

 private:
  std::array<std::uint64_t, 4> seen_{};
  unsigned count_ = 0;
};

using Words = std::array<std::uint64_t, words_in_chunk>;

// The chunk's words, heap pointers and what lies behind the block's end as zeros. As in raw_copies.cpp, live blocks are
// read past AddressSanitizer's and ThreadSanitizer's checks.
[[gnu::no_sanitize_address, gnu::no_sanitize_thread]] Words words_of(std::span<const std::byte> chunk,
                                                                     const HeapRanges& heap) noexcept {
  Words words{};
  const std::size_t whole = chunk.size() / sizeof(std::uint64_t);
  for (std::size_t i = 0; i < whole; ++i) {
    std::uint64_t word = 0;
    __builtin_memcpy(&word, chunk.data() + i * sizeof word, sizeof word);
    words[i] = heap.hold(word) ? 0 : word;
  }
  for (std::size_t i = whole * sizeof(std::uint64_t); i < chunk.size(); ++i) {
    words[whole] |= std::to_integer<std::uint64_t>(chunk[i]) << (i % sizeof(std::uint64_t) * 8);
  }
  return words;
}

std::uint64_t hash_all(const Words& words, std::uint64_t seed) noexcept {
  DistinctBytes distinct;
  for (const std::uint64_t word : words) {
    for (unsigned shift = 0; shift < 64 && !distinct.enough(); shift += 8) {
      distinct.add(static_cast<std::uint8_t>(word >> shift));
    }
  }
  if (!distinct.enough()) return 0;
  std::uint64_t hash = seed;
  for (const std::uint64_t word : words) hash = mix(hash, word);
  return finish(hash);
}

std::uint64_t hash_lowest(const Words& words, std::uint64_t seed) noexcept {
  DistinctBytes distinct;
  for (const std::uint64_t word : words) distinct.add(static_cast<std::uint8_t>(word));
  if (!distinct.enough()) return 0;
  std::uint64_t hash = ~seed;
  for (std::size_t i = 0; i < words.size(); i += 8) {
    std::uint64_t lowest = 0;
    for (std::size_t j = 0; j < 8; ++j) lowest = lowest << 8 | (words[i + j] & 0xff);
    hash = mix(hash, lowest);
  }
  return finish(hash);
}

}  // namespace

bool Twins::begin() noexcept {
  clear();
  return chunks_.size() == most_chunks || chunks_.allocate_up_to(most_chunks, 1024);
}

void Twins::clear() noexcept {
  if (std::max(size_, matched_) > most_kept) chunks_.release();
  twins_.clear();
  size_ = 0;
  matched_ = 0;
}

void Twins::note(std::span<const std::byte> block, std::uint64_t serial, const HeapRanges& heap) noexcept {
  if (block.size() < least_block) return;
  std::uint32_t index = 0;
  for (std::size_t at = 0; at < block.size() && size_ < chunks_.size(); at += chunk_bytes, ++index) {
    const auto chunk = block.subspan(at, std::min(chunk_bytes, block.size() - at));
    if (chunk.size() < least_block) return;
    const Words words = words_of(chunk, heap);
    const std::uint64_t seed = index * multiplier + chunk.size();
    const std::uint64_t all = hash_all(words, seed);
    const std::uint64_t lowest = hash_lowest(words, seed);
    if (all == 0 && lowest == 0) continue;
    chunks_[size_++] = {.all = all, .lowest = lowest, .serial = static_cast<std::uint32_t>(serial), .place = 2 * index};
  }
}

template <std::uint64_t Twins::Chunk::* Hash>
void Twins::match_by(std::span<const LoggedBlock> log) noexcept {
  const auto chunks = chunks_.span().first(size_);
  std::ranges::sort(chunks, {}, [](const Chunk& chunk) { return std::tuple(chunk.*Hash, chunk.serial); });
  for (std::size_t first = 0, end = 0; first < size_; first = end) {
    end = first + 1;
    while (end < size_ && chunks[end].*Hash == chunks[first].*Hash) ++end;
    if (chunks[first].*Hash == 0) continue;
    const bool repeated = end - first > most_alike;
    for (std::size_t i = first + 1; i < end; ++i) {
      if (chunks[i].is_twin()) continue;
      const LoggedBlock& younger = log[chunks[i].serial - 1];
      if (repeated && younger.size < large_block) continue;
      const std::size_t last_look = i - first > most_looks ? i - most_looks : first;
      for (std::size_t j = i; j-- > last_look;) {
        const LoggedBlock& older = log[chunks[j].serial - 1];
        if (chunks[j].serial == chunks[i].serial || !older.lived_at(younger.birth) || older.size < younger.size)
          continue;
        chunks[i].found_twin(chunks[j].serial);
        break;
      }
    }
  }
}

std::span<const Twins::Twin> Twins::match(std::span<const LoggedBlock> log) noexcept {
  matched_ = size_;
  const auto unlogged = std::ranges::remove_if(chunks_.span().first(size_),
                                               [&](const Chunk& chunk) { return chunk.serial > log.size(); });
  size_ -= unlogged.size();
  match_by<&Chunk::all>(log);
  match_by<&Chunk::lowest>(log);
  const auto others =
      std::ranges::remove_if(chunks_.span().first(size_), [](const Chunk& chunk) { return !chunk.is_twin(); });
  size_ -= others.size();
  const auto chunks = chunks_.span().first(size_);
  const auto place = [](const Chunk& chunk) { return std::tuple(chunk.serial, chunk.index()); };
  std::ranges::sort(chunks, {}, place);
  // A block that was looked at twice and had changed in between is counted once.
  size_ -= std::ranges::unique(chunks, {}, place).size();

  if (!twins_.allocate(std::max<std::size_t>(size_, 1))) return {};
  std::size_t count = 0;
  for (const Chunk& chunk : chunks_.span().first(size_)) {
    if (count == 0 || twins_[count - 1].serial != chunk.serial)
      twins_[count++] = {.serial = chunk.serial, .older = chunk.all};
    const std::uint64_t size = log[chunk.serial - 1].size;
    twins_[count - 1].bytes += std::min<std::uint64_t>(chunk_bytes, size - std::uint64_t{chunk.index()} * chunk_bytes);
  }
  const auto found = twins_.span().first(count);
  const auto scattered =
      std::ranges::remove_if(found, [&](const Twin& twin) { return 2 * twin.bytes < log[twin.serial - 1].size; });
  return found.first(found.size() - scattered.size());
}

}  // namespace plimsoll::regress
