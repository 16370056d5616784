// What tools say of a module in small custom sections of their own (the conventions of WebAssembly's tools: ProducersSection,
// Linking "Target Features Section", Debugging, BuildId).
// See custom_sections.hpp for what holds of all views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "plimsoll/custom_sections.hpp"

namespace plimsoll {

// A tool, language or SDK.
struct ProducerValue {
  std::uint32_t offset = 0;  // bytes, of the entry
  std::string_view name;
  std::string_view version;
};

// A field of `producers`: `language`, `processed-by` or `sdk`.
struct ProducerField {
  std::uint32_t offset = 0;  // bytes, of the field
  std::string_view name;
  EntryList<ProducerValue> values;
};

// The fields of the section `producers`; empty if it is another section. Constant time.
EntryList<ProducerField> producers(std::span<const std::byte> module, const CustomSection& section) noexcept;

// An entry of `target_features`.
struct TargetFeature {
  std::uint32_t offset = 0;  // bytes, of the prefix
  char prefix = 0;           // `+`: used; `-`: must not be used in what this is linked with; older tools also wrote `=`
  std::string_view name;     // `simd128`
};

// The entries of the section `target_features`; empty if it is another section. Constant time.
EntryList<TargetFeature> target_features(std::span<const std::byte> module, const CustomSection& section) noexcept;

// The URL in `sourceMappingURL` or `external_debug_info`; empty if it is another section. Linear in its length.
std::string_view section_url(std::span<const std::byte> module, const CustomSection& section) noexcept;

// The identity in `build_id`: any bytes. Empty if it is another section. Constant time.
std::span<const std::byte> build_id(std::span<const std::byte> module, const CustomSection& section) noexcept;

}  // namespace plimsoll
