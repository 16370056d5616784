// A folder for a test's files.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <system_error>

namespace plimsoll::regress::properties {

// Gone, with what is in it, when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = testing::TempDir() + "plimsoll-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  // The path of a file in it, which need not exist.
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  // Writes a file and returns its path.
  [[nodiscard]] std::string write(const std::string& name, std::span<const std::byte> content) const {
    std::ofstream stream(path_ / name, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    stream.flush();
    if (!stream) throw std::system_error(errno, std::generic_category(), name);
    return *this / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace plimsoll::regress::properties
