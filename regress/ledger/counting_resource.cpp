#include "ledger/counting_resource.hpp"

#include <algorithm>
#include <bit>
#include <new>

namespace plimsoll::regress {

namespace {
// An arena may answer a request for nothing with the address of its next block; the table needs addresses to differ.
constexpr std::size_t at_least_one(std::size_t bytes) noexcept { return bytes == 0 ? 1 : bytes; }
}  // namespace

void CountingResource::fail_at(std::uint64_t n) noexcept {
  const std::scoped_lock lock(mutex_);
  fail_in_ = n;
}

ResourceCounts CountingResource::counts() const noexcept {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

void CountingResource::reset_counts() noexcept {
  const std::scoped_lock lock(mutex_);
  counts_ = ResourceCounts{.live = counts_.live, .peak = counts_.live};
}

bool CountingResource::must_fail() noexcept {
  const std::scoped_lock lock(mutex_);
  if (fail_in_ == 0) return false;
  --fail_in_;
  if (fail_in_ != 0) return false;
  ++counts_.failures;
  return true;
}

void* CountingResource::do_allocate(std::size_t bytes, std::size_t alignment) {
  if (must_fail()) throw std::bad_alloc();
  void* pointer = nullptr;
  try {
    pointer = upstream_->allocate(at_least_one(bytes), alignment);
  } catch (...) {
    const std::scoped_lock lock(mutex_);
    ++counts_.failures;
    throw;
  }
  std::unique_lock lock(mutex_);
  if (!blocks_.insert({.address = std::bit_cast<std::uintptr_t>(pointer), .size = bytes, .alignment = alignment})) {
    ++counts_.failures;
    lock.unlock();
    upstream_->deallocate(pointer, at_least_one(bytes), alignment);
    throw std::bad_alloc();
  }
  ++counts_.allocations;
  counts_.total += bytes;
  counts_.live += bytes;
  counts_.peak = std::max(counts_.peak, counts_.live);
  counts_.largest = std::max<std::uint64_t>(counts_.largest, bytes);
  return pointer;
}

void CountingResource::do_deallocate(void* pointer, std::size_t bytes, std::size_t alignment) {
  std::unique_lock lock(mutex_);
  Block* const found = blocks_.find(std::bit_cast<std::uintptr_t>(pointer));
  if (found == nullptr) {
    ++counts_.mismatches;
    return;
  }
  const Block block = *found;
  blocks_.erase(found);
  ++counts_.deallocations;
  counts_.live -= block.size;
  if (block.size != bytes || block.alignment != alignment) ++counts_.mismatches;
  lock.unlock();
  upstream_->deallocate(pointer, at_least_one(static_cast<std::size_t>(block.size)),
                        static_cast<std::size_t>(block.alignment));
}

}  // namespace plimsoll::regress
