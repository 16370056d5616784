// `plimsoll trace`: what it finds in programs and engines that are built for this, and what it says when there is nothing to
// find out.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "command/run_command.hpp"

namespace plimsoll::regress {
namespace {

using nlohmann::json;

const std::string traced_program = PLIMSOLL_TRACED_PROGRAM;

// Begins like a module; large enough for findings, and no part of it is like another.
std::string large_file(const std::string& beginning = empty_module) {
  std::mt19937 random(1);
  std::string bytes = beginning;
  while (bytes.size() < 200'000) bytes += static_cast<char>(random() >> 24);
  return bytes;
}

class TraceCommand : public testing::Test {
 protected:
  [[nodiscard]] Outcome trace(std::vector<std::string> options, const std::vector<std::string>& command,
                              const RunOptions& run = {}) const {
    options.insert(options.begin(), "trace");
    options.emplace_back("--");
    options.insert(options.end(), command.begin(), command.end());
    return run_command(options, run);
  }

  // One process and one load of it.
  [[nodiscard]] json load_of(const std::string& mode, const RunOptions& run = {}) const {
    const Outcome outcome = trace({"--json", "--module", file_}, {traced_program, mode, file_}, run);
    const json document = json::parse(outcome.out, nullptr, false);
    EXPECT_FALSE(document.is_discarded()) << mode << ": " << outcome.exit_code << " " << outcome.err;
    if (document.is_discarded()) return {};
    EXPECT_EQ(document.at("processes").size(), 1u) << mode << document.at("notes");
    EXPECT_EQ(document.at("processes").at(0).at("loads").size(), 1u) << mode;
    return document.at("processes").at(0).at("loads").at(0);
  }

  void expect_whole_copy(const std::string& mode) const {
    const json load = load_of(mode);
    if (load.is_null()) return;
    EXPECT_EQ(load.at("report").at("copied_bytes"), large_file().size()) << mode;
    EXPECT_EQ(load.at("findings").at(0).at("kind"), "raw copy") << mode;
    EXPECT_EQ(load.at("verdict"), "unknown");
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.write("large.wasm", large_file());
};

TEST_F(TraceCommand, ACopyIsFoundWithTheStackThatMadeIt) {
  const Outcome outcome = trace({}, {traced_program, "exit", file_});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(outcome.out.starts_with(file_ + ", 200,000 bytes, in " + traced_program + ", which opened it once"))
      << outcome.out;
  EXPECT_TRUE(outcome.out.contains("\nraw copy: 200,000 bytes of the module, 100 %")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("    (anonymous namespace)::read_all(int) (traced_program.cpp:")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("    main (traced_program.cpp:")) << outcome.out;
}

TEST_F(TraceCommand, HoweverAProcessEndsItIsReported) {
  for (const char* mode : {"main", "exit", "_exit", "_Exit", "quick_exit", "pthread_exit", "close-all", "threads"}) {
    expect_whole_copy(mode);
  }
}

TEST_F(TraceCommand, HoweverTheModuleIsReadItIsSeen) {
  expect_whole_copy("stream");
  expect_whole_copy("map-a-copy");
  RunOptions run;
  run.input_file = file_;
  EXPECT_EQ(load_of("stdin", run).at("report").at("copied_bytes"), large_file().size());
}

TEST_F(TraceCommand, AMappingOfTheModuleIsNoCopyAndSetsTheClock) {
  const json load = load_of("map");
  EXPECT_EQ(load.at("report").at("copied_bytes"), 0);
  EXPECT_EQ(load.at("report").at("clocked"), true);
  EXPECT_EQ(load.at("report").at("pages_touched"), (large_file().size() + 4095) / 4096);
  EXPECT_EQ(load.at("report").at("after"), large_file().size());
}

TEST_F(TraceCommand, AnInstrumentedProgramSaysWhereItsLoadsAre) {
  const Outcome outcome = trace({"--json"}, {traced_program, "ledger", file_});
  EXPECT_EQ(outcome.exit_code, 1);
  const json process = json::parse(outcome.out).at("processes").at(0);
  ASSERT_EQ(process.at("loads").size(), 2u);
  const json& valid = process.at("loads").at(0);
  const json& report = valid.at("report");
  EXPECT_EQ(valid.at("verdict"), "valid");
  EXPECT_EQ(valid.at("exact"), true);
  EXPECT_EQ(report.at("allocations"), 2);
  EXPECT_EQ(report.at("phases").at(1).at("name"), "decode");
  EXPECT_EQ(report.at("phases").at(2).at("total"), 100);
  EXPECT_EQ(report.at("clocked"), true);
  EXPECT_EQ(report.at("pages_touched"), report.at("pages"));
  EXPECT_EQ(report.at("accounted"), large_file().size());
  const json& rejected = process.at("loads").at(1);
  EXPECT_EQ(rejected.at("verdict"), "rejected");
  EXPECT_TRUE(rejected.at("findings").dump().contains("\"leak\"")) << rejected.at("findings");
  const auto text = trace({}, {traced_program, "ledger", file_}).out;
  EXPECT_TRUE(text.contains(traced_program + ": valid\n\nphase")) << text;
  EXPECT_TRUE(text.contains("D5 account      200,000 bytes")) << text;
}

TEST_F(TraceCommand, WithoutTheTracerAnInstrumentedProgramRunsAllTheSame) {
  const std::string command = traced_program + " ledger " + file_;
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2) << "begin says that nobody records, twice";
}

TEST_F(TraceCommand, AChildsLoadIsTheChilds) {
  expect_whole_copy("fork");
  expect_whole_copy("vfork");
  const Outcome outcome = trace({"--json"}, {traced_program, "fork-while-recorded", file_});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  const json document = json::parse(outcome.out);
  EXPECT_EQ(document.at("exit_status"), 0);
  EXPECT_EQ(document.at("processes").at(0).at("loads").size(), 1u);
}

TEST_F(TraceCommand, AProgramThatRunsOutOfMemoryStillCan) {
  const Outcome outcome = trace({}, {traced_program, "out-of-memory", file_});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.err, "");
}

TEST_F(TraceCommand, OpeningTwiceIsTold) {
  const Outcome outcome = trace({}, {traced_program, "twice", file_});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.contains("opened the module 2 times: recorded from the first time on")) << outcome.out;
}

TEST_F(TraceCommand, TheFastTierCountsOnly) {
  const Outcome outcome = trace({"--tier", "fast"}, {traced_program, "exit", file_});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.contains("1 allocation of 200,000 bytes")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("not searched for")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("no copies found")) << outcome.out;
}

