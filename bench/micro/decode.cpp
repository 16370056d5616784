// Decoding only, of all bodies: what a validator would take if types came for nothing. `decode` is an
// InstructionReader, which hands out every immediate, checked; `floor/decode` only finds out where instructions begin
// (skip.hpp).
#include <cstdint>
#include <span>

#include "micro/benches.hpp"
#include "micro/skip.hpp"
#include "plimsoll/plimsoll.hpp"

namespace plimsoll::bench {
namespace {

struct Walked {
  std::int64_t instructions = 0;
  std::size_t bytes = 0;
  friend bool operator==(const Walked&, const Walked&) = default;
};

Walked read(const Module& module) {
  Walked walked;
  for (std::uint32_t i = 0; i < module.bodies().size(); ++i) {
    const FunctionBody body = module.body(i);
    InstructionReader reader = body.instructions();
    Instruction instruction;
    while (reader.next(instruction)) ++walked.instructions;
    walked.bytes += body.expression().size;
  }
  return walked;
}

Walked skip_all(const Module& module) {
  Walked walked;
  const auto* const base = reinterpret_cast<const std::uint8_t*>(module.bytes().data());
  for (std::uint32_t i = 0; i < module.bodies().size(); ++i) {
    const ByteRange code = module.body(i).expression();
    const std::uint8_t* const end = base + code.offset + code.size;
    const std::uint8_t* at = base + code.offset;
    for (; at < end; at = skip(at, end)) ++walked.instructions;
    walked.bytes += static_cast<std::size_t>(at - (base + code.offset));
  }
  return walked;
}

template <class Walk>
void measure(benchmark::State& state, const ModuleFile& file, Walk walk) {
  const auto loaded = load(BorrowedBytes(file.bytes));
  const Walked expected = read(**loaded);
  Walked walked;
  for (auto _ : state) {
    walked = walk(**loaded);
    benchmark::DoNotOptimize(walked);
  }
  if (walked != expected) state.SkipWithError("found other instructions than InstructionReader");
  count_bytes(state, walked.bytes);
  state.SetItemsProcessed(state.iterations() * walked.instructions);
}

}  // namespace

void register_decode(const Modules& modules) {
  for (const auto& module : modules) {
    benchmark::RegisterBenchmark(("floor/decode/" + module->name).c_str(),
                                 [module](benchmark::State& state) { measure(state, *module, skip_all); });
    benchmark::RegisterBenchmark(("decode/" + module->name).c_str(),
                                 [module](benchmark::State& state) { measure(state, *module, read); });
  }
}

}  // namespace plimsoll::bench
