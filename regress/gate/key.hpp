// What the figures of a pins file depend on beside the module: figures under another key are not comparable.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::regress::gate {

// Names and values in the order in which they are written: `schema=1 loader=plimsoll pointer=64`. Neither holds blanks.
struct Key {
  std::vector<std::pair<std::string, std::string>> entries;

  [[nodiscard]] std::string_view value(std::string_view name) const noexcept;  // empty if it is not there
  friend bool operator==(const Key&, const Key&) = default;
};

// The version of the columns and of what they mean.
inline constexpr std::string_view schema = "1";

// Of our own loader in this program, with the default features.
[[nodiscard]] Key own_key();

// Of another loader: what is known of it, and how it is called: `engine` or `command`. Blanks in `loader` become `_`.
[[nodiscard]] Key other_key(std::string_view loader, std::string_view through);

[[nodiscard]] std::string to_string(const Key& key);

// Where they differ, for people: `stdlib: pinned libstdc++-12, here libstdc++-14`; empty if they are equal.
[[nodiscard]] std::string difference(const Key& pinned, const Key& here);

}  // namespace plimsoll::regress::gate
