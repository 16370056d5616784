// Loads a module through an engine's C API, recorded exactly.
#pragma once

#include <expected>
#include <filesystem>

#include "trace/traced.hpp"

namespace plimsoll::regress {

// Loads `module` with the engine in `library`, in a child process, so that what crashes is the child; after an empty module,
// so that what an engine sets up once is not counted. What the engine prints goes to standard error. This program has to
// link plimsoll_heap_hooks. Not thread-safe: it forks.
[[nodiscard]] std::expected<Trace, TraceFailure> trace_engine(const std::filesystem::path& library,
                                                              const std::filesystem::path& module, Tier tier);

}  // namespace plimsoll::regress
