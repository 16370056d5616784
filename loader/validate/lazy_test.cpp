// load_lazy: ready without the bodies, each of which is validated once, by whichever thread asks first.
#include "plimsoll/lazy.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "testing/body.hpp"
#include "testing/executors.hpp"
#include "testing/many_bodies.hpp"
#include "testing/memory.hpp"
#include "testing/verdict.hpp"
#include "validate/body_states.hpp"

namespace plimsoll {
namespace {

using test::Bookkeeper;
using test::Bytes;
using test::sized;

static_assert(!std::is_copy_constructible_v<LazyModule> && !std::is_move_constructible_v<LazyModule>);
static_assert(!std::is_default_constructible_v<LazyModule>);
static_assert(!std::is_convertible_v<const LazyModule&, const Module&> &&
              !std::is_convertible_v<const LazyModule*, const Module*>);
static_assert(std::is_same_v<LazyResult::value_type, std::unique_ptr<const LazyModule>>);
static_assert(noexcept(load_lazy(std::declval<OwnedBytes>())) &&
              noexcept(finish(std::declval<std::unique_ptr<const LazyModule>>())));
static_assert(!std::is_polymorphic_v<ModuleIndex> && sizeof(Module) == sizeof(void*));

constexpr std::uint32_t bodies = 1000;  // about 1 MB
constexpr std::uint32_t imported = 3;

using Verdict = std::expected<void, Error>;

std::string text(const std::optional<Error>& error) {
  return error ? describe(*error) + " @" + std::to_string(error->offset) : "valid";
}
std::optional<Error> error_of(const Verdict& verdict) {
  return verdict ? std::nullopt : std::optional(verdict.error());
}
std::unique_ptr<const LazyModule> lazy(const Bytes& module, const Options& options = {}) {
  LazyResult result = load_lazy(BorrowedBytes(module), options);
  EXPECT_TRUE(result.has_value()) << describe(result.error());
  return *std::move(result);
}

TEST(Lazy, IsReadyWhateverTheBodiesAre) {
  const Bytes bytes = test::many_bodies(3, {{1, sized({0xFF})}});
  const auto module = lazy(bytes);
  EXPECT_EQ(module->functions().size(), imported + 3);
  EXPECT_EQ(module->imports()[0].kind, ExternalKind::function);
  EXPECT_EQ(module->types().size(), 1U);
  EXPECT_EQ(module->bodies().size(), 3U);
  EXPECT_EQ(module->bytes().data(), static_cast<const void*>(bytes.data()));
  EXPECT_EQ(error_of(module->validate(imported + 0)), std::nullopt);
  EXPECT_EQ(error_of(module->validate(imported + 2)), std::nullopt);
  EXPECT_EQ(error_of(module->validate(0)), std::nullopt) << "an import";
  const std::optional<Error> error = test::load_error(bytes);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->section, 10U);
  EXPECT_EQ(error_of(module->validate(imported + 1)), error);
  EXPECT_EQ(error_of(module->validate(imported + 1)), error) << "the second time";
  EXPECT_EQ(error_of(module->validate_all()), error);
}

// Without a bad body the answer is that of a load, and comes from load_lazy; what it says else stands behind the bad body.
TEST(Lazy, ValidatesAllElseAtOnce) {
  const Bytes good = test::world("[ ] [ i32 ]", "i32.const 7");
  ASSERT_FALSE(test::load_error(good).has_value());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = good;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1U << bit);
      const std::optional<Error> serial = test::load_error(changed);
      LazyResult result = load_lazy(BorrowedBytes(changed));
      if (!result) {
        ++refused;
        ASSERT_TRUE(serial.has_value());
        const bool is_body = serial->function != Error::no_function;
        if (is_body)
          EXPECT_GE(result.error().offset, serial->offset);
        else
          EXPECT_EQ(text(result.error()), text(serial));
      } else {
        const LoadResult module = finish(*std::move(result));
        EXPECT_EQ(module ? std::nullopt : std::optional(module.error()), serial) << at << " " << bit;
      }
    }
  }
  EXPECT_GT(refused, 100U);
}

