// What is wrong in custom sections. It never makes a module invalid; who reads the sections may care.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory_resource>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "plimsoll/custom_sections.hpp"
#include "plimsoll/error.hpp"

namespace plimsoll {

// One code per reason.
enum class WarningCode : std::uint8_t {
  // The bytes do not follow the format; what follows them in the same part is not looked at.
  unexpected_end,
  length_out_of_bounds,
  bad_integer,
  trailing_bytes,
  bad_utf8,
  unknown_kind,
  unsupported_version,
  // Sections and their parts are not where they should be.
  duplicate_section,
  misplaced_section,
  unknown_subsection,
  duplicate_subsection,
  subsection_out_of_order,
  // Indices, names, counts and ranges.
  index_out_of_range,
  index_out_of_order,
  duplicate_index,
  unknown_name,
  duplicate_name,
  count_mismatch,
  out_of_bounds,
  // Linking.
  bad_flags,
  bad_alignment,
  import_mismatch,
  wrong_section,
  wrong_symbol,
  relocation_out_of_order,
  relocation_across,
  relocation_not_padded,
  // Hints.
  hint_not_at_instruction,
  hint_at_wrong_instruction,
  bad_hint_size,
  bad_hint_value,
  // Compiled code.
  address_out_of_range,
};

// The code's own name (`bad_utf8`), stable across releases. Static storage.
std::string_view name(WarningCode code) noexcept;

// The wording of a code. Static storage.
std::string_view message(WarningCode code) noexcept;

// What the numbers in a warning are.
enum class WarningDetail : std::uint8_t {
  none,
  index,  // `found` is an index, `expected` the number of entries there are
  value,  // `found` is what stands there
  limit,  // `found` is larger than `expected`
};

// A plain value. `section` looks into the module's bytes.
struct CustomWarning {
  WarningCode code = WarningCode::unexpected_end;
  CustomKind kind = CustomKind::other;
  WarningDetail detail = WarningDetail::none;
  std::uint32_t offset = 0;          // bytes from the start of the module to the offending byte
  std::uint32_t section_index = 0;   // among all sections of the module
  std::uint32_t section_offset = 0;  // bytes, of the section's id
  std::string_view section = {};     // its name
  std::uint64_t found = 0;
  std::uint64_t expected = 0;
};

// One line for people: the section, the wording, and the numbers. Does not repeat the offset. The section's name stands in it
// as it is, so whoever prints it on a terminal escapes control characters. Linear in its own length; throws only
// std::bad_alloc.
std::string describe(const CustomWarning& warning);

// Who is told of warnings: anything that can be called with one and says whether to go on. Refers to it and does not own it.
class WarningSink {
 public:
  template <class Call>
    requires(!std::is_same_v<std::remove_cvref_t<Call>, WarningSink> &&
             std::is_invocable_r_v<bool, Call&, const CustomWarning&>)
  WarningSink(Call&& call) noexcept  // NOLINT(google-explicit-constructor): a lambda is passed as it is
      : object_(const_cast<void*>(static_cast<const void*>(&call))),
        call_([](void* object, const CustomWarning& warning) -> bool {
          return (*static_cast<std::remove_reference_t<Call>*>(object))(warning);
        }) {}
  bool operator()(const CustomWarning& warning) const { return call_(object_, warning); }

 private:
  void* object_;
  bool (*call_)(void*, const CustomWarning&);
};

struct CustomCheckOptions {
  std::size_t most = 1'000;  // warnings; the check ends with this many
  // For what a check must remember; at most 8 bytes per byte of the module, mostly far less, and given back when it ends.
  std::pmr::memory_resource* memory = std::pmr::new_delete_resource();
};

// Checks every custom section that is known, and tells `sink` what is wrong, section by section in the order of the file; in
// one section mostly in the order of its bytes. Of several sections that may stand once only the first is looked into.
// Ends when the sink returns false. The sink may throw std::bad_alloc and nothing else.
// Returns the number of warnings; fails with out_of_memory only. Thread-safe. Linear in the size of the module, but that a
// relocation takes the logarithm of the number of functions or segments to find the one it is in. Names of producers and
// target features are compared with the first 64 only.
std::expected<std::size_t, Error> check_custom_sections(const Module& module, WarningSink sink,
                                                        const CustomCheckOptions& options = {}) noexcept;

// The same into a vector, whose memory comes from `options.memory` too.
std::expected<std::pmr::vector<CustomWarning>, Error> custom_warnings(const Module& module,
                                                                      const CustomCheckOptions& options = {}) noexcept;

}  // namespace plimsoll
