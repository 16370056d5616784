// Breaks one rule of the specification on purpose in a valid module, so that the result is certainly malformed or invalid, whatever
// else is in it: an oracle that needs no second opinion.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "encode/leb.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::fuzz {

struct Broken {
  Bytes module;
  Features features;      // to load it with: those that were given, or without one whose instruction is in it now
  std::string_view rule;  // what was broken, in a few words; static storage
  std::span<const ErrorCode> codes;  // one of them must be the answer; static storage
};

// Chooses a rule and a place by the entropy: the same bytes, features and entropy break the same. Nothing if `module` is not valid with
// the features. Linear in the module; thread-safe; throws only std::bad_alloc.
[[nodiscard]] std::optional<Broken> break_rule(std::span<const std::byte> module, Features features,
                                               std::span<const std::byte> entropy);

// The rules there are.
[[nodiscard]] std::size_t breakable_rule_count();
[[nodiscard]] std::string_view breakable_rule(std::size_t number);

}  // namespace plimsoll::fuzz
