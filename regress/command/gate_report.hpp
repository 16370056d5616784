// `plimsoll gate report`, which `plimsoll gate` adds to its subcommands.
#pragma once

#include <CLI/CLI.hpp>

namespace plimsoll::regress {

void add_gate_report(CLI::App& gate, int& exit_code);

}  // namespace plimsoll::regress
