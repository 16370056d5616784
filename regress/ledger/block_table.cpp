// Linear probing with deletion by shifting back, so that lookups never wade through tombstones.
#include "ledger/block_table.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace plimsoll::regress {

namespace {
constexpr std::size_t initial_slots = std::size_t{1} << 9;
constexpr std::size_t kept_slots = std::size_t{1} << 16;  // clear() gives back larger tables
constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15u;
}  // namespace

std::size_t BlockTable::home(std::uintptr_t address) const noexcept {
  const int bits = std::countr_zero(slots_.size());
  return static_cast<std::size_t>((address * golden_ratio) >> (64 - bits));
}

Block* BlockTable::find(std::uintptr_t address) noexcept {
  if (size_ == 0) return nullptr;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = home(address); slots_[at].address != 0; at = (at + 1) & mask) {
    if (slots_[at].address == address) return &slots_[at];
  }
  return nullptr;
}

bool BlockTable::insert(const Block& block) noexcept {
  if (2 * (size_ + 1) > slots_.size() && !grow()) return false;
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = home(block.address);
  while (slots_[at].address != 0) at = (at + 1) & mask;
  slots_[at] = block;
  ++size_;
  return true;
}

void BlockTable::erase(Block* block) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = static_cast<std::size_t>(block - slots_.data());
  for (std::size_t at = (hole + 1) & mask; slots_[at].address != 0; at = (at + 1) & mask) {
    // A block may fill the hole unless its home lies after the hole on the way to where it sits.
    const std::size_t from_home = (at - home(slots_[at].address)) & mask;
    const std::size_t from_hole = (at - hole) & mask;
    if (from_home >= from_hole) {
      slots_[hole] = slots_[at];
      hole = at;
    }
  }
  slots_[hole] = Block{};
  --size_;
}

void BlockTable::clear() noexcept {
  if (slots_.size() > kept_slots) {
    slots_.release();
  } else if (size_ != 0) {
    std::ranges::fill(slots_.span(), Block{});
  }
  size_ = 0;
}

bool BlockTable::grow() noexcept {
  MappedArray<Block> old = std::move(slots_);
  if (!slots_.allocate(old.size() == 0 ? initial_slots : 2 * old.size())) {
    slots_ = std::move(old);
    return false;
  }
  const std::size_t mask = slots_.size() - 1;
  for (const Block& block : old.span()) {
    if (block.address == 0) continue;
    std::size_t at = home(block.address);
    while (slots_[at].address != 0) at = (at + 1) & mask;
    slots_[at] = block;
  }
  return true;
}

}  // namespace plimsoll::regress
