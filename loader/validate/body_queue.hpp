// BodyQueue: hands the bodies of a code section out to threads, in pieces of about the same number of bytes.
//
// The size of each body tells where the next one is. So one thread at a time looks for bodies, some thirty times as fast as they
// can be checked, while the others take what it has found; but not so far ahead that the bytes have left the caches when they
// are wanted. A large body is handed out as soon as it is found, before its turn, so that no thread is still busy with it when
// all others have nothing left to do.
#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>

#include "bytes/cursor.hpp"
#include "bytes/prefetch.hpp"
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
  BodyQueue(ModuleData& module, const Limits& limits, const Cursor& cursor, std::uint32_t count,
            std::uint32_t piece_bytes) noexcept
      : module_(module), limits_(limits), piece_bytes_(std::max(piece_bytes, 1U)), cursor_(cursor),
        prefetch_(cursor.end()), left_(count), found_end_(cursor.offset()), next_at_(cursor.offset()) {}

  // Takes the next piece; false when there is none, or what is left does not matter any more: an error is known in front of it,
  // or a header cannot be, which the cursor keeps. Each body found is recorded in module.bodies, which has room for those that
  // can be valid. Waits only if all has been taken that was found, for the thread that is about to find more. Thread-safe.
  bool take(BodyPiece& piece, const FirstError& errors) noexcept {
    std::unique_lock lock(mutex_);
    while (true) {
      if (take_large(piece, errors)) return true;
      if (errors.is_decided(next_)) return false;
      if (!is_searching_ && !is_complete_ && found_end_ - next_at_ < most_ahead / 2) {
        search(lock);
      } else if (next_ != found_) {
        piece = take_in_turn();
        return true;
      } else if (is_complete_) {
        return false;
      } else {
        more_.wait(lock);
      }
    }
  }

  // Where the last body ends, or with the error of the header behind it, when no thread takes any more.
  [[nodiscard]] const Cursor& cursor() const noexcept { return cursor_; }

 private:
  static constexpr std::uint32_t shortest_body = 2;      // no locals, and an `end`
  static constexpr std::uint32_t most_ahead = 8U << 20;  // bytes from what is taken next to what is looked for
  static constexpr std::uint32_t large_pieces = 4;       // as large as so many pieces is a large body
  static constexpr std::size_t most_large = 32;          // more than that are handed out in their turn

  struct Found {
    std::uint32_t count = 0;
    std::uint32_t last_at = 0;  // the size of the last one
    bool is_large = false;      // the last one
    bool is_too_short = false;  // the last one: there may be no room for it, and its check will end the load
  };

  // Without the lock, for one thread at a time: about a piece.
  Found find_some() noexcept {
    const std::uint32_t begin = cursor_.offset();
    Found found;
    while (left_ != 0 && !found.is_large && !found.is_too_short && cursor_.offset() - begin < piece_bytes_) {
      prefetch_.next(cursor_.position());
      const std::uint32_t at = cursor_.offset();
      const std::uint32_t size = read_body_size(cursor_, limits_);
      if (!cursor_.ok()) break;
      cursor_.take(size);
      --left_;
      ++found.count;
      found.last_at = at;
      found.is_large = size / large_pieces >= piece_bytes_;
      found.is_too_short = size < shortest_body;
      if (!found.is_too_short) module_.bodies.push_back(at);
    }
    return found;
  }
  // Finds bodies until it is far enough ahead. What it has found may be taken meanwhile.
  void search(std::unique_lock<std::mutex>& lock) noexcept {
    is_searching_ = true;
    do {
      lock.unlock();
      const Found found = find_some();
      lock.lock();
      found_ += found.count;
      found_end_ = cursor_.offset();
      if (found.is_too_short) too_short_ = {found_ - 1, found.last_at};
      if (found.is_large && large_size_ != large_.size()) large_[large_size_++] = found_ - 1;
      is_complete_ = left_ == 0 || !cursor_.ok() || found.is_too_short;
      more_.notify_all();
    } while (!is_complete_ && found_end_ - next_at_ < most_ahead);
    is_searching_ = false;
  }

  // What follows needs the lock.
  bool take_large(BodyPiece& piece, const FirstError& errors) noexcept {
    bool is_taken = false;
    while (!is_taken && large_taken_ != large_size_) {
      const std::uint32_t body = large_[large_taken_++];
      piece = {body, 1, offset_of(body)};
      is_taken = !errors.is_decided(body);
    }
    while (large_passed_ != large_taken_ && next_ == large_[large_passed_]) {
      ++large_passed_;
      pass();
    }
    return is_taken;
  }
  BodyPiece take_in_turn() noexcept {
    BodyPiece piece{next_, 0, next_at_};
    const std::uint32_t end = large_passed_ != large_taken_ ? large_[large_passed_] : found_;
    do {
      pass();
      ++piece.count;
    } while (next_ != end && next_at_ - piece.offset < piece_bytes_);
    return piece;
  }
  void pass() noexcept {
    ++next_;
    next_at_ = next_ == found_ ? found_end_ : offset_of(next_);
  }
  [[nodiscard]] std::uint32_t offset_of(std::uint32_t body) const noexcept {
    return body == too_short_.body ? too_short_.offset : module_.bodies[body];
  }

  ModuleData& module_;
  const Limits& limits_;
  std::uint32_t piece_bytes_;

  // Of the thread that searches.
  Cursor cursor_;
  Prefetch prefetch_;
  std::uint32_t left_;  // bodies

  struct TooShort {
    std::uint32_t body = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t offset = 0;
  };
  std::mutex mutex_;  // guards what follows
  std::condition_variable more_;
  bool is_searching_ = false;
  bool is_complete_ = false;
  std::uint32_t found_ = 0;                      // bodies
  std::uint32_t found_end_;                      // offset
  TooShort too_short_;                           // has no record
  std::uint32_t next_ = 0;                       // body
  std::uint32_t next_at_;                        // its offset
  std::array<std::uint32_t, most_large> large_;  // in order
  std::size_t large_size_ = 0;
  std::size_t large_taken_ = 0;
  std::size_t large_passed_ = 0;  // by `next_`
};

}  // namespace plimsoll
