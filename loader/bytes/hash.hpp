// Hashing for duplicate checks, and an index over what was hashed.
//
// The quick hash has no key: anybody can make entries that collide. So the index watches how long its searches take; when that
// is no chance any more, its owner changes over to SipHash-1-3 (Aumasson and Bernstein) with a key, which is the hash of the
// section whose entries are hashed with it: whoever wants them to collide then must choose them after the key that they
// themselves change. No randomness from outside makes two loads differ.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <utility>

namespace plimsoll {

// The eight bytes at `data`, little-endian.
inline std::uint64_t read_word(const std::uint8_t* data) noexcept {
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 8; ++i) word |= static_cast<std::uint64_t>(data[i]) << (8 * i);
  return word;
}

inline constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080U;  // of eight bytes: none is set if they are ASCII

// The quick hash: a product of two words folded onto one (after Wang Yi's wyhash), for two words or one at a time.
class QuickHasher {
 public:
  void add(std::uint64_t word) noexcept { state_ = fold(state_ ^ word, factor); }
  void add(std::uint64_t first, std::uint64_t second) noexcept { state_ = fold(first ^ factor, second ^ state_); }
  // Whether all the bytes are below 0x80 comes on the way.
  bool add(std::span<const std::uint8_t> bytes) noexcept {
    const std::uint8_t* data = bytes.data();
    const std::uint8_t* const end = data + bytes.size();
    std::uint64_t any = 0;
    const auto add_two = [&](std::uint64_t first, std::uint64_t second) {
      any |= first | second;
      add(first, second);
    };
    state_ ^= bytes.size() * factor;
    for (; end - data > 16; data += 16) add_two(read_word(data), read_word(data + 8));
    if (bytes.size() >= 16)
      add_two(read_word(end - 16), read_word(end - 8));  // some of it for a second time
    else if (bytes.size() >= 8)
      add_two(read_word(data), read_word(end - 8));
    else
      add_two(read_few({data, end}), 0);
    return (any & high_bits) == 0;
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

 private:
  static constexpr std::uint64_t factor = 0x9E37'79B9'7F4A'7C15U;

  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  static std::uint64_t read_few(std::span<const std::uint8_t> bytes) noexcept {
    std::uint64_t word = 0;
    for (const std::uint8_t byte : bytes) word = word << 8 | byte;
    return word;
  }

  std::uint64_t state_ = 0xE703'7ED1'A0B4'28DBU;
};

// SipHash-1-3.
class Hasher {
 public:
  explicit Hasher(std::uint64_t key) noexcept
      : v0_(key ^ 0x736F'6D65'7073'6575U), v1_(second(key) ^ 0x646F'7261'6E64'6F6DU), v2_(key ^ 0x6C79'6765'6E65'7261U),
        v3_(second(key) ^ 0x7465'6462'7974'6573U) {}

  void add(std::uint64_t word) noexcept {
    v3_ ^= word;
    round();
    v0_ ^= word;
  }
  void add(std::uint64_t first, std::uint64_t second) noexcept {
    add(first);
    add(second);
  }
  // Whether all the bytes are below 0x80 comes on the way.
  bool add(std::span<const std::uint8_t> bytes) noexcept {
    const std::uint8_t* data = bytes.data();
    const std::uint8_t* const end = data + bytes.size();
    std::uint64_t any = 0;
    for (; end - data >= 8; data += 8) {
      const std::uint64_t word = read_word(data);
      any |= word;
      add(word);
    }
    std::uint64_t last = 0;
    if (const auto left = static_cast<unsigned>(end - data); left != 0 && bytes.size() >= 8)
      last = read_word(end - 8) >> (64 - 8 * left);
    else
      for (unsigned i = 0; i < left; ++i) last |= static_cast<std::uint64_t>(data[i]) << (8 * i);
    any |= last;
    add(last | static_cast<std::uint64_t>(bytes.size() & 0xFFU) << 56);
    return (any & high_bits) == 0;
  }
  [[nodiscard]] std::uint64_t value() const noexcept {
    Hasher end = *this;
    end.v2_ ^= 0xFF;
    for (int i = 0; i < 3; ++i) end.round();
    return end.v0_ ^ end.v1_ ^ end.v2_ ^ end.v3_;
  }

 private:
  // SipHash has a key of two words; the other is made from the one.
  static constexpr std::uint64_t second(std::uint64_t key) noexcept {
    return std::rotl(key, 32) * 0x9E37'79B9'7F4A'7C15U;
  }
  void round() noexcept {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

// The key for the entries of a section. Rounds of one hash wait for each other, so there are two, of every other word; what
// comes of both is hashed.
inline std::uint64_t hash_section(std::span<const std::uint8_t> bytes) noexcept {
  Hasher even(bytes.size());
  Hasher odd(~std::uint64_t{bytes.size()});
  const std::uint8_t* data = bytes.data();
  const std::uint8_t* const end = data + bytes.size();
  for (; end - data >= 16; data += 16) {
    even.add(read_word(data));
    odd.add(read_word(data + 8));
  }
  even.add(std::span(data, end));
  even.add(odd.value());
  return even.value();
}

// A set of numbers found by the hash of what they stand for: open addressing, four bytes a slot, four fifths full at most. The
// bits of a slot that no number needs hold bits of the hash, so that entries that only share a place are hardly ever compared.
class HashIndex {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  // Room for `entries`, whose numbers are below `numbers`; `section` is what they stand in, and so what a key is made of.
  // Throws std::bad_alloc.
  HashIndex(std::pmr::memory_resource* memory, std::size_t entries, std::span<const std::uint8_t> section,
            std::uint32_t numbers = none)
      : memory_(memory), section_(section), number_bits_(static_cast<unsigned>(std::bit_width(numbers))),
        size_(slots_for(entries)), slots_(allocate(size_)) {}
  HashIndex(const HashIndex&) = delete;
  HashIndex& operator=(const HashIndex&) = delete;
  ~HashIndex() { release(); }

  [[nodiscard]] bool is_full() const noexcept { return slots_for(count_ + 1) > size_; }
  // Whether searches have been too long for chance, and there is no key yet. What they took so far is about linear in what was
  // hashed.
  [[nodiscard]] bool needs_key() const noexcept { return key_ == no_key && patience_ < 0; }

  // Calls `use` with the hasher for what is to be found here, as long as no key is set.
  template <class Use>
  auto with_hasher(Use use) const {
    return key_ == no_key ? use(QuickHasher()) : use(Hasher(key_));
  }

  // Makes room for `entries` in all, and forgets those that it holds, so that there are never two tables: they are to be added
  // again. Throws std::bad_alloc.
  void restart(std::size_t entries) {
    release();
    slots_ = allocate(slots_for(entries));
    size_ = slots_for(entries);
  }
  void add_again(std::uint64_t hash, std::uint32_t number) noexcept {
    find_or_insert(hash, number, [](std::uint32_t) { return false; });
  }
  // Goes over to hashes with a key; `hash(number)` must then say under which each number is to be stored. Linear in the section.
  // Throws std::bad_alloc.
  template <class Hash>
  void set_key(Hash hash) {
    key_ = std::max<std::uint64_t>(hash_section(section_), no_key + 1);
    std::uint32_t* const old = std::exchange(slots_, allocate(size_));
    count_ = 0;
    for (std::size_t i = 0; i < size_; ++i)
      if (old[i] != 0) add_again(hash(number_in(old[i])), number_in(old[i]));
    memory_->deallocate(old, size_ * sizeof(std::uint32_t), alignof(std::uint32_t));
  }

  // Asks for the place where a search for `hash` begins.
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(slots_ + place(hash)); }

  // The number already stored under `hash` for which `equal(number)` holds; otherwise stores `number`, for which there must
  // be room, and returns `none`.
  template <class Equal>
  std::uint32_t find_or_insert(std::uint64_t hash, std::uint32_t number, Equal equal) noexcept {
    const std::uint32_t slot = static_cast<std::uint32_t>(hash << number_bits_) | (number + 1);
    std::size_t i = place(hash);
    for (patience_ += steps_each; slots_[i] != 0; i = i + 1 == size_ ? 0 : i + 1) {
      --patience_;
      if (((slots_[i] ^ slot) & ~number_mask()) != 0) continue;
      if (equal(number_in(slots_[i]))) return number_in(slots_[i]);
      patience_ -= mistake;
    }
    slots_[i] = slot;
    ++count_;
    return none;
  }

 private:
  // What chance allows: three steps on average in an index that is filled to four fifths, and one mistaken comparison for
  // thousands of entries. An entry can be large, so a mistake counts as many steps.
  static constexpr std::uint64_t no_key = 0;
  static constexpr std::int64_t steps_each = 8;
  static constexpr std::int64_t mistake = 1024;
  static constexpr std::int64_t first_patience = 256 * mistake;

  static constexpr std::size_t slots_for(std::size_t entries) noexcept { return entries + entries / 4 + 1; }
  [[nodiscard]] std::uint32_t* allocate(std::size_t size) const {
    void* slots = memory_->allocate(size * sizeof(std::uint32_t), alignof(std::uint32_t));
    std::memset(slots, 0, size * sizeof(std::uint32_t));
    return static_cast<std::uint32_t*>(slots);
  }
  void release() noexcept {
    if (slots_ != nullptr) memory_->deallocate(slots_, size_ * sizeof(std::uint32_t), alignof(std::uint32_t));
    slots_ = nullptr;
    size_ = 0;
    count_ = 0;
  }
  // Of a slot, which holds a number plus one under bits of the hash that `place` looks at last.
  [[nodiscard]] std::uint32_t number_mask() const noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{1} << number_bits_) - 1);
  }
  [[nodiscard]] std::uint32_t number_in(std::uint32_t slot) const noexcept { return (slot & number_mask()) - 1; }
  [[nodiscard]] std::size_t place(std::uint64_t hash) const noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>(static_cast<Wide>(hash) * size_ >> 64);
  }

  std::pmr::memory_resource* memory_;
  std::span<const std::uint8_t> section_;
  std::uint64_t key_ = no_key;
  unsigned number_bits_;
  std::size_t size_;
  std::size_t count_ = 0;
  std::uint32_t* slots_;
  std::int64_t patience_ = first_patience;  // steps that searches may still take
};

}  // namespace plimsoll
