// An input that nobody may write, between pages that nobody may touch, and a word about which input it was when somebody did.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll::regress::properties {

enum class Against : std::uint8_t {
  start,  // a read before the input faults
  end,    // a read past the input faults
};

// Room for one input at a time. Not thread-safe.
class GuardedInput {
 public:
  // Throws std::system_error if the system has no room for `capacity` bytes.
  explicit GuardedInput(std::size_t capacity);
  GuardedInput(const GuardedInput&) = delete;
  GuardedInput& operator=(const GuardedInput&) = delete;
  ~GuardedInput();

  // Puts `bytes`, at most the capacity, flush against one of the guards. Read-only until the next call. Linear in `bytes`.
  std::span<const std::byte> place(std::span<const std::byte> bytes, Against against);
  // Until the next call, nobody may touch what was placed.
  void forbid();

 private:
  std::byte* pages_;  // guard, room, guard
  std::size_t room_;  // bytes, whole pages
};

// While one lives, a fault or a sanitizer's report ends the process with `context` on standard error before it.
// One at a time.
class CrashNote {
 public:
  CrashNote();
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;
  ~CrashNote();

  // Copies at most 200 bytes of `context`, and a number. Cheap: called for every load.
  void set(std::string_view context, std::uint64_t number = 0) noexcept;
};

}  // namespace plimsoll::regress::properties
