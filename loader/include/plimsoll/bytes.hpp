// Byte sources: who owns the bytes of a module while it is loaded and for as long as the Module lives.
//
// A Module is an index over its bytes, so the bytes must outlive it. The three sources say in their type how that is
// ensured. None of them can be copied, and none of them ever copies the bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <expected>
#include <memory>
#include <ranges>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "plimsoll/error.hpp"

namespace plimsoll {

// Ranges of single bytes that can be looked at after the range object itself is gone (a span, a string_view), or that are
// named by an lvalue (a vector that the caller keeps). A temporary vector or string is neither, so it does not compile.
template <class Range>
concept BorrowableBytes =
    std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> && std::ranges::borrowed_range<Range> &&
    sizeof(std::ranges::range_value_t<Range>) == 1 && std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>;

// Bytes that the caller keeps alive, and unchanged, until the Module is destroyed.
class BorrowedBytes {
 public:
  template <BorrowableBytes Range>
    requires(!std::same_as<std::remove_cvref_t<Range>, BorrowedBytes>)
  explicit BorrowedBytes(Range&& range) noexcept
      : bytes_(std::as_bytes(std::span(std::ranges::data(range), std::ranges::size(range)))) {}
  BorrowedBytes(BorrowedBytes&&) noexcept = default;
  BorrowedBytes& operator=(BorrowedBytes&&) noexcept = default;
  BorrowedBytes(const BorrowedBytes&) = delete;
  BorrowedBytes& operator=(const BorrowedBytes&) = delete;

  [[nodiscard]] std::span<const std::byte> view() const noexcept { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

// Bytes that are moved into the Module and freed with it.
class OwnedBytes {
 public:
  explicit OwnedBytes(std::vector<std::byte>&& bytes) noexcept : bytes_(std::move(bytes)) {}
  OwnedBytes(std::unique_ptr<std::byte[]>&& bytes, std::size_t size) noexcept : bytes_(Array(std::move(bytes), size)) {}
  OwnedBytes(OwnedBytes&&) noexcept = default;
  OwnedBytes& operator=(OwnedBytes&&) noexcept = default;
  OwnedBytes(const OwnedBytes&) = delete;
  OwnedBytes& operator=(const OwnedBytes&) = delete;

  [[nodiscard]] std::span<const std::byte> view() const noexcept;

 private:
  struct Array {
    Array(std::unique_ptr<std::byte[]>&& b, std::size_t s) noexcept : bytes(std::move(b)), size(s) {}
    Array(Array&& other) noexcept : bytes(std::move(other.bytes)), size(std::exchange(other.size, 0)) {}
    Array& operator=(Array&& other) noexcept {
      bytes = std::move(other.bytes);
      size = std::exchange(other.size, 0);
      return *this;
    }
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };
  std::variant<std::vector<std::byte>, Array> bytes_;
};

// A read-only private mapping of a file, unmapped with the Module. The file must not be truncated while it is mapped: the
// operating system answers a read past its new end with SIGBUS (the `plimsoll` command shows how to survive that).
class MappedBytes {
 public:
  // Maps the whole of the regular file at `path` (NUL-terminated). Fails with cannot_open, not_a_file, cannot_map or, from
  // 4 GiB on, limit_module_size; `Error::found` is the errno where there is one. An empty file maps to no bytes.
  static std::expected<MappedBytes, Error> open(const char* path) noexcept;

  MappedBytes(MappedBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedBytes& operator=(MappedBytes&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;
  ~MappedBytes();

  [[nodiscard]] std::span<const std::byte> view() const noexcept { return bytes_; }

 private:
  explicit MappedBytes(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

}  // namespace plimsoll
