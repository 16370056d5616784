// load: bytes in, a valid Module out, nothing copied.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <memory_resource>

#include "plimsoll/bytes.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/executor.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/limits.hpp"
#include "plimsoll/module.hpp"

namespace plimsoll {

// How function bodies are checked. The answer is the same, whichever it is.
enum class BodyPath : std::uint8_t {
  fastest,  // what is known to be fastest here, for each body
  wide,  // many bytes at once wherever the processor can (x86-64: 64 with AVX-512 VBMI2, 16 with AVX2), the portable way
         // for the rest
  wide_avx2,  // the same with AVX2, also on processors that can do better
  portable,  // without what only some processors of an architecture have: a hot loop wherever it is sure, else the next
  general,   // the general path alone, which is several times slower: to try the others against it
};

struct Options {
  Features features = Features::browsers();
  Limits limits;
  // Where every allocation of the load and of the Module comes from: one arena and the scratch of the load. The modules that
  // people have take at most 23 allocations; whatever the bytes say, they grow with the logarithm of the size (the most that
  // was found by construction: 36). Must outlive the Module, and be thread-safe if Modules from it are destroyed on several
  // threads. May throw std::bad_alloc only.
  // Null stands for the default.
  std::pmr::memory_resource* memory = std::pmr::new_delete_resource();
  BodyPath bodies = BodyPath::fastest;
  // Threads to check bodies, and the sections behind them, on while the load runs; null: the calling one alone. The answer is the
  // same, whatever the executor does: the error is the one that the load would have met on one thread. Each call of the work has
  // scratch of its own, a few KiB for nearly all modules; whatever the bytes say, all of it together is at most 7 bytes per byte
  // of the code, and 400 KiB a call. The memory resource need not be thread-safe for this: a load asks it for one thing at a time.
  Executor* parallel = nullptr;
  // Bytes of code that a thread takes at a time, more if a body is larger. Code of less than four such pieces is checked on
  // the calling thread: it is done before another one has woken up.
  std::uint32_t piece_bytes = 64U << 10;
};

using LoadResult = std::expected<std::unique_ptr<const Module>, Error>;

// Decodes and validates a whole module (specification 3.0, chapters 5 and 3).
//
// The error is the one with the lowest offset. A load that fails leaves nothing behind: its memory is freed and, if the
// source owned the bytes, so are they. No exception leaves a load; running out of memory is an error too.
// With the default limits, heap is at most 8 bytes per byte of the input and 1 MiB, whatever the bytes say, and time is linear
// in the size of the input: at most 600 instructions a byte, but for modules made of ever new pairs of lists of 1,000 types,
// which are compared type by type: at most 80,000 there (loader/README.md, "What is bounded by what").
// Thread-safe: loads share nothing but what the memory resource shares.
LoadResult load(BorrowedBytes&& source, const Options& options = {}) noexcept;
LoadResult load(OwnedBytes&& source, const Options& options = {}) noexcept;
LoadResult load(MappedBytes&& source, const Options& options = {}) noexcept;

}  // namespace plimsoll
