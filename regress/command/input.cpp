#include "command/input.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "plimsoll/stream.hpp"

namespace plimsoll::regress {
namespace {

constexpr std::string_view standard_input = "-";
constexpr std::size_t first_read = 1U << 16;

// One read into the room, which is not empty: how many bytes came, 0 at the end.
std::expected<std::size_t, Failure> read_once(std::span<std::byte> room) {
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, room.data(), room.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    const std::error_code reason(errno, std::generic_category());
    return std::unexpected(file_failure("cannot_read", "cannot read standard input: " + reason.message()));
  }
}

std::expected<std::vector<std::byte>, Failure> read_standard_input(std::size_t most) {
  std::vector<std::byte> bytes;
  std::size_t size = 0;
  while (size < most) {
    if (size == bytes.size()) bytes.resize(std::min(most, std::max(first_read, 2 * size)));
    const auto count = read_once(std::span(bytes).subspan(size));
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    size += *count;
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

bool is_standard_input(const std::string& argument) noexcept { return argument == standard_input; }

std::expected<LoadResult, Failure> load_standard_input(const Options& options, std::size_t& size) {
  StreamLoader loader(options);
  std::vector<std::byte> room(first_read);
  for (size = 0;;) {
    const auto count = read_once(room);
    if (!count) return std::unexpected(count.error());
    if (*count == 0) return loader.finish();
    size += *count;
    if (const auto pushed = loader.push(std::span(room).first(*count)); !pushed)
      return LoadResult(std::unexpected(pushed.error()));
  }
}

bool standard_input_at_most_once(std::span<const std::string> arguments) noexcept {
  return std::ranges::count(arguments, standard_input) <= 1;
}

Failure file_changed() { return file_failure("file_changed", "file changed while it was mapped"); }

}  // namespace plimsoll::regress
