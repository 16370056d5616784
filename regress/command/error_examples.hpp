// The examples of the pages about errors: corpus/errors, built into the command (embed_examples.cmake).
#pragma once

#include <span>
#include <string_view>

namespace plimsoll::regress {

struct ErrorExample {
  std::string_view code;    // the name of the error code that it is an example of
  std::string_view source;  // as assemble.hpp defines it
};

// By name. Static storage; thread-safe.
[[nodiscard]] std::span<const ErrorExample> error_examples() noexcept;

}  // namespace plimsoll::regress
