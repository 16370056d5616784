#include "command/features_option.hpp"

#include <fmt/format.h>

#include <utility>

#include "command/figures.hpp"

namespace plimsoll::regress {

void add_features_option(CLI::App& app, const std::string& help, std::function<void(Features)> use) {
  app.add_option_function<std::string>(
         "--features",
         [use = std::move(use)](const std::string& list) {
           const auto features = Features::parse(list, Features::browsers());
           if (!features) {
             throw CLI::ValidationError("--features", fmt::format("unknown feature '{}'", printable(features.error())));
           }
           use(*features);
         },
         help)
      ->type_name("LIST");
}

std::string features_help() {
  std::string text =
      "Features: a comma-separated list, read left to right from the default (browsers):\n"
      "a group sets, x adds, -x removes. Groups: mvp, wasm1, wasm2, wasm3, browsers, all. See `plimsoll features`.\n";
  for (const FeatureRow& row : feature_table()) text += fmt::format("  {:<24} {}\n", row.name, row.summary);
  return text;
}

}  // namespace plimsoll::regress
