// fuzz_seeds: makes the seeds of campaigns that are not committed as bytes, a folder for each KIND: the small modules of corpus/
// assembled, modules of the smith over several sets of features, and the entropy that they were made of.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "assemble/assemble.hpp"
#include "smith/entropy.hpp"
#include "smith/smith.hpp"

namespace {

namespace fs = std::filesystem;
using plimsoll::Features;

void write(const fs::path& path, std::span<const std::byte> bytes) {
  std::string text(bytes.size(), '\0');
  std::ranges::transform(bytes, text.begin(), [](std::byte byte) { return std::to_integer<char>(byte); });
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Every source of the folder; those of any size (;; n:) as the small one they speak of.
std::size_t assemble_all(const fs::path& folder, const fs::path& out) {
  std::size_t made = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".hex") continue;
    const std::string source = read(entry.path());
    const std::uint32_t n = plimsoll::regress::parse_expectation(source).sizes[0];
    const auto bytes = plimsoll::regress::assemble(source, n == 0 ? std::nullopt : std::optional(n));
    if (!bytes) throw std::runtime_error(entry.path().string() + ": " + bytes.error().message);
    const std::string name = entry.path().parent_path().filename().string() + "-" + entry.path().stem().string();
    write(out / (name + ".wasm"), *bytes);
    ++made;
  }
  return made;
}

std::vector<std::byte> entropy(std::uint64_t seed) {
  return plimsoll::fuzz::entropy_of_seed(seed, 64 + 97 * (seed % 32));
}

std::size_t smith_modules(const fs::path& modules, const fs::path& raw) {
  constexpr std::uint64_t each = 64;
  const std::array sets{Features::wasm1(), Features::wasm2(), Features::wasm3(), Features::browsers(), Features::all()};
  std::uint64_t number = 0;
  for (const Features features : sets) {
    plimsoll::fuzz::SmithOptions options;
    options.features = features;
    options.size = 1024;
    const plimsoll::fuzz::Smith smith(options);
    for (std::uint64_t i = 0; i < each; ++i, ++number) {
      const std::vector<std::byte> bytes = entropy(number);
      write(modules / ("smith-" + std::to_string(number) + ".wasm"), smith.make(bytes));
      write(raw / std::to_string(number), bytes);
    }
  }
  return number;
}

int make(const fs::path& out, const fs::path& corpus, bool with_smith) {
  for (const char* const kind : {"wasm", "entropy", "pins"}) fs::create_directories(out / kind);
  const std::size_t assembled = assemble_all(corpus, out / "wasm");
  const std::size_t made = with_smith ? smith_modules(out / "wasm", out / "entropy") : 0;
  const fs::path pins = corpus / "../regress/loadlines.tsv";
  if (fs::exists(pins)) fs::copy_file(pins, out / "pins/loadlines.tsv", fs::copy_options::overwrite_existing);
  std::cerr << out.string() << ": " << assembled << " modules of " << corpus.string() << ", " << made
            << " of the smith\n";
  return assembled != 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool with_smith = argc != 4 || std::string_view(argv[1]) != "--no-smith";
  if (argc != (with_smith ? 3 : 4)) {
    std::cerr << "usage: fuzz_seeds [--no-smith] OUT CORPUS\n"
                 "Writes OUT/KIND/*: seeds made of the sources in the folder CORPUS, and by the smith.\n"
                 "example: fuzz_seeds build/fuzz/seeds corpus\n";
    return 2;
  }
  try {
    return make(argv[argc - 2], argv[argc - 1], with_smith);
  } catch (const std::exception& error) {
    std::cerr << "fuzz_seeds: " << error.what() << '\n';
    return 1;
  }
}
