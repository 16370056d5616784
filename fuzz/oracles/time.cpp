#include "oracles/time.hpp"

#include <algorithm>
#include <ctime>
#include <vector>

#include "oracles/require.hpp"

namespace plimsoll::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

std::uint64_t nanoseconds() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

struct Timed {
  LoadResult result;
  std::uint64_t taken;
};
Timed load_once(Bytes bytes, const Options& options) {
  const std::uint64_t start = nanoseconds();
  LoadResult result = load(BorrowedBytes(bytes), options);
  return {std::move(result), nanoseconds() - start};
}

// A module with one function of `i32.const 0`, `drop`, over and over, checked by the general path: a nanosecond or so a byte, some ten
// under sanitizers.
std::uint64_t nanoseconds_per_kilobyte() {
  constexpr std::size_t pairs = 5'000;
  constexpr std::size_t body = 3 * pairs + 2;
  std::vector<std::byte> module;
  const auto add = [&](std::initializer_list<unsigned> bytes) {
    for (const unsigned byte : bytes) module.push_back(static_cast<std::byte>(byte));
  };
  const auto size = [&](std::size_t value) {
    add({static_cast<unsigned>(value & 0x7F) | 0x80U, static_cast<unsigned>(value >> 7 & 0x7F) | 0x80U,
         static_cast<unsigned>(value >> 14)});
  };
  add({0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10});
  size(body + 4);
  add({1});
  size(body);
  add({0});
  for (std::size_t i = 0; i < pairs; ++i) add({0x41, 0, 0x1A});
  add({0x0B});
  Options options;
  options.bodies = BodyPath::general;
  std::uint64_t least = ~std::uint64_t{0};
  for (int i = 0; i < 5; ++i) {
    const Timed timed = load_once(module, options);
    require(timed.result.has_value(), "time", "the module that time is measured with is valid", "an error", "valid");
    least = std::min(least, timed.taken);
  }
  return std::max<std::uint64_t>(1, least * 1024 / module.size());
}

// What is compared type by type: the longest list of parameters, results or fields.
std::uint64_t longest_list(const LoadResult& result) {
  if (!result) return 1'000;  // what the limits allow; nothing is known of a module that was refused
  std::size_t longest = 0;
  for (const SubType& type : (*result)->types())
    longest = std::max({longest, type.parameters.size(), type.results.size(), type.fields.size()});
  return longest;
}

}  // namespace

LoadResult load_timed(Bytes bytes, const Options& options) {
  static const std::uint64_t unit = nanoseconds_per_kilobyte();
  // Of corpus/adversaries, made to take as long as they can, none takes more than 4 times what the measure does, and with lists of
  // 1,000 types not more than 10.
  constexpr std::uint64_t factor = 20;
  constexpr std::uint64_t free = 5'000'000;  // nanoseconds, for what a load takes whatever its size
  Timed timed = load_once(bytes, options);
  if (timed.taken <= free) return std::move(timed.result);
  const std::uint64_t allowed = free + factor * (1 + longest_list(timed.result) / 64) * unit * bytes.size() / 1024;
  for (int i = 0; i < 4 && timed.taken > allowed; ++i) timed = load_once(bytes, options);
  require_at_most("time", "nanoseconds that a load of " + std::to_string(bytes.size()) + " bytes takes", timed.taken,
                  allowed);
  return std::move(timed.result);
}

}  // namespace plimsoll::fuzz
