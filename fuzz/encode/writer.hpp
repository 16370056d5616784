// Writer: bytes of a wasm binary, appended one value after the other (specification 3.0, section 5.2).
//
// LEB128 numbers are as short as can be, or longer on request, as far as the grammar lets them: ceil(bits / 7) bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "encode/leb.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::fuzz {

// How a Writer writes what can be written in several ways.
struct Style {
  unsigned extra = 0;                   // bytes that every LEB128 number has beyond those it needs, as far as it may
  Features features = Features::all();  // what is read with other features than these may allow fewer bytes
  bool long_forms = false;              // say what need not be said, where `features` have a way to say it

  [[nodiscard]] bool is_long(Feature needed) const noexcept { return long_forms && features.has(needed); }
};

// Not thread-safe; owns its bytes. Every function takes time linear in what it writes and throws only std::bad_alloc.
class Writer {
 public:
  explicit Writer(Style style = {}) : style_(style) {}

  void byte(unsigned value) { bytes_.push_back(static_cast<std::byte>(value)); }
  void raw(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  // The lowest `size` bytes, lowest first.
  void fixed(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) byte(static_cast<unsigned>(value >> 8 * i) & 0xFFU);
  }
  void u32(std::uint32_t value) { unsigned_leb(value, 5); }
  // The size of a memory or table, or an offset: 64 bits since memory64.
  void u64(std::uint64_t value) { unsigned_leb(value, style_.features.has(Feature::memory64) ? 10 : 5); }
  // An index where a zero byte stood before `since`.
  void index_since(Feature since, std::uint32_t value) {
    if (style_.features.has(since))
      u32(value);
    else
      byte(value);
  }
  void s32(std::int32_t value) { signed_leb(value, 5); }
  void s33(std::int64_t value) { signed_leb(value, 5); }
  void s64(std::int64_t value) { signed_leb(value, 10); }
  void name(std::string_view text) {
    u32(static_cast<std::uint32_t>(text.size()));
    raw(std::as_bytes(std::span(text)));
  }

  // Writes what `content` writes to this Writer, with its size in bytes before it. Linear in the content.
  template <class Content>
  void sized(Content content) {
    const std::size_t start = bytes_.size();
    content();
    Writer size(style_);
    size.u32(static_cast<std::uint32_t>(bytes_.size() - start));
    bytes_.insert(bytes_.begin() + static_cast<std::ptrdiff_t>(start), size.bytes_.begin(), size.bytes_.end());
  }

  [[nodiscard]] const Style& style() const noexcept { return style_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> view() const noexcept { return bytes_; }  // until the next change
  [[nodiscard]] Bytes take() noexcept { return std::exchange(bytes_, {}); }
  // Takes back what was written beyond the first `size` bytes.
  void truncate(std::size_t size) { bytes_.resize(std::min(size, bytes_.size())); }

 private:
  void unsigned_leb(std::uint64_t value, unsigned most) {
    append_leb(bytes_, value, std::min(leb_size(value) + style_.extra, most));
  }
  void signed_leb(std::int64_t value, unsigned most) {
    append_sleb(bytes_, value, std::min(sleb_size(value) + style_.extra, most));
  }

  Style style_;
  Bytes bytes_;
};

}  // namespace plimsoll::fuzz
