// ListMemo: which lists of types are known to match.
//
// A list of 1,000 types can be asked about again in every byte or two of a body: each label of a br_table, each call of
// the same function. What has matched once is remembered here, so that only the first question compares type by type.
// Lists are told apart by where they stand in the type store, and short ones, which are nearly all, never come here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <utility>

namespace plimsoll {

class ListMemo {
 public:
  // What is there, what it is to match, and how many types there are of each.
  class Question {
    friend class ListMemo;

   public:
    friend bool operator==(const Question&, const Question&) = default;

   private:
    Question() = default;  // none: no list that comes here is empty
    Question(std::uint64_t sub, std::uint64_t super, std::uint64_t kind, std::size_t count) noexcept
        : sub_(sub), super_(super), count_(kind << 32 | count) {}
    [[nodiscard]] bool is_of_itself() const noexcept { return count_ >> 32 == 0 && sub_ == super_; }
    [[nodiscard]] bool is_long() const noexcept { return (count_ & 0xFFFF'FFFF) >= shortest; }

    std::uint64_t sub_ = 0;
    std::uint64_t super_ = 0;
    std::uint64_t count_ = 0;  // and the kind of question
  };
  // Does one list match another? Both are told by where they stand.
  static Question lists(const void* sub, const void* super, std::size_t count) noexcept {
    return {reinterpret_cast<std::uintptr_t>(sub), reinterpret_cast<std::uintptr_t>(super), 0, count};
  }
  // Is each type of a list of this type?
  static Question all_of(const void* sub, std::uint32_t type, std::size_t count) noexcept {
    return {reinterpret_cast<std::uintptr_t>(sub), type, 1, count};
  }
  // Do the operands in front of the instruction at this offset match a list?
  static Question at(std::uint32_t offset, const void* super, std::size_t count) noexcept {
    return {offset, reinterpret_cast<std::uintptr_t>(super), 2, count};
  }
  // Do the types of a list match those of fields, unpacked?
  static Question fields(const void* sub, const void* super, std::size_t count) noexcept {
    return {reinterpret_cast<std::uintptr_t>(sub), reinterpret_cast<std::uintptr_t>(super), 3, count};
  }

  explicit ListMemo(std::pmr::memory_resource* memory) noexcept : memory_(memory) {}
  ListMemo(const ListMemo&) = delete;
  ListMemo& operator=(const ListMemo&) = delete;
  ~ListMemo() { release(slots_, size_); }

  // Whether the answer is known to be yes: a list matches itself.
  [[nodiscard]] bool has(const Question& question) const noexcept {
    if (question.is_of_itself()) return true;
    return slots_ != nullptr && question.is_long() && slots_[find(question)] == question;
  }
  // Remembers that the answer was yes, unless it is about a short list. When there is no more room, forgets everything
  // before: it holds at most 8,192 answers, in 384 KiB. Throws std::bad_alloc.
  void add(const Question& question) {
    if (!question.is_long()) return;
    if (2 * used_ == size_) make_room();
    Question& slot = slots_[find(question)];
    if (slot == question) return;
    slot = question;
    ++used_;
  }

 private:
  static constexpr std::size_t shortest = 16;    // shorter lists are compared faster than they are looked up
  static constexpr std::size_t first_size = 64;  // slots; a power of two
  static constexpr std::size_t last_size = 16384;

  void make_room() {
    const std::size_t old_size = size_;
    if (old_size == last_size) {
      std::fill_n(slots_, size_, Question());
    } else {
      const std::size_t size = old_size == 0 ? first_size : 16 * old_size;
      auto* slots = static_cast<Question*>(memory_->allocate(size * sizeof(Question), alignof(Question)));
      std::uninitialized_fill_n(slots, size, Question());
      Question* const old = std::exchange(slots_, slots);
      size_ = size;
      for (std::size_t i = 0; i < old_size; ++i)
        if (old[i] != Question()) slots_[find(old[i])] = old[i];
      release(old, old_size);
      if (old_size != 0) return;
    }
    used_ = 0;
  }
  void release(Question* slots, std::size_t size) noexcept {
    if (slots != nullptr) memory_->deallocate(slots, size * sizeof(Question), alignof(Question));
  }
  // The slot of the question, or the free one where it belongs.
  [[nodiscard]] std::size_t find(const Question& question) const noexcept {
    constexpr std::uint64_t factor = 0x9E37'79B9'7F4A'7C15U;
    const std::uint64_t mixed = (question.sub_ * factor ^ question.super_) * factor ^ question.count_;
    std::size_t i = static_cast<std::size_t>(mixed * factor >> 32) % size_;
    while (slots_[i] != Question() && slots_[i] != question) i = (i + 1) % size_;
    return i;
  }

  std::pmr::memory_resource* memory_;
  Question* slots_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

}  // namespace plimsoll
