// Modules of the smith for a second opinion: each with features of its own, so that every proposal comes alone and with others.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "differential/comparison.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::regress::differential {

// The features of the smith's module number `number`, of which there are four kinds in turn: a version's or everything there
// is; one feature with those that it needs; all but one; any. `offered` bounds all but the first kind. The same everywhere.
[[nodiscard]] Features smith_features(std::uint64_t seed, std::uint64_t number, Features offered);

// That module: valid with those features. The same everywhere.
[[nodiscard]] Bytes smith_module(std::uint64_t seed, std::uint64_t number, Features features);

// A module of the smith that Plimsoll refuses.
struct Refusal {
  std::uint64_t number = 0;
  Features features;
  Error error;
  Bytes bytes;
};

struct SmithFigures {
  std::uint64_t modules = 0;
  std::uint64_t bytes = 0;
  std::uint64_t alone = 0;        // of them, judged by Plimsoll alone: they need what no peer has
  std::uint64_t refused = 0;      // by Plimsoll
  std::vector<Refusal> refusals;  // the first 100
};

// Makes modules `first` to `first + count`, loads each with its features, and asks every peer of those that are valid with the
// features that the peer has. Origins are `smith NUMBER`.
void compare_smith(std::uint64_t seed, std::uint64_t first, std::uint64_t count, Comparison& comparison,
                   SmithFigures& figures);

}  // namespace plimsoll::regress::differential
