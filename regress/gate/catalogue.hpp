// Which modules are measured, and where their bytes come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/load.hpp"

namespace plimsoll::regress::gate {

// How an entry's file becomes bytes.
enum class Form : std::uint8_t {
  binary,     // it holds them
  source,     // it is in the form of regress/assemble
  adversary,  // so it is, and says with which n
};

struct Entry {
  std::string name;
  std::filesystem::path file;
  Form form = Form::binary;
  bool cut = false;    // without its last byte: rejected, as late as can be
  std::string tier{};  // of a real module: A, B or C; empty for any other
};

// The ending of a cut module's name.
inline constexpr std::string_view cut_mark = ":cut";

// What our own loader is held to, by name: the real modules of `corpus`/real.json, `A/rabin`, each also cut, `A/rabin:cut`, below
// `modules`; and the small ones of `corpus`: `adversaries/NAME`, `errors/NAME`, `modules/NAME`. Needs none of the real ones.
[[nodiscard]] std::expected<std::vector<Entry>, std::string> project_catalogue(const std::filesystem::path& corpus,
                                                                               const std::filesystem::path& modules);

// Any files, by name: of each name the file below `folder`, of a folder all *.wasm in it. A name may end in cut_mark. Each once.
[[nodiscard]] std::expected<std::vector<Entry>, std::string> file_catalogue(const std::filesystem::path& folder,
                                                                            std::span<const std::string> names);

// Bytes to be loaded, and how. `bytes` is a view into `storage`; moving keeps it good.
struct OpenedModule {
  std::string name;
  std::string sha256;
  std::vector<std::byte> storage;
  std::span<const std::byte> bytes;
  std::filesystem::path file;  // that holds exactly these bytes; empty if there is none
  Options options{};           // for our own loader

  OpenedModule() = default;
  OpenedModule(OpenedModule&&) noexcept = default;
  OpenedModule& operator=(OpenedModule&&) noexcept = default;
  OpenedModule(const OpenedModule&) = delete;
  OpenedModule& operator=(const OpenedModule&) = delete;
  ~OpenedModule() = default;
};

struct OpenError {
  bool absent = false;  // there is no such file
  std::string message;
};

[[nodiscard]] std::expected<OpenedModule, OpenError> open(const Entry& entry);

}  // namespace plimsoll::regress::gate