TEST_F(TraceCommand, WhatTheProgramPrintsGoesToStandardErrorAndItsPreloadsStay) {
  RunOptions run;
  run.environment = {"LD_PRELOAD=libm.so.6"};
  const Outcome outcome = trace({"--preload", "libdl.so.2"}, {traced_program, "print", file_}, run);
  EXPECT_TRUE(outcome.err.ends_with("/libplimsoll_trace.so:libdl.so.2:libm.so.6\n")) << outcome.err;
  EXPECT_FALSE(outcome.out.contains("libdl")) << outcome.out;
}

TEST_F(TraceCommand, TheExitStatusOfTheCommandIsTold) {
  const Outcome outcome = trace({}, {traced_program, "status", file_});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.err.contains("traced_program ended with status 3")) << outcome.err;
}

TEST_F(TraceCommand, NobodyOpenedTheModuleIsFour) {
  const Outcome outcome = trace({}, {traced_program, "never", file_});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(outcome.err.contains(" never opened " + file_ + " (ended with status 0)")) << outcome.err;
}

TEST_F(TraceCommand, ACrashIsFive) {
  const std::vector<std::pair<const char*, const char*>> crashes = {
      {"crash", "signal 11 (Segmentation fault)"}, {"abort", "signal 6 (Aborted)"}, {"kill", "signal 9 (Killed)"}};
  for (const auto& [mode, reason] : crashes) {
    const Outcome outcome = trace({}, {traced_program, mode, file_});
    EXPECT_EQ(outcome.exit_code, 5) << mode;
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.contains(std::string("made no report: ended by ") + reason)) << outcome.err;
  }
}

TEST_F(TraceCommand, AnotherProgramByExecLeavesNoReport) {
  const Outcome outcome = trace({}, {traced_program, "exec", file_});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_TRUE(outcome.err.contains("made no report: it was killed, still runs, became another program by exec"))
      << outcome.err;
}

