// load_lazy: the sections at once, each body when it is asked for.
//
// A LazyData holds the ModuleData that will be the Module's, and beside it what goes when the Module is made: what checks of
// bodies need to know (which functions are declared), two bits for each body, and a checker once one was wanted.
#include "plimsoll/lazy.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <utility>

#include "bytes/locked_resource.hpp"
#include "module/records.hpp"
#include "validate/body_queue.hpp"
#include "validate/body_states.hpp"
#include "validate/first_error.hpp"
#include "validate/loader.hpp"
#include "validate/make_module.hpp"

namespace plimsoll {

using Verdict = std::expected<void, Error>;

struct LazyData {
  LazyData(std::unique_ptr<Module>&& made, const Options& wanted, ScratchBits&& named) noexcept
      : options(wanted), memory(options.memory), module(std::move(made)), data(ModuleAccess::data(*module)),
        declared(std::move(named)), states(options.memory) {
    ModuleAccess::bind(facade, data);
    facade.lazy_ = this;
  }
  LazyData(const LazyData&) = delete;
  LazyData& operator=(const LazyData&) = delete;
  ~LazyData() {
    if (kept == nullptr) return;
    kept->~BodyChecker();
    memory.deallocate(kept, sizeof(BodyChecker), alignof(BodyChecker));
  }

  static LazyData& of(const LazyModule& lazy) noexcept { return *lazy.lazy_; }
  [[nodiscard]] BodyContext context() noexcept { return {data, options.limits, declared, options.bodies, &memory}; }

  // The verdict on a body; checked by `checker`, or one that is there or made for the call.
  Verdict validate(std::uint32_t body, BodyChecker* checker) noexcept;
  Verdict check(std::uint32_t body, BodyChecker* checker) noexcept;
  Verdict check_with(std::uint32_t body, BodyChecker& checker);
  Verdict validate_all(Executor* threads) noexcept;

  LazyModule facade;
  const Options options;
  LockedResource memory;           // of what is allocated by whoever validates
  std::unique_ptr<Module> module;  // nobody else's until all its bodies are valid
  ModuleData& data;
  ScratchBits declared;
  BodyStates states;
  std::atomic_flag kept_is_taken;
  BodyChecker* kept = nullptr;  // made when it is first wanted; whoever sets the flag has it
};

namespace {

// Validates all bodies on several threads: each call takes pieces of the code until none is left.
class LazyWork {
 public:
  explicit LazyWork(LazyData& lazy) noexcept : lazy_(lazy) {}

  void operator()() noexcept {
    try {
      BodyChecker checker(lazy_.context());
      for (BodyPiece piece; take(piece);) {
        for (std::uint32_t body = piece.first; body < piece.first + piece.count; ++body) {
          if (errors_.is_decided(body)) return;
          if (const Verdict verdict = lazy_.validate(body, &checker); !verdict)
            return errors_.add(body, verdict.error());
        }
      }
    } catch (const std::bad_alloc&) {  // of the checker itself
      errors_.add_out_of_memory(next_);
    }
  }

  [[nodiscard]] const FirstError& errors() const noexcept { return errors_; }

 private:
  // A piece ends with the body that fills it up.
  bool take(BodyPiece& piece) noexcept {
    const std::span<const std::uint32_t> bodies = lazy_.data.bodies.view();
    std::uint32_t first = next_.load(std::memory_order_relaxed);
    for (;;) {
      if (first == bodies.size() || errors_.any()) return false;
      const std::span<const std::uint32_t> rest = bodies.subspan(first + 1);
      const std::uint64_t end = bodies[first] + std::uint64_t{std::max(lazy_.options.piece_bytes, 1U)};
      const auto last = std::ranges::lower_bound(rest, end);
      const auto count = static_cast<std::uint32_t>(1 + (last - rest.begin()));
      if (!next_.compare_exchange_weak(first, first + count, std::memory_order_relaxed)) continue;
      piece = {first, count, bodies[first]};
      return true;
    }
  }

