#include "properties/mutations.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "properties/section_bounds.hpp"

namespace plimsoll::regress::properties {
namespace {

using Bytes = std::vector<std::byte>;

// The standard says what this engine yields, but not what its distributions make of it.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() { return engine_(); }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }  // bound: at least 1
  std::byte byte() { return static_cast<std::byte>(engine_() >> 56); }

 private:
  std::mt19937_64 engine_;
};

constexpr std::array<std::uint64_t, 17> unlikely_numbers{0,
                                                         1,
                                                         0x3F,
                                                         0x40,
                                                         0x7F,
                                                         0x80,
                                                         0xFF,
                                                         0x7FFF,
                                                         0xFFFF,
                                                         0x10000,
                                                         1'000'000,
                                                         0x7FFFFFFF,
                                                         0x80000000,
                                                         0xFFFFFFFF,
                                                         0x100000000,
                                                         0x7FFFFFFFFFFFFFFF,
                                                         0xFFFFFFFFFFFFFFFF};

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
void splice(Random& random, Bytes& bytes, const Bytes& other) {
  if (other.empty()) return;
  const auto [begin, size] = stretch(random, other.size(), 256);
  const std::span part = std::span(other).subspan(begin, size);
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
  append_leb(number, unlikely_numbers[random.below(unlikely_numbers.size())], random.below(4) == 0 ? 5 : 1);
  bytes.erase(at(bytes, position));
  bytes.insert(at(bytes, position), number.begin(), number.end());
}

void mutate_once(Random& random, Bytes& bytes, const Bytes& other) {
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

void mutate_inside_section(Random& random, Bytes& bytes, const Bytes& other) {
  const auto sections = section_bounds(bytes);
  if (sections.empty()) return mutate_once(random, bytes, other);
  const SectionBounds& section = sections[random.below(sections.size())];
  Bytes payload(at(bytes, section.payload), at(bytes, section.end));
  mutate_once(random, payload, other);
  bytes = with_payload(bytes, section, payload);
}

}  // namespace

Mutations::Mutations(std::vector<Input> pool) {
  for (Input& input : pool) (input.bytes.size() > 4096 ? large_ : small_).push_back(std::move(input));
}

const Input& Mutations::pick(std::uint64_t random) const {
  const std::vector<Input>& from = random % 16 == 0 && !large_.empty() ? large_ : small_;
  return from[static_cast<std::size_t>(random / 16 % from.size())];
}

Input Mutations::make(std::uint64_t number) const {
  Random random(number);
  Input mutant = pick(random.next());
  const Input& other = pick(random.next());
  const std::size_t times = std::size_t{1} << random.below(4);
  const bool inside = random.below(2) == 0;
  for (std::size_t i = 0; i < times; ++i) {
    if (inside) {
      mutate_inside_section(random, mutant.bytes, other.bytes);
    } else {
      mutate_once(random, mutant.bytes, other.bytes);
    }
  }
  if (random.below(8) == 0) mutant.features = Features::all();
  return mutant;
}

}  // namespace plimsoll::regress::properties
