// Every way to get heap memory is seen once, with the size that was asked for, and every way to give it back.
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <latch>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ledger/hooks/real_heap.hpp"
#include "ledger/ledger_test_support.hpp"

// NOLINTBEGIN(clang-analyzer-cplusplus.NewDeleteLeaks): blocks are given back in other ways, some of them wrong
namespace plimsoll::regress {
namespace {

using test_support::count;
using test_support::keep;
using test_support::record;
using test_support::sanitizer_owns_heap;

// In a variable, so that compilers do not warn of sizes that are meant to be too large.
volatile std::size_t impossible_size = std::numeric_limits<std::size_t>::max() / 2 + 1;

struct Form {
  const char* name;
  std::size_t size;
  void* (*allocate)();
  void (*release)(void*);
};

constexpr std::align_val_t wide{128};

const std::vector<Form>& forms() {
  static const std::vector<Form> all = {
      {"malloc", 101, [] { return std::malloc(101); }, std::free},
      {"calloc", 102, [] { return std::calloc(51, 2); }, std::free},
      {"realloc", 103, [] { return std::realloc(nullptr, 103); }, std::free},
      {"reallocarray", 104, [] { return reallocarray(nullptr, 52, 2); }, std::free},
      {"memalign", 105, [] { return memalign(64, 105); }, std::free},
      {"aligned_alloc", 128, [] { return std::aligned_alloc(64, 128); }, std::free},
      {"posix_memalign", 107,
       [] {
         void* block = nullptr;
         return posix_memalign(&block, 64, 107) == 0 ? block : nullptr;
       },
       std::free},
      {"valloc", 108, [] { return valloc(108); }, std::free},
      {"strdup", 6, []() -> void* { return strdup("hello"); }, std::free},
      {"new", 201, [] { return ::operator new(201); }, [](void* p) { ::operator delete(p); }},
      {"new, sized delete", 202, [] { return ::operator new(202); }, [](void* p) { ::operator delete(p, 202); }},
      {"new[]", 203, [] { return ::operator new[](203); }, [](void* p) { ::operator delete[](p); }},
      {"new[], sized delete[]", 204, [] { return ::operator new[](204); },
       [](void* p) { ::operator delete[](p, 204); }},
      {"new nothrow", 205, [] { return ::operator new(205, std::nothrow); },
       [](void* p) { ::operator delete(p, std::nothrow); }},
      {"new[] nothrow", 206, [] { return ::operator new[](206, std::nothrow); },
       [](void* p) { ::operator delete[](p, std::nothrow); }},
      {"new aligned", 207, [] { return ::operator new(207, wide); }, [](void* p) { ::operator delete(p, wide); }},
      {"new[] aligned", 208, [] { return ::operator new[](208, wide); }, [](void* p) { ::operator delete[](p, wide); }},
      {"new aligned, sized delete", 209, [] { return ::operator new(209, wide); },
       [](void* p) { ::operator delete(p, 209, wide); }},
      {"new[] aligned, sized delete[]", 210, [] { return ::operator new[](210, wide); },
       [](void* p) { ::operator delete[](p, 210, wide); }},
      {"new aligned nothrow", 211, [] { return ::operator new(211, wide, std::nothrow); },
       [](void* p) { ::operator delete(p, wide, std::nothrow); }},
      {"new[] aligned nothrow", 212, [] { return ::operator new[](212, wide, std::nothrow); },
       [](void* p) { ::operator delete[](p, wide, std::nothrow); }},
  };
  return all;
}

TEST(HeapHooks, AnnounceThemselves) { EXPECT_NE(heap_hooks(), HeapHooks::missing); }

TEST(HeapHooks, EveryFormIsCountedOnceWithItsSizeAndItsFree) {
  for (const Form& form : forms()) {
    SCOPED_TRACE(form.name);
    void* block = nullptr;
    const Report kept = count([&] { block = keep(form.allocate()); });
    form.release(block);  // of a block from before: no event of the next recording
    EXPECT_EQ(kept.allocations, 1u);
    EXPECT_EQ(kept.total, form.size);
    EXPECT_EQ(kept.retained, form.size);
    EXPECT_EQ(kept.retained_blocks, 1u);
    EXPECT_EQ(kept.largest, form.size);
    EXPECT_EQ(kept.releases, 0u);

    const Report released = count([&] { form.release(keep(form.allocate())); });
    EXPECT_EQ(released.allocations, 1u);
    EXPECT_EQ(released.releases, 1u);
    EXPECT_EQ(released.peak, form.size);
    EXPECT_EQ(released.retained, 0u);
    EXPECT_EQ(released.retained_blocks, 0u);
    EXPECT_EQ(released.mismatches, 0u);
    EXPECT_EQ(released.unseen_releases, 0u);
  }
}

TEST(HeapHooks, PvallocIsCountedAsWholePages) {
  const Report report = count([] { std::free(keep(pvalloc(100))); });
  EXPECT_EQ(report.allocations, 1u);
  EXPECT_EQ(report.total, static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(report.retained, 0u);
}

TEST(HeapHooks, AlignmentAndZeroesArePromisedAsEver) {
  for (const bool raw_copies : {false, true}) {
    static_cast<void>(record({}, {.raw_copies = raw_copies}, [] {
      for (int round = 0; round < 3; ++round) {
        void* const aligned = std::aligned_alloc(4096, 4096);
        ASSERT_EQ(std::bit_cast<std::uintptr_t>(aligned) % 4096, 0u);
        std::memset(aligned, 0xFF, 4096);
        void* const from_new = ::operator new(4096, std::align_val_t{1024});
        ASSERT_EQ(std::bit_cast<std::uintptr_t>(from_new) % 1024, 0u);
        std::free(aligned);
        ::operator delete(from_new, std::align_val_t{1024});
        for (const std::size_t size : {4096u, 1u << 20}) {
          auto* const zeroed = static_cast<unsigned char*>(std::calloc(size, 1));
          ASSERT_TRUE(std::all_of(zeroed, zeroed + size, [](unsigned char byte) { return byte == 0; }));
          std::memset(zeroed, 0xFF, size);
          std::free(zeroed);
        }
      }
    }));
  }
}

TEST(HeapHooks, ErrorsOfTheMallocFamilyAreTheCLibrarys) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "the sanitizer aborts on these requests";
  const Report report = count([] {
    errno = 0;
    EXPECT_EQ(keep(std::malloc(impossible_size)), nullptr);
    EXPECT_EQ(errno, ENOMEM);
    EXPECT_EQ(keep(std::calloc(impossible_size, 4)), nullptr);
    EXPECT_EQ(reallocarray(nullptr, impossible_size, 4), nullptr);
    EXPECT_EQ(keep(::operator new(impossible_size, std::nothrow)), nullptr);
    void* block = nullptr;
    EXPECT_EQ(posix_memalign(&block, 24, 8), EINVAL);
    EXPECT_EQ(posix_memalign(&block, 64, impossible_size), ENOMEM);
  });
  EXPECT_EQ(report.retained, 0u);
  EXPECT_GE(report.failures, 4u);
}

TEST(HeapHooks, NewCallsTheNewHandler) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "the sanitizer's operator new has no new-handler";
  static int calls = 0;
  calls = 0;
  std::set_new_handler([] {
    if (++calls == 2) std::set_new_handler(nullptr);
  });
  EXPECT_THROW(keep(::operator new(impossible_size)), std::bad_alloc);
  std::set_new_handler(nullptr);
  EXPECT_EQ(calls, 2);
}

TEST(HeapHooks, AGrowingReallocIsAMoveIntoANewBlock) {
  void* block = nullptr;
  const Report report = count([&] {
    block = std::malloc(1000);
    std::memset(block, 7, 1000);
    block = keep(std::realloc(keep(block), 3000));
    block = keep(std::realloc(block, 5000));
  });
  const auto* const bytes = static_cast<unsigned char*>(block);
  EXPECT_TRUE(std::all_of(bytes, bytes + 1000, [](unsigned char byte) { return byte == 7; }));
  std::free(block);
  EXPECT_EQ(report.allocations, 3u);
  EXPECT_EQ(report.releases, 2u);
  EXPECT_EQ(report.total, 9000u);
  EXPECT_EQ(report.peak, 8000u);
  EXPECT_EQ(report.retained, 5000u);
  if (!sanitizer_owns_heap()) {
    EXPECT_EQ(report.moved, 4000u);
    EXPECT_EQ(report.phases.at(0).moved, 4000u);
  }
}

TEST(HeapHooks, AShrinkingReallocKeepsTheBlock) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "the sanitizer's realloc always allocates anew";
  void* block = nullptr;
  const Report report = count([&] {
    block = keep(std::malloc(1 << 20));
    block = keep(std::realloc(block, 100));
  });
  std::free(block);
  EXPECT_EQ(report.allocations, 1u);
  EXPECT_EQ(report.total, 1u << 20);
  EXPECT_EQ(report.peak, 1u << 20);
  EXPECT_EQ(report.retained, 100u);
  EXPECT_EQ(report.moved, 0u);
}

