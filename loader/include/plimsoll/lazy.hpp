// load_lazy: a module that is ready when its sections are valid; its bodies are validated when they are asked for.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>

#include "plimsoll/bytes.hpp"
#include "plimsoll/error.hpp"
#include "plimsoll/executor.hpp"
#include "plimsoll/load.hpp"
#include "plimsoll/module.hpp"

namespace plimsoll {

struct LazyData;

// A module in which everything but the bodies is valid: a runtime can look at its imports and exports and instantiate it, and
// validates a function's body before it compiles or runs it. Until a body has been found valid its bytes may be anything:
// FunctionBody and InstructionReader read them safely all the same.
// Thread-safe, but for its destruction. When all bodies are to be valid, `finish` makes a Module of it.
class LazyModule final : public ModuleIndex {
 public:
  LazyModule(const LazyModule&) = delete;
  LazyModule& operator=(const LazyModule&) = delete;
  ~LazyModule() = default;

  // Whether the body of a function is valid (function index, imports counted; it must exist, and an import has no body to be
  // invalid), and if not why: the very error of a load of a module in which no body before it is bad. A body is checked once,
  // on the first call, linear in its size; another thread that asks for it meanwhile waits. After that a valid body costs a few nanoseconds;
  // an invalid one is checked again to make the same error. `out_of_memory` says nothing of the body: ask again.
  // Scratch comes from Options::memory: one checker is made by the first call and kept as long as this LazyModule, some 40 KiB unless a
  // body was large; a call that comes while another has it makes its own, and gives it back.
  [[nodiscard]] std::expected<void, Error> validate(std::uint32_t function) const noexcept;

  // Validates all bodies that have not been so far, on the calling thread and those of `threads`, if it is given; the error is
  // that of the first bad body, and so the load's. Any number of threads may validate bodies meanwhile.
  [[nodiscard]] std::expected<void, Error> validate_all(Executor* threads = nullptr) const noexcept;

  // Runs the destructor and gives the memory back to the resource of the load; called by `delete`, so by unique_ptr.
  static void operator delete(LazyModule* module, std::destroying_delete_t) noexcept;

 private:
  friend struct LazyData;
  LazyModule() = default;
  LazyData* lazy_ = nullptr;
};

using LazyResult = std::expected<std::unique_ptr<const LazyModule>, Error>;

// Decodes a whole module and validates all of it but the bodies of functions, of which it reads the sizes. What is wrong
// outside of the bodies is an error here, also behind a body that is bad; otherwise as `load`, which gives the same answer as
// load_lazy and `finish` together unless both a body and something behind the code are bad.
// Heap is that of `load`, two bits for each function, and one bit for each if some are named outside of bodies. The memory resource is asked for
// one thing at a time, but by any thread that validates: it must be thread-safe if others use it meanwhile.
LazyResult load_lazy(BorrowedBytes&& source, const Options& options = {}) noexcept;
LazyResult load_lazy(OwnedBytes&& source, const Options& options = {}) noexcept;
LazyResult load_lazy(MappedBytes&& source, const Options& options = {}) noexcept;

// Validates what has not been validated (validate_all), and makes a Module of the whole: nothing is copied or moved in memory,
// so views of the LazyModule stay valid as those of the Module. Takes the LazyModule, which must not be null, also when it
// fails. No other thread may use it any more.
LoadResult finish(std::unique_ptr<const LazyModule>&& lazy, Executor* threads = nullptr) noexcept;

}  // namespace plimsoll
