// hex2wasm: assembles one source file to standard output, for giving a module of the corpus to another tool.
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "assemble/assemble.hpp"

namespace {

constexpr std::string_view usage =
    "usage: hex2wasm FILE.hex [N] > FILE.wasm\n"
    "Assembles a module from its readable source form (regress/assemble/assemble.hpp) to standard output. N is the "
    "number\n"
    "that the source calls n.\n"
    "example: hex2wasm corpus/modules/simd.hex > simd.wasm\n";

}  // namespace

int main(int argc, char** argv) {
  const std::string_view path = argc == 2 || argc == 3 ? argv[1] : "";
  if (path == "--help") {
    std::cout << usage;
    return 0;
  }
  if (path.empty() || path.starts_with('-')) {
    std::cerr << usage;
    return 2;
  }
  std::error_code ignored;
  std::ifstream file{std::string{path}, std::ios::binary};
  if (!file || std::filesystem::is_directory(path, ignored)) {
    std::cerr << path << ": cannot be read\n";
    return 1;
  }
  const std::string source{std::istreambuf_iterator<char>{file}, {}};
  std::optional<std::uint32_t> n;
  if (argc == 3) {
    const std::string_view text = argv[2];
    std::uint32_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ptr != text.data() + text.size() ||
        text.empty()) {
      std::cerr << usage;
      return 2;
    }
    n = value;
  }
  const auto bytes = plimsoll::regress::assemble(source, n);
  if (!bytes) {
    std::cerr << path << ':' << bytes.error().line << ':' << bytes.error().column << ": " << bytes.error().message
              << '\n';
    return 1;
  }
  for (const std::byte byte : *bytes) std::cout.put(static_cast<char>(byte));
  std::cout.flush();
  return std::cout.good() ? 0 : 1;
}
