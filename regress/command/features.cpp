// `plimsoll features`: which features there are, of which phase, what each adds, and which group holds it.
#include "plimsoll/features.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command/features_option.hpp"
#include "command/subcommands.hpp"
#include "command/table.hpp"
#include "command/terminal.hpp"

namespace plimsoll::regress {
namespace {

struct FeaturesArguments {
  Features features = Features::browsers();
  bool json = false;
};

// The groups that hold a feature, smallest first.
std::vector<std::string_view> groups_of(Feature feature) {
  const std::array<std::pair<std::string_view, Features>, 5> groups = {{{"wasm1", Features::wasm1()},
                                                                        {"wasm2", Features::wasm2()},
                                                                        {"wasm3", Features::wasm3()},
                                                                        {"browsers", Features::browsers()},
                                                                        {"all", Features::all()}}};
  std::vector<std::string_view> names;
  for (const auto& [name, set] : groups)
    if (set.has(feature)) names.push_back(name);
  return names;
}

std::string phase(const FeatureRow& row) { return row.phase == 0 ? "withdrawn" : std::to_string(row.phase); }

std::string as_json(Features on) {
  auto array = nlohmann::ordered_json::array();
  for (const FeatureRow& row : feature_table()) {
    array.push_back({{"name", row.name},
                     {"phase", row.phase == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(row.phase)},
                     {"on", on.has(row.feature)},
                     {"groups", groups_of(row.feature)},
                     {"adds", row.summary}});
  }
  return array.dump(2) + "\n";
}

std::string as_table(Features on, bool colour) {
  Table table({{"feature", false}, {"phase"}, {"first in", false}, {"on", false}, {"adds", false}});
  for (const FeatureRow& row : feature_table()) {
    const bool is_on = on.has(row.feature);
    table.add({{std::string(row.name)},
               {phase(row)},
               {std::string(groups_of(row.feature).front())},
               {is_on ? "on" : "off", is_on ? Style::good : Style::faint},
               {std::string(row.summary)}});
  }
  return table.text(colour);
}

}  // namespace

void add_features(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<FeaturesArguments>();
  CLI::App* command = app.add_subcommand("features", "List the features, their phase and what each adds");
  add_features_option(*command, "Tell what this list turns on; without it, the default",
                      [arguments](Features features) { arguments->features = features; });
  command->add_flag("--json", arguments->json, "Print one JSON array, an object a feature");
  command->footer(
      "A feature is on in the group that it is first in and in all larger ones: wasm1, wasm2, wasm3 (the versions of "
      "the\n"
      "specification), browsers (what they ship; the default), all. Phase 5 is in the specification.\n\n"
      "Example:\n  plimsoll features --features wasm3,stack-switching");
  command->callback([arguments, &exit_code] {
    fmt::print("{}",
               arguments->json ? as_json(arguments->features) : as_table(arguments->features, wants_colour(stdout)));
    exit_code = exit_ok;
  });
}

}  // namespace plimsoll::regress
