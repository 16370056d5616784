// How the planted loader reads its input: straight from it, or through a buffer of 4 KB that is filled again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace plimsoll::regress::planted {

enum class Access : std::uint8_t { direct, through_buffer };

// A cursor with a sticky failure: after the first one every read gives 0. Not thread-safe; the input must outlive it.
class Reader {
 public:
  static constexpr std::size_t buffer_bytes = 4096;

  explicit Reader(std::span<const std::byte> input, Access access = Access::direct);

  [[nodiscard]] bool ok() const noexcept { return reason_ == nullptr; }
  [[nodiscard]] const char* reason() const noexcept { return reason_; }  // static storage; nullptr while ok
  [[nodiscard]] Access access() const noexcept { return access_; }
  [[nodiscard]] std::span<const std::byte> input() const noexcept { return input_; }
  // Bytes from the start of the input to the next read.
  [[nodiscard]] std::uint32_t offset() const noexcept {
    return static_cast<std::uint32_t>(window_at_ + static_cast<std::size_t>(next_ - window_));
  }
  [[nodiscard]] bool at_end() const noexcept { return offset() == input_.size(); }

  bool fail(const char* reason) noexcept;

  std::uint8_t byte() noexcept {
    if (next_ == window_end_ && !refill()) return 0;
    return static_cast<std::uint8_t>(*next_++);
  }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(leb(32)); }
  std::uint64_t u64() noexcept { return leb(64); }
  std::int64_t s33() noexcept { return signed_leb(); }
  std::int64_t s64() noexcept { return signed_leb(); }
  std::uint64_t fixed(unsigned bytes) noexcept;

  // A view of the next `size` bytes of the input, which are passed over.
  std::span<const std::byte> take(std::size_t size) noexcept;
  // How many entries a vector has; fails if they cannot be in what is left.
  std::uint32_t count() noexcept;
  // Goes on at `offset`, at most the input's size.
  void seek(std::size_t offset) noexcept;

 private:
  bool refill() noexcept;
  std::uint64_t leb(unsigned bits) noexcept;
  std::int64_t signed_leb() noexcept;

  std::span<const std::byte> input_;
  Access access_;
  std::unique_ptr<std::byte[]> buffer_;  // Access::through_buffer
  const std::byte* window_;              // where the bytes from window_at_ on can be read
  const std::byte* next_;
  const std::byte* window_end_;
  std::size_t window_at_ = 0;
  const char* reason_ = nullptr;
};

}  // namespace plimsoll::regress::planted
