// What an oracle does with a promise that does not hold: one line that shows both sides, then abort(), which every fuzzing engine
// takes for a crash. The line starts with the oracle's name, so that findings can be told apart by it:
//
//   oracle heap: peak heap of a load: found 1053000, allowed 1049216
#pragma once

#include <cstdint>
#include <string_view>

namespace plimsoll::fuzz {

// Ends the process. `found` and `expected` are both sides; each is cut at 2,000 characters.
[[noreturn]] void broken(std::string_view oracle, std::string_view promise, std::string_view found,
                         std::string_view expected) noexcept;

// Nothing, unless the promise is broken. What is costly to say is said with `if (...) broken(...)`.
inline void require(bool holds, std::string_view oracle, std::string_view promise, std::string_view found,
                    std::string_view expected) noexcept {
  if (!holds) [[unlikely]]
    broken(oracle, promise, found, expected);
}

// `found` must not be above `allowed`.
void require_at_most(std::string_view oracle, std::string_view promise, std::uint64_t found,
                     std::uint64_t allowed) noexcept;
void require_equal(std::string_view oracle, std::string_view promise, std::uint64_t found,
                   std::uint64_t expected) noexcept;
inline void require_equal(std::string_view oracle, std::string_view promise, std::string_view found,
                          std::string_view expected) noexcept {
  require(found == expected, oracle, promise, found, expected);
}

}  // namespace plimsoll::fuzz
