#include "gate/pins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "command/figures.hpp"

namespace plimsoll::regress::gate {
namespace {

constexpr std::string_view first_words = "# plimsoll load lines ";
constexpr std::size_t field_count = 5 + all_columns.size();
constexpr std::size_t first_figure = 4;

std::string titles() {
  std::string text = "name\tsha256\tbytes\tverdict";
  for (const Column column : all_columns) text += fmt::format("\t{}", name(column));
  return text + "\treason";
}

std::unexpected<PinsError> damaged(std::size_t line, std::string message) {
  return std::unexpected(PinsError{.line = line, .message = std::move(message)});
}

// A field as a message shows it.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  return fmt::format("'{}{}'", printable(text.substr(0, most)), text.size() > most ? "..." : "");
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// What git leaves in a file that it could not merge.
bool is_conflict_marker(std::string_view line) {
  for (const std::string_view mark : {"<<<<<<<", "|||||||", "=======", ">>>>>>>"}) {
    if (line.starts_with(mark) && (line.size() == mark.size() || line[mark.size()] == ' ')) return true;
  }
  return false;
}

// What is wrong with the file whichever its lines are.
std::optional<PinsError> problem_of_lines(std::string_view text, const std::vector<std::string_view>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_conflict_marker(lines[i]))
      return PinsError{
          .line = i + 1,
          .message = fmt::format("a merge conflict ({}): take either side, then run `plimsoll gate update`",
                                 in_quotes(lines[i]))};
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].ends_with('\r'))
      return PinsError{.line = i + 1,
                       .message = "ends in a carriage return; lines of this file end in a newline alone"};
  }
  if (!text.empty() && !text.ends_with('\n'))
    return PinsError{.line = lines.size(), .message = "the last line is cut off: it does not end in a newline"};
  return std::nullopt;
}

std::optional<PinsError> problem_of_first_line(std::string_view line) {
  if (!line.starts_with(first_words))
    return PinsError{.line = 1,
                     .message = fmt::format("not a file of load lines: the first line has to be '{}{}', this is {}",
                                            first_words, schema, in_quotes(line))};
  const std::string_view version = line.substr(first_words.size());
  if (version == schema) return std::nullopt;
  return PinsError{
      .line = 1,
      .message = fmt::format("load lines of version {}; this program knows version {}", in_quotes(version), schema)};
}

std::expected<Key, PinsError> parse_key(std::string_view line) {
  constexpr std::size_t number = 2;
  if (!line.starts_with("# ")) return damaged(number, "not the key, `# schema=1 loader=...`: " + in_quotes(line));
  Key key;
  for (const std::string_view word : split(line.substr(2), ' ')) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == word.size() || !fits_in_a_line(word))
      return damaged(number, fmt::format("{} in the key is not NAME=VALUE", in_quotes(word)));
    const std::string_view name = word.substr(0, equals);
    if (!key.value(name).empty()) return damaged(number, fmt::format("{} stands twice in the key", in_quotes(name)));
    key.entries.emplace_back(name, word.substr(equals + 1));
  }
  return key;
}

// Digits as a number is written, without leading zeros; `reason` says what it is instead.
std::optional<std::uint64_t> parse_number(std::string_view text, std::string_view& reason) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return reason = "is too large", std::nullopt;
  if (error != std::errc{} || end != text.data() + text.size()) return reason = "is no number", std::nullopt;
  if (text.size() > 1 && text.starts_with('0')) return reason = "starts with a zero", std::nullopt;
  return value;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::expected<LoadLine, PinsError> parse_line(std::string_view text, std::size_t number) {
  const auto fields = split(text, '\t');
  if (fields.size() != field_count)
    return damaged(number, fmt::format("{} where {} belong, set apart by tabs: {}", counted(fields.size(), "field"),
                                       field_count, in_quotes(text)));
  LoadLine line;
  line.name = fields[0];
  line.sha256 = fields[1];
  line.verdict = fields[3];
  line.reason = fields.back();
  if (line.name.empty()) return damaged(number, "the name is empty");
  for (const std::string_view field : {fields[0], fields[3], fields.back()}) {
    if (!fits_in_a_line(field)) return damaged(number, "a control character in " + in_quotes(field));
  }
  if (!is_sha256(line.sha256))
    return damaged(number, fmt::format("sha256 {} is not 64 hexadecimal digits in lower case", in_quotes(line.sha256)));
  if (line.verdict.empty()) return damaged(number, "the verdict is empty");
  std::string_view reason;
  const auto bytes = parse_number(fields[2], reason);
  if (!bytes) return damaged(number, fmt::format("bytes {} {}", in_quotes(fields[2]), reason));
  line.bytes = *bytes;
  for (std::size_t i = 0; i < all_columns.size(); ++i) {
    const std::string_view field = fields[first_figure + i];
    const auto figure = parse_number(field, reason);
    if (!figure) return damaged(number, fmt::format("{} {} {}", name(all_columns[i]), in_quotes(field), reason));
    line[all_columns[i]] = *figure;
  }
  return line;
}

