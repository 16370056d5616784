// A main for a fuzz target built without a fuzzer: runs the files and folders it is given, one input after the other, so
// that a finding can be repeated, debugged and kept as a test. Sources of small modules (.hex) are assembled first; those of any size
// (`;; n:`) as the small one. Flags for libFuzzer are let be, so that its command lines work here too.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assemble/assemble.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Path = std::filesystem::path;

// In an allocation of exactly its size, as fuzzers do it, so that sanitizers and valgrind see every byte that is read beyond.
template <class Byte>
void run(std::span<const Byte> input) {
  const auto copy = std::make_unique_for_overwrite<std::uint8_t[]>(input.size());
  std::ranges::transform(input, copy.get(), [](Byte byte) { return static_cast<std::uint8_t>(byte); });
  LLVMFuzzerTestOneInput(copy.get(), input.size());
}

bool run_source(const Path& path, const std::string& text) {
  const std::uint32_t n = plimsoll::regress::parse_expectation(text).sizes[0];
  const auto assembled = plimsoll::regress::assemble(text, n == 0 ? std::nullopt : std::optional(n));
  if (!assembled) {
    std::fprintf(stderr, "%s:%zu:%zu: %s\n", path.c_str(), assembled.error().line, assembled.error().column,
                 assembled.error().message.c_str());
    return false;
  }
  std::fprintf(stderr, "%s: %zu bytes\n", path.c_str(), assembled->size());
  run(std::span<const std::byte>(*assembled));
  return true;
}

bool run_file(const Path& path) {
  std::error_code failure;
  std::ifstream file(path, std::ios::binary);
  if (!file || !std::filesystem::exists(path, failure)) {
    std::fprintf(stderr, "%s: cannot open\n", path.c_str());
    return false;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (path.extension() == ".hex") return run_source(path, text);
  std::fprintf(stderr, "%s: %zu bytes\n", path.c_str(), text.size());
  run(std::span<const char>(text));
  return true;
}

// The files of a folder, in the order of their names, or the file.
std::vector<Path> files_of(const Path& path) {
  std::error_code failure;
  if (!std::filesystem::is_directory(path, failure)) return {path};
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t inputs = 0;
  bool all = true;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-') continue;
    for (const Path& file : files_of(argv[i])) {
      all = run_file(file) && all;
      ++inputs;
    }
  }
  if (inputs == 0) {
    std::fprintf(stderr,
                 "usage: %s FILE|FOLDER...\nRuns each input through the fuzz target once; aborts at the first that "
                 "breaks a promise.\n",
                 argv[0]);
    return 2;
  }
  std::fprintf(stderr, "%zu inputs ran\n", inputs);
  return all ? 0 : 1;
}
