// For tests: what `inspect` says of a module, in hand.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/inspect.hpp"

namespace plimsoll::regress::inspect {

struct Shown {
  bool good = false;
  std::string text;
  std::string complaints;  // a line each: `NAME 0xOFFSET code`
};

// Inspects the bytes as the file `test`.
Shown show(std::span<const std::byte> bytes, const Request& request);
Shown show(std::span<const std::byte> bytes, ViewKind view, std::vector<std::string> functions = {});
// The same as JSON, which must be valid.
nlohmann::json show_json(std::span<const std::byte> bytes, ViewKind view);

// The bytes of a source in the form of assemble/assemble.hpp; of a module in corpus/modules.
std::vector<std::byte> assembled(std::string_view source);
std::vector<std::byte> corpus_module(const std::string& name);
std::vector<std::byte> corpus_file(const std::filesystem::path& path);

inline constexpr ViewKind all_views[] = {
    ViewKind::sections, ViewKind::imports,  ViewKind::exports, ViewKind::types,       ViewKind::functions,
    ViewKind::tables,   ViewKind::memories, ViewKind::globals, ViewKind::tags,        ViewKind::elements,
    ViewKind::names,    ViewKind::data,     ViewKind::custom,  ViewKind::disassembly, ViewKind::histogram};

}  // namespace plimsoll::regress::inspect
