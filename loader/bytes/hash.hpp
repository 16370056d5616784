// Hashing for duplicate checks: a keyed mixing function and an index that never grows.
//
// The key is drawn from the bytes that are hashed, so whoever writes a module that should collide must find a fixed point of
// the whole section rather than a collision, and no randomness from outside makes two loads differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <utility>

namespace plimsoll {

// Folds the 128-bit product of two words.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

class Hasher {
 public:
  explicit Hasher(std::uint64_t key) noexcept : state_(key ^ 0x9E37'79B9'7F4A'7C15U) {}
  void add(std::uint64_t word) noexcept { state_ = mix(state_ ^ word, 0xD6E8'FEB8'6659'FD93U ^ state_ << 1); }
  void add(std::span<const std::uint8_t> bytes) noexcept {
    const std::uint8_t* data = bytes.data();
    std::size_t size = bytes.size();
    for (; size >= 8; data += 8, size -= 8) {
      std::uint64_t word;
      std::memcpy(&word, data, sizeof word);
      add(word);
    }
    std::uint64_t last = 0;
    if (size != 0) std::memcpy(&last, data, size);
    add(last ^ bytes.size() << 56);
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return mix(state_, 0xA076'1D64'78BD'642FU); }

 private:
  std::uint64_t state_;
};

// A set of numbers found by the hash of what they stand for: open addressing, four bytes a slot, four fifths full at most.
class HashIndex {
 public:
  // Room for `entries`. Throws std::bad_alloc.
  HashIndex(std::pmr::memory_resource* memory, std::size_t entries, std::uint64_t key)
      : memory_(memory), key_(key), size_(slots_for(entries)), slots_(allocate(size_)) {}
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
      if (slots[i] != 0) find_or_insert(hash(slots[i] - 1), slots[i] - 1, [](std::uint32_t) { return false; });
    memory_->deallocate(slots, old * sizeof(std::uint32_t), alignof(std::uint32_t));
  }

  static constexpr std::uint32_t none = 0xFFFF'FFFF;
  // The number already stored under `hash` for which `equal(number)` holds; otherwise stores `number`, for which there must
  // be room, and returns `none`.
  template <class Equal>
  std::uint32_t find_or_insert(std::uint64_t hash, std::uint32_t number, Equal equal) noexcept {
    std::size_t i = place(hash);
    for (; slots_[i] != 0; i = i + 1 == size_ ? 0 : i + 1)
      if (equal(slots_[i] - 1)) return slots_[i] - 1;
    slots_[i] = number + 1;
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
  [[nodiscard]] std::size_t place(std::uint64_t hash) const noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>(static_cast<Wide>(hash) * size_ >> 64);
  }

  std::pmr::memory_resource* memory_;
  std::uint64_t key_;
  std::size_t size_;
  std::size_t count_ = 0;
  std::uint32_t* slots_;
};

}  // namespace plimsoll
