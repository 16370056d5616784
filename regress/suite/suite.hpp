// Reads suites in the JSON form of wast2json and `wasm-tools json-from-wast`: a file NAME.json with a list of commands, each
// about one binary beside it; and says what a loader must answer to each. Nothing of a suite is trusted: whatever does
// not follow the form is an error that names the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/error.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::regress {

// What a loader must do with the binary of a command.
enum class Expectation : std::uint8_t { accept, reject_invalid, reject_malformed };

// "valid", "invalid" or "malformed". Static storage.
[[nodiscard]] std::string_view name(Expectation expectation) noexcept;

// One command that loads a binary.
struct SuiteCommand {
  std::string type;  // as written: `module`, `assert_invalid` ...
  std::uint32_t line = 0;
  std::filesystem::path file;           // of the binary
  std::string text;                     // the specification's wording of the reason; empty if there is none
  std::optional<std::string> features;  // the command's own list
  Expectation expectation = Expectation::accept;
  bool is_component = false;
};

// One JSON file.
struct Suite {
  std::filesystem::path file;
  std::string source;    // name of the .wast file
  std::string features;  // list from suites.json, or "wasm3"
  std::vector<SuiteCommand> commands;
  std::size_t others = 0;  // commands left out: they run code, or are in the text format
};

// Why a suite cannot be used, and the file or folder at fault.
struct SuiteError {
  std::filesystem::path file;
  std::string reason;
};

// The suites behind a path: itself if it is a file; if it is a folder, the .json files in it sorted by name, but for
// suites.json. Fails if there is none.
[[nodiscard]] std::expected<std::vector<std::filesystem::path>, SuiteError> find_suites(
    const std::filesystem::path& path);

// Reads one JSON file and, for its default features, the suites.json in its folder or in the folder above. The binaries
// must exist but are not read. Linear in the files.
[[nodiscard]] std::expected<Suite, SuiteError> read_suite(const std::filesystem::path& file);

// Whether there is a regular file at a path.
using FileExists = std::function<bool(const std::filesystem::path&)>;

// Reads the text of one JSON file, of which nothing but the place matters, with the features of its suite. Linear in the text.
[[nodiscard]] std::expected<Suite, SuiteError> parse_suite(const std::filesystem::path& file, std::string_view text,
                                                           std::string features, const FileExists& exists);

// The features a command is to be loaded with: its own list, else `chosen`, else its suite's. Fails if a list has a word
// that this version does not know.
[[nodiscard]] std::expected<Features, SuiteError> features_for(const Suite& suite, const SuiteCommand& command,
                                                               const std::optional<Features>& chosen);

// The whole of a file, at most `most` bytes of it.
[[nodiscard]] std::expected<std::vector<std::byte>, SuiteError> read_bytes(const std::filesystem::path& file,
                                                                           std::size_t most = 1U << 30);

// What a loader's answer is worth. Only `passed` counts; where a rejection was expected and came, the other two tell
// whether it was for the reason that the suite gives.
struct Judgement {
  bool passed = false;
  bool kind_agrees = false;  // malformed or invalid, as expected
  bool text_agrees = false;  // the message starts with the suite's wording
};

// Judges an answer: `error` is the loader's, or null if it accepted. Running out of memory or a file that cannot be read is
// never the rejection that was expected.
[[nodiscard]] Judgement judge(const SuiteCommand& command, const Error* error);

}  // namespace plimsoll::regress
