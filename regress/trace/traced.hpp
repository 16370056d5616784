// What came out of tracing a program or an engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ledger/findings.hpp"
#include "ledger/recording.hpp"

namespace plimsoll::regress {

// What is recorded: `fast` costs little and counts, `full` searches memory for copies too.
enum class Tier : std::uint8_t { fast, full };

// One load, or what a process did since it opened the module.
struct TracedLoad {
  Report report;
  Verdict verdict = Verdict::unknown;
  bool exact = false;  // begin and end were told, by plimsoll_ledger.h or since the engine was called by us
};

struct TracedProcess {
  int id = 0;
  std::string program;       // path of the executable, or of the engine's library
  std::uint32_t opened = 0;  // how often it opened the module
  std::string refused;       // why it was not recorded, if so
  std::vector<TracedLoad> loads;
};

struct Trace {
  std::filesystem::path module;
  std::vector<TracedProcess> processes;  // those that opened the module or told of loads, in order of their start
  std::uint32_t started = 0;       // how many processes had the tracer, those that never opened the module included
  int exit_status = 0;             // of the command
  int signal = 0;                  // that ended it, or 0
  std::vector<std::string> notes;  // what was not seen, and what should be known; a sentence each
};

// There is nothing to show.
struct TraceFailure {
  enum class Kind : std::uint8_t {
    unusable,      // module, command, library or tracer is missing or cannot be traced; nothing was run
    never_opened,  // the command ran, but nobody opened the module
    crashed,       // it opened the module, but ended before it could report
  };
  Kind kind = Kind::unusable;
  std::string message;  // one or two sentences
};

}  // namespace plimsoll::regress
