#include "ledger/clocked_input.hpp"

#include <cstring>
#include <utility>

#include "ledger/input_clock.hpp"

namespace plimsoll::regress {

std::optional<ClockedInput> ClockedInput::create(std::span<const std::byte> module_bytes) noexcept {
  const std::size_t page = InputClock::page_bytes_for(module_bytes.size());
  MappedArray<std::byte> pages;
  if (!pages.allocate((module_bytes.size() + page - 1) / page * page)) return std::nullopt;
  if (!module_bytes.empty()) std::memcpy(pages.data(), module_bytes.data(), module_bytes.size());
  return ClockedInput(std::move(pages), module_bytes.size());
}

}  // namespace plimsoll::regress
