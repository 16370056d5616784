// What the hooks of mmap and munmap tell whoever is interested in files: in the preloaded library, the session, which looks
// for the module. Elsewhere nobody is: these are weak, and do nothing.
#pragma once

#include <cstddef>

namespace plimsoll::regress::mapped_files {

// Called while recording, with a new mapping of a file; and when a range of addresses is about to go.
void mapped(void* address, std::size_t length, int protection, int flags, int file) noexcept;
void unmapped(void* address, std::size_t length) noexcept;

}  // namespace plimsoll::regress::mapped_files
