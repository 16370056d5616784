#include "properties/adversaries.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "bytes/hash.hpp"
#include "properties/section_bounds.hpp"

namespace plimsoll::regress::properties {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view hash_collisions = "hash_collisions";

void append(std::vector<std::byte>& bytes, std::string_view text) {
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
}

// Exports whose names fall into one in a hundred of the places of a hash table, for anybody can make such names for the quick
// hash, which has no key. A loader that does not go over to one with a key takes quadratic time.
Adversary make_hash_collisions(AdversarySize size) {
  const std::uint32_t count = size == AdversarySize::small ? 2'000 : 50'000;
  std::vector<std::byte> payload;
  append_leb(payload, count);
  std::uint32_t found = 0;
  for (std::uint64_t number = 0; found < count; ++number) {
    const std::string name = std::to_string(number);
    QuickHasher hasher;
    hasher.add(std::span(reinterpret_cast<const std::uint8_t*>(name.data()), name.size()));
    if (hasher.value() >> 57 != 0) continue;
    append_leb(payload, name.size());
    append(payload, name);
    append(payload, {"\0\0", 2});
    ++found;
  }
  Adversary result;
  result.input.name = hash_collisions;
  result.input.features = Features::browsers();
  result.expectation.verdict = ExpectedVerdict::valid;
  std::vector<std::byte>& bytes = result.input.bytes;
  append(bytes, {"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\7", 19});
  append_leb(bytes, payload.size());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  append(bytes, {"\x0A\4\1\2\0\x0B", 6});
  return result;
}

}  // namespace

std::vector<std::string> adversary_names() {
  std::vector<std::string> names{std::string(hash_collisions)};
  for (const auto& entry : fs::directory_iterator(PLIMSOLL_ADVERSARIES))
    if (entry.path().extension() == ".hex") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

Adversary adversary(const std::string& name, AdversarySize size) {
  if (name == hash_collisions) return make_hash_collisions(size);
  const fs::path file = fs::path(PLIMSOLL_ADVERSARIES) / (name + ".hex");
  std::ifstream stream(file, std::ios::binary);
  const std::string source{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  Expectation expectation = parse_expectation(source);
  if (!expectation.problem.empty()) throw std::runtime_error(file.string() + ": " + expectation.problem);
  const std::uint32_t n = expectation.sizes[size == AdversarySize::small ? 0 : 1];
  if (n == 0) throw std::runtime_error(file.string() + ": no 'n:' before the first byte");
  auto bytes = assemble(source, n);
  if (!bytes)
    throw std::runtime_error(file.string() + ":" + std::to_string(bytes.error().line) + ": " + bytes.error().message);
  const auto features = Features::parse(expectation.features, Features::browsers());
  if (!features) throw std::runtime_error(file.string() + ": unknown feature " + std::string(features.error()));
  return {{.name = name, .bytes = *std::move(bytes), .features = *features}, std::move(expectation)};
}

}  // namespace plimsoll::regress::properties
