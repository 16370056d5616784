// StreamLoader: loads a module while its bytes are still coming.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <utility>

#include "plimsoll/error.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll {

struct StreamData;

// Takes the bytes of a module in pieces of any size, in their order, and validates what has come: a section when all of it is there, the
// bodies of functions one by one. Verdict and error are those of a `load` of the whole, wherever the pieces are cut.
//
// The bytes are copied once, from the pieces into pages that the Module will own: taken from the operating system, not from
// Options::memory, and never moved. Everything else is as with `load`, also what it costs: time is linear in the bytes and the
// pieces. Bodies are checked on the thread that pushes; Options::parallel is of use only where a code section comes in one piece.
// Not thread-safe; may move between threads.
class StreamLoader {
 public:
  // `total`: how many bytes will come, if that is known (Content-Length). Then that much is reserved and what runs over it is
  // refused at once; otherwise address space for Options::limits.module_size is reserved (1 GiB; not memory, which grows as
  // bytes come). What goes wrong here is said by the first push, or by finish.
  explicit StreamLoader(const Options& options = {}, std::optional<std::uint64_t> total = {}) noexcept;
  StreamLoader(StreamLoader&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  StreamLoader& operator=(StreamLoader&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  StreamLoader(const StreamLoader&) = delete;
  StreamLoader& operator=(const StreamLoader&) = delete;
  ~StreamLoader();

  // Takes the next bytes, and validates what is complete with them. An error is final: it is given again by each further call.
  // It comes as soon as it is sure to be that of the whole module: with the body or the section that is bad; or, as long as the
  // total is not known, with the end of its section, because a section that runs over the end of the module is an error of
  // its own, in front of what it holds. Sizes and counts that lie are refused when they are read.
  // More bytes than announced, or than Options::limits.module_size, are limit_module_size; `found` is what has come so far.
  [[nodiscard]] std::expected<void, Error> push(std::span<const std::byte> chunk) noexcept;

  // How many more bytes it takes until anything new can be said: pieces that are smaller are only kept. At least 1, but for 0
  // when nothing can be said any more: push has failed, or all announced bytes are there. Constant time.
  [[nodiscard]] std::size_t need() const noexcept;

  // Says that no more bytes will come, and makes a Module of those that have. If fewer have come than announced, the answer is
  // that for what has. To be called once; the StreamLoader is of no use afterwards.
  [[nodiscard]] LoadResult finish() noexcept;

 private:
  StreamData* data_;  // null: there was no memory for it, or it was moved from
};

}  // namespace plimsoll
