// What a load answered, in a form that outlives it and can be compared: the error, or all that can be reached from the Module.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "plimsoll/load.hpp"
#include "properties/walk.hpp"

namespace plimsoll::fuzz {

struct Answer {
  std::optional<Error> error;          // none: valid
  regress::properties::Walked walked;  // of a valid module; of no other anything

  [[nodiscard]] bool valid() const noexcept { return !error; }
  friend bool operator==(const Answer&, const Answer&) = default;
};

// Walks the Module if there is one. A walk that finds something wrong breaks the oracle `walk`. Linear in the module.
[[nodiscard]] Answer answer_of(const LoadResult& loaded);

// `valid, 12 bodies, ...` or `type_mismatch at 0x1f: type mismatch: ...`.
[[nodiscard]] std::string to_string(const Answer& answer);

// Both must be the same; `how` says in what way `found` was loaded. Breaks `oracle`.
void require_same(std::string_view oracle, std::string_view how, const Answer& found, const Answer& expected);

// Loads with every feature, or with some, and with defaults otherwise.
[[nodiscard]] Options options_with(Features features, std::pmr::memory_resource* memory = nullptr);
[[nodiscard]] Options all_features(std::pmr::memory_resource* memory = nullptr);

}  // namespace plimsoll::fuzz
