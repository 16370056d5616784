// BodyStates: what is known of each body of a LazyModule, in two bits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <span>

namespace plimsoll {

enum class BodyState : std::uint8_t { unknown, being_checked, valid, invalid };

// All unknown at first. Thread-safe.
class BodyStates {
 public:
  explicit BodyStates(std::pmr::memory_resource* memory) noexcept : memory_(memory) {}
  BodyStates(const BodyStates&) = delete;
  BodyStates& operator=(const BodyStates&) = delete;
  ~BodyStates() {
    if (!words_.empty()) memory_->deallocate(words_.data(), words_.size_bytes(), alignof(Word));
  }

  // Room for `count` bodies, once and before all else. Throws std::bad_alloc.
  void reserve(std::size_t count) {
    const std::size_t size = (count + per_word - 1) / per_word;
    if (size == 0) return;
    words_ = {static_cast<Word*>(memory_->allocate(size * sizeof(Word), alignof(Word))), size};
    std::uninitialized_value_construct_n(words_.data(), size);
  }

  [[nodiscard]] BodyState get(std::uint32_t body) const noexcept {
    return state_in(word(body).load(std::memory_order_acquire), body);
  }
  // Makes an unknown body one that is being checked; false if it is not unknown any more.
  bool claim(std::uint32_t body) noexcept {
    Word& where = word(body);
    std::uint32_t old = where.load(std::memory_order_relaxed);
    while (state_in(old, body) == BodyState::unknown)
      if (where.compare_exchange_weak(old, old | in_place(BodyState::being_checked, body), std::memory_order_relaxed))
        return true;
    return false;
  }
  // Ends the check of a body that this thread has claimed; `unknown` if it came to nothing.
  void settle(std::uint32_t body, BodyState state) noexcept {
    word(body).fetch_xor(in_place(BodyState::being_checked, body) ^ in_place(state, body));
    if (waiting_ == 0) return;  // whoever begins to wait after this sees the new state
    {
      const std::scoped_lock lock(mutex_);
    }
    settled_.notify_all();
  }
  // Waits until somebody else's check of the body has ended.
  void wait(std::uint32_t body) noexcept {
    std::unique_lock lock(mutex_);
    ++waiting_;
    settled_.wait(lock, [&] { return state_in(word(body), body) != BodyState::being_checked; });
    --waiting_;
  }

 private:
  using Word = std::atomic<std::uint32_t>;
  static constexpr std::uint32_t per_word = 16;

  static constexpr std::uint32_t in_place(BodyState state, std::uint32_t body) noexcept {
    return static_cast<std::uint32_t>(state) << 2 * (body % per_word);
  }
  static constexpr BodyState state_in(std::uint32_t word, std::uint32_t body) noexcept {
    return static_cast<BodyState>(word >> 2 * (body % per_word) & 3U);
  }
  [[nodiscard]] Word& word(std::uint32_t body) const noexcept { return words_[body / per_word]; }

  std::pmr::memory_resource* memory_;
  std::span<Word> words_;
  // Not std::atomic::wait, which libstdc++ makes of a mutable global.
  std::atomic<std::uint32_t> waiting_ = 0;
  std::mutex mutex_;
  std::condition_variable settled_;
};

}  // namespace plimsoll
