// Features: which parts of WebAssembly a load accepts, as data.
//
// The names and the list syntax are those of wasm-tools (`wasm3,-gc,threads`), so that a list can be carried from one
// tool to the other. The groups wasm1, wasm2 and wasm3 hold exactly what the specification's versions 1.0, 2.0 and 3.0
// hold; `browsers` is what browsers ship and the default everywhere.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace plimsoll {

enum class Feature : std::uint8_t {
  none,  // always on: what the first version of WebAssembly had
  mutable_global,
  saturating_float_to_int,
  sign_extension,
  multi_value,
  reference_types,
  bulk_memory,
  simd,
  tail_call,
  extended_const,
  function_references,
  gc,
  multi_memory,
  memory64,
  relaxed_simd,
  exceptions,
  threads,
  legacy_exceptions,
  wide_arithmetic,
  custom_page_sizes,
  custom_descriptors,
  stack_switching,
  shared_everything_threads,
  memory_control,
  compact_imports,
  rounding_variants,
};

// What is known of one feature.
struct FeatureRow {
  Feature feature;
  std::string_view name;     // as in a feature list
  std::uint8_t since;        // version of the specification that has it (1, 2, 3), 0: none
  bool browsers;             // shipped by browsers
  std::uint8_t phase;        // of the proposal, 1 to 5; 5: in a version of the specification; 0: withdrawn
  std::string_view summary;  // what it adds, in a few words
};

// Every feature but `none`, in the order of the enumeration. Static storage; thread-safe.
std::span<const FeatureRow> feature_table() noexcept;

// The name of `feature` as it stands in a feature list. Static storage; thread-safe; never empty.
std::string_view name(Feature feature) noexcept;

// The feature that `feature` builds on and is of no use without, or `none`. Thread-safe.
Feature base_of(Feature feature) noexcept;

// A set of features. A small value type: copying it copies eight bytes.
class Features {
 public:
  constexpr Features() = default;

  // The groups. `mvp` is empty; wasm1, wasm2, wasm3 are the specification's versions; `browsers` is wasm3 with threads
  // and legacy exceptions; `all` is everything this version of Plimsoll knows.
  static Features mvp() noexcept { return {}; }
  static Features wasm1() noexcept;
  static Features wasm2() noexcept;
  static Features wasm3() noexcept;
  static Features browsers() noexcept;
  static Features all() noexcept;

  // Reads a comma-separated list, left to right: a group's name replaces the set, `x` adds, `-x` removes. The list starts
  // from `start`. Returns the word that is not known (a view into `list`) on failure. Linear in the list.
  static std::expected<Features, std::string_view> parse(std::string_view list, Features start) noexcept;

  [[nodiscard]] constexpr bool has(Feature feature) const noexcept { return (bits_ >> index(feature) & 1U) != 0; }
  constexpr Features& add(Feature feature) noexcept {
    bits_ |= std::uint64_t{1} << index(feature);
    return *this;
  }
  constexpr Features& remove(Feature feature) noexcept {
    bits_ &= ~(std::uint64_t{1} << index(feature)) | 1U;
    return *this;
  }

  // The set without the features that are of no use in it, because one that they build on is off.
  [[nodiscard]] Features usable() const noexcept;

  // One bit a feature, at the enumeration's value; bit 0 is always set.
  [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }
  friend constexpr bool operator==(Features, Features) = default;

 private:
  static constexpr unsigned index(Feature feature) noexcept { return static_cast<unsigned>(feature); }
  std::uint64_t bits_ = 1;
};

}  // namespace plimsoll
