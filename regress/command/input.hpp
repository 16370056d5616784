// Opens what an argument names: a file, which is mapped, or `-`, standard input, which is read into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <variant>

#include "command/failure.hpp"
#include "plimsoll/bytes.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {

// The bytes of one argument. Not thread-safe.
class Input {
 public:
  // Opens `argument`. Of standard input at most `most` + 1 bytes are read, so that a load with that limit refuses what is
  // larger. Fails if it is missing, unreadable, or no regular file.
  static std::expected<Input, Failure> open(const std::string& argument, std::uint32_t most);

  [[nodiscard]] std::span<const std::byte> view() const noexcept;
  // The same if it is mapped; empty if it is owned. To be guarded by a BusGuard.
  [[nodiscard]] std::span<const std::byte> mapping() const noexcept;

  // Loads, and moves the bytes into the Module.
  [[nodiscard]] LoadResult load(const Options& options) && noexcept;

 private:
  explicit Input(MappedBytes&& bytes) noexcept : source_(std::move(bytes)) {}
  explicit Input(OwnedBytes&& bytes) noexcept : source_(std::move(bytes)) {}
  std::variant<MappedBytes, OwnedBytes> source_;
};

[[nodiscard]] bool is_standard_input(const std::string& argument) noexcept;

// Loads standard input as it comes, and reads no more of it than it takes to refuse it; `size` is what it has read. Throws
// std::bad_alloc.
[[nodiscard]] std::expected<LoadResult, Failure> load_standard_input(const Options& options, std::size_t& size);

// Standard input can be read once: whether `arguments` name it at most once.
[[nodiscard]] bool standard_input_at_most_once(std::span<const std::string> arguments) noexcept;

// The failure of a file whose BusGuard was tripped.
[[nodiscard]] Failure file_changed();

}  // namespace plimsoll::regress
