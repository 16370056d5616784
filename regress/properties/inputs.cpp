#include "properties/inputs.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "plimsoll/bytes.hpp"
#include "properties/corpus_modules.hpp"
#include "properties/suite_modules.hpp"

namespace plimsoll::regress::properties {
namespace {

namespace fs = std::filesystem;

std::vector<Input> smoke_inputs() {
  std::vector<Input> inputs;
  for (const fs::path& file : real_modules('A')) {
    const auto mapped = MappedBytes::open(file.c_str());
    if (!mapped) throw std::runtime_error("cannot read " + file.string());
    inputs.push_back({.name = file.stem().string(),
                      .bytes = {mapped->view().begin(), mapped->view().end()},
                      .features = Features::browsers()});
  }
  return inputs;
}

void append(std::vector<Input>& inputs, std::vector<Input>&& more) {
  inputs.insert(inputs.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

}  // namespace

std::vector<Input> inputs(Source source) {
  std::vector<Input> result;
  switch (source) {
    case Source::corpus:
      for (CorpusModule& module : corpus_modules()) result.push_back(std::move(module.input));
      break;
    case Source::suites: result = suite_modules(); break;
    case Source::smoke: result = smoke_inputs(); break;
  }
  return result;
}

std::vector<Input> all_inputs() {
  std::vector<Input> result;
  for (const Source source : all_sources) append(result, inputs(source));
  return result;
}

std::vector<Input> sample(std::vector<Input> inputs, std::size_t most) {
  if (inputs.size() <= most) return inputs;
  std::vector<Input> result;
  for (std::size_t i = 0; i < most; ++i) result.push_back(std::move(inputs[i * inputs.size() / most]));
  return result;
}

std::vector<fs::path> real_modules(char tier) {
  const std::string_view root = PLIMSOLL_MODULES;
  const fs::path folder = fs::path(root) / std::string(1, tier);
  std::vector<fs::path> files;
  if (root.empty() || !fs::is_directory(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".wasm") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string how_to_get(Source source) {
  switch (source) {
    case Source::corpus: return "corpus/modules is part of the project";
    case Source::suites:
      return "no suites in " PLIMSOLL_SHARED
             "/spec: configure with -DPLIMSOLL_SHARED=FOLDER, where FOLDER/spec has them";
    case Source::smoke: return "run corpus/fetch --tier A FOLDER and configure with -DPLIMSOLL_MODULES=FOLDER";
  }
  return {};
}

std::string how_to_get_tiers() {
  return "run corpus/fetch --tier A,B,C FOLDER and configure with -DPLIMSOLL_MODULES=FOLDER";
}

void OnInputs::SetUp() {
  inputs_ = properties::inputs(GetParam());
  if (inputs_.empty()) GTEST_SKIP() << how_to_get(GetParam());
}

void OnTier::SetUp() {
  files_ = real_modules(GetParam());
  if (files_.empty()) GTEST_SKIP() << how_to_get_tiers();
}

std::string tier_name(const testing::TestParamInfo<char>& info) { return std::string(1, info.param); }

std::string source_name(const testing::TestParamInfo<Source>& info) {
  switch (info.param) {
    case Source::corpus: return "corpus";
    case Source::suites: return "suites";
    case Source::smoke: return "smoke";
  }
  return {};
}

}  // namespace plimsoll::regress::properties
