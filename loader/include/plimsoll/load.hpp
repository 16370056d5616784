// load: bytes in, a valid Module out, nothing copied.
#pragma once

#include <expected>
#include <memory>
#include <memory_resource>

#include "plimsoll/bytes.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/limits.hpp"
#include "plimsoll/module.hpp"

namespace plimsoll {

struct Options {
  Features features = Features::browsers();
  Limits limits;
  // Where every allocation of the load and of the Module comes from: one arena, at most 32 allocations. Must outlive the
  // Module, and be thread-safe if Modules from it are destroyed on several threads. May throw std::bad_alloc only.
  std::pmr::memory_resource* memory = std::pmr::new_delete_resource();
};

using LoadResult = std::expected<std::unique_ptr<const Module>, Error>;

// Decodes and validates a whole module (specification 3.0, chapters 5 and 3).
//
// The error is the one with the lowest offset. A load that fails leaves nothing behind: its memory is freed and, if the
// source owned the bytes, so are they. No exception leaves a load; running out of memory is an error too.
// Time is linear in the size of the input, heap at most 8 bytes per byte of it and 1 MiB, whatever the bytes say.
// Thread-safe: loads share nothing but what the memory resource shares.
LoadResult load(BorrowedBytes&& source, const Options& options = {}) noexcept;
LoadResult load(OwnedBytes&& source, const Options& options = {}) noexcept;
LoadResult load(MappedBytes&& source, const Options& options = {}) noexcept;

}  // namespace plimsoll
