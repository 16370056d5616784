// What a load says of a module, for tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plimsoll/load.hpp"
#include "testing/assemble.hpp"
#include "testing/bytes.hpp"

namespace plimsoll::test {

inline constexpr std::string_view valid = "valid";

// The error of loading the module, if there is one. The bytes stand in a block of just their size, so that a sanitizer sees
// a read past them.
std::optional<Error> load_error(const Bytes& module, const Options& options = {});

// `valid`, or the name of the error's code. The module is loaded twice, alone and with a custom section behind it: the body
// checker takes the last bytes of the input on its careful path alone, and both answers must be the same.
std::string verdict(const Bytes& module, const Options& options = {});
std::string verdict(const ModuleText& module, const Options& options = {});

// The same with `@` and the offset of the error behind the code.
std::string verdict_at(const Bytes& module, const Options& options = {});

Options with_features(Features features);
// With a feature list, on top of what browsers have.
Options with_features(std::string_view list);

}  // namespace plimsoll::test
