#include "trace/program.hpp"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

namespace plimsoll::regress {
namespace {

using ElfHeader = Elf64_Ehdr;
using ProgramHeader = Elf64_Phdr;

template <typename Record>
bool read_at(std::ifstream& file, std::uint64_t offset, Record& record) {
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(reinterpret_cast<char*>(&record), sizeof record);
  return file.good();
}

bool has_interpreter(std::ifstream& file, const ElfHeader& header) {
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    ProgramHeader segment;
    if (!read_at(file, header.e_phoff + i * header.e_phentsize, segment)) return false;
    if (segment.p_type == PT_INTERP) return true;
  }
  return false;
}

bool gains_rights(const std::filesystem::path& program) {
  struct stat status{};
  if (::stat(program.c_str(), &status) != 0) return false;
  return ((status.st_mode & S_ISUID) != 0 && status.st_uid != ::getuid()) ||
         ((status.st_mode & S_ISGID) != 0 && status.st_gid != ::getgid());
}

bool can_be_run(const std::filesystem::path& file) {
  return std::filesystem::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::expected<std::filesystem::path, std::string> find_command(const std::string& name) {
  if (name.contains('/')) {
    if (!std::filesystem::exists(name)) return std::unexpected("there is no such program");
    if (!can_be_run(name)) return std::unexpected("it is not executable");
    return name;
  }
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto file = std::filesystem::path(folder.empty() ? "." : folder) / name;
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored) && can_be_run(file)) return file;
  }
  return std::unexpected("there is no such program on PATH");
}

std::string why_not_preloadable(const std::filesystem::path& program) {
  if (gains_rights(program)) return "it is setuid or setgid: the system ignores LD_PRELOAD for it";
  std::ifstream file(program, std::ios::binary);
  std::string line;
  ElfHeader header{};
  if (read_at(file, 0, header) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0) {
    if (header.e_ident[EI_CLASS] != (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32)) {
      return "it is for another architecture than the tracer";
    }
    return has_interpreter(file, header) ? "" : "it is a static binary: LD_PRELOAD has no effect on it";
  }
  file.clear();
  file.seekg(0);
  if (std::getline(file, line) && line.starts_with("#!")) {
    std::istringstream words(line.substr(2));
    std::string interpreter;
    // A script cannot be the interpreter of a script for long: one step is enough.
    if (words >> interpreter && interpreter != program) {
      std::ifstream binary(interpreter, std::ios::binary);
      if (read_at(binary, 0, header) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
          !has_interpreter(binary, header)) {
        return "its interpreter " + interpreter + " is a static binary: LD_PRELOAD has no effect on it";
      }
    }
  }
  return "";
}

}  // namespace plimsoll::regress
