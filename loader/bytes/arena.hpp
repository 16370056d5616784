// Arena: all memory of one module, taken from its memory resource in few pieces and given back at once.
//
// Vectors are sized once, so an array larger than what is left of the current piece gets a piece of its own; small ones share
// pieces. Nothing is freed singly and no destructor runs: only trivially destructible records live here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace plimsoll {

class Arena {
 public:
  explicit Arena(std::pmr::memory_resource* memory) noexcept : memory_(memory) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    while (pieces_ != nullptr) {
      Piece* next = pieces_->next;
      memory_->deallocate(pieces_, pieces_->size, alignof(std::max_align_t));
      pieces_ = next;
    }
  }

  [[nodiscard]] std::pmr::memory_resource* memory() const noexcept { return memory_; }

  // Uninitialised bytes, aligned for anything. Throws std::bad_alloc as the memory resource does. Constant time.
  std::byte* allocate(std::size_t size) {
    size = (size + alignment - 1) / alignment * alignment;
    if (size > free_) {
      const std::size_t piece = size > shared_piece / 2 ? size : shared_piece - sizeof(Piece);
      std::byte* start = add_piece(piece);
      if (piece == size) return start;  // a piece of its own; the current one stays in use
      next_ = start;
      free_ = piece;
    }
    std::byte* result = next_;
    next_ += size;
    free_ -= size;
    return result;
  }

  // Room for `count` records, which the caller constructs.
  template <class T>
  std::span<T> array(std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignment);
    if (count == 0) return {};
    return {reinterpret_cast<T*>(allocate(count * sizeof(T))), count};
  }

  // While it lives, new pieces are taken from another resource, whose blocks the arena's own can take back.
  class Use {
   public:
    Use(Arena& arena, std::pmr::memory_resource& memory) noexcept
        : arena_(arena), own_(std::exchange(arena.memory_, &memory)) {}
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { arena_.memory_ = own_; }

   private:
    Arena& arena_;
    std::pmr::memory_resource* own_;
  };

 private:
  static constexpr std::size_t alignment = 8;
  static constexpr std::size_t shared_piece = 2048;

  struct alignas(std::max_align_t) Piece {
    Piece* next;
    std::size_t size;  // bytes, this header included
  };

  std::byte* add_piece(std::size_t size) {
    const std::size_t total = size + sizeof(Piece);
    void* memory = memory_->allocate(total, alignof(std::max_align_t));
    pieces_ = new (memory) Piece{pieces_, total};
    return reinterpret_cast<std::byte*>(pieces_ + 1);
  }

  std::pmr::memory_resource* memory_;
  Piece* pieces_ = nullptr;
  std::byte* next_ = nullptr;
  std::size_t free_ = 0;
};

// An array that is sized once and then filled from the front.
template <class T>
class FixedVector {
 public:
  // Empties it and makes room, for which it keeps what it has if that is enough: to fill it again takes no more memory.
  void reserve(Arena& arena, std::size_t capacity) {
    if (capacity > storage_.size()) storage_ = arena.array<T>(capacity);
    size_ = 0;
  }
  // How many more fit.
  [[nodiscard]] std::size_t room() const noexcept { return storage_.size() - size_; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  // The caller has reserved room.
  T& push_back(const T& value) noexcept { return *::new (&storage_[size_++]) T(value); }
  T& operator[](std::size_t index) noexcept { return storage_[index]; }
  const T& operator[](std::size_t index) const noexcept { return storage_[index]; }
  void truncate(std::uint32_t size) noexcept { size_ = size; }
  [[nodiscard]] std::span<const T> view() const noexcept { return storage_.first(size_); }
  [[nodiscard]] const T* data() const noexcept { return storage_.data(); }
  [[nodiscard]] const T* begin() const noexcept { return storage_.data(); }
  [[nodiscard]] const T* end() const noexcept { return storage_.data() + size_; }

 private:
  std::span<T> storage_;
  std::uint32_t size_ = 0;
};

}  // namespace plimsoll
