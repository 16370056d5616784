#include "inspect/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace plimsoll::regress::inspect {

void Output::blanks(std::size_t count) {
  constexpr std::string_view some = "                                ";
  for (; count > some.size(); count -= some.size()) put(some);
  put(some.substr(0, count));
}

void Output::column(std::string_view text, std::size_t width, bool right) {
  const std::size_t rest = width - std::min(width, text.size());
  if (right) blanks(rest);
  put(text);
  if (!right) blanks(rest);
}

void Output::flush() {
  if (!buffer_.empty()) write_(buffer_);
  buffer_.clear();
}

Output::Write to_descriptor(int descriptor) {
  return [descriptor](std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor, text.data(), text.size());
      if (count >= 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EPIPE) {
        throw OutputClosed();
      } else if (errno != EINTR) {
        throw std::runtime_error("cannot write to standard output");
      }
    }
  };
}

}  // namespace plimsoll::regress::inspect
