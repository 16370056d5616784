#include "command/error_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "assemble/assemble.hpp"
#include "command/error_examples.hpp"
#include "command/failure.hpp"
#include "command/figures.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {
namespace {

// The limits that an example may set, by the names that they have in Limits.
constexpr std::pair<std::string_view, std::uint32_t Limits::*> settable[] = {
    {"module_size", &Limits::module_size},
    {"locals", &Limits::locals},
};

bool set_limit(std::string_view text, Limits& limits) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const auto* const known = std::ranges::find(settable, text.substr(0, equals), [](const auto& s) { return s.first; });
  std::string_view number = text.substr(equals + 1);
  const int base = number.starts_with("0x") ? 16 : 10;
  if (base == 16) number.remove_prefix(2);
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value, base);
  if (known == std::end(settable) || parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size())
    return false;
  limits.*(known->second) = value;
  return true;
}

// What follows `;; limits: ` on a line of its own.
std::string_view limits_directive(std::string_view source) {
  constexpr std::string_view mark = "\n;; limits: ";
  const std::size_t at = source.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = source.substr(at + mark.size());
  return rest.substr(0, rest.find('\n'));
}

// The source without its directives, which the page says in other words.
std::string without_directives(std::string_view source) {
  std::string text;
  while (!source.empty()) {
    const std::size_t end = std::min(source.find('\n'), source.size() - 1) + 1;
    const std::string_view line = source.substr(0, end);
    if (!line.starts_with(";; expect:") && !line.starts_with(";; at:") && !line.starts_with(";; features:") &&
        !line.starts_with(";; limits:"))
      text += line;
    source.remove_prefix(end);
  }
  return text;
}

// Sixteen bytes a line, with the offset in front; long modules are cut.
std::string dump(const std::vector<std::byte>& bytes) {
  constexpr std::size_t most = 128;
  std::string text;
  for (std::size_t i = 0; i < std::min(bytes.size(), most); ++i) {
    if (i % 16 == 0) text += fmt::format("{}{:#06x} ", i == 0 ? "" : "\n", i);
    text += fmt::format(" {:02x}", std::to_integer<unsigned>(bytes[i]));
  }
  if (bytes.size() > most) text += fmt::format("\n... {} bytes in all", thousands(bytes.size()));
  return text + "\n";
}

std::string indented(std::string_view text, std::string_view by) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (end > 1) result += by;
    result += text.substr(0, end);
    text.remove_prefix(end);
  }
  return result;
}

// Breaks a sentence into lines of at most 100 characters.
std::string wrapped(std::string_view text) {
  constexpr std::size_t width = 100;
  std::string result;
  while (text.size() > width) {
    const std::size_t blank = text.rfind(' ', width);
    result += text.substr(0, blank);
    result += '\n';
    text.remove_prefix(blank + 1);
  }
  return result.append(text) + "\n";
}

std::string printed(const ErrorRow& row, const LoadedExample& example) {
  const std::string list = example.features.empty() ? "" : " --features " + example.features;
  return fmt::format("$ plimsoll validate{} {}.wasm\n{}.wasm: invalid: {}\n", list, row.name, row.name,
                     example.error ? located(failure(*example.error)) : "");
}

std::string feature_line(const LoadedExample& example) {
  if (!example.error || example.error->feature == Feature::none) return {};
  return fmt::format("In the example {} would help: --features {}.", name(example.error->feature),
                     name(example.error->feature));
}

std::string example_part(const ErrorRow& row, PageForm form) {
  if (row.kind == ErrorKind::resource) return "No module yields it: it is about the file or the machine.\n";
  const LoadedExample example = load_example(row.name);
  if (!example.problem.empty()) return "The example is of no use: " + example.problem + ".\n";
  const auto block = [form](const std::string& text) {
    return form == PageForm::markdown ? "```\n" + text + "```\n" : indented(text, "  ");
  };
  std::string text = block(without_directives(example.source));
  text += fmt::format("\nIts bytes{}:\n\n",
                      example.limits.empty() ? "" : fmt::format(", loaded with the limit {}", example.limits));
  text += block(dump(example.bytes)) + "\nWhat is printed:\n\n" + block(printed(row, example));
  const std::string feature = feature_line(example);
  return feature.empty() ? text : text + "\n" + feature + "\n";
}

}  // namespace

LoadedExample load_example(std::string_view code) {
  LoadedExample result;
  const auto examples = error_examples();
  const auto example = std::ranges::find(examples, code, &ErrorExample::code);
  if (example == examples.end()) return result.problem = "there is none", result;
  result.source = example->source;
  const Expectation expectation = parse_expectation(example->source);
  auto bytes = assemble(example->source);
  const auto features = Features::parse(expectation.features, Features::browsers());
  Options options;
  result.limits = limits_directive(example->source);
  if (!expectation.problem.empty()) result.problem = expectation.problem;
  if (!bytes) result.problem = bytes.error().message;
  if (!features) result.problem = "unknown feature " + std::string(features.error());
  if (!result.limits.empty() && !set_limit(result.limits, options.limits)) result.problem = "unknown limit";
  if (!result.problem.empty()) return result;
  result.features = expectation.features;
  result.bytes = *std::move(bytes);
  options.features = *features;
  const LoadResult loaded = load(BorrowedBytes(std::span<const std::byte>(result.bytes)), options);
  if (!loaded) result.error = loaded.error();
  return result;
}

const ErrorRow* find_error(std::string_view name) noexcept {
  const auto rows = error_table();
  const auto row = std::ranges::find(rows, name, &ErrorRow::name);
  return row == rows.end() ? nullptr : &*row;
}

std::string_view kind_name(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::feature: return "feature";
    case ErrorKind::limit: return "limit";
    case ErrorKind::resource: return "resource";
  }
  return "";
}

std::string error_page(const ErrorRow& row, PageForm form) {
  const bool markdown = form == PageForm::markdown;
  const auto heading = [markdown](std::string_view text) {
    return fmt::format("\n{}{}\n\n", markdown ? "## " : "", text);
  };
  std::string text = markdown ? fmt::format("# {}\n\n", row.name) : fmt::format("{}\n\n", row.name);
  text += fmt::format("\"{}\" ({})\n\n{}", row.message, kind_name(row.kind), wrapped(row.meaning));
  if (!row.specification.empty())
    text +=
        fmt::format("\nThe rule is in the specification of WebAssembly 3.0 or its proposals: {}.\n", row.specification);
  text += heading("How to mend it") + wrapped(row.mend);
  return text + heading("Example") + example_part(row, form);
}

std::string error_index(PageForm form) {
  std::string text;
  if (form == PageForm::markdown) {
    text = "# Errors\n\n| code | kind | wording |\n| --- | --- | --- |\n";
    for (const ErrorRow& row : error_table())
      text += fmt::format("| [{}]({}.md) | {} | {} |\n", row.name, row.name, kind_name(row.kind), row.message);
    return text;
  }
  std::size_t width = 0;
  for (const ErrorRow& row : error_table()) width = std::max(width, row.name.size());
  for (const ErrorRow& row : error_table())
    text += fmt::format("{:<{}}  {:<9}  {}\n", row.name, width, kind_name(row.kind), row.message);
  return text;
}

}  // namespace plimsoll::regress
