#include "differential/inputs.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "assemble/assemble.hpp"
#include "mutate/mutate.hpp"

namespace plimsoll::regress::differential {
namespace {

namespace fs = std::filesystem;

std::expected<std::string, std::string> read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::unexpected(file.string() + " cannot be read");
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string short_name(const fs::path& file) { return (file.parent_path().filename() / file.filename()).string(); }

void add_cut_down(const fs::path& file, const fuzz::Bytes& module, std::size_t largest, Inputs& inputs) {
  for (std::uint64_t part = 1; part <= 3; ++part) {
    fuzz::Random random(part);
    fuzz::Bytes smaller = fuzz::cut_down(module, random, 6);
    if (smaller.size() <= largest) inputs.add(short_name(file) + "/" + std::to_string(part), std::move(smaller));
  }
}

std::expected<void, std::string> read_module(const fs::path& file, std::size_t largest, Inputs& inputs) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  fuzz::Bytes module;
  if (file.extension() == ".hex") {
    auto assembled = assemble(*text);
    if (!assembled)
      return std::unexpected(file.string() + ":" + std::to_string(assembled.error().line) + ": " +
                             assembled.error().message);
    module = *std::move(assembled);
  } else {
    const auto bytes = std::as_bytes(std::span(*text));
    module.assign(bytes.begin(), bytes.end());
  }
  if (module.size() > largest) {
    add_cut_down(file, module, largest, inputs);
  } else {
    inputs.add(short_name(file), std::move(module));
  }
  return {};
}

}  // namespace

void Inputs::add(std::string name, fuzz::Bytes bytes) {
  names.push_back(std::move(name));
  modules.push_back(std::move(bytes));
}

std::expected<void, std::string> read_inputs(const fs::path& path, std::size_t largest, Inputs& inputs) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (!fs::exists(path, error)) return std::unexpected(path.string() + " does not exist");
    return read_module(path, largest, inputs);
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    const fs::path extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".wasm" || extension == ".hex")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    if (auto read = read_module(file, largest, inputs); !read) return read;
  }
  return {};
}

}  // namespace plimsoll::regress::differential
