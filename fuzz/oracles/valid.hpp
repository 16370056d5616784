// The oracle `valid`: what the loader calls valid is looked at again, by other code. Every number is read bit by bit, every index
// compared with what it counts, every rule that can be said without types is asked for once more: sections that are used up,
// duplicates, limits, declared functions, the data count, alignments, offsets, lanes, labels, what is mutable, which local has a
// value. And the oracle `types`: whether the module and plain_types.hpp agree on types.
//
// What it does not do is type the operands of instructions: that a rule there is too lax is for the target broken_fuzzer to find.
#pragma once

#include "oracles/plain_types.hpp"
#include "plimsoll/module.hpp"

namespace plimsoll::fuzz {

// Breaks `valid` or `types`. Slower than a load by far; linear but for what plain_types.hpp does.
void require_valid(const Module& module);

// The part of it that is about the instructions of function bodies and constant expressions (valid_bodies.cpp).
void require_valid_bodies(const Module& module, const PlainTypes& types);

}  // namespace plimsoll::fuzz
