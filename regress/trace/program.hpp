// Whether a program can be traced, told from its file.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace plimsoll::regress {

// The file that a command's first word means: itself with a slash, else found on PATH. Fails with a sentence if there is
// none or it cannot be executed.
[[nodiscard]] std::expected<std::filesystem::path, std::string> find_command(const std::string& name);

// Why LD_PRELOAD would have no effect on this executable (or on the interpreter of this script); empty if it should have.
[[nodiscard]] std::string why_not_preloadable(const std::filesystem::path& program);

}  // namespace plimsoll::regress
