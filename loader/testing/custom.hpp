// What the check of custom sections says of one section, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/custom_warnings.hpp"
#include "testing/assemble.hpp"
#include "testing/bytes.hpp"

namespace plimsoll::test {

using Strings = std::vector<std::string>;

// A custom section and the module around it, which must be valid with every feature on.
struct CustomCase {
  Bytes module;  // without the section
  std::string_view name;
  bool at_start = false;  // the section stands in front of all others, and not behind them

  // The bytes of the module with the section in it.
  [[nodiscard]] Bytes with(const Bytes& contents) const;
  // What the check says of it: `index_out_of_range+5 7/3` is the code, the offset from the section's contents, and the numbers
  // found and expected; `@` instead of an offset stands for the section itself. The bytes stand in a block of just their
  // size, so that a sanitizer sees a read past them.
  [[nodiscard]] Strings warnings(const Bytes& contents) const;
  // The lengths of those prefixes of the contents that the check has nothing against.
  [[nodiscard]] std::vector<std::size_t> silent_prefixes(const Bytes& contents) const;
  // Checks the section with each of its bytes replaced by each of a few others. Throws if a warning is outside of it.
  void mutate(const Bytes& contents) const;
};

// The same of a whole module, with offsets from its first byte: `misplaced_section@8`.
Strings warnings(const Bytes& module, const CustomCheckOptions& options = {});

}  // namespace plimsoll::test
