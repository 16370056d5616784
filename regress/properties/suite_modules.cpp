#include "properties/suite_modules.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

#include "suite/suite.hpp"

namespace plimsoll::regress::properties {
namespace {

namespace fs = std::filesystem;

template <class T>
T value(std::expected<T, SuiteError>&& result) {
  if (!result) throw std::runtime_error(result.error().file.string() + ": " + result.error().reason);
  return *std::move(result);
}

void add_modules(const fs::path& file, std::vector<Input>& inputs) {
  const Suite suite = value(read_suite(file));
  for (const SuiteCommand& command : suite.commands) {
    if (command.is_component) continue;
    inputs.push_back({.name = command.file.filename().string(),
                      .bytes = value(read_bytes(command.file)),
                      .features = value(features_for(suite, command, std::nullopt))});
  }
}

}  // namespace

std::vector<Input> suite_modules() {
  std::vector<Input> inputs;
  for (const char* const folder :
       {"core", "custom", "legacy", "proposals-threads", "proposals-wide-arithmetic", "proposals-custom-page-sizes"}) {
    const fs::path path = fs::path(PLIMSOLL_SHARED) / "spec" / folder;
    if (!fs::exists(path)) continue;
    for (const fs::path& file : value(find_suites(path))) add_modules(file, inputs);
  }
  return inputs;
}

}  // namespace plimsoll::regress::properties