TEST(HeapHooks, ReallocToNothingFrees) {
  const Report report = count([] { std::free(keep(std::realloc(keep(std::malloc(100)), 0))); });
  EXPECT_EQ(report.retained, 0u);
}

TEST(HeapHooks, ReallocOfAnOlderBlockIsANewBlock) {
  void* block = std::malloc(1000);
  std::memset(block, 7, 1000);
  const Report report = record({}, {}, [&] { block = keep(std::realloc(keep(block), 100000)); });
  const auto* const bytes = static_cast<unsigned char*>(block);
  EXPECT_TRUE(std::all_of(bytes, bytes + 1000, [](unsigned char byte) { return byte == 7; }));
  std::free(block);
  EXPECT_EQ(report.allocations, 1u);
  EXPECT_EQ(report.retained, 100000u);
}

TEST(HeapHooks, MismatchedReleasesAreCounted) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "the sanitizer reports these itself";
  const auto mismatches = [](void (*misuse)()) { return count(misuse).mismatches; };
  EXPECT_EQ(mismatches([] { std::free(keep(::operator new(8))); }), 1u);
  EXPECT_EQ(mismatches([] { ::operator delete(keep(std::malloc(8))); }), 1u);
  EXPECT_EQ(mismatches([] { ::operator delete[](keep(::operator new(8))); }), 1u);
  EXPECT_EQ(mismatches([] { ::operator delete(keep(::operator new(8)), 9); }), 1u);
  EXPECT_EQ(mismatches([] { ::operator delete(keep(::operator new(8, wide))); }), 1u);
  EXPECT_EQ(mismatches([] { ::operator delete(keep(::operator new(8, wide)), 8, wide); }), 0u);
}

