// The mutations that engines ask for: within their room, the same for the same seed, of any bytes, and worth their time.
#include "mutate/module_mutator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "mutate/random.hpp"
#include "mutate/splice.hpp"
#include "mutate/testing.hpp"
#include "plimsoll/load.hpp"

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned int seed);
extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size, std::uint8_t* out,
                                                 std::size_t most, unsigned int seed);

namespace plimsoll::fuzz {
namespace {

using Buffer = std::vector<std::uint8_t>;

// An engine's mutation that takes all the room that it is given.
std::size_t fill_all_room(std::uint8_t* data, std::size_t size, std::size_t most) {
  std::fill(data + size, data + most, std::uint8_t{0x55});
  return most;
}

Buffer buffer_of(const Bytes& bytes) {
  Buffer buffer(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

// Nothing behind `most` is touched, which sanitizers would see as well.
Buffer mutated(const Bytes& module, std::size_t most, std::uint64_t seed, RawMutation raw) {
  Buffer buffer = buffer_of(module);
  buffer.resize(std::max(most, module.size()) + 1, 0xA5);
  const std::size_t size = mutate_module(std::span(buffer).first(most), std::min(module.size(), most), seed, raw);
  EXPECT_LE(size, most);
  EXPECT_EQ(buffer.back(), 0xA5);
  buffer.resize(size);
  return buffer;
}

Buffer crossed(const Bytes& one, const Bytes& other, std::size_t most, std::uint64_t seed) {
  Buffer out(most + 1, 0xA5);
  const std::size_t size = cross_modules(buffer_of(one), buffer_of(other), std::span(out).first(most), seed);
  EXPECT_LE(size, most);
  EXPECT_EQ(out.back(), 0xA5);
  out.resize(size);
  return out;
}

bool is_valid(const Buffer& buffer) { return fuzz::is_valid(std::as_bytes(std::span(buffer)), Features::all()); }

TEST(ModuleMutator, StaysInItsRoomAndIsTheSameForTheSameSeed) {
  for (const NamedModule& module : corpus()) {
    const std::size_t size = module.bytes.size();
    for (const std::size_t most : {std::size_t{0}, std::size_t{1}, size, size + 1, size + 40, std::size_t{4096}}) {
      for (std::uint64_t seed = 0; seed < 8; ++seed) {
        for (const RawMutation raw : {RawMutation{nullptr}, RawMutation{fill_all_room}})
          ASSERT_EQ(mutated(module.bytes, most, seed, raw), mutated(module.bytes, most, seed, raw)) << module.name;
        const Bytes& other = corpus()[seed].bytes;
        ASSERT_EQ(crossed(module.bytes, other, most, seed), crossed(module.bytes, other, most, seed)) << module.name;
      }
    }
  }
}

// libFuzzer's own mutations read the first byte of what they are given.
TEST(ModuleMutator, GivesAnEngineNoEmptyRoom) {
  const Bytes module = bytes_of("00 { {\"\"} } 00 00 03 00 0a 01 00");
  constexpr auto demand_room = [](std::uint8_t* data, std::size_t size, std::size_t most) -> std::size_t {
    EXPECT_TRUE(data != nullptr && most != 0);
    return size;
  };
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) mutated(module, module.size(), seed, demand_room);
}

TEST(ModuleMutator, TakesWhatIsNoModule) {
  Random random(1);
  for (std::uint64_t seed = 0; seed < 5'000; ++seed) {
    Bytes junk(random.below(200));
    std::ranges::generate(junk, [&] { return random.byte(); });
    if (random.percent(50) && junk.size() > 8) std::ranges::copy(bytes_of(""), junk.begin());
    mutated(junk, junk.size() + random.below(40), seed, random.percent(50) ? fill_all_room : nullptr);
    crossed(junk, random.pick(corpus()).bytes, 300, seed);
  }
}

TEST(ModuleMutator, GoesOnFromItsOwnResults) {
  for (const NamedModule& module : corpus()) {
    if (module.bytes.size() > 2000) continue;
    Buffer buffer = buffer_of(module.bytes);
    std::size_t size = buffer.size();
    buffer.resize(4096);
    for (unsigned seed = 0; seed < 300; ++seed) size = mutate_module(buffer, size, seed, nullptr);
  }
}

// A module that says that it has more than there is must not cost more than its bytes.
TEST(ModuleMutator, IsBoundedForWhatIsLong) {
  const Bytes types = bytes_of("01 { ff ff ff ff 0f  60 00 00 }");
  Bytes labels = bytes_of("01 { leb(1) 60 00 00 } 03 { leb(1) 00 } 0a { leb(1) {00 0e ff ff ff ff 0f 00 0b} }");
  Bytes nops = bytes_of("");
  nops.resize(most_parsed, std::byte{1});
  Bytes longer = nops;
  longer.resize(most_parsed * 4, std::byte{1});
  for (const Bytes& module : {types, labels, nops, longer})
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      mutated(module, module.size() + 100, seed, nullptr);
      crossed(module, types, module.size() + 100, seed);
      crossed(types, module, module.size() + 100, seed);
    }
}

// Mutants that are all valid, or all not, would show little; nor would those that are what they were.
TEST(ModuleMutator, MakesSomeMutantsThatAreValidAndManyThatAreNot) {
  std::size_t accepted = 0;
  std::size_t unchanged = 0;
  std::size_t all = 0;
  for (const NamedModule& module : corpus()) {
    if (!fuzz::is_valid(module.bytes, Features::all())) continue;
    for (std::uint64_t seed = 0; seed < 40; ++seed, ++all) {
      const Buffer mutant = mutated(module.bytes, 4096, seed, nullptr);
      accepted += is_valid(mutant) ? 1U : 0U;
      unchanged += mutant == buffer_of(module.bytes) ? 1U : 0U;
    }
  }
  EXPECT_GT(all, 1000U);
  EXPECT_GT(accepted, all / 6);
  EXPECT_LT(accepted, all * 3 / 4);
  EXPECT_LT(unchanged, all / 20);
}

// A function that has nothing but types of its own stays valid wherever it comes to stand.
TEST(Splice, ImportsAFunctionWithItsTypes) {
  const Bytes donor = bytes_of(
      "01 { leb(3) 60 00 00  5f 01 7f 00  60 01 7f 01 64 01 }"
      "03 { leb(1) 02 }"
      "0a { leb(1) {00 20 00 fb 00 01 0b} }");
  ASSERT_TRUE(fuzz::is_valid(donor));
  Random random(7);
  Node root = parse_sections(bytes_of("01 { leb(1) 60 00 00 } 03 { leb(1) 00 } 0a { leb(1) {00 0b} }"));
  Node from = parse_sections(donor);
  ASSERT_TRUE(import_function(random, root, from));
  EXPECT_TRUE(fuzz::is_valid(encode(root))) << hex(encode(root));
  EXPECT_NE(hex(encode(root)).find("2000fb0002"), std::string::npos) << hex(encode(root));  // struct.new of type 1 + 1
}

TEST(LibFuzzer, IsAskedWithoutAnEngine) {
  Buffer buffer = buffer_of(bytes_of("01 { leb(1) 60 00 00 } 03 { leb(1) 00 } 0a { leb(1) {00 0b} }"));
  const Buffer before = buffer;
  std::size_t size = buffer.size();
  buffer.resize(200);
  bool changed = false;
  for (unsigned seed = 0; seed < 20; ++seed) {
    Buffer mutant = buffer;
    size = LLVMFuzzerCustomMutator(mutant.data(), before.size(), mutant.size(), seed);
    ASSERT_LE(size, mutant.size());
    mutant.resize(size);
    changed = changed || mutant != before;
    Buffer out(200);
    EXPECT_LE(LLVMFuzzerCustomCrossOver(before.data(), before.size(), mutant.data(), mutant.size(), out.data(),
                                        out.size(), seed),
              out.size());
  }
  EXPECT_TRUE(changed);
}

}  // namespace
}  // namespace plimsoll::fuzz
