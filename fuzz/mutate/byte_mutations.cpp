#include "mutate/byte_mutations.hpp"

#include <algorithm>

namespace plimsoll::fuzz {
namespace {

Bytes::iterator at(Bytes& bytes, std::size_t position) { return bytes.begin() + static_cast<std::ptrdiff_t>(position); }

// A stretch of at most `most` bytes, and where it starts.
struct Stretch {
  std::size_t begin;
  std::size_t size;
};
Stretch stretch(Random& random, std::size_t size, std::size_t most) {
  const std::size_t begin = random.below(size);
  return {begin, 1 + random.below(std::min(most, size - begin))};
}

void flip_bit(Random& random, Bytes& bytes) { bytes[random.below(bytes.size())] ^= std::byte{1} << random.below(8); }
void change_byte(Random& random, Bytes& bytes) { bytes[random.below(bytes.size())] = random.byte(); }
void change_by_little(Random& random, Bytes& bytes) {
  std::byte& byte = bytes[random.below(bytes.size())];
  byte = static_cast<std::byte>(std::to_integer<int>(byte) + (random.below(2) == 0 ? 1 : -1));
}
void insert(Random& random, Bytes& bytes) {
  Bytes fresh(1 + random.below(8));
  std::ranges::generate(fresh, [&random] { return random.byte(); });
  bytes.insert(at(bytes, random.below(bytes.size() + 1)), fresh.begin(), fresh.end());
}
void remove(Random& random, Bytes& bytes) {
  const auto [begin, size] = stretch(random, bytes.size(), 16);
  bytes.erase(at(bytes, begin), at(bytes, begin + size));
}
void repeat(Random& random, Bytes& bytes) {
  const auto [begin, size] = stretch(random, bytes.size(), 64);
  const Bytes copy(at(bytes, begin), at(bytes, begin + size));
  bytes.insert(at(bytes, begin), copy.begin(), copy.end());
}
void splice(Random& random, Bytes& bytes, std::span<const std::byte> other) {
  if (other.empty()) return;
  const auto [begin, size] = stretch(random, other.size(), 256);
  const auto part = other.subspan(begin, size);
  const std::size_t position = random.below(bytes.size() + 1);
  if (random.below(2) == 0) {
    bytes.insert(at(bytes, position), part.begin(), part.end());
  } else {
    std::ranges::copy(part.first(std::min(size, bytes.size() - position)), at(bytes, position));
  }
}
void poke_number(Random& random, Bytes& bytes) {
  const std::size_t position = random.below(bytes.size());
  Bytes number;
  append_leb(number, random.pick(unlikely_numbers), random.below(4) == 0 ? 5 : 1);
  bytes.erase(at(bytes, position));
  bytes.insert(at(bytes, position), number.begin(), number.end());
}

}  // namespace

void mutate_bytes(Random& random, Bytes& bytes, std::span<const std::byte> other) {
  if (bytes.empty()) return insert(random, bytes);
  switch (random.below(9)) {
    case 0: return flip_bit(random, bytes);
    case 1: return change_byte(random, bytes);
    case 2: return change_by_little(random, bytes);
    case 3: return insert(random, bytes);
    case 4: return remove(random, bytes);
    case 5: return repeat(random, bytes);
    case 6: return splice(random, bytes, other);
    default: return poke_number(random, bytes);
  }
}

void mutate_inside_section(Random& random, Bytes& bytes, std::span<const std::byte> other) {
  Node root = parse_sections(bytes);
  const auto sections = static_cast<std::size_t>(std::ranges::count(root.children, Kind::section, &Node::kind));
  if (sections == 0) return mutate_bytes(random, bytes, other);
  Node& section = root.children[random.below(sections)];  // what is none stands behind them
  const SmallBytes& content = section.children.front().bytes;
  Bytes payload(content.begin(), content.end());
  mutate_bytes(random, payload, other);
  section.children.front().bytes = payload;
  bytes = encode(root);
}

}  // namespace plimsoll::fuzz
