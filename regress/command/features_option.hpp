// The option --features LIST, the same for every subcommand.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "plimsoll/features.hpp"

namespace plimsoll::regress {

// Adds the option. `use` gets the set that the list makes of the default; a word that is not known is a usage error.
void add_features_option(CLI::App& app, const std::string& help, std::function<void(Features)> use);

// For the end of a help text: the words of a list.
[[nodiscard]] std::string features_help();

}  // namespace plimsoll::regress
