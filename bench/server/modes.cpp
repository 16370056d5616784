// `ci/bench --compare` compiles this file with the loader of other revisions, so what is younger than the first of them
// is asked for before it is used. That needs templates.
#include "server/modes.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#ifdef PLIMSOLL_BENCH_POOL
#include "pool/thread_pool.hpp"
#endif
#if __has_include("plimsoll/stream.hpp")
#include "plimsoll/stream.hpp"
#endif

namespace plimsoll::bench {
namespace {

bool plain(Options&) { return true; }

template <class Any>
bool general(Any& options) {
  if constexpr (requires { options.bodies; }) {
    options.bodies = decltype(options.bodies)::general;
    return true;
  } else {
    return false;
  }
}

template <class Any>
bool portable(Any& options) {
  if constexpr (requires { decltype(options.bodies)::portable; }) {
    options.bodies = decltype(options.bodies)::portable;
    return true;
  } else {
    return false;
  }
}

template <class Any>
bool with_avx2(Any& options) {
  if constexpr (requires { decltype(options.bodies)::wide_avx2; }) {
#ifdef __x86_64__
    options.bodies = decltype(options.bodies)::wide_avx2;
    return __builtin_cpu_supports("avx2") != 0;
#endif
  }
  return false;
}

template <class Any>
bool on_two_threads([[maybe_unused]] Any& options) {
#ifdef PLIMSOLL_BENCH_POOL
  if constexpr (requires { options.parallel; }) {
    static regress::ThreadPool pool(2);
    options.parallel = &pool;
    return true;
  }
#endif
  return false;
}

// What the machine can do at best: the threads have nothing to do with each other.
template <class Any>
bool each_on_its_thread(const Input& input, [[maybe_unused]] const Any& options) {
  constexpr unsigned loads = 2;
  std::atomic<unsigned> begun = 0;
  std::atomic<unsigned> valid = 0;
  [[maybe_unused]] auto work = [&]() noexcept {
    while (begun++ < loads) valid += load(BorrowedBytes(input.bytes)).has_value() ? 1 : 0;
  };
#ifdef PLIMSOLL_BENCH_POOL
  if constexpr (requires { options.parallel; }) options.parallel->run(loads, Work(work));
#endif
  return valid == loads;
}

template <class Any>
bool lazily(Any& options) {
  return requires { load_lazy(BorrowedBytes(std::span<const std::byte>()), options); };
}

bool from_memory(const Input& input, const Options& options) {
  return load(BorrowedBytes(input.bytes), options).has_value();
}

bool from_file(const Input& input, const Options& options) {
  auto mapped = MappedBytes::open(input.file.c_str());
  return mapped && load(std::move(*mapped), options).has_value();
}

template <class Any>
bool until_ready(const Input& input, const Any& options) {
  if constexpr (requires { load_lazy(BorrowedBytes(input.bytes), options); }) {
    return load_lazy(BorrowedBytes(input.bytes), options).has_value();
  } else {
    return false;
  }
}

template <class Any>
bool lazy_and_all(const Input& input, const Any& options) {
  if constexpr (requires { load_lazy(BorrowedBytes(input.bytes), options); }) {
    auto lazy = load_lazy(BorrowedBytes(input.bytes), options);
    return lazy && finish(std::move(*lazy)).has_value();
  } else {
    return false;
  }
}

#if __has_include("plimsoll/stream.hpp")
bool streams(Options&) { return true; }

// In pieces as they come from a network; of no total that is known before.
bool in_pieces(const Input& input, const Options& options) {
  constexpr std::size_t piece = 64U << 10U;
  StreamLoader loader(options);
  for (std::span<const std::byte> rest = input.bytes; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size())))
    if (!loader.push(rest.first(std::min(piece, rest.size())))) return false;
  return loader.finish().has_value();
}
#else
bool streams(Options&) { return false; }
bool in_pieces(const Input&, const Options&) { return false; }
#endif

using enum Mode::Clock;

constexpr std::array all = {
    Mode{"memory", "from memory, on one thread", cpu, true, plain, from_memory},
    Mode{"mapped", "the file is opened, mapped, loaded and unmapped", cpu, false, plain, from_file},
    // Where instructions are counted, `memory` is this (../counts/count_main.cpp).
    Mode{"portable", "from memory, without what only some processors have", cpu, false, portable<Options>, from_memory},
    Mode{"avx2", "from memory, all bodies with AVX2, whatever the processor can", cpu, true, with_avx2<Options>,
         from_memory},
    Mode{"general", "from memory, every body by the general path", cpu, true, general<Options>, from_memory},
    Mode{"two_threads", "from memory, on two threads", wall, false, on_two_threads<Options>, from_memory},
    Mode{"two_loads", "two loads at once, a thread for each: half of it is the best that two_threads could be", wall,
         false, on_two_threads<Options>, each_on_its_thread<Options>},
    Mode{"lazy", "from memory, until it is ready: bodies are not validated", cpu, true, lazily<Options>,
         until_ready<Options>},
    Mode{"lazy_all", "the same, then all bodies", cpu, true, lazily<Options>, lazy_and_all<Options>},
    Mode{"stream", "in pieces of 64 KiB, which are copied once", cpu, false, streams, in_pieces},
};

}  // namespace

std::span<const Mode> modes() { return all; }

}  // namespace plimsoll::bench
