// A module to plant copies in: valid WebAssembly 2.0 with code, names and data of many kinds, and as large as one likes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace plimsoll::regress::planted {

// About `size` bytes (at least as many; 20 KB at least), the same for the same seed on every machine. Seven tenths are code:
// bodies of a few bytes to some thousands, no two alike. Linear in `size`.
[[nodiscard]] std::vector<std::byte> generate_module(std::size_t size, std::uint64_t seed = 1);

}  // namespace plimsoll::regress::planted
