#include "ledger/growths.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <vector>

namespace plimsoll::regress {

namespace {

// Smaller blocks are not looked at: too many of them fit each other.
constexpr std::uint64_t least_block = 256;

// One and a half times as many elements: as many bytes, but for one element.
constexpr std::uint64_t largest_element = 64;

// How many blocks about as large as a grown one may be born while it is filled.
constexpr std::size_t most_looks = 128;

unsigned size_class(std::uint64_t size) noexcept { return static_cast<unsigned>(std::bit_width(size)); }

bool is_growth(std::uint64_t from, std::uint64_t to) noexcept {
  return to == 2 * from || (to >= from + from / 2 - largest_element && to <= from + from / 2 + largest_element);
}

class Growths {
 public:
  Growths(std::span<const LoggedBlock> log, std::span<const Twins::Twin> twins) {
    born_.reserve(log.size() + 1);
    for (std::uint64_t sum = 0; const LoggedBlock& block : log) {
      born_.push_back({.event = block.birth, .bytes_before = sum});
      sum += block.size;
      if (block.size >= least_block) blocks_.push_back(block);
    }
    std::ranges::sort(blocks_, {}, place);
    for (const Twins::Twin& twin : twins) {
      copies_.push_back(
          {.born = log[twin.serial - 1].birth, .original_died = log[twin.older - 1].death, .bytes = twin.bytes});
      if (copies_.back().original_died != 0) deaths_.push_back(copies_.back().original_died);
    }
    std::ranges::sort(copies_, {}, &Copy::born);
    std::ranges::sort(deaths_);
  }

  std::uint64_t bytes() {
    for (const LoggedBlock& block : blocks_) {
      if (block.death != 0) find_grown(block);
    }
    std::uint64_t sum = 0;
    for (const Copy& copy : copies_) sum += copy.of_growth ? copy.bytes : 0;
    return sum;
  }

 private:
  struct Copy {
    std::uint64_t born = 0;
    std::uint64_t original_died = 0;  // 0: never
    std::uint64_t bytes = 0;
    bool of_growth = false;
  };

  struct Born {
    std::uint64_t event = 0;
    std::uint64_t bytes_before = 0;  // bytes of all blocks that were born earlier
  };

  // How many bytes were allocated after `begin` and before `end`; something was, at both.
  [[nodiscard]] std::uint64_t bytes_born(std::uint64_t begin, std::uint64_t end) const {
    const auto first = std::ranges::upper_bound(born_, begin, {}, &Born::event);
    const auto last = std::ranges::lower_bound(born_, end, {}, &Born::event);
    return first == born_.end() || last == born_.begin() ? 0 : std::prev(last)->bytes_before - first->bytes_before;
  }

  static std::tuple<unsigned, std::uint64_t> place(const LoggedBlock& block) noexcept {
    return {size_class(block.size), block.birth};
  }

  // Marks the copies that were made while `block` grew into another, if it did.
  void find_grown(const LoggedBlock& block) {
    for (unsigned larger = 0; larger < 2; ++larger) {
      const std::tuple wanted(size_class(block.size) + larger, block.death);
      auto candidate = std::ranges::lower_bound(blocks_, wanted, {}, place);
      for (std::size_t looks = 0; looks < most_looks && candidate != blocks_.begin(); ++looks) {
        --candidate;
        if (size_class(candidate->size) != size_class(block.size) + larger || candidate->birth <= block.birth) break;
        if (candidate->stack == block.stack && is_growth(block.size, candidate->size) &&
            candidate->lived_at(block.death) && mark(candidate->birth, block.death))
          return;
      }
    }
  }

  bool mark(std::uint64_t begin, std::uint64_t end) {
    const auto first = std::ranges::upper_bound(copies_, begin, {}, &Copy::born);
    const auto last = std::ranges::lower_bound(copies_, end, {}, &Copy::born);
    const auto died = std::ranges::lower_bound(deaths_, end) - std::ranges::upper_bound(deaths_, begin);
    const auto born = std::distance(first, last);
    // One more may be of the element for which there was no room; some may be like something else that lives on.
    const auto tolerance = born / 8 + 1;
    if (born == 0 || born > died + tolerance || died > born + tolerance) return false;
    const auto dies_here = [&](const Copy& copy) { return copy.original_died > begin && copy.original_died < end; };
    const auto both = std::count_if(first, last, dies_here);
    if (both == 0 || born > both + tolerance || died > both + tolerance) return false;
    std::uint64_t copied = 0;
    for (const Copy& copy : std::ranges::subrange(first, last)) copied += copy.bytes;
    if (copied < bytes_born(begin, end) / 4 * 3) return false;  // something else was going on
    for (Copy& copy : std::ranges::subrange(first, last)) copy.of_growth |= dies_here(copy);
    return true;
  }

  std::vector<Born> born_;             // by event
  std::vector<LoggedBlock> blocks_;    // by size class, then birth
  std::vector<Copy> copies_;           // by birth
  std::vector<std::uint64_t> deaths_;  // of originals, in order
};

}  // namespace

std::uint64_t growth_bytes(std::span<const LoggedBlock> log, std::span<const Twins::Twin> twins) {
  return Growths(log, twins).bytes();
}

}  // namespace plimsoll::regress
