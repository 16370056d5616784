#include "server/modes.hpp"

#include <array>
#include <utility>

namespace plimsoll::bench {
namespace {

bool plain(Options&) { return true; }

// `ci/bench --compare` compiles this file with the loader of other revisions, so what is younger than the first of them is
// asked for before it is used. That needs a template.
template <class Any>
bool general(Any& options) {
  if constexpr (requires { options.bodies; }) {
    options.bodies = decltype(options.bodies)::general;
    return true;
  } else {
    return false;
  }
}

bool from_memory(const Input& input, const Options& options) {
  return load(BorrowedBytes(input.bytes), options).has_value();
}

bool from_file(const Input& input, const Options& options) {
  auto mapped = MappedBytes::open(input.file.c_str());
  return mapped && load(std::move(*mapped), options).has_value();
}

constexpr std::array all = {
    Mode{"memory", "from memory, on one thread", true, plain, from_memory},
    Mode{"mapped", "the file is opened, mapped, loaded and unmapped", false, plain, from_file},
    Mode{"general", "from memory, every body by the general path", true, general<Options>, from_memory},
};

}  // namespace

std::span<const Mode> modes() { return all; }

}  // namespace plimsoll::bench
