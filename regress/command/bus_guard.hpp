// Survives a mapped file that is truncated by somebody else: the operating system answers a read past the file's new end
// with SIGBUS, which by default ends the process.
#pragma once

#include <cstddef>
#include <span>

namespace plimsoll::regress {

// While it lives, a read of `mapping` that raises SIGBUS finds zeros instead, and the guard is tripped: whatever was
// concluded from the bytes is worthless then. The first guard installs a handler for the whole process; a SIGBUS outside
// every guarded mapping is passed on to whatever was in charge before.
//
// Thread-safe; the fault may happen on any thread. The mapping may go before the guard, if nothing else is mapped in its
// place meanwhile. At most 256 guards live at a time: a further one waits.
class BusGuard {
 public:
  explicit BusGuard(std::span<const std::byte> mapping) noexcept;
  BusGuard(const BusGuard&) = delete;
  BusGuard& operator=(const BusGuard&) = delete;
  ~BusGuard();

  [[nodiscard]] bool tripped() const noexcept;

 private:
  struct Slot;
  friend struct BusHandler;
  Slot* slot_ = nullptr;  // null for an empty mapping
};

}  // namespace plimsoll::regress
