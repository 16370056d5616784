// Whether a file is mapped into this process.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace plimsoll::regress::properties {

// Asks the system (Linux: /proc/self/maps). `file` must exist or have been deleted while it was mapped.
inline bool is_mapped(const std::string& file) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(std::filesystem::weakly_canonical(file).string()) != std::string::npos) return true;
  }
  return false;
}

}  // namespace plimsoll::regress::properties
