// The subcommands: each adds itself to the application and, when it was asked for, runs and leaves its exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace plimsoll::regress {

// Exit codes of every subcommand.
inline constexpr int exit_ok = 0;
inline constexpr int exit_rejected = 1;  // the answer is no, or a file could not be read
inline constexpr int exit_usage = 2;

void add_load(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_errors(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
// `other_loader` is what stands behind `--`.
void add_gate(CLI::App& app, int& exit_code, std::vector<std::string> other_loader);
void add_features(CLI::App& app, int& exit_code);
// `command` is what stands behind `--`.
void add_minimize(CLI::App& app, int& exit_code, std::vector<std::string> command);
void add_mutate(CLI::App& app, int& exit_code);
void add_smith(CLI::App& app, int& exit_code);
void add_suite(CLI::App& app, int& exit_code);
void add_trace(CLI::App& app, int& exit_code);

}  // namespace plimsoll::regress
