// The live heap blocks of one recording or one resource, by address: an open-addressing table in mapped memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ledger/mapped_array.hpp"

namespace plimsoll::regress {

// Who handed a block out, and so who has to take it back.
enum class Origin : std::uint8_t {
  unknown,        // a sanitizer's allocator: it does not say
  malloc_family,  // malloc, calloc, realloc, the aligned forms
  new_object,     // operator new
  new_array,      // operator new[]
  mapping,        // mmap: pages of the program's own, which may be closed or not there yet
};

// What is known of one live block. Everything but the address is the same on every run.
struct Block {
  std::uintptr_t address = 0;      // 0 marks a free slot of the table
  std::uint64_t size = 0;          // bytes asked for
  std::uint64_t serial = 0;        // number of this allocation since begin, from 1
  std::uint64_t alignment = 0;     // asked for; 0 = none in particular
  std::uint64_t content_hash = 0;  // content when it was last searched
  std::uint64_t copied_bytes = 0;  // most bytes of the module that a search found in it
  std::uint64_t copied_runs = 0;   // most runs that a search found in it
  std::uint32_t phase = 0;         // the phase that allocated it
  Origin origin = Origin::unknown;
  bool searched = false;  // content_hash is set
};

// Not thread-safe: the owner locks. Every operation is O(1) on average; visiting is O(capacity).
class BlockTable {
 public:
  constexpr BlockTable() noexcept = default;

  // Adds a block whose address is not in the table. False: no memory to grow the table, nothing is added.
  [[nodiscard]] bool insert(const Block& block) noexcept;

  // The block that starts at `address`, or nullptr. The pointer is good until the next insert or erase.
  [[nodiscard]] Block* find(std::uintptr_t address) noexcept;

  // Removes what find returned.
  void erase(Block* block) noexcept;

  // Forgets every block; keeps a small table's memory for the next use.
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Calls visit(Block&) for each block, in an order that depends on addresses.
  template <typename Visit>
  void for_each(Visit visit) {
    for (Block& slot : slots_.span()) {
      if (slot.address != 0) visit(slot);
    }
  }

 private:
  [[nodiscard]] std::size_t home(std::uintptr_t address) const noexcept;
  [[nodiscard]] bool grow() noexcept;

  MappedArray<Block> slots_;  // size is zero or a power of two
  std::size_t size_ = 0;
};

}  // namespace plimsoll::regress
