// FirstError: what a load on several threads reports, which is what a load on one thread would have met first.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>

#include "plimsoll/error.hpp"

namespace plimsoll {

// Of the errors that threads find, each in a body, keeps the one in the first body. Thread-safe.
class FirstError {
 public:
  // Whether something is known to be wrong in front of the body, or in it: what it says itself does not matter any
  // more.
  [[nodiscard]] bool is_decided(std::uint32_t body) const noexcept {
    return body >= body_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool any() const noexcept { return body_.load(std::memory_order_relaxed) != none; }

  void add(std::uint32_t body, const Error& error) noexcept {
    const std::scoped_lock lock(mutex_);
    if (is_decided(body)) return;
    error_ = error;
    body_.store(body, std::memory_order_relaxed);
  }
  void add_out_of_memory(std::uint32_t body) noexcept {
    Error error;
    error.code = ErrorCode::out_of_memory;
    add(body, error);
  }

  // The error, when all threads are done and there is any.
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  std::atomic<std::uint32_t> body_ = none;
  std::mutex mutex_;
  Error error_;
};

}  // namespace plimsoll
