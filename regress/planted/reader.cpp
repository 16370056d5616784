#include "planted/reader.hpp"

#include <algorithm>
#include <cstring>

namespace plimsoll::regress::planted {

Reader::Reader(std::span<const std::byte> input, Access access)
    : input_(input), access_(access), window_(input.data()), next_(window_), window_end_(window_ + input.size()) {
  if (access == Access::direct) return;
  buffer_ = std::make_unique<std::byte[]>(buffer_bytes);
  seek(0);
}

bool Reader::fail(const char* reason) noexcept {
  if (reason_ == nullptr) reason_ = reason;
  window_at_ = offset();
  window_ = next_ = window_end_;
  return false;
}

bool Reader::refill() noexcept {
  const std::size_t at = offset();
  if (!ok() || at == input_.size()) return fail("unexpected end");
  if (access_ == Access::direct) return true;
  const std::size_t size = std::min(buffer_bytes, input_.size() - at);
  std::memcpy(buffer_.get(), input_.data() + at, size);
  window_ = next_ = buffer_.get();
  window_end_ = window_ + size;
  window_at_ = at;
  return true;
}

void Reader::seek(std::size_t offset) noexcept {
  if (!ok()) return;
  if (access_ == Access::direct) {
    next_ = window_ + offset;
  } else {
    window_ = next_ = window_end_ = buffer_.get();
    window_at_ = offset;
  }
}

std::uint64_t Reader::leb(unsigned bits) noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < bits; shift += 7) {
    const std::uint8_t byte = this->byte();
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  fail("number too long");
  return 0;
}

std::int64_t Reader::signed_leb() noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = this->byte();
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) != 0) continue;
    if ((byte & 0x40U) != 0 && shift + 7 < 64) value |= ~std::uint64_t{0} << (shift + 7);
    return static_cast<std::int64_t>(value);
  }
  fail("number too long");
  return 0;
}

std::uint64_t Reader::fixed(unsigned bytes) noexcept {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{byte()} << (8 * i);
  return value;
}

std::span<const std::byte> Reader::take(std::size_t size) noexcept {
  const std::size_t at = offset();
  if (!ok() || size > input_.size() - at) {
    fail("length out of bounds");
    return {};
  }
  if (size > static_cast<std::size_t>(window_end_ - next_))
    seek(at + size);
  else
    next_ += size;
  return input_.subspan(at, size);
}

std::uint32_t Reader::count() noexcept {
  const std::uint32_t entries = u32();
  if (!ok() || entries > input_.size() - offset()) {
    fail("more entries than bytes");
    return 0;
  }
  return entries;
}

}  // namespace plimsoll::regress::planted
