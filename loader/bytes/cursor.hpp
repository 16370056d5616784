// Cursor: reads the bytes of a module front to back and remembers the first thing that went wrong.
//
// After the first failure every read returns zero and moves nothing, so callers may read a whole entry and test ok() once,
// and a loop over entries ends because it tests ok().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/leb128.hpp"
#include "bytes/utf8.hpp"
#include "plimsoll/error.hpp"

namespace plimsoll {

class Cursor {
 public:
  // Reads [position, end) of the input that starts at `base`: offsets in errors count from there.
  Cursor(const std::uint8_t* base, const std::uint8_t* position, const std::uint8_t* end) noexcept
      : base_(base), position_(position), end_(end) {}

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  [[nodiscard]] bool at_end() const noexcept { return position_ == end_; }
  [[nodiscard]] std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(position_ - base_); }
  [[nodiscard]] std::uint32_t end_offset() const noexcept { return static_cast<std::uint32_t>(end_ - base_); }
  [[nodiscard]] std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - position_); }
  [[nodiscard]] const std::uint8_t* position() const noexcept { return position_; }
  [[nodiscard]] const std::uint8_t* end() const noexcept { return end_; }
  [[nodiscard]] const std::uint8_t* base() const noexcept { return base_; }
  void seek(const std::uint8_t* position) noexcept { position_ = position; }

  // Records the first failure. Always returns false, so that checks can `return cursor.fail(...)`.
  bool fail(const Error& error) noexcept {
    if (!failed_) {
      error_ = error;
      failed_ = true;
      end_ = position_;
    }
    return false;
  }
  bool fail(ErrorCode code, std::uint32_t offset) noexcept {
    Error error;
    error.code = code;
    error.offset = offset;
    return fail(error);
  }
  // The same, with what was found and perhaps expected; and the feature that would help, if one would.
  bool fail(ErrorCode code, std::uint32_t offset, ErrorDetail detail, std::uint64_t found, std::uint64_t expected = 0,
            Feature feature = Feature::none) noexcept {
    Error error;
    error.code = code;
    error.offset = offset;
    error.detail = detail;
    error.found = found;
    error.expected = expected;
    error.feature = feature;
    return fail(error);
  }
  // A byte that may not stand where it stands: at `offset`, already read.
  bool fail_byte(ErrorCode code, std::uint32_t offset, Feature feature = Feature::none) noexcept {
    return !failed_ && fail(code, offset, ErrorDetail::byte, base_[offset], 0, feature);
  }
  // An index `found` that is not below `count`.
  bool fail_index(ErrorCode code, std::uint32_t offset, std::uint32_t found, std::size_t count) noexcept {
    return fail(code, offset, ErrorDetail::index, found, count);
  }
  // A number `found` that is above `most`.
  bool fail_count(ErrorCode code, std::uint32_t offset, std::uint64_t found, std::uint64_t most) noexcept {
    return fail(code, offset, ErrorDetail::count, found, most);
  }
  bool fail_feature(Feature feature, std::uint32_t offset) noexcept {
    Error error;
    error.code = ErrorCode::feature_required;
    error.offset = offset;
    error.feature = feature;
    return fail(error);
  }
  // Why reads at the end fail: a section's end or, for the module itself, its own.
  void set_end_code(ErrorCode code) noexcept { end_code_ = code; }

  std::uint8_t byte() noexcept {
    if (position_ == end_) [[unlikely]] {
      fail(end_code_, offset());
      return 0;
    }
    return *position_++;
  }
  // The next byte without taking it; 0 at the end.
  [[nodiscard]] std::uint8_t peek() const noexcept { return position_ == end_ ? std::uint8_t{0} : *position_; }

  std::uint32_t u32() noexcept {
    if (position_ != end_ && *position_ < 0x80) [[likely]]
      return *position_++;
    std::uint32_t value = 0;
    advance([&](LebFailure& failure) { return read_unsigned<std::uint32_t>(position_, end_, value, failure); });
    return value;
  }
  std::uint64_t u64() noexcept {
    std::uint64_t value = 0;
    advance([&](LebFailure& failure) { return read_unsigned<std::uint64_t>(position_, end_, value, failure); });
    return value;
  }
  // A u32 that memory64 makes a u64: where only that reading fits, the error names the feature.
  std::uint32_t u32_before_memory64() noexcept {
    Cursor wider = *this;
    const std::uint32_t value = u32();
    if (failed_ && wider.ok() && (wider.u64(), wider.ok())) error_.feature = Feature::memory64;
    return value;
  }
  template <unsigned bits>
  std::int64_t signed_number() noexcept {
    // Not negative, and in one byte or two: nearly all type indices.
    if (remaining() >= 2) [[likely]] {
      const std::uint32_t low = position_[0];
      if (low < 0x40) {
        ++position_;
        return low;
      }
      if (low >= 0x80 && position_[1] < 0x40) {
        position_ += 2;
        return (low & 0x7FU) | std::uint32_t{position_[-1]} << 7;
      }
    }
    std::int64_t value = 0;
    advance([&](LebFailure& failure) { return read_signed<bits>(position_, end_, value, failure); });
    return value;
  }
  std::int32_t s32() noexcept { return static_cast<std::int32_t>(signed_number<32>()); }
  std::int64_t s33() noexcept { return signed_number<33>(); }
  std::int64_t s64() noexcept { return signed_number<64>(); }

  // Little-endian bits of `size` bytes, at most eight.
  std::uint64_t fixed(unsigned size) noexcept {
    if (remaining() < size) {
      fail(end_code_, end_offset());
      return 0;
    }
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(position_[i]) << (8 * i);
    position_ += size;
    return value;
  }

  // Takes `size` bytes.
  std::span<const std::uint8_t> take(std::size_t size) noexcept {
    if (remaining() < size) {
      fail(end_code_, end_offset());
      return {};
    }
    const std::uint8_t* start = position_;
    position_ += size;
    return {start, size};
  }

  // A length, which must fit into what is left (section 5.1.3: "length out of bounds").
  std::uint32_t length() noexcept {
    const std::uint32_t at = offset();
    const std::uint32_t value = u32();
    if (!failed_ && value > remaining()) {
      fail_count(ErrorCode::length_out_of_bounds, at, value, remaining());
      return 0;
    }
    return value;
  }

  // A name: a length and that many bytes of UTF-8.
  std::span<const std::uint8_t> name() noexcept {
    const std::span<const std::uint8_t> text = take(length());
    return check_utf8(text) ? text : std::span<const std::uint8_t>{};
  }
  // Whether bytes that have been taken are UTF-8.
  bool check_utf8(std::span<const std::uint8_t> text) noexcept {
    if (is_utf8(text.data(), text.size())) return true;
    const std::size_t good = utf8_prefix(text.data(), text.size());
    return fail_byte(ErrorCode::bad_utf8, static_cast<std::uint32_t>(text.data() + good - base_));
  }

 private:
  template <class Read>
  void advance(Read read) noexcept {
    LebFailure failure;
    const std::uint8_t* next = read(failure);
    if (next != nullptr) [[likely]]
      position_ = next;
    else
      fail(failure.code == ErrorCode::unexpected_end_of_section ? end_code_ : failure.code,
           static_cast<std::uint32_t>(failure.at - base_));
  }

  const std::uint8_t* base_;
  const std::uint8_t* position_;
  const std::uint8_t* end_;
  bool failed_ = false;
  ErrorCode end_code_ = ErrorCode::unexpected_end_of_section;
  Error error_;
};

}  // namespace plimsoll
