#include "gate/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "assemble/assemble.hpp"
#include "gate/load_line.hpp"
#include "gate/sha256.hpp"

namespace plimsoll::regress::gate {
namespace {

namespace fs = std::filesystem;

std::string cut_name(const std::string& name) { return name + std::string(cut_mark); }

void sort_by_name(std::vector<Entry>& entries) {
  std::ranges::sort(entries, {}, &Entry::name);
  const auto rest = std::ranges::unique(entries, {}, &Entry::name);
  entries.erase(rest.begin(), rest.end());
}

std::expected<std::vector<std::byte>, OpenError> read_bytes(const fs::path& file) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found)
    return std::unexpected(OpenError{.absent = true, .message = fmt::format("there is no {}", file.string())});
  if (!fs::is_regular_file(status))
    return std::unexpected(OpenError{.message = fmt::format("{} is not a regular file", file.string())});
  std::ifstream stream(file, std::ios::binary);
  std::vector<std::byte> bytes(fs::file_size(file, error));
  if (!stream || !stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())))
    return std::unexpected(
        OpenError{.message = fmt::format("{} cannot be read: {}", file.string(), std::strerror(errno))});
  return bytes;
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void add_real_module(std::vector<Entry>& entries, const std::string& tier, const std::string& name,
                     const fs::path& modules) {
  Entry entry{.name = tier + "/" + name, .file = modules / tier / (name + ".wasm"), .tier = tier};
  entries.push_back(entry);
  entry.name = cut_name(entry.name);
  entry.cut = true;
  entries.push_back(std::move(entry));
}

std::expected<void, std::string> add_real_modules(std::vector<Entry>& entries, const fs::path& list,
                                                  const fs::path& modules) {
  const auto text = read_bytes(list);
  if (!text) return std::unexpected(text.error().message);
  try {
    const auto document = nlohmann::json::parse(text_of(*text));
    for (const auto& module : document.at("modules")) {
      add_real_module(entries, module.at("tier").get<std::string>(), module.at("name").get<std::string>(), modules);
    }
  } catch (const nlohmann::json::exception& error) {
    return std::unexpected(fmt::format("{}: {}", list.string(), error.what()));
  }
  return {};
}

std::expected<void, std::string> add_sources(std::vector<Entry>& entries, const fs::path& folder, Form form) {
  std::error_code error;
  for (auto file = fs::directory_iterator(folder, error); !error && file != fs::directory_iterator();
       file.increment(error)) {
    if (file->path().extension() != ".hex") continue;
    entries.push_back(
        {.name = folder.filename().string() + "/" + file->path().stem().string(), .file = file->path(), .form = form});
  }
  if (error) return std::unexpected(fmt::format("{}: {}", folder.string(), error.message()));
  return {};
}

std::expected<void, std::string> add_folder(std::vector<Entry>& entries, const fs::path& folder,
                                            const std::string& name) {
  std::error_code error;
  for (auto file = fs::recursive_directory_iterator(folder / name, error);
       !error && file != fs::recursive_directory_iterator(); file.increment(error)) {
    if (file->path().extension() != ".wasm" || !file->is_regular_file()) continue;
    entries.push_back({.name = file->path().lexically_relative(folder).generic_string(), .file = file->path()});
  }
  if (error) return std::unexpected(fmt::format("{}: {}", (folder / name).string(), error.message()));
  return {};
}

// The name without what may be left out: `./a.wasm` and `a.wasm` are one module.
std::string tidied(const std::string& name) { return fs::path(name).lexically_normal().generic_string(); }

// Source form to bytes, and what its directives want.
std::expected<void, OpenError> assemble_into(OpenedModule& module, const Entry& entry, std::string_view source) {
  const auto fails = [&entry](std::string_view why) {
    return std::unexpected(OpenError{.message = fmt::format("{}: {}", entry.file.string(), why)});
  };
  const Expectation expectation = parse_expectation(source);
  if (!expectation.problem.empty()) return fails(expectation.problem);
  const auto features = Features::parse(expectation.features, Features::browsers());
  if (!features) return fails("unknown feature");
  module.options.features = *features;
  std::optional<std::uint32_t> n;
  if (entry.form == Form::adversary) n = expectation.sizes[0];
  auto bytes = assemble(source, n);
  if (!bytes) return fails(fmt::format("line {}: {}", bytes.error().line, bytes.error().message));
  module.storage = *std::move(bytes);
  return {};
}

}  // namespace

std::expected<std::vector<Entry>, std::string> project_catalogue(const fs::path& corpus, const fs::path& modules) {
  std::vector<Entry> entries;
  if (auto added = add_real_modules(entries, corpus / "real.json", modules); !added)
    return std::unexpected(std::move(added.error()));
  constexpr std::pair<const char*, Form> folders[] = {
      {"adversaries", Form::adversary}, {"errors", Form::source}, {"modules", Form::source}};
  for (const auto& [folder, form] : folders) {
    if (auto added = add_sources(entries, corpus / folder, form); !added)
      return std::unexpected(std::move(added.error()));
  }
  sort_by_name(entries);
  return entries;
}

std::expected<std::vector<Entry>, std::string> file_catalogue(const fs::path& folder,
                                                              std::span<const std::string> names) {
  std::vector<Entry> entries;
  for (const std::string& given : names) {
    if (given.empty() || !fits_in_a_line(given) || given.starts_with('#'))
      return std::unexpected(fmt::format("'{}' cannot be the name of a load line", given));
    std::error_code error;
    if (fs::is_directory(folder / given, error)) {
      if (auto added = add_folder(entries, folder, given); !added) return std::unexpected(std::move(added.error()));
      continue;
    }
    std::string_view file = given;
    const bool cut = file.ends_with(cut_mark);
    if (cut) file.remove_suffix(cut_mark.size());
    entries.push_back({.name = tidied(given), .file = folder / file, .cut = cut});
  }
  sort_by_name(entries);
  return entries;
}

std::expected<OpenedModule, OpenError> open(const Entry& entry) {
  OpenedModule module;
  module.name = entry.name;
  auto content = read_bytes(entry.file);
  if (!content) return std::unexpected(std::move(content.error()));
  if (entry.form == Form::binary) {
    module.storage = *std::move(content);
    if (!entry.cut) module.file = entry.file;
  } else if (auto assembled = assemble_into(module, entry, text_of(*content)); !assembled) {
    return std::unexpected(std::move(assembled.error()));
  }
  if (entry.cut && module.storage.empty())
    return std::unexpected(
        OpenError{.message = fmt::format("{} is empty: there is no byte to cut off", entry.file.string())});
  module.bytes = std::span<const std::byte>(module.storage).first(module.storage.size() - (entry.cut ? 1 : 0));
  module.sha256 = sha256(module.bytes);
  return module;
}

}  // namespace plimsoll::regress::gate