TEST(HeapHooks, AReleaseBehindTheHooksIsNoticedWhenTheAddressComesBack) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "nothing gets past the sanitizer's allocator";
  void* block = nullptr;
  const Report report = count([&] {
    block = keep(std::malloc(40));
    real_heap::release(block);
    block = keep(std::malloc(40));
  });
  std::free(block);
  EXPECT_EQ(report.unseen_releases, 1u);
  EXPECT_EQ(report.allocations, 2u);
  EXPECT_EQ(report.retained, 40u);
}

TEST(HeapHooks, ContainersAreSeen) {
  const Report report = count([] {
    const std::vector<std::uint64_t> numbers(1000);
    const std::string text(500, 'x');
    keep(numbers.data());
    keep(text.data());
  });
  EXPECT_EQ(report.allocations, 2u);
  EXPECT_EQ(report.total, 8501u);
  EXPECT_EQ(report.retained, 0u);
}

// The threads run before the recording begins, so that what it takes to start and to end them stays out of it.
TEST(HeapHooks, AllThreadsAreRecorded) {
  constexpr std::size_t threads = 4;
  std::latch ready(threads + 1);
  std::latch go(1);
  std::latch done(threads);
  std::latch leave(1);
  const auto use_the_heap = [&] {
    ready.arrive_and_wait();
    go.wait();
    for (std::size_t i = 0; i < 5000; ++i) {
      void* const small = keep(std::malloc(i % 200 + 1));
      ::operator delete(keep(::operator new(300)));
      std::free(small);
    }
    void* const kept = keep(std::malloc(1000));
    done.count_down();
    leave.wait();
    std::free(kept);
  };
  std::vector<std::thread> running;
  running.reserve(threads);
  for (std::size_t t = 0; t < threads; ++t) running.emplace_back(use_the_heap);
  ready.arrive_and_wait();
  const Report report = count([&] {
    go.count_down();
    done.wait();
  });
  leave.count_down();
  for (std::thread& thread : running) thread.join();
  EXPECT_EQ(report.allocations, threads * 10001);
  EXPECT_EQ(report.releases, threads * 10000);
  EXPECT_EQ(report.retained, threads * 1000);
  EXPECT_EQ(report.mismatches, 0u);
  EXPECT_EQ(report.unseen_releases, 0u);
}

