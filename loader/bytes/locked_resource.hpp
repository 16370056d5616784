// LockedResource: one memory resource for several threads of one load.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <mutex>

namespace plimsoll {

// Passes every request on, one at a time, to a resource that must outlive it and need not be thread-safe as long as nobody
// else uses it meanwhile.
class LockedResource final : public std::pmr::memory_resource {
 public:
  explicit LockedResource(std::pmr::memory_resource* upstream) noexcept : upstream_(upstream) {}

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    const std::scoped_lock lock(mutex_);
    return upstream_->allocate(size, alignment);
  }
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
    const std::scoped_lock lock(mutex_);
    upstream_->deallocate(block, size, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::mutex mutex_;
  std::pmr::memory_resource* upstream_;
};

}  // namespace plimsoll
