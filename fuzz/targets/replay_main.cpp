// A main for a fuzz target built without a fuzzer: runs the files and folders it is given, one input after the other, so
// that a finding can be repeated, debugged and kept as a test. Sources of small modules (.hex) are assembled first.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "assemble/assemble.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool run_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot open\n", path.c_str());
    return false;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  if (path.extension() == ".hex") {
    const auto assembled = plimsoll::regress::assemble(text);
    if (!assembled) {
      std::fprintf(stderr, "%s:%zu:%zu: %s\n", path.c_str(), static_cast<std::size_t>(assembled.error().line),
                   static_cast<std::size_t>(assembled.error().column), assembled.error().message.c_str());
      return false;
    }
    bytes.clear();
    for (const std::byte byte : *assembled) bytes.push_back(std::to_integer<std::uint8_t>(byte));
  }
  std::fprintf(stderr, "%s: %zu bytes\n", path.c_str(), bytes.size());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr,
                 "usage: %s FILE|FOLDER...\nRuns each input through the fuzz target once; aborts at the first that "
                 "breaks a promise.\n",
                 argv[0]);
    return 2;
  }
  std::size_t inputs = 0;
  bool all = true;
  for (int i = 1; i < argc; ++i) {
    std::error_code failure;
    if (!std::filesystem::is_directory(argv[i], failure)) {
      all = run_file(argv[i]) && all;
      ++inputs;
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      all = run_file(entry.path()) && all;
      ++inputs;
    }
  }
  std::fprintf(stderr, "%zu inputs ran\n", inputs);
  return all && inputs != 0 ? 0 : 1;
}
