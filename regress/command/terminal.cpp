#include "command/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "command/figures.hpp"

namespace plimsoll::regress {
namespace {

constexpr std::size_t many_files = 5;
constexpr std::size_t bar_width = 24;
constexpr std::size_t name_width = 40;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1 && variable("TERM") != "dumb"; }

// The end of a name tells more than its start. Never cuts a character of UTF-8 in two.
std::string tail(const std::string& text) {
  if (text.size() <= name_width) return text;
  std::size_t from = text.size() - name_width;
  while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) ++from;
  return "..." + text.substr(from);
}

}  // namespace

bool wants_colour(std::FILE* stream) { return variable("NO_COLOR").empty() && is_terminal(stream); }

Progress::Progress(std::size_t steps) : steps_(steps), on_(steps >= many_files && is_terminal(stderr)) {}

void Progress::show(std::size_t done, const std::string& current) {
  if (!on_) return;
  const std::size_t filled = bar_width * done / steps_;
  fmt::print(stderr, "\r\x1b[K[{:#<{}}{:.<{}}] {}/{} {}", "", filled, "", bar_width - filled, done, steps_,
             tail(printable(current)));
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace plimsoll::regress
