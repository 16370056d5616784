#include "gate/git.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <system_error>
#include <utility>

#include "command/figures.hpp"
#include "differential/child.hpp"

namespace plimsoll::regress::gate {
namespace {

namespace fs = std::filesystem;

// Sets what git prints for a commit apart, and is in no subject.
constexpr char separator = '\x1f';

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) return text;
  }
}

// git's messages come with its output: if it fails, that is all there is.
std::expected<std::string, std::string> git(const fs::path& file, std::vector<std::string> arguments) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::vector<std::string> command{"git", "--no-pager", "-C", folder.string()};
  command.insert(command.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  try {
    differential::Child child(command, true);
    child.close_input();
    std::string text = read_all(child.output());
    if (child.wait().ended_well) return text;
    std::ranges::replace(text, '\n', ' ');
    while (text.ends_with(' ')) text.pop_back();
    return std::unexpected("git: " + printable(text));
  } catch (const std::system_error& error) {
    return std::unexpected(fmt::format("cannot run git: {}", error.code().message()));
  }
}

// The load line starts its line in the diff; its name is taken as it stands.
std::string pattern_of(std::string_view name) {
  std::string pattern = "^";
  for (const char c : name) {
    if (std::string_view("\\^$.[]|()?*+{}").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + '\t';
}

Revision parse_revision(std::string_view text) {
  Revision revision;
  for (std::string* part : {&revision.commit, &revision.date}) {
    const std::size_t end = std::min(text.find(separator), text.size());
    *part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  revision.subject = printable(text);
  return revision;
}

}  // namespace

std::expected<std::string, std::string> file_at(const fs::path& file, std::string_view revision) {
  if (revision.starts_with('-')) return std::unexpected(fmt::format("'{}' is no revision", printable(revision)));
  return git(file, {"show", fmt::format("{}:./{}", revision, file.filename().string())});
}

std::expected<std::vector<Revision>, std::string> revisions_of(const fs::path& file, std::string_view name) {
  std::vector<std::string> arguments{"log", "--format=%h%x1f%as%x1f%s"};
  if (!name.empty()) arguments.insert(arguments.end(), {"--extended-regexp", "-G" + pattern_of(name)});
  arguments.insert(arguments.end(), {"--", file.filename().string()});
  auto text = git(file, std::move(arguments));
  if (!text) return std::unexpected(std::move(text.error()));
  std::vector<Revision> revisions;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end != 0) revisions.push_back(parse_revision(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return revisions;
}

std::expected<std::vector<PastLine>, std::string> history(const fs::path& file, std::string_view name) {
  auto revisions = revisions_of(file, name);
  if (!revisions) return std::unexpected(std::move(revisions.error()));
  std::vector<PastLine> past;
  std::ranges::reverse(*revisions);
  for (Revision& revision : *revisions) {
    const auto text = file_at(file, revision.commit);
    const auto pins = text ? parse_pins(*text) : std::expected<Pins, PinsError>(Pins{});
    if (!pins) continue;
    const Pin* const pin = pins->find(name);
    LoadLine line = pin == nullptr ? LoadLine{} : pin->line;
    if (past.empty() ? pin == nullptr : past.back().line == line) continue;
    past.push_back({.revision = std::move(revision), .line = std::move(line)});
  }
  std::ranges::reverse(past);
  return past;
}

}  // namespace plimsoll::regress::gate
