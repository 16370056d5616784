// SHA-256 of a module's bytes, which says whether it is still the module that was pinned. By OpenSSL's libcrypto.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace plimsoll::regress::gate {

// 64 hexadecimal digits in lower case. Thread-safe; linear. Throws std::runtime_error if libcrypto has none.
[[nodiscard]] std::string sha256(std::span<const std::byte> bytes);

}  // namespace plimsoll::regress::gate
