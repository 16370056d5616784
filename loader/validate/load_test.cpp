// load: who owns what, what is given back, and what every prefix of a module says.
#include "plimsoll/load.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "testing/body.hpp"
#include "testing/memory.hpp"
#include "testing/verdict.hpp"

namespace plimsoll {
namespace {

using test::Bookkeeper;
using test::Bytes;

static_assert(!std::is_copy_constructible_v<Module> && !std::is_copy_assignable_v<Module>);
static_assert(!std::is_move_constructible_v<Module> && !std::is_move_assignable_v<Module>);
static_assert(!std::is_default_constructible_v<Module>);
static_assert(std::is_same_v<LoadResult::value_type, std::unique_ptr<const Module>>);
static_assert(noexcept(load(std::declval<BorrowedBytes>())) && noexcept(load(std::declval<OwnedBytes>())) &&
              noexcept(load(std::declval<MappedBytes>())));

// A module with something of everything, many operands and frames, and locals beyond the flat ones.
Bytes rich_module() {
  std::string body = "local 300 i32 local 1 ref:9 struct.new_default 9 local.set 300 ";
  for (int i = 0; i < 700; ++i) body += "i32.const 1 ";
  for (int i = 0; i < 100; ++i) body += "block void ";
  for (int i = 0; i < 100; ++i) body += "end ";
  for (int i = 0; i < 700; ++i) body += "drop ";
  return test::world("[ ] [ ]", body);
}

std::vector<std::byte> owned(const Bytes& bytes) {
  std::vector<std::byte> copy(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) copy[i] = std::byte{bytes[i]};
  return copy;
}

TEST(Load, GivesEverythingBack) {
  Bookkeeper memory;
  Options options;
  options.memory = &memory;
  const Bytes good = rich_module();
  {
    const LoadResult result = load(BorrowedBytes(good), options);
    ASSERT_TRUE(result.has_value()) << describe(result.error());
    EXPECT_GT(memory.live(), 0u);
    EXPECT_LE(memory.allocations, 32u);
  }
  EXPECT_EQ(memory.live(), 0u);
  EXPECT_EQ(memory.wrong, 0u);
  const Bytes bad = test::world("[ ] [ ]", "drop");
  EXPECT_FALSE(load(BorrowedBytes(bad), options).has_value());
  EXPECT_EQ(memory.live(), 0u);
  EXPECT_EQ(memory.wrong, 0u);
}

TEST(Load, TheModuleAloneIsKept) {
  Bookkeeper memory;
  Options options;
  options.memory = &memory;
  const Bytes bytes = rich_module();
  const LoadResult result = load(BorrowedBytes(bytes), options);
  ASSERT_TRUE(result.has_value());
  EXPECT_LE(memory.live(), 16u);  // the arena's pieces; the checker's scratch is gone
}

// Each allocation of a load fails in turn.
TEST(Load, RunningOutOfMemoryIsAnError) {
  const Bytes bytes = rich_module();
  std::size_t failures = 0;
  for (std::size_t fails_at = 1;; ++fails_at) {
    Bookkeeper memory;
    memory.fails_at = fails_at;
    Options options;
    options.memory = &memory;
    const bool loaded = [&] {
      const LoadResult result = load(BorrowedBytes(bytes), options);
      if (!result) {
        EXPECT_EQ(name(result.error().code), "out_of_memory");
        EXPECT_EQ(kind(result.error().code), ErrorKind::resource);
      }
      return result.has_value();
    }();
    EXPECT_EQ(memory.live(), 0u) << fails_at;
    EXPECT_EQ(memory.wrong, 0u) << fails_at;
    if (loaded) break;
    ++failures;
    ASSERT_LT(failures, 100u);
  }
  EXPECT_GT(failures, 5u);
}

TEST(Load, BorrowedBytesStayTheCallers) {
  const Bytes bytes = rich_module();
  const LoadResult result = load(BorrowedBytes(bytes));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(static_cast<const void*>((*result)->bytes().data()), bytes.data());
  EXPECT_EQ((*result)->bytes().size(), bytes.size());
}

TEST(Load, OwnedBytesLiveInTheModule) {
  std::vector<std::byte> bytes = owned(rich_module());
  const std::byte* block = bytes.data();
  const LoadResult result = load(OwnedBytes(std::move(bytes)));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ((*result)->bytes().data(), block);  // the same block: nothing was copied
  const std::vector<std::byte> again = owned(rich_module());
  auto array = std::make_unique<std::byte[]>(again.size());
  std::copy(again.begin(), again.end(), array.get());
  const std::byte* data = array.get();
  const LoadResult other = load(OwnedBytes(std::move(array), again.size()));
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ((*other)->bytes().data(), data);
}

TEST(Load, MappedBytesLiveInTheModule) {
  std::string pattern = (std::filesystem::temp_directory_path() / "plimsoll-XXXXXX").string();
  const int file = ::mkstemp(pattern.data());
  ASSERT_GE(file, 0);
  ::close(file);
  const Bytes bytes = rich_module();
  std::ofstream(pattern, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  {
    auto source = MappedBytes::open(pattern.c_str());
    ASSERT_TRUE(source.has_value());
    const std::byte* mapping = source->view().data();
    const LoadResult result = load(*std::move(source));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ((*result)->bytes().data(), mapping);
    EXPECT_EQ((*result)->functions().size(), 11u);
  }
  std::filesystem::remove(pattern);
}

TEST(Load, NothingIsNoModule) {
  const LoadResult result = load(BorrowedBytes(std::span<const std::byte>()));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(name(result.error().code), "unexpected_end");
  EXPECT_EQ(result.error().offset, 0u);
}

TEST(Load, RemembersItsFeatures) {
  const Bytes bytes = test::preamble();
  const LoadResult result = load(BorrowedBytes(bytes), test::with_features(Features::wasm2()));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ((*result)->features(), Features::wasm2());
}

// Every proper prefix is refused inside of itself, but for those that end between two sections.
TEST(Load, EveryPrefixIsRefusedInside) {
  const Bytes bytes = test::world("[ ] [ i32 ]", "block i32 i32.const 1 i64.const 2 i64.store8 0 1 i32.const 7 end");
  ASSERT_FALSE(test::load_error(bytes).has_value());
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Bytes prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const std::optional<Error> error = test::load_error(prefix);
    if (!error) {
      ++accepted;
      continue;
    }
    EXPECT_LE(error->offset, size) << describe(*error);
    EXPECT_NE(kind(error->code), ErrorKind::resource);
  }
  EXPECT_EQ(accepted, 3u);  // the preamble, with the types, with the imports too
}

// Every byte of a module changed in every bit: no verdict is asked for, but nothing may go wrong on the way.
TEST(Load, EveryBitOfAModuleFlipped) {
  const Bytes bytes =
      test::world("[ i32 ] [ i32 i64 f32 f64 ]",
                  "local 2 ref:9 local 300 i64 call 4 block =5 call 5 end i32.const 0 if =5 else call 5 end "
                  "loop =5 i32.const 0 br_if 0 end i32.const 1 br_table [ 0 0 ] 0");
  for (std::size_t at = 8; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = bytes;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1U << bit);
      const std::optional<Error> error = test::load_error(changed);
      if (!error) continue;
      EXPECT_LE(error->offset, changed.size()) << at;
      EXPECT_FALSE(describe(*error).empty());
    }
  }
}

}  // namespace
}  // namespace plimsoll