TEST(HeapHooks, TheNthAllocationFailsInEachForm) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "a sanitizer's hooks cannot refuse an allocation";
  for (const Form& form : forms()) {
    SCOPED_TRACE(form.name);
    void* first = nullptr;
    void* second = nullptr;
    void* third = nullptr;
    bool threw = false;
    const Report report = record({}, {.raw_copies = false, .fail_allocation = 2}, [&] {
      first = keep(form.allocate());
      try {
        second = keep(form.allocate());
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      third = keep(form.allocate());
    });
    EXPECT_NE(first, nullptr);
    EXPECT_EQ(second, nullptr);
    EXPECT_NE(third, nullptr);
    const std::string_view name = form.name;
    EXPECT_EQ(threw, name.starts_with("new") && !name.ends_with("nothrow"));
    EXPECT_EQ(report.failures, 1u);
    form.release(first);
    form.release(third);
  }
}

TEST(HeapHooks, AnInjectedFailureSetsErrno) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "a sanitizer's hooks cannot refuse an allocation";
  int seen = 0;
  static_cast<void>(record({}, {.raw_copies = false, .fail_allocation = 1}, [&] {
    errno = 0;
    keep(std::malloc(1));
    seen = errno;
  }));
  EXPECT_EQ(seen, ENOMEM);
}

TEST(HeapHooks, AFailedReallocLeavesTheBlock) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "a sanitizer's hooks cannot refuse an allocation";
  void* block = nullptr;
  void* grown = nullptr;
  const Report report = record({}, {.raw_copies = false, .fail_allocation = 2}, [&] {
    block = keep(std::malloc(100));
    std::memset(block, 7, 100);
    grown = keep(std::realloc(keep(block), 200));
  });
  EXPECT_EQ(grown, nullptr);
  EXPECT_EQ(static_cast<unsigned char*>(block)[99], 7);
  EXPECT_EQ(report.retained, 100u);
  std::free(block);
}

TEST(HeapHooks, AReallocationKeepsWhatStandsInTheUsableSize) {
  void* grown = nullptr;
  std::size_t usable = 0;
  record({}, Recording::full(), [&] {
    void* const block = keep(std::malloc(20));
    usable = malloc_usable_size(block);
    std::memset(block, 7, usable);
    grown = keep(std::realloc(block, 200));
  });
  EXPECT_EQ(static_cast<unsigned char*>(grown)[usable - 1], 7);
  std::free(grown);
}

// The pattern that tests of a loader are made of: fail each allocation in turn until one load gets through.
TEST(HeapHooks, EveryAllocationCanBeMadeToFailInTurn) {
  if (sanitizer_owns_heap()) GTEST_SKIP() << "a sanitizer's hooks cannot refuse an allocation";
  std::uint64_t failed = 0;
  for (std::uint64_t n = 1;; ++n) {
    bool loaded = false;
    const Report report = record({}, {.raw_copies = false, .fail_allocation = n}, [&] {
      try {
        std::vector<std::string> names;
        // NOLINTNEXTLINE(performance-inefficient-vector-operation): the growth is what is wanted
        for (int i = 0; i < 4; ++i) names.emplace_back(100, 'x');
        loaded = true;
      } catch (const std::bad_alloc&) {
        loaded = false;
      }
    });
    EXPECT_EQ(report.retained, 0u) << n;
    if (loaded) break;
    ++failed;
  }
  EXPECT_EQ(failed, 7u) << "four strings; vectors of 1, 2 and 4";
}

}  // namespace
}  // namespace plimsoll::regress
// NOLINTEND(clang-analyzer-cplusplus.NewDeleteLeaks)
