// If Plimsoll itself crashes on a module, the module is what one wants to have.
#pragma once

#include <cstddef>
#include <span>

namespace plimsoll::regress::differential {

// From now on, a crash of this process first writes the module that was set last to differential-crash.wasm in the current folder,
// and says so. Once a process.
void keep_crash_input();

// The module that is about to be loaded. It must stay until the next call; nothing is copied.
void set_crash_input(std::span<const std::byte> module) noexcept;

}  // namespace plimsoll::regress::differential
