// Where subcommands that make modules put them: standard output, a file, or a folder of many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace plimsoll::regress {

// Writes a file. False, and told on standard error, if it cannot be written.
[[nodiscard]] bool write_module(const std::string& path, std::span<const std::byte> module);

// To a file, or to standard output, whose errors main tells, if there is no name of one. Returns an exit code.
[[nodiscard]] int put_module(const std::string& path, std::span<const std::byte> module);

// Modules of `count` seeds from `first` on, as NAME-SEED.wasm in a folder, which is made. Returns an exit code.
[[nodiscard]] int put_modules(const std::string& folder, const std::string& name, std::uint64_t first,
                              std::uint64_t count,
                              const std::function<std::vector<std::byte>(std::uint64_t seed)>& make);

// Throws what CLI11 shows as misuse: many modules without a folder, or one for a terminal.
void require_output(const std::string& output, bool many);

}  // namespace plimsoll::regress
