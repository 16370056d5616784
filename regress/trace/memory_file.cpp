#include "trace/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace plimsoll::regress {

MemoryFile::MemoryFile() : file_(::memfd_create("plimsoll-trace", MFD_CLOEXEC)) {
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), "a file in memory");
}

MemoryFile::~MemoryFile() { ::close(file_); }

std::string MemoryFile::path() const { return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file_); }

std::string MemoryFile::content() const {
  std::string text(static_cast<std::size_t>(std::max<off_t>(::lseek(file_, 0, SEEK_END), 0)), '\0');
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t count = ::pread(file_, text.data() + at, text.size() - at, static_cast<off_t>(at));
    if (count <= 0) break;
    at += static_cast<std::size_t>(count);
  }
  text.resize(at);
  return text;
}

bool MemoryFile::append(std::string_view text) const noexcept {
  return ::lseek(file_, 0, SEEK_END) >= 0 &&
         ::write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace plimsoll::regress
