// Features: groups, and reading a list of them.
#include "plimsoll/features.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "bytes/feature_rows.hpp"

namespace plimsoll {
namespace {

// Features that build on another one: that one's own base, if it has one, stands before it.
constexpr std::pair<Feature, Feature> bases[] = {
    {Feature::relaxed_simd, Feature::simd},
};

template <class Predicate>
constexpr Features select(Predicate wanted) noexcept {
  Features set;
  for (const FeatureRow& row : feature_rows)
    if (wanted(row)) set.add(row.feature);
  return set;
}

constexpr Features up_to(unsigned version) noexcept {
  return select([version](const FeatureRow& row) { return row.since != 0 && row.since <= version; });
}

struct Group {
  std::string_view name;
  Features set;
};

constexpr std::array groups = {
    Group{"mvp", Features{}},
    Group{"wasm1", up_to(1)},
    Group{"wasm2", up_to(2)},
    Group{"wasm3", up_to(3)},
    Group{"browsers", select([](const FeatureRow& row) { return row.browsers; })},
    Group{"default", select([](const FeatureRow& row) { return row.browsers; })},
    Group{"all", select([](const FeatureRow&) { return true; })},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < feature_rows.size(); ++i)
    if (static_cast<std::size_t>(feature_rows[i].feature) != i + 1) return false;
  return true;
}
static_assert(in_order(), "one row per feature, in the order of the enumeration");

bool apply(std::string_view word, Features& set) noexcept {
  for (const Group& group : groups)
    if (word == group.name) {
      set = group.set;
      return true;
    }
  const bool off = word.starts_with('-');
  if (off) word.remove_prefix(1);
  for (const FeatureRow& row : feature_rows)
    if (word == row.name) {
      if (off)
        set.remove(row.feature);
      else
        set.add(row.feature);
      return true;
    }
  return false;
}

}  // namespace

std::span<const FeatureRow> feature_table() noexcept { return feature_rows; }

std::string_view name(Feature feature) noexcept {
  const auto index = static_cast<std::size_t>(feature);
  return index == 0 || index > feature_rows.size() ? "mvp" : feature_rows[index - 1].name;
}

Features Features::wasm1() noexcept { return groups[1].set; }
Features Features::wasm2() noexcept { return groups[2].set; }
Features Features::wasm3() noexcept { return groups[3].set; }
Features Features::browsers() noexcept { return groups[4].set; }
Features Features::all() noexcept { return groups[6].set; }

Feature base_of(Feature feature) noexcept {
  for (const auto& [built, base] : bases)
    if (built == feature) return base;
  return Feature::none;
}

Features Features::usable() const noexcept {
  Features set = *this;
  for (const auto& [built, base] : bases)
    if (!set.has(base)) set.remove(built);
  return set;
}

std::expected<Features, std::string_view> Features::parse(std::string_view list, Features start) noexcept {
  Features set = start;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view word = list.substr(0, comma);
    if (!word.empty() && !apply(word, set)) return std::unexpected(word);
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return set;
}

}  // namespace plimsoll
