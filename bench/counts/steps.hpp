// Counts instructions one by one, which callgrind cannot do with those that it does not know.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace plimsoll::bench {

// How many instructions `act` takes, behind each of which the processor stops and this process counts: exact, some microseconds
// each, and some tens more for starting and ending. Nothing where that is not known how to do (Linux on x86-64). Not thread-safe.
std::optional<std::uint64_t> count_steps(const std::function<void()>& act);

}  // namespace plimsoll::bench