// ... and an error behind the code comes before one in it.
TEST(Lazy, RefusesWhatIsWrongBehindABadBody) {
  const Bytes bad = sized(test::empty_handed_body(1));
  const Bytes behind = test::section(11, {0x01, 0x07});
  EXPECT_EQ(name(test::load_error(test::many_bodies(3, {{1, bad}}) + behind)->code), "type_mismatch");
  const Bytes bytes = test::many_bodies(3, {{1, bad}}) + behind;
  const LazyResult result = load_lazy(BorrowedBytes(bytes));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(name(result.error().code), "bad_data_flags");
  const Bytes cut = test::many_bodies(3, {{1, {0xFF, 0xFF, 0xFF, 0x7F, 0x00}}});
  EXPECT_EQ(text(load_lazy(BorrowedBytes(cut)).error()), text(test::load_error(cut)));
}

// Bodies that are too short for valid ones, many of them: there is room for all.
TEST(Lazy, KnowsBodiesThatAreTooShort) {
  std::map<std::uint32_t, Bytes> others;
  for (std::uint32_t i = 0; i < 1000; ++i) others[i] = {0x00};
  const Bytes bytes = test::many_bodies(1000, others);
  const auto module = lazy(bytes);
  ASSERT_EQ(module->bodies().size(), 1000U);
  EXPECT_EQ(error_of(module->validate(imported)), test::load_error(bytes));
  EXPECT_EQ(name(module->validate(imported + 999).error().code), "unexpected_end_of_section");
}

TEST(Lazy, BecomesAModuleInPlace) {
  const Bytes bytes = test::many_bodies(bodies);
  Bookkeeper memory;
  Options options;
  options.memory = &memory;
  auto module = lazy(bytes, options);
  const auto* const functions = module->functions().data();
  EXPECT_FALSE(error_of(module->validate(imported + 5)).has_value());
  const std::size_t before = memory.bytes;
  LoadResult result = finish(std::move(module));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ((*result)->functions().data(), functions);
  EXPECT_EQ((*result)->bodies().size(), bodies);
  EXPECT_LT(memory.bytes, before) << "what is only of use to a LazyModule has gone";
  Bookkeeper serial_memory;
  options.memory = &serial_memory;
  const LoadResult serial = load(BorrowedBytes(bytes), options);
  EXPECT_EQ(memory.bytes, serial_memory.bytes);
  result->reset();
  EXPECT_EQ(memory.live(), 0U);
  EXPECT_EQ(memory.wrong, 0U);
}

