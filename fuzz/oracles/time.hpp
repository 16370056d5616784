// The oracle `time`: a load takes time linear in its input. What a byte may take is measured in this very process, on modules that
// cost what usual ones do, so that it holds for any build and any sanitizer: and then a factor that only what is not linear reaches.
#pragma once

#include <cstdint>
#include <span>

#include "oracles/answer.hpp"

namespace plimsoll::fuzz {

// Loads and breaks `time` if that takes too long, five times in a row. Counts the time of this thread alone, so another process does
// not matter. Modules with long lists of types may be slower (plimsoll/load.hpp); the factor grows with the longest.
LoadResult load_timed(std::span<const std::byte> bytes, const Options& options);

}  // namespace plimsoll::fuzz
