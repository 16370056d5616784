// Cuts a module down to what is needed for something to hold of it.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "mutate/module_tree.hpp"

namespace plimsoll::fuzz {

// Whether what is looked for holds of these bytes. It must hold of the module that is cut down.
using Interesting = std::function<bool(std::span<const std::byte>)>;

// Returns a module of which it holds still, no larger: without the sections, entries, types, bodies, instructions, list entries
// and bytes that it does not need, and with numbers and bytes that are 0 where they may be. Asks at most `most_questions` times.
[[nodiscard]] Bytes minimize(Bytes module, const Interesting& interesting, std::size_t most_questions = 20'000);

}  // namespace plimsoll::fuzz
