// A function that comes after this library's of the same name.
#pragma once

#include <dlfcn.h>

#include <atomic>
#include <bit>

namespace plimsoll::regress::preload {

// Looked up on first use. Thread-safe, for constant initialisation. RTLD_NEXT finds it in every program that could have
// called ours.
template <typename Function>
class Next {
 public:
  constexpr explicit Next(const char* name) noexcept : name_(name) {}

  template <typename... Arguments>
  auto operator()(Arguments... arguments) noexcept {
    return get()(arguments...);
  }

  [[nodiscard]] Function* get() noexcept {
    Function* found = function_.load(std::memory_order_relaxed);
    if (found == nullptr) {
      found = std::bit_cast<Function*>(::dlsym(RTLD_NEXT, name_));
      function_.store(found, std::memory_order_relaxed);
    }
    return found;
  }

 private:
  const char* name_;
  std::atomic<Function*> function_{nullptr};
};

}  // namespace plimsoll::regress::preload
