// A pins file: load lines as text, one line a module, sorted by name, so that a change reads well as a diff.
//
//   # plimsoll load lines 1
//   # schema=1 loader=plimsoll stdlib=libstdc++-12 pointer=64 features=browsers
//   name<TAB>sha256<TAB>bytes<TAB>verdict<TAB>allocations<TAB>total<TAB>peak<TAB>retained<TAB>copied<TAB>reason
//   A/rabin<TAB>ec0c...<TAB>5411<TAB>valid<TAB>7<TAB>...
//
// There is one way to write given lines, so whatever stands otherwise is an error with its line's number.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gate/key.hpp"
#include "gate/load_line.hpp"

namespace plimsoll::regress::gate {

struct Pin {
  LoadLine line;
  std::size_t number = 0;  // of its line in the file, from 1; 0: it is in none

  friend bool operator==(const Pin&, const Pin&) = default;
};

struct Pins {
  Key key;
  std::vector<Pin> lines;  // by name

  // Logarithmic in the lines. The pointer is good for as long as `lines` is not changed.
  [[nodiscard]] const Pin* find(std::string_view name) const noexcept;
  friend bool operator==(const Pins&, const Pins&) = default;
};

struct PinsError {
  bool absent = false;   // there is no such file
  std::size_t line = 0;  // from 1; 0: the file as a whole
  std::string message;
};

// `FILE:LINE: MESSAGE`.
[[nodiscard]] std::string to_string(const std::filesystem::path& file, const PinsError& error);

// Linear in the text.
[[nodiscard]] std::expected<Pins, PinsError> parse_pins(std::string_view text);

// Refuses what is not a regular file.
[[nodiscard]] std::expected<Pins, PinsError> read_pins(const std::filesystem::path& file);

// What parse_pins reads; `number` is not used. The lines have to be sorted.
[[nodiscard]] std::string to_string(const Pins& pins);

}  // namespace plimsoll::regress::gate
