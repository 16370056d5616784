// What every way to load begins with: the block that the Module lives in.
#pragma once

#include <expected>
#include <memory>

#include "module/module_data.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll {

// The options with what null stands for.
Options with_defaults(const Options& options) noexcept;

// An error that is about no place.
Error error_of(ErrorCode code) noexcept;
Error too_large(std::uint64_t size, const Limits& limits) noexcept;

// Places a module's data, with no section read yet, in one block of the resource; the facade inside it is what the
// caller owns. Fails if the source is too large. Throws std::bad_alloc.
std::expected<std::unique_ptr<Module>, Error> make_module(Source&& source, const Options& options);

}  // namespace plimsoll
