#include "properties/mutations.hpp"

#include <utility>

namespace plimsoll::regress::properties {
namespace {

std::vector<std::vector<std::byte>> bytes_of(const std::vector<Input>& pool) {
  std::vector<std::vector<std::byte>> bytes;
  for (const Input& input : pool) bytes.push_back(input.bytes);
  return bytes;
}

}  // namespace

Mutations::Mutations(std::vector<Input> pool)
    : pool_(std::move(pool)), bytes_(bytes_of(pool_)), mutator_(bytes_, 0, fuzz::Mutator::Style::mixed) {}

Input Mutations::make(std::uint64_t number) const {
  fuzz::Mutant mutant = mutator_.make(number);
  const Input& origin = pool_[mutant.origin];
  return {.name = origin.name,
          .bytes = std::move(mutant.bytes),
          .features = number % 8 == 0 ? Features::all() : origin.features};
}

}  // namespace plimsoll::regress::properties
