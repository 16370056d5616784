// The work whose instructions the speed gate counts (counts.mjs runs this under callgrind, which counts in
// plimsoll_counted alone and writes its counts whenever that returns). Everything is done once before, uncounted, so
// that what happens once in a process is over.
//
//   bench_counts FILE... -- FILE...     those behind -- are loaded in the first mode only
//   bench_counts --steps FILE...        counts by itself what callgrind cannot: loads with AVX-512
//
// Prints `key`, a tab and what the counts depend on; then, in the order of the counts, a line for each benchmark of
// each module: its name, the file, and how many instructions the bodies of the module have. With --steps no key, and at the end
// of each line the count; no lines where the processor has no AVX-512.
#include <cstdint>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

#include "counts/steps.hpp"
#include "plimsoll/plimsoll.hpp"
#include "server/modes.hpp"
#include "server/protocol.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::bench;

struct Job {
  const Mode* mode = nullptr;  // null: decoding only
  Options options;
  const Input* input = nullptr;
  const Module* module = nullptr;
};

std::uint64_t decode(const Module& module) {
  std::uint64_t instructions = 0;
  for (std::uint32_t i = 0; i < module.bodies().size(); ++i) {
    InstructionReader reader = module.body(i).instructions();
    Instruction instruction;
    while (reader.next(instruction)) ++instructions;
  }
  return instructions;
}

void act(const Job& job) {
  if (job.mode == nullptr) {
    decode(*job.module);
  } else {
    job.mode->load(*job.input, job.options);
  }
}

}  // namespace

// What callgrind is told by name.
extern "C" [[gnu::noinline]] void plimsoll_counted(const void* job) {
  act(*static_cast<const Job*>(job));
  asm volatile("" : : : "memory");  // no tail call: it would have returned before the work
}

namespace {

void count(std::string_view name, const Job& job, std::uint64_t opcodes) {
  act(job);
  plimsoll_counted(&job);
  std::cout << name << '\t' << job.input->file << '\t' << opcodes << '\n';
}

std::string key() {
  std::string text;
#ifdef __clang__
  text += "compiler=clang-" + std::to_string(__clang_major__);
#else
  text += "compiler=gcc-" + std::to_string(__GNUC__);
#endif
#ifdef _GLIBCXX_RELEASE
  text += " stdlib=libstdc++-" + std::to_string(_GLIBCXX_RELEASE);
#endif
#ifdef __x86_64__
  text += __builtin_cpu_supports("avx2") ? " machine=x86_64-avx2" : " machine=x86_64";
#endif
#ifdef NDEBUG
  text += " asserts=off";
#endif
  return text;
}

// Calls `use` with a module, its bytes, and how many instructions its bodies have. Says why not, if not.
template <class Use>
bool with_module(const std::string& file, Use use) {
  const auto bytes = read_file(file);
  if (!bytes) {
    std::cerr << "bench_counts: " << bytes.error() << '\n';
    return false;
  }
  const auto module = load(BorrowedBytes(*bytes));
  if (!module) {
    std::cerr << "bench_counts: " << file << ": " << describe(module.error()) << '\n';
    return false;
  }
  use(Input{*bytes, file}, **module, decode(**module));
  return true;
}

bool has_avx512() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512vbmi2") != 0;
#else
  return false;
#endif
}

void count_with_avx512(const Input& input, std::uint64_t opcodes) {
  const auto act = [&] { modes().front().load(input, {}); };
  act();
  if (const auto steps = count_steps(act))
    std::cout << "avx512\t" << input.file << '\t' << opcodes << '\t' << *steps << '\n';
}

// All benchmarks of a module, or the first.
void count_all(const Input& input, const Module& module, std::uint64_t opcodes, bool all) {
  for (const Mode& mode : modes().first(all ? modes().size() : 1)) {
    // The same whatever the processor can; a mode that is for one of these things says so.
    Options options;
    options.bodies = BodyPath::portable;
    if (mode.counted && mode.prepare(options)) count(mode.name, {&mode, options, &input, nullptr}, opcodes);
  }
  if (all) count("decode", {nullptr, {}, &input, &module}, opcodes);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: bench_counts FILE... [-- FILE...]\n       bench_counts --steps FILE...\n"
                 "Loads and decodes modules, for ci/speed-gate to count.\n";
    return 2;
  }
  std::span files = std::span(argv, static_cast<std::size_t>(argc)).subspan(1);
  const bool steps = files.front() == std::string_view("--steps");
  if (steps)
    files = files.subspan(has_avx512() ? 1 : files.size());
  else
    std::cout << "key\t" << key() << '\n';
  bool all = true;
  for (const std::string file : files) {
    const auto use = [&](const Input& input, const Module& module, std::uint64_t opcodes) {
      steps ? count_with_avx512(input, opcodes) : count_all(input, module, opcodes, all);
    };
    if (!steps && file == "--") {
      all = false;
    } else if (!with_module(file, use)) {
      return 1;
    }
  }
  return std::cout.good() ? 0 : 1;
}
