// What the second opinion is asked of: modules from files and folders.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "mutate/module_tree.hpp"

namespace plimsoll::regress::differential {

struct Inputs {
  std::vector<std::string> names;    // for people
  std::vector<fuzz::Bytes> modules;  // as many

  void add(std::string name, fuzz::Bytes bytes);
};

// Reads `path`: a .wasm file, a .hex file, which is assembled, or a folder, of which every such file at any depth is read, sorted by
// name. Fails with what is wrong. A file over `largest` bytes is cut down to three smaller modules (cut_down in mutate/mutate.hpp), the
// same ones every time; where that does not make it smaller, it is left out.
[[nodiscard]] std::expected<void, std::string> read_inputs(const std::filesystem::path& path, std::size_t largest,
                                                           Inputs& inputs);

}  // namespace plimsoll::regress::differential
