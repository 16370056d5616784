#include "ledger/known_places.hpp"

#include <elf.h>
#include <link.h>

#include <bit>
#include <cstdint>

namespace plimsoll::regress {

HeapRanges known_places(std::span<const std::byte> module_bytes) noexcept {
  constexpr std::uintptr_t most_stack = std::uintptr_t{8} << 20;
  HeapRanges places;
  const auto stack = std::bit_cast<std::uintptr_t>(__builtin_frame_address(0));
  places.add(stack - most_stack, 2 * most_stack);
  if (!module_bytes.empty()) places.add(std::bit_cast<std::uintptr_t>(module_bytes.data()), module_bytes.size());
  const auto visit = [](dl_phdr_info* info, std::size_t, void* to) {
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const auto& header = info->dlpi_phdr[i];
      if (header.p_type == PT_LOAD) static_cast<HeapRanges*>(to)->add(info->dlpi_addr + header.p_vaddr, header.p_memsz);
    }
    return 0;
  };
  ::dl_iterate_phdr(visit, &places);
  return places;
}

}  // namespace plimsoll::regress
