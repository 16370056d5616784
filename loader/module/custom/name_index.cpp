// NameIndex: names by index.
//
// A map whose indices ascend needs no copy of them: the place of every eighth entry is kept, and a search ends with a walk
// over at most eight. A map that is out of order is kept entry by entry and sorted, so that nobody can make a look-up linear.
#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "module/custom/names.hpp"

namespace plimsoll {
namespace {

constexpr std::uint32_t ascending_stride = 8;

// How many entries a map has, and whether each index is larger than the one before.
struct Survey {
  std::uint32_t entries = 0;
  bool ascends = true;
};
Survey survey(const NameMap& map) noexcept {
  Survey result;
  std::uint32_t last = 0;
  for (const NameEntry& entry : map) {
    if (result.entries != 0 && entry.index <= last) result.ascends = false;
    last = entry.index;
    ++result.entries;
  }
  return result;
}

}  // namespace

std::expected<NameIndex, Error> NameIndex::make(const NameMap& map, std::pmr::memory_resource* memory) noexcept {
  NameIndex index(map, memory);
  const Survey found = survey(map);
  index.entries_ = found.entries;
  index.stride_ = found.ascends ? ascending_stride : 1;
  try {
    index.places_.reserve((std::size_t{found.entries} + index.stride_ - 1) / index.stride_);
  } catch (const std::bad_alloc&) {
    Error error;
    error.code = ErrorCode::out_of_memory;
    return std::unexpected(error);
  }
  std::uint32_t position = 0;
  for (const NameEntry& entry : map)
    if (position++ % index.stride_ == 0) index.places_.push_back({entry.index, entry.offset});
  if (!found.ascends) {
    // Offsets make equal indices stay in their order.
    std::ranges::sort(index.places_, {}, [](const Place& place) { return std::pair(place.index, place.offset); });
  }
  return index;
}

NameIndex& NameIndex::operator=(NameIndex&& other) noexcept {
  if (this == &other) return *this;
  // Assigning would keep the memory resource of this one and so could need memory.
  std::destroy_at(this);
  return *std::construct_at(this, std::move(other));
}

std::optional<std::string_view> NameIndex::find(std::uint32_t index) const noexcept {
  // The first place of that index or, in a map that ascends, the last place before it.
  auto place = std::ranges::lower_bound(places_, index, {}, &Place::index);
  if (place == places_.end() || place->index != index) {
    if (stride_ == 1 || place == places_.begin()) return std::nullopt;
    --place;
  }
  const auto passed = static_cast<std::uint32_t>(place - places_.begin()) * stride_;
  for (const NameEntry& entry : map_.part(place->offset, std::min(stride_, entries_ - passed))) {
    if (entry.index == index) return entry.name;
    if (entry.index > index) break;
  }
  return std::nullopt;
}

}  // namespace plimsoll
