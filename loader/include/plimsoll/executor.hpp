// Executor: how a load gets the caller's threads. The loader starts none of its own.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace plimsoll {

// Work to share: two words, which refer to a function object that lives until Executor::run returns. Calling it takes part in
// the work until none is left to take. It may be called on any number of threads at once, as often as wanted, also when all
// has been taken; it never throws. A call may wait for another that has begun, never for one that has not. Copying it copies two
// words.
class Work {
 public:
  template <class Function>
    requires(!std::same_as<std::remove_cv_t<Function>, Work> && std::is_nothrow_invocable_v<Function&>)
  explicit Work(Function& function) noexcept
      : state_(&function), call_([](void* state) noexcept { (*static_cast<Function*>(state))(); }) {}

  void operator()() const noexcept { call_(state_); }

 private:
  void* state_;
  void (*call_)(void*) noexcept;
};

// The caller's threads: implemented by whoever has some. A load that needs them asks once.
class Executor {
 public:
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  // Calls `work` from threads of its own, the calling one or both, and returns when every call has returned; more than
  // `most_useful` calls at once (2 or more) do no harm and find nothing to do. Fewer are as good an answer, only later: calls
  // take pieces of the work until none is left, and what no call took the load does itself, so that a pool whose threads are
  // all busy may do nothing at all. Must be thread-safe if loads on several threads share it.
  // With a pool: hand `work` to as many threads as are free; with libdispatch, dispatch_apply_f; with TBB, parallel_for.
  virtual void run(std::size_t most_useful, Work work) noexcept = 0;

 protected:
  Executor() = default;
};

}  // namespace plimsoll
