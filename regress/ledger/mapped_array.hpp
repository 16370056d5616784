// A zeroed array straight from mmap: what the ledger keeps its own books in, so that keeping them never shows up in the
// heap it is watching.
#pragma once

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

namespace plimsoll::regress {

// Owns its pages. Not thread-safe. Pages cost memory only once they are touched.
template <typename T>
class MappedArray {
  static_assert(std::is_trivially_copyable_v<T>, "elements start as zero bytes and are never constructed");

 public:
  constexpr MappedArray() noexcept = default;
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;
  MappedArray(MappedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
        mapped_(std::exchange(other.mapped_, 0)) {}
  MappedArray& operator=(MappedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~MappedArray() { release(); }

  // Replaces the content by `count` zeroed elements. False, with nothing held, when the system has no more.
  [[nodiscard]] bool allocate(std::size_t count) noexcept {
    if (!reserve(count)) return false;
    // Large tables are read at random: fewer, larger pages. Only a wish.
    if (count * sizeof(T) >= huge_from) ::madvise(data_, count * sizeof(T), MADV_HUGEPAGE);
    return true;
  }

  // The same with as many elements as the system has room for: `most`, or half of that, and so on down to `least`. For
  // what is filled from the front, as far as it goes.
  [[nodiscard]] bool allocate_up_to(std::size_t most, std::size_t least) noexcept {
    for (std::size_t count = most; count >= least; count /= 2) {
      if (reserve(count)) return true;
    }
    return false;
  }

  void release() noexcept {
    if (data_ != nullptr) ::syscall(SYS_munmap, data_, mapped_ * sizeof(T));
    data_ = nullptr;
    size_ = 0;
    mapped_ = 0;
  }

  // Empties it. A few pages stay mapped for the next allocate: to map and touch them anew costs more than a small
  // module's load.
  void clear() noexcept {
    if (!keeps()) release();
    size_ = 0;
  }

  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t index) noexcept { return data_[index]; }
  const T& operator[](std::size_t index) const noexcept { return data_[index]; }
  std::span<T> span() noexcept { return {data_, size_}; }
  std::span<const T> span() const noexcept { return {data_, size_}; }

 private:
  static constexpr std::size_t huge_from = std::size_t{4} << 20;

  static constexpr std::size_t most_kept = std::size_t{64} << 10;  // bytes

  [[nodiscard]] bool keeps() const noexcept { return mapped_ * sizeof(T) <= most_kept; }

  [[nodiscard]] bool reserve(std::size_t count) noexcept {
    if (count <= mapped_ && keeps()) {
      if (count != 0) std::memset(static_cast<void*>(data_), 0, count * sizeof(T));
      size_ = count;
      return true;
    }
    release();
    if (count == 0) return true;
    if (count > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) return false;
    void* const pages = map(count * sizeof(T));
    if (pages == MAP_FAILED) return false;
    data_ = static_cast<T*>(pages);
    size_ = count;
    mapped_ = count;
    return true;
  }

  // Past the names of the C library, which may be hooked.
  static void* map(std::size_t bytes) noexcept {
    const long result = ::syscall(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);
    return result == -1 ? MAP_FAILED : std::bit_cast<void*>(result);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;  // elements, from data_ on
};

}  // namespace plimsoll::regress
