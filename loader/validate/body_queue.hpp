// BodyQueue: hands the bodies of a code section out to threads, in pieces of about the same number of bytes.
//
// The headers of the bodies (their sizes) are walked when a piece is taken, by whoever takes it and one thread at a
// time, so that no thread has to wait until somebody has seen them all, and a piece is in the cache of the thread that
// checks it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "bytes/cursor.hpp"
#include "module/module_data.hpp"
#include "plimsoll/limits.hpp"
#include "validate/first_error.hpp"

namespace plimsoll {

// The size of the body at the cursor, which has an error if it cannot be: it does not fit into the section, or into a
// limit.
inline std::uint32_t read_body_size(Cursor& cursor, const Limits& limits) noexcept {
  const std::uint32_t at = cursor.offset();
  const std::uint32_t size = cursor.length();
  if (size > limits.body_size) cursor.fail_count(ErrorCode::limit_body_size, at, size, limits.body_size);
  return size;
}

// Some bodies in a row.
struct BodyPiece {
  std::uint32_t first = 0;  // which, counted from the section's first
  std::uint32_t count = 0;
  std::uint32_t offset = 0;  // of the first one's size
};

class BodyQueue {
 public:
  // Of `count` bodies at the cursor. A piece ends with the body that makes it as large as `piece_bytes`, at least one.
  // Each body taken is recorded in module.bodies, which has room for those that can be valid.
  BodyQueue(ModuleData& module, const Limits& limits, const Cursor& cursor, std::uint32_t count,
            std::uint32_t piece_bytes) noexcept
      : module_(module), limits_(limits), piece_bytes_(std::max(piece_bytes, 1U)), cursor_(cursor), count_(count) {}

  // Takes the next piece; false when there is none, or what is left does not matter any more: an error is known, or a
  // header cannot be, which the cursor keeps. Thread-safe.
  bool take(BodyPiece& piece, const FirstError& errors) noexcept {
    const std::scoped_lock lock(mutex_);
    if (next_ == count_ || errors.any()) return false;
    piece = {next_, 0, cursor_.offset()};
    ask_for_piece();
    while (next_ != count_ && cursor_.offset() - piece.offset < piece_bytes_) {
      const std::uint32_t at = cursor_.offset();
      const std::uint32_t size = read_body_size(cursor_, limits_);
      if (!cursor_.ok()) break;
      cursor_.take(size);
      ++next_;
      ++piece.count;
      if (size < shortest_body) {  // there may be no room for it: its check will end the load
        count_ = next_;
        break;
      }
      module_.bodies.push_back(at);
    }
    return piece.count != 0;
  }

  // Where the last body taken ends, or with the error of the header behind it, when no thread takes any more.
  [[nodiscard]] const Cursor& cursor() const noexcept { return cursor_; }

 private:
  // Each header tells where the next one is, so a walk waits for memory at each; unless all of it is on its way.
  void ask_for_piece() const noexcept {
    constexpr std::size_t line = 64;
    constexpr std::size_t most = std::size_t{128} << 10;  // more would not stay in the cache of a thread
    const std::size_t bytes = std::min<std::size_t>(std::min<std::size_t>(piece_bytes_, most), cursor_.remaining());
    for (std::size_t i = 0; i < bytes; i += line) __builtin_prefetch(cursor_.position() + i);
  }

  static constexpr std::uint32_t shortest_body = 2;  // no locals, and an `end`

  std::mutex mutex_;
  ModuleData& module_;
  const Limits& limits_;
  std::uint32_t piece_bytes_;
  Cursor cursor_;
  std::uint32_t next_ = 0;
  std::uint32_t count_;
};

}  // namespace plimsoll
