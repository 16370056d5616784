// Fuzz target: bytes become a valid module by the smith, one rule is broken in it on purpose, and a load must refuse it for that very
// reason. The first 64 bytes choose the rule and the place, the others make the module. Oracles: broken, and those of load_recorded.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "mutate/break_rule.hpp"
#include "oracles/cost.hpp"
#include "oracles/require.hpp"
#include "smith/smith.hpp"

namespace {

using namespace plimsoll;

// Every feature, or what a version has, where other encodings are right and other errors.
const fuzz::Smith& smith_of(std::size_t choice) {
  static const fuzz::Smith smiths[] = {
      fuzz::Smith({Features::all(), 4096}),   fuzz::Smith({Features::browsers(), 4096}),
      fuzz::Smith({Features::wasm3(), 4096}), fuzz::Smith({Features::wasm2(), 4096}),
      fuzz::Smith({Features::wasm1(), 4096}), fuzz::Smith({Features::mvp(), 4096}),
  };
  return smiths[choice < 200 ? 0 : choice % std::size(smiths)];
}

std::string names_of(std::span<const ErrorCode> codes) {
  std::string names;
  for (const ErrorCode code : codes) names.append(names.empty() ? "" : " or ").append(name(code));
  return names;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  const auto choices = input.first(std::min<std::size_t>(size, 64));
  const fuzz::Smith& smith = smith_of(size == 0 ? 0 : data[0]);
  const auto broken = fuzz::break_rule(smith.make(input.subspan(choices.size())), smith.features(),
                                       choices.subspan(choices.empty() ? 0 : 1));
  // What is not valid is smith_fuzzer's finding.
  if (!broken) return 0;
  const fuzz::Answer answer = fuzz::load_recorded(broken->module, fuzz::options_with(broken->features));
  const bool refused = answer.error && std::ranges::find(broken->codes, answer.error->code) != broken->codes.end();
  if (!refused)
    fuzz::broken("broken", std::string("a module that breaks the rule of ").append(broken->rule), to_string(answer),
                 names_of(broken->codes));
  return 0;
}
