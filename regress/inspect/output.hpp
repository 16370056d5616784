// Text on its way out: one buffer, written whenever it is full, so that memory does not grow with what is printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace plimsoll::regress::inspect {

// Thrown when whoever reads the output has gone (`| head`): nothing is wrong, and nobody is left to be told.
struct OutputClosed : std::runtime_error {
  OutputClosed() : std::runtime_error("output closed") {}
};

// Not thread-safe. What is not flushed before it is destroyed is lost.
class Output {
 public:
  using Write = std::function<void(std::string_view)>;
  explicit Output(Write write) : write_(std::move(write)) { buffer_.reserve(2 * most); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() = default;

  void put(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= most) flush();
  }
  void put(char c) { put(std::string_view(&c, 1)); }
  void blanks(std::size_t count);
  // The text in a column of so many characters and, if `right`, at its right end.
  void column(std::string_view text, std::size_t width, bool right = false);
  void flush();

 private:
  static constexpr std::size_t most = std::size_t{64} << 10;  // bytes
  Write write_;
  std::string buffer_;
};

// Writes to a file descriptor. Throws OutputClosed when the reader has gone, std::runtime_error when it cannot write.
[[nodiscard]] Output::Write to_descriptor(int descriptor);

}  // namespace plimsoll::regress::inspect
