// SmallBytes: what a vector of bytes is, but for up to sixteen of them without the heap. Nearly every leaf of a module tree has
// fewer, and a fuzzer makes millions of them a second.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>

#include "encode/leb.hpp"

namespace plimsoll::fuzz {

// Iterators and spans are valid until the next change of the size. Not thread-safe; throws only std::bad_alloc.
class SmallBytes {
 public:
  using value_type = std::byte;
  using iterator = std::byte*;
  using const_iterator = const std::byte*;

  SmallBytes() noexcept {}
  SmallBytes(std::initializer_list<std::byte> bytes) { append(std::span(bytes.begin(), bytes.size())); }
  SmallBytes(const Bytes& bytes) { append(bytes); }
  explicit SmallBytes(std::span<const std::byte> bytes) { append(bytes); }
  SmallBytes(const SmallBytes& other) { append(other); }
  SmallBytes(SmallBytes&& other) noexcept { swap(other); }
  SmallBytes& operator=(const SmallBytes& other) {
    if (this != &other) assign(other.begin(), other.end());
    return *this;
  }
  SmallBytes& operator=(SmallBytes&& other) noexcept {
    swap(other);
    return *this;
  }
  ~SmallBytes() {
    if (capacity_ != inline_capacity) delete[] heap_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::byte* data() noexcept { return capacity_ == inline_capacity ? here_ : heap_; }
  [[nodiscard]] const std::byte* data() const noexcept { return capacity_ == inline_capacity ? here_ : heap_; }
  [[nodiscard]] iterator begin() noexcept { return data(); }
  [[nodiscard]] iterator end() noexcept { return data() + size_; }
  [[nodiscard]] const_iterator begin() const noexcept { return data(); }
  [[nodiscard]] const_iterator end() const noexcept { return data() + size_; }
  std::byte& operator[](std::size_t index) noexcept { return data()[index]; }
  const std::byte& operator[](std::size_t index) const noexcept { return data()[index]; }
  std::byte& front() noexcept { return *begin(); }
  [[nodiscard]] const std::byte& front() const noexcept { return *begin(); }
  std::byte& back() noexcept { return *(end() - 1); }
  [[nodiscard]] const std::byte& back() const noexcept { return *(end() - 1); }

  void push_back(std::byte byte) {
    if (size_ == capacity_) grow(size_ + 1U);
    data()[size_++] = byte;
  }
  void append(std::span<const std::byte> bytes) {  // not of itself
    if (bytes.empty()) return;
    grow(size_ + bytes.size());
    std::memcpy(end(), bytes.data(), bytes.size());
    size_ += static_cast<std::uint32_t>(bytes.size());
  }
  void assign(const std::byte* from, const std::byte* to) {  // not of itself
    clear();
    append({from, to});
  }
  void clear() noexcept { size_ = 0; }
  void resize(std::size_t size) {
    grow(size);
    if (size > size_) std::fill(end(), data() + size, std::byte{0});
    size_ = static_cast<std::uint32_t>(size);
  }
  void erase(iterator at) noexcept {
    std::copy(at + 1, end(), at);
    --size_;
  }
  void insert(iterator at, std::byte byte) {
    const std::ptrdiff_t position = at - begin();
    push_back(byte);
    std::rotate(begin() + position, end() - 1, end());
  }

  friend bool operator==(const SmallBytes& left, const SmallBytes& right) noexcept {
    return std::ranges::equal(left, right);
  }

 private:
  static constexpr std::uint32_t inline_capacity = 16;

  void grow(std::size_t least) {
    if (least <= capacity_) return;
    const std::size_t capacity = std::max<std::size_t>(least, capacity_ * std::size_t{2});
    auto* const fresh = new std::byte[capacity];
    if (size_ != 0) std::memcpy(fresh, data(), size_);
    if (capacity_ != inline_capacity) delete[] heap_;
    heap_ = fresh;
    capacity_ = static_cast<std::uint32_t>(capacity);
  }
  void swap(SmallBytes& other) noexcept {
    std::byte mine[inline_capacity];
    std::memcpy(mine, here_, inline_capacity);
    std::memcpy(here_, other.here_, inline_capacity);
    std::memcpy(other.here_, mine, inline_capacity);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  union {
    std::byte here_[inline_capacity] = {};
    std::byte* heap_;  // where the capacity is another
  };
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = inline_capacity;
};

}  // namespace plimsoll::fuzz
