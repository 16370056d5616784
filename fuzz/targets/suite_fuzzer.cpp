// Fuzz target: the reader of official suites (suite/suite.hpp): nothing of a suite is trusted. Whatever the JSON says, no command names a
// file elsewhere, and what cannot be read is an error that says why. Oracle: suite.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "oracles/require.hpp"
#include "suite/suite.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::filesystem::path file = "suites/core/input.json";
  // Any file that is asked for is there, but for one.
  const auto exists = [](const std::filesystem::path& path) { return path.filename() != "missing.wasm"; };
  const auto suite = regress::parse_suite(file, text, "wasm3", exists);
  if (!suite) {
    fuzz::require(!suite.error().reason.empty(), "suite", "an error says what is wrong", "nothing", "a sentence");
    return 0;
  }
  for (const regress::SuiteCommand& command : suite->commands) {
    fuzz::require(command.file.parent_path() == file.parent_path() && exists(command.file), "suite",
                  "a command names a file beside its suite", command.file.string(), "a file beside it");
    const auto features = regress::features_for(*suite, command, {});
    fuzz::require(features.has_value() || !features.error().reason.empty(), "suite", "an error says what is wrong",
                  "nothing", "a sentence");
    const regress::Judgement accepted = judge(command, nullptr);
    fuzz::require(accepted.passed == (command.expectation == regress::Expectation::accept), "suite",
                  "accepting is right where it is expected", command.type, name(command.expectation));
  }
  return 0;
}
