// Runs a program with the ledger under it.
#pragma once

#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "trace/traced.hpp"

namespace plimsoll::regress {

struct TraceOptions {
  Tier tier = Tier::full;
  std::vector<std::string> preload;  // libraries to be preloaded beneath the tracer, such as an allocator
  std::filesystem::path library;     // the tracer; find_tracer() if empty
};

// libplimsoll_trace.so: $PLIMSOLL_TRACE_LIBRARY, or where it was installed or built, seen from this program. Empty if it is
// in neither place.
[[nodiscard]] std::filesystem::path find_tracer();

// Runs `command` (its first word is a path or found on PATH) until it ends, and returns what its processes reported of
// `module`. Its standard output goes to this process's standard error, its standard input and LD_PRELOAD are kept.
// Not thread-safe: SIGINT and SIGQUIT are left to the command meanwhile.
[[nodiscard]] std::expected<Trace, TraceFailure> trace_command(const std::vector<std::string>& command,
                                                               const std::filesystem::path& module,
                                                               const TraceOptions& options);

// The words of `command` behind its first that name WebAssembly files, each file once.
[[nodiscard]] std::vector<std::string> modules_among(std::span<const std::string> command);

}  // namespace plimsoll::regress
