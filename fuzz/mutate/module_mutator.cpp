#include "mutate/module_mutator.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mutate/byte_mutations.hpp"
#include "mutate/random.hpp"
#include "mutate/splice.hpp"
#include "mutate/tree_mutations.hpp"

namespace plimsoll::fuzz {
namespace {

constexpr std::uint8_t code_section = 10;

std::span<const std::byte> bytes_of(std::span<const std::uint8_t> bytes) { return std::as_bytes(bytes); }

// Copies a result into the room that there is. False if it is too large.
bool put(const Bytes& result, std::span<std::uint8_t> room) {
  if (result.size() > room.size()) return false;
  if (!result.empty()) std::memcpy(room.data(), result.data(), result.size());
  return true;
}

// What an engine may do to a part: its own mutation where there is one.
void mutate_raw(Random& random, SmallBytes& part, std::size_t room, RawMutation raw) {
  if (raw == nullptr) {
    Bytes bytes(part.begin(), part.end());
    mutate_bytes(random, bytes, part);
    part = bytes;
    return;
  }
  const std::size_t size = part.size();
  part.resize(size + room);
  if (part.empty()) return;  // there is nothing that an engine could be given
  part.resize(std::min(raw(reinterpret_cast<std::uint8_t*>(part.data()), size, part.size()), part.size()));
}

std::size_t mutate_whole(std::span<std::uint8_t> buffer, std::size_t size, Random& random, RawMutation raw) {
  if (raw != nullptr) return std::min(raw(buffer.data(), size, buffer.size()), buffer.size());
  const auto input = bytes_of(buffer.first(size));
  Bytes bytes(input.begin(), input.end());
  mutate_bytes(random, bytes, input);
  bytes.resize(std::min(bytes.size(), buffer.size()));
  put(bytes, buffer);
  return bytes.size();
}

// Some of the bytes of one section, or of one body; false if there is none.
bool mutate_part(Random& random, Node& root, std::size_t room, RawMutation raw) {
  const auto sections = static_cast<std::size_t>(std::ranges::count(root.children, Kind::section, &Node::kind));
  if (sections == 0) return false;
  if (random.percent(50)) {
    if (Node* const bodies = open_entries(root, code_section); bodies != nullptr && !bodies->children.empty()) {
      mutate_raw(random, random.pick(bodies->children).bytes, room, raw);
      return true;
    }
  }
  Node& section = root.children[random.below(sections)];  // what is none stands behind them
  if (section.tried) return false;
  mutate_raw(random, section.children.front().bytes, room, raw);
  return true;
}

Bytes mutate_once(std::span<const std::byte> module, Random& random, std::size_t most, RawMutation raw) {
  Node root = parse_sections(module);
  const std::size_t room = most > module.size() ? std::min<std::size_t>(most - module.size(), 64) : 0;
  if (random.percent(30) && mutate_part(random, root, room, raw)) return encode(root);
  Node donor = parse_sections(module);
  const std::size_t times = random.percent(70) ? 1 : 2 + random.below(3);
  for (std::size_t i = 0; i < times; ++i) {
    // A module has parts that may stand in it elsewhere too.
    if (random.percent(5)) {
      splice(random, root, donor);
    } else {
      mutate_tree(random, root, donor);
    }
  }
  return encode(root);
}

}  // namespace

std::size_t mutate_module(std::span<std::uint8_t> buffer, std::size_t size, std::uint64_t seed, RawMutation raw) {
  Random random(seed);
  size = std::min(size, buffer.size());
  constexpr std::uint8_t preamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  if (size < sizeof preamble && buffer.size() >= sizeof preamble && random.percent(50)) {
    std::ranges::copy(preamble, buffer.begin());
    return sizeof preamble;
  }
  if (size < sizeof preamble || size > most_parsed || random.percent(25))
    return mutate_whole(buffer, size, random, raw);
  for (int tries = 0; tries < 3; ++tries) {
    const auto module = bytes_of(buffer.first(size));
    const Bytes result = mutate_once(module, random, buffer.size(), raw);
    if (!std::ranges::equal(result, module) && put(result, buffer)) return result.size();
  }
  return mutate_whole(buffer, size, random, raw);
}

std::size_t cross_modules(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other,
                          std::span<std::uint8_t> out, std::uint64_t seed) {
  Random random(seed);
  if (one.size() <= most_parsed && other.size() <= most_parsed && random.percent(85)) {
    Node root = parse_sections(bytes_of(one));
    Node donor = parse_sections(bytes_of(other));
    splice(random, root, donor);
    const Bytes result = encode(root);
    if (put(result, out)) return result.size();
  }
  // The front of one and the back of the other.
  const std::size_t front = std::min(random.below(one.size() + 1), out.size());
  const std::size_t begin = random.below(other.size() + 1);
  const std::size_t back = std::min(other.size() - begin, out.size() - front);
  std::ranges::copy(one.first(front), out.begin());
  std::ranges::copy(other.subspan(begin, back), out.begin() + static_cast<std::ptrdiff_t>(front));
  return front + back;
}

}  // namespace plimsoll::fuzz