// Bits for each body, not words: a load's peak, and a quarter of a byte each. What has validated a body has a checker, too.
TEST(Lazy, TakesTwoBitsABody) {
  const auto peak = [](std::uint32_t count, bool lazily) {
    std::map<std::uint32_t, Bytes> others;
    for (std::uint32_t i = 0; i < count; ++i) others[i] = sized(test::constant_body(0));
    const Bytes bytes = test::many_bodies(count, others);
    Bookkeeper memory;
    Options options;
    options.memory = &memory;
    if (lazily) {
      const auto module = lazy(bytes, options);
      const std::size_t ready = memory.peak;
      EXPECT_FALSE(error_of(module->validate_all()).has_value());
      EXPECT_FALSE(error_of(module->validate(imported)).has_value());
      EXPECT_LT(memory.bytes, ready + 8192) << "and no checker, for nothing was left to check";
    } else {
      EXPECT_TRUE(load(BorrowedBytes(bytes), options).has_value());
    }
    return memory.peak;
  };
  constexpr std::size_t own = 2048;  // of a LazyModule
  EXPECT_LE(peak(10, true), peak(10, false) + own);
  EXPECT_LE(peak(100'000, true), peak(100'000, false) + own + 100'000 / 4);
}

TEST(Lazy, ValidatesAllOnSeveralThreads) {
  const Bytes bad = sized(test::empty_handed_body(2));
  for (const auto& others : std::vector<std::map<std::uint32_t, Bytes>>{
           {}, {{0, bad}}, {{500, sized(test::empty_handed_body(100'000))}, {501, bad}, {999, bad}}, {{999, bad}}}) {
    const Bytes bytes = test::many_bodies(bodies, others);
    const std::optional<Error> serial = test::load_error(bytes);
    test::Threads threads(4);
    test::Busy busy;
    for (Executor* const executor : std::initializer_list<Executor*>{nullptr, &threads, &busy}) {
      const auto module = lazy(bytes);
      EXPECT_EQ(error_of(module->validate_all(executor)), serial);
      EXPECT_EQ(error_of(module->validate_all(executor)), serial) << "the second time";
      for (std::uint32_t i = 0; i < bodies; ++i)
        EXPECT_EQ(module->validate(imported + i).has_value(), !others.contains(i)) << i;
    }
    EXPECT_EQ(threads.runs, 2U);
  }
}

// Threads that ask for the same bodies in other orders, while one finishes all.
TEST(Lazy, AnswersAnyThread) {
  const Bytes bad = sized(test::empty_handed_body(2));
  const Bytes bytes = test::many_bodies(bodies, {{77, bad}, {500, sized(test::empty_handed_body(50'000))}, {998, bad}});
  Bookkeeper memory;
  memory.is_slow = true;
  Options options;
  options.memory = &memory;
  options.piece_bytes = 1000;
  {
    const auto module = lazy(bytes, options);
    std::atomic<std::uint32_t> wrong = 0;
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint32_t n = 0; n < 2 * bodies; ++n) {
          const std::uint32_t i = (t % 2 == 0 ? n : 2 * bodies - 1 - n) * (t / 2 == 0 ? 1 : 7) % bodies;
          const Verdict verdict = module->validate(imported + i);
          const bool is_bad = i == 77 || i == 500 || i == 998;
          if (verdict.has_value() == is_bad || (is_bad && verdict.error().function != imported + i)) ++wrong;
        }
      });
    }
    test::Threads others(2);
    const Verdict all = module->validate_all(&others);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(error_of(all), test::load_error(bytes));
  }
  EXPECT_EQ(memory.wrong, 0U) << "two threads at once, or a block of another size";
  EXPECT_EQ(memory.live(), 0U);
}

TEST(BodyStates, EachBodyIsClaimedOnce) {
  constexpr std::uint32_t count = 1000;
  BodyStates states(std::pmr::new_delete_resource());
  states.reserve(count);
  std::vector<std::atomic<int>> claims(count);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint32_t i = 0; i < count; ++i) {
        const BodyState end = i % 3 == 0 ? BodyState::invalid : BodyState::valid;
        if (states.claim(i)) {
          ++claims[i];
          states.settle(i, end);
        }
        states.wait(i);
        if (states.get(i) != end) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint32_t i = 0; i < count; ++i) EXPECT_EQ(claims[i], 1) << i;
  EXPECT_EQ(wrong, 0);
}

TEST(BodyStates, ABodyOfWhichNothingIsKnownCanBeClaimedAgain) {
  BodyStates states(std::pmr::new_delete_resource());
  states.reserve(1);
  EXPECT_TRUE(states.claim(0));
  EXPECT_FALSE(states.claim(0));
  EXPECT_EQ(states.get(0), BodyState::being_checked);
  states.settle(0, BodyState::unknown);
  EXPECT_TRUE(states.claim(0));
  states.settle(0, BodyState::valid);
  EXPECT_FALSE(states.claim(0));
}

// Each allocation fails in turn: of load_lazy, of the checks, of `finish`. What failed in a check works the next time.
TEST(Lazy, RunningOutOfMemoryIsAnError) {
  const Bytes bytes = test::many_bodies(bodies, {{990, sized(test::constant_body(300'000))}});
  std::size_t failures = 0;
  for (std::size_t fails_at = 1;; ++fails_at) {
    Bookkeeper memory;
    memory.fails_at = fails_at;
    {
      test::Threads threads(3);
      Options options;
      options.memory = &memory;
      LazyResult result = load_lazy(BorrowedBytes(bytes), options);
      if (!result) {
        EXPECT_EQ(text(result.error()), "out of memory @0") << fails_at;
      } else {
        for (const std::uint32_t body : {0U, 990U}) {
          if (const Verdict verdict = (*result)->validate(imported + body); !verdict) {
            EXPECT_EQ(text(verdict.error()), "out of memory @0") << fails_at;
            EXPECT_TRUE((*result)->validate(imported + body).has_value()) << "ask again";
          }
        }
        const LoadResult module = finish(*std::move(result), fails_at % 2 == 0 ? &threads : nullptr);
        EXPECT_EQ(*result, nullptr);
        if (!module) {
          EXPECT_EQ(text(module.error()), "out of memory @0") << fails_at;
        }
      }
    }
    EXPECT_EQ(memory.live(), 0U) << fails_at;
    EXPECT_EQ(memory.wrong, 0U) << fails_at;
    if (memory.allocations < fails_at) break;
    ++failures;
    ASSERT_LT(failures, 100U);
  }
  EXPECT_GT(failures, 5U);
}

}  // namespace
}  // namespace plimsoll
