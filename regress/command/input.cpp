#include "command/input.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace plimsoll::regress {
namespace {

constexpr std::string_view standard_input = "-";
constexpr std::size_t first_read = 1U << 16;

std::expected<std::vector<std::byte>, Failure> read_standard_input(std::size_t most) {
  std::vector<std::byte> bytes;
  std::size_t size = 0;
  while (size < most) {
    if (size == bytes.size()) bytes.resize(std::min(most, std::max(first_read, 2 * size)));
    const ssize_t count = ::read(STDIN_FILENO, bytes.data() + size, bytes.size() - size);
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      const std::error_code reason(errno, std::generic_category());
      return std::unexpected(file_failure("cannot_read", "cannot read standard input: " + reason.message()));
    }
    size += static_cast<std::size_t>(count);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::expected<Input, Failure> Input::open(const std::string& argument, std::uint32_t most) {
  if (argument == standard_input) {
    auto bytes = read_standard_input(std::size_t{most} + 1);
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    return Input(OwnedBytes(*std::move(bytes)));
  }
  auto bytes = MappedBytes::open(argument.c_str());
  if (!bytes) {
    Failure reason = failure(bytes.error());
    reason.of_file = true;  // 4 GiB and more too: that was not judged, it cannot be
    return std::unexpected(std::move(reason));
  }
  return Input(*std::move(bytes));
}

std::span<const std::byte> Input::view() const noexcept {
  if (const auto* mapped = std::get_if<MappedBytes>(&source_)) return mapped->view();
  return std::get_if<OwnedBytes>(&source_)->view();
}

std::span<const std::byte> Input::mapping() const noexcept {
  const auto* mapped = std::get_if<MappedBytes>(&source_);
  return mapped == nullptr ? std::span<const std::byte>{} : mapped->view();
}

LoadResult Input::load(const Options& options) && noexcept {
  if (auto* mapped = std::get_if<MappedBytes>(&source_)) return plimsoll::load(std::move(*mapped), options);
  return plimsoll::load(std::move(*std::get_if<OwnedBytes>(&source_)), options);
}

bool standard_input_at_most_once(std::span<const std::string> arguments) noexcept {
  return std::ranges::count(arguments, standard_input) <= 1;
}

Failure file_changed() { return file_failure("file_changed", "file changed while it was mapped"); }

}  // namespace plimsoll::regress
