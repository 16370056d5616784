// adversary_loads: makes the modules of corpus/adversaries, and loads them one after the other, for ci/adversaries, which counts
// the instructions of load_adversary from outside.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/counting_resource.hpp"
#include "plimsoll/load.hpp"
#include "properties/adversaries.hpp"

namespace {

namespace fs = std::filesystem;
using namespace plimsoll;
using namespace plimsoll::regress;
using namespace plimsoll::regress::properties;

constexpr std::string_view usage =
    "usage: adversary_loads write small|large DIR [NAME...]\n"
    "       adversary_loads load DIR\n"
    "write: puts NAME.wasm and NAME.features of each adversary, or of those named, into DIR.\n"
    "load: loads them by name; prints a line for each: name, bytes, peak heap, allocations, valid or the error's "
    "code.\n"
    "example: adversary_loads write small /tmp/a && adversary_loads load /tmp/a\n";

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

int write(AdversarySize size, const fs::path& folder, std::vector<std::string> names) {
  if (names.empty()) names = adversary_names();
  for (const std::string& name : names) {
    const auto [input, expectation] = adversary(name, size);
    std::ofstream(folder / (name + ".features")) << expectation.features;
    std::ofstream(folder / (name + ".wasm"), std::ios::binary)
        .write(reinterpret_cast<const char*>(input.bytes.data()), static_cast<std::streamsize>(input.bytes.size()));
  }
  return 0;
}

}  // namespace

// The function whose instructions are counted: a name that a profiler can be told.
extern "C" [[gnu::noinline]] std::uint32_t load_adversary(const std::string& bytes, const Options& options) {
  const LoadResult result = load(BorrowedBytes(bytes), options);
  return result ? 0xFFFF'FFFF : static_cast<std::uint32_t>(result.error().code);
}

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::size_t count = arguments.size();
  if (count == 1 && arguments[0] == "--help") {
    std::cout << usage;
    return 0;
  }
  if (count >= 3 && arguments[0] == "write" && (arguments[1] == "small" || arguments[1] == "large"))
    return write(arguments[1] == "small" ? AdversarySize::small : AdversarySize::large, arguments[2],
                 {arguments.begin() + 3, arguments.end()});
  if (count != 2 || arguments[0] != "load") {
    std::cerr << usage;
    return 2;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(arguments[1]))
    if (entry.path().extension() == ".wasm") files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const std::string bytes = read(file);
    CountingResource memory;
    Options options;
    options.memory = &memory;
    const std::string features = read(fs::path(file).replace_extension(".features"));
    options.features = Features::parse(features, Features::browsers()).value();
    const std::uint32_t code = load_adversary(bytes, options);
    const std::string_view answer = code == 0xFFFF'FFFF ? "valid" : name(static_cast<ErrorCode>(code));
    const ResourceCounts counts = memory.counts();
    std::cout << file.stem().string() << '\t' << bytes.size() << '\t' << counts.peak << '\t' << counts.allocations
              << '\t' << answer << '\n';
  }
  return std::cout.good() ? 0 : 1;
}
