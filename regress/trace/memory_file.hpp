// A file without a name, in memory: other processes write to it, this one reads it, and nothing can be left behind.
#pragma once

#include <string>
#include <string_view>

namespace plimsoll::regress {

// Owns the file. Not thread-safe.
class MemoryFile {
 public:
  MemoryFile();  // throws std::system_error
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  // Opens it in any process of the same user while this one lives.
  [[nodiscard]] std::string path() const;
  [[nodiscard]] std::string content() const;
  // For a child of fork. False if not all could be written.
  bool append(std::string_view text) const noexcept;

 private:
  int file_;
};

}  // namespace plimsoll::regress
