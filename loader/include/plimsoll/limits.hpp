// Limits: how large the parts of a module may be before it is refused.
//
// The defaults are the implementation limits of the WebAssembly JavaScript API, which every browser shares, with two
// exceptions: the declared sizes of memories and tables are bounded by the core specification alone, because nothing is
// allocated for them when a module is loaded (a runtime that instantiates the module applies its own).
#pragma once

#include <cstdint>

namespace plimsoll {

// All counts are entries, all sizes bytes. Every limit is inclusive.
struct Limits {
  // No count of what a module keeps records of goes beyond this, whatever the limits say: it is what they have room for.
  static constexpr std::uint32_t most_entries = (1U << 23) - 2;

  // Nor do the parameters or results of a type, or the fields of a struct, go beyond these.
  static constexpr std::uint32_t most_values = 7'000;
  static constexpr std::uint32_t most_fields = 65'535;

  std::uint32_t module_size = 1U << 30;  // at most 4 GiB - 1: positions are 32-bit
  std::uint32_t types = 1'000'000;
  std::uint32_t rec_groups = 1'000'000;
  std::uint32_t rec_group_types = 1'000'000;
  std::uint32_t subtype_depth = 63;
  std::uint32_t functions = 1'000'000;  // defined ones
  std::uint32_t imports = 1'000'000;
  std::uint32_t exports = 1'000'000;
  std::uint32_t globals = 1'000'000;  // defined ones
  std::uint32_t tags = 1'000'000;     // defined ones
  std::uint32_t data_segments = 100'000;
  std::uint32_t element_segments = 100'000;          // no limit of the JavaScript API; as for data
  std::uint32_t tables = 100'000;                    // imported and defined
  std::uint32_t table_initial_entries = 10'000'000;  // entries of one element segment
  std::uint32_t memories = 100;                      // imported and defined
  std::uint32_t parameters = 1'000;
  std::uint32_t results = 1'000;
  std::uint32_t body_size = 7'654'321;  // local declarations included
  std::uint32_t locals = 50'000;        // parameters included
  std::uint32_t struct_fields = 10'000;
  std::uint32_t array_new_fixed = 10'000;
};

}  // namespace plimsoll
