// What the gate's tests share.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "gate/load_line.hpp"
#include "gate/measuring.hpp"
#include "gate/pins.hpp"
#include "gate/subject.hpp"
#include "properties/temporary_folder.hpp"

namespace plimsoll::regress::gate::test_support {

using properties::TemporaryFolder;

// A line whose figures are 10, 2000, 1000, 500 and 0.
inline LoadLine line(std::string name, std::string reason = {}) {
  return {.name = std::move(name),
          .sha256 = std::string(64, 'a'),
          .bytes = 4096,
          .verdict = "valid",
          .figures = {10, 2000, 1000, 500, 0},
          .reason = std::move(reason)};
}

inline LoadLine with(LoadLine line, Column column, std::uint64_t value) {
  line[column] = value;
  return line;
}

inline Measured measured(LoadLine line) {
  Measured result;
  result.name = line.name;
  result.line = std::move(line);
  return result;
}

inline Pins pins(std::vector<LoadLine> lines) {
  Pins result{.key = own_key(), .lines = {}};
  std::size_t number = 4;
  for (LoadLine& next : lines) result.lines.push_back({.line = std::move(next), .number = number++});
  return result;
}

inline void write(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

inline std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

// A loader that gives the observations that it was given, in turn; an empty verdict stands for a load that fails.
class Puppet final : public Subject {
 public:
  explicit Puppet(std::vector<Observation> script) : script_(std::move(script)) {}
  [[nodiscard]] Key key() const override { return other_key("puppet", "test"); }
  [[nodiscard]] std::expected<Observation, std::string> load(const OpenedModule&, Depth) override {
    const Observation& next = script_[calls_++ % script_.size()];
    if (next.verdict.empty()) return std::unexpected("it crashed");
    return next;
  }

 private:
  std::vector<Observation> script_;
  std::size_t calls_ = 0;
};

}  // namespace plimsoll::regress::gate::test_support
