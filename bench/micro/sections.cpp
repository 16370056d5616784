// What each section of a module adds to its load.
//
// A load goes through the sections in the order of the file, so the module is loaded up to the section and up to its
// end, in turns, and the difference of the two times is the section's. Most of these parts are refused when they end,
// because bodies are missing; but that comes after all sections and costs the same with and without.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "micro/benches.hpp"
#include "plimsoll/plimsoll.hpp"
#include "server/protocol.hpp"

namespace plimsoll::bench {
namespace {

double time_of_load(std::span<const std::byte> bytes) {
  return 1e-9 * static_cast<double>(time(1, [&] { (void)load(BorrowedBytes(bytes)); }).cpu);
}

void measure(benchmark::State& state, const ModuleFile& file, std::uint32_t begin, std::uint32_t end) {
  const auto bytes = std::span(file.bytes);
  double without = 0;
  double with = 0;
  double told = 0;
  for (auto _ : state) {
    without += time_of_load(bytes.first(begin));
    with += time_of_load(bytes.first(end));
    // Of one iteration the difference may well be less than nothing, which the next ones make up for.
    const double more = std::max(with - without - told, 0.0);
    state.SetIterationTime(more);
    told += more;
  }
  count_bytes(state, end - begin);
  double whole = time_of_load(bytes);
  for (int i = 0; i < 3; ++i) whole = std::min(whole, time_of_load(bytes));
  state.counters["of_whole"] = told / static_cast<double>(state.iterations()) / whole;
}

// As many as fit into some tenths of a second: a difference may be nothing, and Google Benchmark would go on for ever.
std::int64_t iterations(const ModuleFile& file, std::uint32_t end) {
  constexpr double seconds = 0.3;
  const auto bytes = std::span(file.bytes).first(end);
  (void)time_of_load(bytes);
  return std::clamp(static_cast<std::int64_t>(seconds / 2 / std::max(time_of_load(bytes), 1e-7)), std::int64_t{10},
                    std::int64_t{20'000});
}

}  // namespace

void register_sections(const Modules& modules) {
  for (const auto& module : modules) {
    SectionWalk walk(module->bytes);
    for (Section section; walk.next(section);) {
      if (section.id == SectionId::custom) continue;
      const std::uint32_t end = section.payload.offset + section.payload.size;
      std::string name =
          "section/" + std::string(section_name(static_cast<std::uint8_t>(section.id))) + "/" + module->name;
      std::ranges::replace(name, ' ', '_');
      benchmark::RegisterBenchmark(
          name.c_str(),
          [module, section, end](benchmark::State& state) { measure(state, *module, section.offset, end); })
          ->UseManualTime()
          ->Iterations(iterations(*module, end));
    }
  }
}

}  // namespace plimsoll::bench
