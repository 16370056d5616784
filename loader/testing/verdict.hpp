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

// The error that all ways to check bodies agree on, if there is one; throws if they do not. The module is loaded alone and, on
// each path, with a custom section behind it: the fast paths leave the last bytes of the input to the careful one.
// What is missing only at the very end is no error of a place, and so asked of one path alone.
std::optional<Error> agreed_error(const Bytes& module, const Options& options = {});

// `valid`, or the name of the error's code, as all ways to check bodies agree.
std::string verdict(const Bytes& module, const Options& options = {});
std::string verdict(const ModuleText& module, const Options& options = {});

// The same with `@` and the offset of the error behind the code.
std::string verdict_at(const Bytes& module, const Options& options = {});

Options with_features(Features features);
// With a feature list, on top of what browsers have.
Options with_features(std::string_view list);

}  // namespace plimsoll::test
