// The table of features, and reading a list of them.
#include "plimsoll/features.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace plimsoll {
namespace {

constexpr std::array feature_rows = {
    FeatureRow{Feature::mutable_global, "mutable-global", 1, true, 5, "mutable globals imported and exported"},
    FeatureRow{Feature::saturating_float_to_int, "saturating-float-to-int", 2, true, 5, "trunc_sat conversions"},
    FeatureRow{Feature::sign_extension, "sign-extension", 2, true, 5, "extend8_s, extend16_s, extend32_s"},
    FeatureRow{Feature::multi_value, "multi-value", 2, true, 5, "several results; blocks with parameters"},
    FeatureRow{Feature::reference_types, "reference-types", 2, true, 5,
               "externref, several tables, table instructions"},
    FeatureRow{Feature::bulk_memory, "bulk-memory", 2, true, 5,
               "memory and table copy, fill and init; passive segments"},
    FeatureRow{Feature::simd, "simd", 2, true, 5, "v128 and its instructions"},
    FeatureRow{Feature::tail_call, "tail-call", 3, true, 5, "return_call and its kin"},
    FeatureRow{Feature::extended_const, "extended-const", 3, true, 5, "add, sub and mul in constant expressions"},
    FeatureRow{Feature::function_references, "function-references", 3, true, 5,
               "typed references to functions, call_ref"},
    FeatureRow{Feature::gc, "gc", 3, true, 5, "structs, arrays, i31, subtyping, recursive types"},
    FeatureRow{Feature::multi_memory, "multi-memory", 3, true, 5, "more than one memory"},
    FeatureRow{Feature::memory64, "memory64", 3, true, 5, "64-bit memories and tables"},
    FeatureRow{Feature::relaxed_simd, "relaxed-simd", 3, true, 5, "vector instructions with freedom in their results"},
    FeatureRow{Feature::exceptions, "exceptions", 3, true, 5, "tags, throw, try_table, exnref"},
    FeatureRow{Feature::threads, "threads", 0, true, 4, "shared memories and atomic instructions"},
    FeatureRow{Feature::legacy_exceptions, "legacy-exceptions", 0, true, 0,
               "try, catch, delegate, rethrow; tags and throw are of exceptions"},
    FeatureRow{Feature::wide_arithmetic, "wide-arithmetic", 0, false, 3, "128-bit sums and products of i64"},
    FeatureRow{Feature::custom_page_sizes, "custom-page-sizes", 0, false, 3, "memories with pages of one byte"},
    FeatureRow{Feature::custom_descriptors, "custom-descriptors", 0, false, 3,
               "descriptors of structs, and exact reference types"},
    FeatureRow{Feature::stack_switching, "stack-switching", 0, false, 3,
               "continuations: cont.new, resume, suspend, switch"},
    FeatureRow{Feature::shared_everything_threads, "shared-everything-threads", 0, false, 1,
               "shared functions, tables, globals and heap types, with atomic accesses"},
    FeatureRow{Feature::memory_control, "memory-control", 0, false, 1, "memory.discard"},
    FeatureRow{Feature::compact_imports, "compact-imports", 0, false, 3, "imports grouped by module, and by type"},
    FeatureRow{Feature::rounding_variants, "rounding-variants", 0, false, 2,
               "float arithmetic that rounds up, down or to zero"},
};

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