std::optional<PinsError> problem_of_order(const Pins& pins, const Pin& next) {
  if (pins.lines.empty()) return std::nullopt;
  const Pin& last = pins.lines.back();
  if (last.line.name < next.line.name) return std::nullopt;
  const Pin* const twin = pins.find(next.line.name);
  if (twin != nullptr)
    return PinsError{
        .line = next.number,
        .message = fmt::format("{} stands twice; the first time in line {}", in_quotes(next.line.name), twin->number)};
  return PinsError{
      .line = next.number,
      .message = fmt::format("{} is out of order: lines are sorted by name, byte by byte, and it comes after {}",
                             in_quotes(next.line.name), in_quotes(last.line.name))};
}

}  // namespace

const Pin* Pins::find(std::string_view wanted) const noexcept {
  const auto name = [](const Pin& pin) -> std::string_view { return pin.line.name; };
  const auto at = std::ranges::lower_bound(lines, wanted, {}, name);
  return at != lines.end() && at->line.name == wanted ? &*at : nullptr;
}

std::string to_string(const std::filesystem::path& file, const PinsError& error) {
  if (error.line == 0) return fmt::format("{}: {}", printable(file.string()), error.message);
  return fmt::format("{}:{}: {}", printable(file.string()), error.line, error.message);
}

std::expected<Pins, PinsError> parse_pins(std::string_view text) {
  auto lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  if (auto problem = problem_of_lines(text, lines)) return std::unexpected(*std::move(problem));
  if (lines.empty()) return damaged(0, "the file is empty; `plimsoll gate update` fills a file that is not there");
  if (auto problem = problem_of_first_line(lines[0])) return std::unexpected(*std::move(problem));
  if (lines.size() < 3)
    return damaged(lines.size(), "the file ends here, before the key and the titles of the columns");
  auto key = parse_key(lines[1]);
  if (!key) return std::unexpected(std::move(key.error()));
  if (key->value("schema") != schema)
    return damaged(
        2, fmt::format("the key has the schema {}; this program knows {}", in_quotes(key->value("schema")), schema));
  if (lines[2] != titles()) return damaged(3, "not the titles of the columns: " + in_quotes(lines[2]));
  Pins pins{.key = *std::move(key), .lines = {}};
  for (std::size_t i = 3; i < lines.size(); ++i) {
    auto line = parse_line(lines[i], i + 1);
    if (!line) return std::unexpected(std::move(line.error()));
    Pin pin{.line = *std::move(line), .number = i + 1};
    if (auto problem = problem_of_order(pins, pin)) return std::unexpected(*std::move(problem));
    pins.lines.push_back(std::move(pin));
  }
  return pins;
}

std::expected<Pins, PinsError> read_pins(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found)
    return std::unexpected(PinsError{.absent = true, .message = "there is no such file"});
  if (error) return damaged(0, error.message());
  if (!std::filesystem::is_regular_file(status)) return damaged(0, "not a regular file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return damaged(0, std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream.bad()) return damaged(0, "cannot be read to its end");
  return parse_pins(text);
}

std::string to_string(const Pins& pins) {
  std::string text = fmt::format("{}{}\n# {}\n{}\n", first_words, schema, to_string(pins.key), titles());
  for (const Pin& pin : pins.lines) {
    const LoadLine& line = pin.line;
    text += fmt::format("{}\t{}\t{}\t{}", line.name, line.sha256, line.bytes, line.verdict);
    for (const std::uint64_t figure : line.figures) text += fmt::format("\t{}", figure);
    text += fmt::format("\t{}\n", line.reason);
  }
  return text;
}

}  // namespace plimsoll::regress::gate
