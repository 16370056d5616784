// The smith: makes valid modules out of bytes, any bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "encode/writer.hpp"
#include "plimsoll/features.hpp"
#include "smith/rows.hpp"

namespace plimsoll::fuzz {

struct SmithOptions {
  // What modules may have in them; see `sensible`.
  Features features = Features::browsers();
  // Bytes: from here on a module ends as soon as it can. None is longer than this and 16 KiB, most are shorter.
  std::size_t size = 4096;
};

// The set without the features that are of no use to the smith without others: typed references without references, gc
// without typed references, proposals without gc. A set of the specification's or of browsers stays as it is.
Features sensible(Features features) noexcept;

class Smith {
 public:
  explicit Smith(SmithOptions options = {});

  // A module that is valid with the features of the options. The same bytes make the same module, everywhere; few bytes a small
  // one, and none an empty one. Linear in the bytes and in the size of the options. Thread-safe; throws only std::bad_alloc.
  [[nodiscard]] Bytes make(std::span<const std::byte> entropy) const;
  // The module of a seed: of as many bytes of entropy as the size of the options, or fewer, as the seed has it.
  [[nodiscard]] Bytes make(std::uint64_t seed) const;

  [[nodiscard]] Features features() const noexcept { return options_.features; }

 private:
  SmithOptions options_;
  Rows rows_;
};

}  // namespace plimsoll::fuzz