  LazyData& lazy_;
  std::atomic<std::uint32_t> next_ = 0;
  FirstError errors_;
};

LazyResult load_lazily(Source&& source, const Options& wanted) noexcept {
  const Options options = with_defaults(wanted);
  try {
    auto module = make_module(std::move(source), options);
    if (!module) return std::unexpected(module.error());
    Loader loader(ModuleAccess::data(**module), options);
    if (!loader.run(Bodies::later)) return std::unexpected(loader.error());
    void* block = options.memory->allocate(sizeof(LazyData), alignof(LazyData));
    auto* data = new (block) LazyData(*std::move(module), options, loader.take_declared());
    std::unique_ptr<const LazyModule> lazy(&data->facade);
    data->states.reserve(data->data.bodies.size());
    return lazy;
  } catch (const std::bad_alloc&) {
    return std::unexpected(error_of(ErrorCode::out_of_memory));
  }
}

}  // namespace

Verdict LazyData::validate(std::uint32_t body, BodyChecker* checker) noexcept {
  for (;;) {
    switch (states.get(body)) {
      case BodyState::valid: return {};
      case BodyState::invalid: return check(body, checker);
      case BodyState::being_checked: states.wait(body); break;
      case BodyState::unknown:
        if (!states.claim(body)) break;
        const Verdict verdict = check(body, checker);
        if (verdict)
          states.settle(body, BodyState::valid);
        else
          states.settle(body,
                        verdict.error().code == ErrorCode::out_of_memory ? BodyState::unknown : BodyState::invalid);
        return verdict;
    }
  }
}

Verdict LazyData::check(std::uint32_t body, BodyChecker* checker) noexcept {
  try {
    if (checker != nullptr) return check_with(body, *checker);
    if (kept_is_taken.test_and_set(std::memory_order_acquire)) {
      BodyChecker own(context());
      return check_with(body, own);
    }
    struct GiveBack {
      ~GiveBack() { taken.clear(std::memory_order_release); }
      std::atomic_flag& taken;
    };
    const GiveBack give_back{kept_is_taken};
    if (kept == nullptr) kept = new (memory.allocate(sizeof(BodyChecker), alignof(BodyChecker))) BodyChecker(context());
    return check_with(body, *kept);
  } catch (const std::bad_alloc&) {
    return std::unexpected(error_of(ErrorCode::out_of_memory));
  }
}

Verdict LazyData::check_with(std::uint32_t body, BodyChecker& checker) {
  const std::uint32_t first = data.imported[static_cast<std::size_t>(ExternalKind::function)];
  if (checker.check_function(first + body, read_body(data, body))) return {};
  return std::unexpected(Loader::placed(checker.error(), static_cast<std::uint8_t>(SectionId::code), options.features));
}

Verdict LazyData::validate_all(Executor* threads) noexcept {
  const std::uint32_t count = data.bodies.size();
  const std::uint32_t piece = std::max(options.piece_bytes, 1U);
  const std::uint32_t bytes = count == 0 ? 0 : data.bodies[count - 1] - data.bodies[0];
  LazyWork work(*this);
  if (threads != nullptr && bytes / 4 >= piece) threads->run(bytes / piece + 1, Work(work));
  work();  // what no other call took
  if (work.errors().any()) return std::unexpected(work.errors().error());
  return {};
}

Verdict LazyModule::validate(std::uint32_t function) const noexcept {
  const std::uint32_t imports = imported_count(ExternalKind::function);
  return function < imports ? Verdict() : lazy_->validate(function - imports, nullptr);
}
Verdict LazyModule::validate_all(Executor* threads) const noexcept { return lazy_->validate_all(threads); }

void LazyModule::operator delete(LazyModule* module, std::destroying_delete_t) noexcept {
  LazyData* data = module->lazy_;
  std::pmr::memory_resource* memory = data->options.memory;
  data->~LazyData();
  memory->deallocate(data, sizeof(LazyData), alignof(LazyData));
}

LazyResult load_lazy(BorrowedBytes&& source, const Options& options) noexcept {
  return load_lazily(Source(std::move(source)), options);
}
LazyResult load_lazy(OwnedBytes&& source, const Options& options) noexcept {
  return load_lazily(Source(std::move(source)), options);
}
LazyResult load_lazy(MappedBytes&& source, const Options& options) noexcept {
  return load_lazily(Source(std::move(source)), options);
}

LoadResult finish(std::unique_ptr<const LazyModule>&& lazy, Executor* threads) noexcept {
  const std::unique_ptr<const LazyModule> owned = std::move(lazy);
  if (const Verdict verdict = owned->validate_all(threads); !verdict) return std::unexpected(verdict.error());
  return std::move(LazyData::of(*owned).module);
}

}  // namespace plimsoll
