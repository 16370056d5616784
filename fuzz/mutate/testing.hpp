// What the tests of this folder share: small modules from their source, our own corpus, and what the loader thinks of a module.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "encode/leb.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::fuzz {

struct NamedModule {
  std::string name;
  Bytes bytes;
};

// The modules of corpus/modules, sorted by name. Read once.
const std::vector<NamedModule>& corpus();

// A module from sections in the form of corpus/modules; the preamble stands before them. A failure of the test if it is none.
Bytes bytes_of(const std::string& sections);

bool is_valid(std::span<const std::byte> bytes, Features features = Features::browsers());

std::string hex(std::span<const std::byte> bytes);

}  // namespace plimsoll::fuzz
