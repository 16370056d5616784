#include "properties/corpus_modules.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace plimsoll::regress::properties {
namespace {

namespace fs = std::filesystem;

CorpusModule read_module(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string source{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  auto bytes = assemble(source);
  if (!bytes) throw std::runtime_error(file.string() + " does not assemble: " + bytes.error().message);
  Expectation expectation = parse_expectation(source);
  if (!expectation.problem.empty()) throw std::runtime_error(file.string() + ": " + expectation.problem);
  const auto features = Features::parse(expectation.features, Features::browsers());
  if (!features) throw std::runtime_error(file.string() + ": unknown feature " + std::string(features.error()));
  return {{.name = file.stem().string(), .bytes = *std::move(bytes), .features = *features}, std::move(expectation)};
}

}  // namespace

std::vector<CorpusModule> corpus_modules() {
  std::vector<CorpusModule> modules;
  for (const auto& entry : fs::directory_iterator(PLIMSOLL_CORPUS_MODULES)) {
    if (entry.path().extension() == ".hex") modules.push_back(read_module(entry.path()));
  }
  if (modules.empty()) throw std::runtime_error("no modules in " PLIMSOLL_CORPUS_MODULES);
  std::ranges::sort(modules, {}, [](const CorpusModule& module) -> const std::string& { return module.input.name; });
  return modules;
}

}  // namespace plimsoll::regress::properties
