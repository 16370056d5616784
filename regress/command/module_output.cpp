#include "command/module_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "command/failure.hpp"
#include "command/figures.hpp"
#include "command/subcommands.hpp"
#include "command/terminal.hpp"

namespace plimsoll::regress {

namespace fs = std::filesystem;

bool write_module(const std::string& path, std::span<const std::byte> module) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(module.data()), static_cast<std::streamsize>(module.size()));
  file.close();
  if (file) return true;
  complain(path, "cannot write it");
  return false;
}

int put_module(const std::string& path, std::span<const std::byte> module) {
  if (!path.empty()) return write_module(path, module) ? exit_ok : exit_rejected;
  std::fwrite(module.data(), 1, module.size(), stdout);
  return exit_ok;
}

int put_modules(const std::string& folder, const std::string& name, std::uint64_t first, std::uint64_t count,
                const std::function<std::vector<std::byte>(std::uint64_t seed)>& make) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    complain(folder, printable(error.message()));
    return exit_rejected;
  }
  Progress progress(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t seed = first + i;
    const std::string file = fmt::format("{}-{}.wasm", name, seed);
    if (i % 64 == 0) progress.show(i, file);
    if (!write_module((fs::path(folder) / file).string(), make(seed))) return exit_rejected;
  }
  return exit_ok;
}

void require_output(const std::string& output, bool many) {
  if (many && output.empty()) throw CLI::ValidationError("--count", "needs -o FOLDER");
  if (output.empty() && ::isatty(STDOUT_FILENO) == 1)
    throw CLI::ValidationError("-o", "a module is not for a terminal: give a file, or redirect standard output");
}

}  // namespace plimsoll::regress
