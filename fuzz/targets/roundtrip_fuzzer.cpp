// Fuzz target: a module that is decoded, encoded and decoded again is the same module, with numbers as short as can be and longer
// than they need to be; and what was encoded in the shortest way is encoded so again. Oracle: roundtrip.
#include <cstddef>
#include <cstdint>

#include "encode/difference.hpp"
#include "encode/module.hpp"
#include "oracles/answer.hpp"
#include "oracles/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll;
  const auto input = std::as_bytes(std::span(data, size));
  const Options options = fuzz::all_features();
  const LoadResult module = load(BorrowedBytes(input), options);
  if (!module) return 0;
  const fuzz::Bytes shortest = fuzz::encode(**module);
  for (const unsigned extra : {0U, 1U + static_cast<unsigned>(size % 9)}) {
    const fuzz::Bytes encoded = fuzz::encode(**module, extra);
    const LoadResult again = load(BorrowedBytes(encoded), options);
    if (!again) fuzz::broken("roundtrip", "what was encoded is valid", describe(again.error()), "valid");
    fuzz::require_equal("roundtrip", "the first difference", fuzz::difference(**module, **again), "");
    fuzz::require(fuzz::encode(**again) == shortest, "roundtrip", "the bytes of the second encoding", "others",
                  "those of the first");
  }
  return 0;
}