TEST_F(TraceCommand, WhatCannotBeTracedIsFour) {
  const auto expect = [&](const std::vector<std::string>& command, const std::string& reason) {
    const Outcome outcome = trace({"--module", file_}, command);
    EXPECT_EQ(outcome.exit_code, 4) << reason;
    EXPECT_TRUE(outcome.err.contains(reason)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  };
  expect({"no-such-program-anywhere"}, "no-such-program-anywhere: there is no such program on PATH");
  expect({"/no/such/program"}, "/no/such/program: there is no such program");
  expect({file_}, "it is not executable");
  expect({PLIMSOLL_STATIC_PROGRAM}, "static_program: it is a static binary: LD_PRELOAD has no effect on it");
  const Outcome missing = trace({"--module", "/no/such/file"}, {"true"});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_TRUE(missing.err.contains("/no/such/file is not a file that can be read")) << missing.err;
  const Outcome library = trace({"--preload", "/no/such/library.so"}, {traced_program, "exit", file_});
  EXPECT_EQ(library.exit_code, 4);
  EXPECT_TRUE(library.err.contains("/no/such/library.so: there is no such library")) << library.err;
  RunOptions run;
  run.environment = {"PLIMSOLL_TRACE_LIBRARY=/no/tracer.so"};
  const Outcome tracer = trace({}, {traced_program, "exit", file_}, run);
  EXPECT_EQ(tracer.exit_code, 4);
  EXPECT_TRUE(tracer.err.contains("the tracer /no/tracer.so is missing")) << tracer.err;
}

TEST_F(TraceCommand, WhichFileIsTheModuleHasToBeClear) {
  EXPECT_EQ(trace({}, {traced_program, "exit", "/etc/passwd"}).exit_code, 2);
  const auto other = folder_.write("other.wasm", empty_module);
  const Outcome two = trace({}, {traced_program, other, file_});
  EXPECT_EQ(two.exit_code, 2);
  EXPECT_TRUE(two.err.contains("are WebAssembly files: say which is meant")) << two.err;
  EXPECT_EQ(run_command({"trace"}).exit_code, 2);
  EXPECT_EQ(run_command({"trace", "--tier", "slow", "--", "true"}).exit_code, 2);
}

TEST_F(TraceCommand, NothingIsLeftBehind) {
  const TemporaryFolder empty;
  RunOptions run;
  run.environment = {"TMPDIR=" + empty.path().string()};
  EXPECT_EQ(trace({}, {traced_program, "kill", file_}, run).exit_code, 5);
  EXPECT_EQ(trace({}, {traced_program, "exit", file_}, run).exit_code, 1);
  EXPECT_TRUE(std::filesystem::is_empty(empty.path()));
}

class TraceEngine : public TraceCommand {
 protected:
  [[nodiscard]] static Outcome load(const std::string& file, const std::string& defect, bool as_json = false) {
    RunOptions run;
    run.environment = {"PLIMSOLL_TEST_ENGINE=" + defect};
    std::vector<std::string> arguments = {"trace", "--engine", PLIMSOLL_TEST_ENGINE, file};
    if (as_json) arguments.insert(arguments.begin() + 1, "--json");
    return run_command(arguments, run);
  }
};

TEST_F(TraceEngine, ACleanLoadIsZero) {
  const Outcome outcome = load(file_, "");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
  EXPECT_TRUE(outcome.out.contains("test_engine.so: valid\n")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("\nvalidate ") || outcome.out.contains("\nnew ")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("no copies found")) << outcome.out;
}

TEST_F(TraceEngine, PhasesVerdictAndClockAreExact) {
  const json document = json::parse(load(file_, "copy", true).out);
  const json& load = document.at("processes").at(0).at("loads").at(0);
  const json& report = load.at("report");
  EXPECT_EQ(load.at("verdict"), "valid");
  EXPECT_EQ(report.at("phases").at(1).at("name"), "validate");
  EXPECT_EQ(report.at("phases").at(2).at("name"), "new");
  EXPECT_EQ(report.at("allocations"), 2);
  EXPECT_EQ(report.at("copied_bytes"), large_file().size());
  EXPECT_EQ(report.at("clocked"), true);
  EXPECT_EQ(report.at("pages_touched"), report.at("pages"));
  // Not the first, where a sanitizer owns the heap.
  const auto stack = report.at("culprits").at(0).at("stack");
  EXPECT_TRUE(stack.dump().contains("\"function\":\"wasm_module_new\"")) << stack;
  EXPECT_EQ(load.at("findings").at(0).at("kind"), "raw copy");
}

TEST_F(TraceEngine, WhatARejectedModuleLeavesIsALeak) {
  const auto bad = folder_.write("bad.wasm", large_file("\1asm"));
  const Outcome outcome = load(bad, "leak");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.out.contains("test_engine.so: rejected\n")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains("\nleak: 200,000 bytes")) << outcome.out;
  EXPECT_EQ(load(bad, "").exit_code, 0);
}

