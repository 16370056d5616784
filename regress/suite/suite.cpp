// The reader: JSON through nlohmann-json, then every field checked before it is used.
#include "suite/suite.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct CommandType {
  std::string_view name;
  Expectation expectation;
};

constexpr std::array loading_commands = {
    CommandType{"module", Expectation::accept},
    CommandType{"module_definition", Expectation::accept},
    CommandType{"assert_unlinkable", Expectation::accept},
    CommandType{"assert_uninstantiable", Expectation::accept},
    CommandType{"assert_invalid_custom", Expectation::accept},
    CommandType{"assert_malformed_custom", Expectation::accept},
    CommandType{"assert_invalid", Expectation::reject_invalid},
    CommandType{"assert_malformed", Expectation::reject_malformed},
};

// They run what was loaded before. Any other name is an error: a suite must not lose checks unnoticed.
constexpr std::array<std::string_view, 10> running_commands = {
    "action",      "assert_exception", "assert_exhaustion", "assert_return", "assert_suspension",
    "assert_trap", "module_instance",  "register",          "thread",        "wait",
};

constexpr std::string_view index_name = "suites.json";

std::unexpected<SuiteError> failure(const fs::path& file, std::string reason) {
  return std::unexpected(SuiteError{file, std::move(reason)});
}

std::unexpected<SuiteError> failure(const fs::path& file, const std::error_code& error) {
  return failure(file, error.message());
}

// A field that is wrong. Thrown and caught in this file only; says which field, not which file.
struct BadField {
  std::string reason;
};

const json* field(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> text_field(const json& object, const char* key) {
  const json* value = field(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) throw BadField{std::string("\"") + key + "\" is not a string"};
  return value->get<std::string>();
}

std::string required_text(const json& object, const char* key) {
  auto value = text_field(object, key);
  if (!value) throw BadField{std::string("\"") + key + "\" is missing"};
  return *std::move(value);
}

bool flag_field(const json& object, const char* key) {
  const json* value = field(object, key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) throw BadField{std::string("\"") + key + "\" is not true or false"};
  return value->get<bool>();
}

std::uint32_t line_field(const json& object) {
  const json* value = field(object, "line");
  if (value == nullptr) throw BadField{"\"line\" is missing"};
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() > 0xFFFF'FFFF) {
    throw BadField{"\"line\" is not a line number"};
  }
  return value->get<std::uint32_t>();
}

// Suites name files beside themselves; a name that leads elsewhere is a mistake or a trick.
fs::path binary_beside(const fs::path& suite, const std::string& name, const FileExists& exists) {
  const fs::path file = name;
  if (name.empty() || name.find('\0') != std::string::npos || file.has_parent_path() || name == "." || name == "..") {
    throw BadField{"\"filename\" is not the name of a file beside the suite"};
  }
  fs::path path = suite.parent_path() / file;
  if (!exists(path)) throw BadField{"the file " + path.string() + " is missing"};
  return path;
}

// Nothing if the command loads no binary.
std::optional<SuiteCommand> read_command(const fs::path& suite, const json& object, const FileExists& exists) {
  if (!object.is_object()) throw BadField{"it is not an object"};
  SuiteCommand command;
  command.type = required_text(object, "type");
  const auto type = std::ranges::find(loading_commands, command.type, &CommandType::name);
  if (type == loading_commands.end()) {
    if (std::ranges::find(running_commands, command.type) == running_commands.end()) {
      throw BadField{"\"type\" is \"" + command.type + "\", which is not known"};
    }
    return std::nullopt;
  }
  command.expectation = type->expectation;
  command.line = line_field(object);
  const auto form = text_field(object, "module_type").value_or("binary");
  if (form == "text") return std::nullopt;
  if (form != "binary") throw BadField{"\"module_type\" is neither \"binary\" nor \"text\""};
  command.file = binary_beside(suite, required_text(object, "filename"), exists);
  command.text = text_field(object, "text").value_or("");
  command.features = text_field(object, "features");
  command.is_component = flag_field(object, "component");
  return command;
}

std::expected<json, SuiteError> parse_json(const fs::path& file, std::string_view text) {
  try {
    return json::parse(text);
  } catch (const json::exception& error) {
    return failure(file, std::string("not JSON: ") + error.what());
  }
}

