#include "mutate/testing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "assemble/assemble.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::fuzz {

const std::vector<NamedModule>& corpus() {
  static const std::vector<NamedModule> modules = [] {
    std::vector<NamedModule> result;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(PLIMSOLL_CORPUS_MODULES)) {
      if (entry.path().extension() != ".hex") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const auto bytes = regress::assemble(std::string(std::istreambuf_iterator<char>(file), {}));
      EXPECT_TRUE(bytes.has_value()) << entry.path();
      if (bytes) result.push_back({entry.path().filename().string(), *bytes});
    }
    std::ranges::sort(result, {}, &NamedModule::name);
    return result;
  }();
  return modules;
}

Bytes bytes_of(const std::string& sections) {
  auto bytes = regress::assemble("00 \"asm\" 01 00 00 00 " + sections);
  EXPECT_TRUE(bytes.has_value()) << sections;
  return bytes.value_or(Bytes{});
}

bool is_valid(std::span<const std::byte> bytes, Features features) {
  Options options;
  options.features = features;
  return load(BorrowedBytes(bytes), options).has_value();
}

std::string hex(std::span<const std::byte> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

}  // namespace plimsoll::fuzz