TEST_F(TraceEngine, AnEngineThatCrashesIsFive) {
  const Outcome crash = load(file_, "crash");
  EXPECT_EQ(crash.exit_code, 5);
  EXPECT_TRUE(crash.err.contains("test_engine.so ")) << crash.err;
  const Outcome exit = load(file_, "exit");
  EXPECT_EQ(exit.exit_code, 5);
  EXPECT_TRUE(exit.err.contains("ended the process with status 7 instead of returning")) << exit.err;
}

TEST_F(TraceEngine, ALibraryThatIsNoEngineIsFour) {
  const Outcome none = run_command({"trace", "--engine", PLIMSOLL_NO_ENGINE, file_});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_TRUE(none.err.contains("it exports neither the WebAssembly C API")) << none.err;
  const Outcome missing = run_command({"trace", "--engine", "/no/such/engine.so", file_});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_TRUE(missing.err.contains("/no/such/engine.so")) << missing.err;
  EXPECT_EQ(run_command({"trace", "--engine", PLIMSOLL_TEST_ENGINE, "/no/such/file"}).exit_code, 4);
  EXPECT_EQ(run_command({"trace", "--engine", PLIMSOLL_TEST_ENGINE, file_, file_}).exit_code, 2);
}

// A module of one custom section, which every tool reads and none understands.
std::string module_with_custom_section() {
  const std::string content = "\1x" + large_file("");
  std::string size;
  for (std::size_t rest = content.size(); rest != 0; rest >>= 7) {
    size += static_cast<char>((rest & 0x7F) | (rest >> 7 != 0 ? 0x80 : 0));
  }
  return empty_module + '\0' + size + content;
}

// Programs that others have built. Each reads all of the file into memory, at least once.
TEST_F(TraceCommand, ToolsOfOthers) {
  const std::string module = module_with_custom_section();
  const auto file = folder_.write("custom.wasm", module);
  const std::vector<std::vector<std::string>> commands = {
      {"wasm-validate", file},
      {"wasm-objdump", "-h", file},
      {"wasm-opt", file, "-o", "/dev/null"},
      {"node", "-e", "new WebAssembly.Module(require('fs').readFileSync('" + file + "'))"}};
  std::string missing;
  for (const auto& command : commands) {
    if (std::system(("command -v " + command.front() + " >/dev/null").c_str()) != 0) {
      missing += " " + command.front();
      continue;
    }
    const Outcome outcome = trace({"--json", "--module", file}, command);
    EXPECT_EQ(outcome.exit_code, 1) << command.front() << ": " << outcome.err;
    const json document = json::parse(outcome.out, nullptr, false);
    ASSERT_FALSE(document.is_discarded()) << command.front() << ": " << outcome.err;
    EXPECT_EQ(document.at("exit_status"), 0) << command.front();
    const json load = document.at("processes").at(0).at("loads").at(0);
    EXPECT_EQ(load.at("report").at("copied_bytes"), module.size()) << command.front();
    EXPECT_FALSE(load.at("report").at("culprits").empty()) << command.front();
  }
  if (!missing.empty()) GTEST_SKIP() << "not here:" << missing << "; ci/setup test installs them";
}

// Beneath another allocator the same is found; which is there depends on the machine.
TEST_F(TraceCommand, OtherAllocatorsBeneathTheTracer) {
  const std::vector<std::string> allocators = {"libjemalloc.so.2", "libmimalloc.so.2.0", "libtcmalloc_minimal.so.4"};
  int found = 0;
  for (const std::string& allocator : allocators) {
    const std::string path = "/usr/lib/x86_64-linux-gnu/" + allocator;
    if (!std::filesystem::exists(path)) continue;
    ++found;
    for (const char* mode : {"exit", "stream", "out-of-memory", "threads"}) {
      const Outcome outcome = trace({"--json", "--preload", path}, {traced_program, mode, file_});
      EXPECT_EQ(outcome.exit_code, 1) << allocator << " " << mode << outcome.err;
      const json document = json::parse(outcome.out, nullptr, false);
      ASSERT_FALSE(document.is_discarded()) << allocator << " " << mode;
      const json report = document.at("processes").at(0).at("loads").at(0).at("report");
      EXPECT_EQ(report.at("copied_bytes"), large_file().size()) << allocator << " " << mode;
    }
  }
  if (found == 0)
    GTEST_SKIP() << "no other allocator here; ci/setup installs libjemalloc2, libmimalloc2.0, libtcmalloc-minimal4";
}

}  // namespace
}  // namespace plimsoll::regress
