// The ways to load that are timed, a row for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "plimsoll/plimsoll.hpp"

namespace plimsoll::bench {

// A module in memory, and the file that it came from.
struct Input {
  std::span<const std::byte> bytes;
  const std::string& file;
};

struct Mode {
  std::string_view name;
  std::string_view about;
  enum class Clock : std::uint8_t { cpu, wall } clock;  // which it is judged by: wall if there are several threads
  bool counted;  // by the speed gate (../counts): the same instructions every time, and not those of another mode
  // What is changed in the options. False: the loader that this was compiled with has no such mode.
  bool (*prepare)(Options&);
  // Loads the whole module, destroys it, and tells whether it was valid.
  bool (*load)(const Input&, const Options&);
};

// All that this loader has; the first is what others are compared with.
std::span<const Mode> modes();

}  // namespace plimsoll::bench
