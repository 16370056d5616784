// UTF-8 (specification 3.0, section 5.2.4): names must be well-formed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plimsoll {

// Whether the bytes are well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. Linear.
bool is_utf8(const std::uint8_t* bytes, std::size_t size) noexcept;

// How many bytes at the front are well-formed: where an error points to. Linear.
std::size_t utf8_prefix(const std::uint8_t* bytes, std::size_t size) noexcept;

}  // namespace plimsoll
