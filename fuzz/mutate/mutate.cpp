#include "mutate/mutate.hpp"

#include <algorithm>
#include <utility>

#include "mutate/byte_mutations.hpp"
#include "mutate/index_spaces.hpp"
#include "mutate/tree_mutations.hpp"

namespace plimsoll::fuzz {

Mutator::Mutator(std::span<const Bytes> pool, std::uint64_t seed, Style style, const std::vector<bool>& favoured)
    : pool_(pool), seed_(seed), style_(style) {
  for (std::size_t i = 0; i < pool.size(); ++i) {
    std::vector<std::size_t>& list = pool[i].size() > 4096 ? large_ : small_;
    list.insert(list.end(), i < favoured.size() && favoured[i] ? 6 : 1, i);
  }
}

std::size_t Mutator::pick(Random& random) const {
  const bool large = !large_.empty() && (small_.empty() || random.below(16) == 0);
  return random.pick(large ? large_ : small_);
}

void Mutator::damage_structure(Random& random, Mutant& mutant) const {
  Node root = parse_sections(mutant.bytes);
  Node donor = parse_sections(pool_[pick(random)]);
  // Most often once: what has been damaged twice is invalid for the first reason alone.
  const std::size_t times = random.percent(65) ? 1 : 1 + random.below(3);
  for (std::size_t i = 0; i < times; ++i) mutate_tree(random, root, donor);
  mutant.bytes = encode(root);
}

void Mutator::damage_bytes(Random& random, Mutant& mutant) const {
  const Bytes& other = pool_[pick(random)];
  const std::size_t times = std::size_t{1} << random.below(style_ == Style::mixed ? 4 : 2);
  const bool inside = random.percent(50);
  for (std::size_t i = 0; i < times; ++i) {
    if (inside) {
      mutate_inside_section(random, mutant.bytes, other);
    } else {
      mutate_bytes(random, mutant.bytes, other);
    }
  }
}

Mutant Mutator::make(std::uint64_t number) const {
  Random random(seed_, number);
  Mutant mutant{.origin = pick(random), .bytes = {}};
  mutant.bytes = pool_[mutant.origin];
  if (random.percent(style_ == Style::structural ? 90 : 50)) {
    damage_structure(random, mutant);
  } else {
    damage_bytes(random, mutant);
  }
  return mutant;
}

namespace {

// Whether a section may go without making the rest invalid, once the bodies that used it may have gone: exports, start, customs.
bool may_go(const Node& section) {
  return section_id(section) == 0 || section_id(section) == 7 || section_id(section) == 8;
}

// Segments stay, for what initialises from them, but with little in them.
void empty_segments(Node& root) {
  constexpr std::size_t most = 4;
  for (const std::uint8_t id : {std::uint8_t{9}, std::uint8_t{11}}) {
    Node* const section = find_section(root, id);
    if (section == nullptr || entries_of(*section) == nullptr) continue;
    for (Node& segment : entries_of(*section)->children) {
      if (segment.children.empty()) continue;
      Node& content = segment.children.back();
      if (content.bytes.size() > most) content.bytes.resize(most);
      if (content.children.size() > most) content.children.resize(most);
    }
  }
}

}  // namespace

Bytes cut_down(std::span<const std::byte> module, Random& random, std::size_t bodies) {
  Node root = parse(module);
  Node* const code = find_section(root, 10);
  Node* const list = code == nullptr ? nullptr : entries_of(*code);
  if (list == nullptr || list->children.empty()) return {module.begin(), module.end()};
  std::vector<bool> stays(list->children.size());
  for (std::size_t i = 0; i < bodies; ++i) stays[random.below(stays.size())] = true;
  for (std::size_t i = 0; i < stays.size(); ++i) {
    Node& body = list->children[i];
    if (!stays[i] || body.bytes.size() > 20'000) stub_body(body);
  }
  std::erase_if(root.children, [](const Node& child) { return child.kind != Kind::section || may_go(child); });
  empty_segments(root);
  prune(root);
  return encode(root);
}

}  // namespace plimsoll::fuzz
