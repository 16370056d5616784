// Hashing for duplicate checks: SipHash-1-3 (Aumasson and Bernstein), and an index over what was hashed.
//
// The key is the hash of the section whose entries are hashed with it, so whoever wants entries to collide must choose them
// after the key that they themselves change. No randomness from outside makes two loads differ.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <utility>

namespace plimsoll {

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
    return (any & 0x8080'8080'8080'8080U) == 0;
  }
  [[nodiscard]] std::uint64_t value() const noexcept {
    Hasher end = *this;
    end.v2_ ^= 0xFF;
    for (int i = 0; i < 3; ++i) end.round();
    return end.v0_ ^ end.v1_ ^ end.v2_ ^ end.v3_;
  }

 private:
  friend std::uint64_t hash_section(std::span<const std::uint8_t> bytes) noexcept;

  static std::uint64_t read_word(const std::uint8_t* data) noexcept {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= static_cast<std::uint64_t>(data[i]) << (8 * i);
    return word;
  }
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
    even.add(Hasher::read_word(data));
    odd.add(Hasher::read_word(data + 8));
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

  // Room for `entries`, whose numbers are below `numbers`. Throws std::bad_alloc.
  HashIndex(std::pmr::memory_resource* memory, std::size_t entries, std::uint64_t key, std::uint32_t numbers = none)
      : memory_(memory), key_(key), number_bits_(static_cast<unsigned>(std::bit_width(numbers))),
        size_(slots_for(entries)), slots_(allocate(size_)) {}
  HashIndex(const HashIndex&) = delete;
  HashIndex& operator=(const HashIndex&) = delete;
  ~HashIndex() { memory_->deallocate(slots_, size_ * sizeof(std::uint32_t), alignof(std::uint32_t)); }

  [[nodiscard]] std::uint64_t key() const noexcept { return key_; }
  [[nodiscard]] bool is_full() const noexcept { return slots_for(count_ + 1) > size_; }

  // Doubles the room; `hash(number)` must say again what each number is stored under. Throws std::bad_alloc.
  template <class Hash>
  void grow(Hash hash) {
    const std::size_t size = 2 * size_;
    std::uint32_t* slots = allocate(size);
    std::swap(slots, slots_);
    const std::size_t old = std::exchange(size_, size);
    count_ = 0;
    for (std::size_t i = 0; i < old; ++i)
      if (slots[i] != 0)
        find_or_insert(hash(number_in(slots[i])), number_in(slots[i]), [](std::uint32_t) { return false; });
    memory_->deallocate(slots, old * sizeof(std::uint32_t), alignof(std::uint32_t));
  }

  // The number already stored under `hash` for which `equal(number)` holds; otherwise stores `number`, for which there must
  // be room, and returns `none`.
  template <class Equal>
  std::uint32_t find_or_insert(std::uint64_t hash, std::uint32_t number, Equal equal) noexcept {
    const std::uint32_t slot = static_cast<std::uint32_t>(hash << number_bits_) | (number + 1);
    std::size_t i = place(hash);
    for (; slots_[i] != 0; i = i + 1 == size_ ? 0 : i + 1)
      if (((slots_[i] ^ slot) & ~number_mask()) == 0 && equal(number_in(slots_[i]))) return number_in(slots_[i]);
    slots_[i] = slot;
    ++count_;
    return none;
  }

 private:
  static constexpr std::size_t slots_for(std::size_t entries) noexcept { return entries + entries / 4 + 1; }
  [[nodiscard]] std::uint32_t* allocate(std::size_t size) const {
    void* slots = memory_->allocate(size * sizeof(std::uint32_t), alignof(std::uint32_t));
    std::memset(slots, 0, size * sizeof(std::uint32_t));
    return static_cast<std::uint32_t*>(slots);
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
  std::uint64_t key_;
  unsigned number_bits_;
  std::size_t size_;
  std::size_t count_ = 0;
  std::uint32_t* slots_;
};

}  // namespace plimsoll
