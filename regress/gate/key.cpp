#include "gate/key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <version>

namespace plimsoll::regress::gate {
namespace {

// Containers grow as their library makes them grow.
std::string standard_library() {
#if defined(_LIBCPP_VERSION)
  return fmt::format("libc++-{}", _LIBCPP_VERSION / 10000);
#elif defined(_GLIBCXX_RELEASE)
  return fmt::format("libstdc++-{}", _GLIBCXX_RELEASE);
#else
  return "unknown";
#endif
}

std::string pointer_width() { return std::to_string(sizeof(void*) * CHAR_BIT); }

}  // namespace

std::string_view Key::value(std::string_view name) const noexcept {
  const auto entry = std::ranges::find(entries, name, [](const auto& e) -> std::string_view { return e.first; });
  return entry == entries.end() ? std::string_view{} : std::string_view(entry->second);
}

Key own_key() {
  return {{{"schema", std::string(schema)},
           {"loader", "plimsoll"},
           {"stdlib", standard_library()},
           {"pointer", pointer_width()},
           {"features", "browsers"}}};
}

Key other_key(std::string_view loader, std::string_view through) {
  std::string word(loader);
  std::ranges::replace_if(word, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }, '_');
  return {{{"schema", std::string(schema)},
           {"loader", word},
           {"through", std::string(through)},
           {"pointer", pointer_width()}}};
}

std::string to_string(const Key& key) {
  std::string text;
  for (const auto& [name, value] : key.entries) text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  return text;
}

std::string difference(const Key& pinned, const Key& here) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : pinned.entries) names.push_back(name);
  for (const auto& [name, value] : here.entries) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  std::string text;
  for (const std::string_view name : names) {
    const std::string_view then = pinned.value(name);
    const std::string_view now = here.value(name);
    if (then == now) continue;
    text += fmt::format("{}{}: pinned {}, here {}", text.empty() ? "" : "; ", name, then.empty() ? "nothing" : then,
                        now.empty() ? "nothing" : now);
  }
  return text;
}

}  // namespace plimsoll::regress::gate