std::string_view as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The features that suites.json, in the suite's folder or above it, lists for the folder.
std::expected<std::optional<std::string>, SuiteError> listed_features(const fs::path& suite) {
  std::error_code error;
  const fs::path absolute = fs::absolute(suite, error).lexically_normal();
  if (error) return failure(suite, error);
  const fs::path folder = absolute.parent_path();
  for (const fs::path& index : {folder / index_name, folder.parent_path() / index_name}) {
    if (!fs::exists(index, error)) continue;  // a broken one is an error below
    const auto bytes = read_bytes(index);
    if (!bytes) return std::unexpected(bytes.error());
    auto list = parse_json(index, as_text(*bytes));
    if (!list) return std::unexpected(std::move(list.error()));
    if (!list->is_object()) return failure(index, "it is not an object");
    const json* entry = field(*list, folder.filename().c_str());
    if (entry == nullptr) continue;
    try {
      if (!entry->is_object()) throw BadField{"it is not an object"};
      if (auto features = text_field(*entry, "features")) return features;
    } catch (const BadField& bad) {
      return failure(index, "\"" + folder.filename().string() + "\": " + bad.reason);
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Expectation expectation) noexcept {
  switch (expectation) {
    case Expectation::accept: return "valid";
    case Expectation::reject_invalid: return "invalid";
    case Expectation::reject_malformed: return "malformed";
  }
  return "";
}

std::expected<std::vector<fs::path>, SuiteError> find_suites(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status))
    return failure(path, error ? error : std::make_error_code(std::errc::no_such_file_or_directory));
  if (fs::is_regular_file(status)) return std::vector{path};
  if (!fs::is_directory(status)) return failure(path, "neither a file nor a folder");

  std::vector<fs::path> suites;
  fs::directory_iterator entries(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& entry = entries->path();
    if (entry.extension() == ".json" && entry.filename() != index_name) suites.push_back(entry);
  }
  if (error) return failure(path, error);
  if (suites.empty()) return failure(path, "no suites (.json files) in this folder");
  std::ranges::sort(suites);
  return suites;
}

std::expected<Suite, SuiteError> read_suite(const fs::path& file) {
  auto features = listed_features(file);
  if (!features) return std::unexpected(std::move(features.error()));
  const auto bytes = read_bytes(file);
  if (!bytes) return std::unexpected(bytes.error());
  return parse_suite(file, as_text(*bytes), features->value_or("wasm3"), [](const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
  });
}

std::expected<Suite, SuiteError> parse_suite(const fs::path& file, std::string_view text, std::string features,
                                             const FileExists& exists) {
  const auto root = parse_json(file, text);
  if (!root) return std::unexpected(root.error());

  Suite suite;
  suite.file = file;
  suite.features = std::move(features);
  std::size_t number = 0;
  try {
    if (!root->is_object()) throw BadField{"it is not an object"};
    suite.source = text_field(*root, "source_filename").value_or("");
    const json* commands = field(*root, "commands");
    if (commands == nullptr || !commands->is_array()) throw BadField{"\"commands\" is not an array"};
    for (const json& object : *commands) {
      ++number;
      if (auto command = read_command(file, object, exists)) {
        suite.commands.push_back(*std::move(command));
      } else {
        ++suite.others;
      }
    }
  } catch (const BadField& bad) {
    return failure(file, number == 0 ? bad.reason : "command " + std::to_string(number) + ": " + bad.reason);
  }
  return suite;
}

std::expected<Features, SuiteError> features_for(const Suite& suite, const SuiteCommand& command,
                                                 const std::optional<Features>& chosen) {
  if (!command.features && chosen) return *chosen;
  const std::string& list = command.features ? *command.features : suite.features;
  const auto features = Features::parse(list, Features::browsers());
  if (!features) {
    return failure(suite.file, "it needs the feature '" + std::string(features.error()) +
                                   "', which this version does not know; --features LIST overrides it");
  }
  return *features;
}

std::expected<std::vector<std::byte>, SuiteError> read_bytes(const fs::path& file, std::size_t most) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) return failure(file, "not a regular file");
  const auto close = [](std::FILE* stream) { std::fclose(stream); };
  const std::unique_ptr<std::FILE, decltype(close)> stream(std::fopen(file.c_str(), "rbe"));
  if (!stream) return failure(file, std::error_code(errno, std::generic_category()));
  std::vector<std::byte> bytes;
  std::array<std::byte, 1 << 16> chunk;
  while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), stream.get())) {
    if (count > most - bytes.size()) return failure(file, "it is larger than " + std::to_string(most) + " bytes");
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (std::ferror(stream.get()) != 0) return failure(file, std::error_code(errno, std::generic_category()));
  return bytes;
}

Judgement judge(const SuiteCommand& command, const Error* error) {
  if (command.expectation == Expectation::accept) return {.passed = error == nullptr};
  if (error == nullptr || kind(error->code) == ErrorKind::resource) return {};
  const auto expected = command.expectation == Expectation::reject_invalid ? ErrorKind::invalid : ErrorKind::malformed;
  return {.passed = true,
          .kind_agrees = kind(error->code) == expected,
          .text_agrees = describe(*error).starts_with(command.text)};
}

}  // namespace plimsoll::regress
