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

// How many copies are looked at, over all growths: enough for what programs do, and an end for what they might.
constexpr std::ptrdiff_t most_work = 100'000'000;

// How many blocks about as large as the one that it grew from may die while a grown one is filled.
constexpr std::size_t most_looks = 128;

unsigned size_class(std::uint64_t size) noexcept { return static_cast<unsigned>(std::bit_width(size)); }

bool is_growth(std::uint64_t from, std::uint64_t to) noexcept {
  return to == 2 * from || (to >= from + from / 2 - largest_element && to <= from + from / 2 + largest_element);
}

class Growths {
 public:
  Growths(std::span<const LoggedBlock> log, std::span<const Twins::Twin> twins) {
    born_.reserve(log.size() + 1);
    auto twin = twins.begin();  // by serial, as the log is
    for (std::uint64_t sum = 0, serial = 1; const LoggedBlock& block : log) {
      born_.push_back({.event = block.birth, .bytes_before = sum});
      sum += block.size;
      const bool is_copy = twin != twins.end() && twin->serial == serial++;
      if (is_copy) ++twin;
      if (block.size >= least_block && !is_copy) blocks_.push_back(block);
    }
    std::ranges::sort(blocks_, {}, place);
    for (const Twins::Twin& each : twins) {
      copies_.push_back(
          {.born = log[each.serial - 1].birth, .original_died = log[each.older - 1].death, .bytes = each.bytes});
      if (copies_.back().original_died != 0) deaths_.push_back(copies_.back().original_died);
    }
    std::ranges::sort(copies_, {}, &Copy::born);
    std::ranges::sort(deaths_);
  }

  std::uint64_t bytes() {
    for (const LoggedBlock& block : blocks_) {
      const LoggedBlock* const from = find_predecessor(block);
      if (from != nullptr && block.lived_at(from->death)) mark(block.birth, from->death, from->size / sizeof(void*));
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
    return {size_class(block.size), block.death};
  }

  // The block that `grown` grew from, if any: of those that fit, the first to die.
  [[nodiscard]] const LoggedBlock* find_predecessor(const LoggedBlock& grown) const {
    const LoggedBlock* first = nullptr;
    for (unsigned smaller = 0; smaller < 2; ++smaller) {
      const unsigned wanted = size_class(grown.size) - smaller;
      auto candidate = std::ranges::lower_bound(blocks_, std::tuple(wanted, grown.birth), {}, place);
      for (std::size_t looks = 0; looks < most_looks && candidate != blocks_.end(); ++looks, ++candidate) {
        if (size_class(candidate->size) != wanted) break;
        if (candidate->stack != grown.stack || candidate->birth >= grown.birth) continue;
        if (!is_growth(candidate->size, grown.size)) continue;
        if (first == nullptr || candidate->death < first->death) first = &*candidate;
        break;
      }
    }
    return first;
  }

  // Marks the copies that were made between two events, if they are a growth's. `pointers`: how many there was room for in
  // the block that grew.
  void mark(std::uint64_t begin, std::uint64_t end, std::uint64_t pointers) {
    const auto first = std::ranges::upper_bound(copies_, begin, {}, &Copy::born);
    const auto last = std::ranges::lower_bound(copies_, end, {}, &Copy::born);
    const auto died = std::ranges::lower_bound(deaths_, end) - std::ranges::upper_bound(deaths_, begin);
    const auto born = std::distance(first, last);
    if (static_cast<std::uint64_t>(born) > pointers) return;
    // One more may be of the element for which there was no room; some may be like something else that lives on.
    const auto tolerance = born / 8 + 1;
    if (born == 0 || born > died + tolerance || died > born + tolerance || born > work_) return;
    work_ -= born;
    const auto dies_here = [&](const Copy& copy) { return copy.original_died > begin && copy.original_died < end; };
    const auto both = std::count_if(first, last, dies_here);
    if (both == 0 || born > both + tolerance || died > both + tolerance) return;
    std::uint64_t copied = 0;
    for (const Copy& copy : std::ranges::subrange(first, last)) copied += copy.bytes;
    if (copied < bytes_born(begin, end) / 4 * 3) return;  // something else was going on
    for (Copy& copy : std::ranges::subrange(first, last)) copy.of_growth |= dies_here(copy);
  }

  std::ptrdiff_t work_ = most_work;    // copies that may still be looked at
  std::vector<Born> born_;             // by event
  std::vector<LoggedBlock> blocks_;    // by size class, then death
  std::vector<Copy> copies_;           // by birth
  std::vector<std::uint64_t> deaths_;  // of originals, in order
};

}  // namespace

std::uint64_t growth_bytes(std::span<const LoggedBlock> log, std::span<const Twins::Twin> twins) {
  return Growths(log, twins).bytes();
}

}  // namespace plimsoll::regress
