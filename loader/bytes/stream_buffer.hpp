// StreamBuffer: the bytes of a module that comes piece by piece, at one address from the first byte on.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace plimsoll {

// Pages taken from the operating system: address space for all that may come is reserved first, and made into memory as far as
// bytes have come, so that nothing is ever moved or held twice. Not thread-safe.
class StreamBuffer {
 public:
  StreamBuffer() = default;
  StreamBuffer(StreamBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
        usable_(std::exchange(other.usable_, 0)), reserved_(std::exchange(other.reserved_, 0)) {}
  StreamBuffer& operator=(StreamBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(usable_, other.usable_);
    std::swap(reserved_, other.reserved_);
    return *this;
  }
  StreamBuffer(const StreamBuffer&) = delete;
  StreamBuffer& operator=(const StreamBuffer&) = delete;
  ~StreamBuffer();

  // Reserves room for `most` bytes, once and first. `all_will_come`: that many will be there, so that it is asked for once.
  // False if the system refuses.
  [[nodiscard]] bool reserve(std::size_t most, bool all_will_come) noexcept;
  // Puts a copy of the bytes behind those that are there; there is room for them. False if the system refuses the memory.
  // Amortised linear in the bytes.
  [[nodiscard]] bool append(std::span<const std::byte> bytes) noexcept;
  // Gives back what no byte came for, and makes the rest read-only.
  void freeze() noexcept;

  [[nodiscard]] std::span<const std::byte> view() const noexcept { return {data_, size_}; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;      // bytes that have come
  std::size_t usable_ = 0;    // bytes of memory, in whole pages
  std::size_t reserved_ = 0;  // bytes of address space, in whole pages
};

}  // namespace plimsoll
