#include "oracles/require.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace plimsoll::fuzz {
namespace {

int length(std::string_view text) noexcept { return static_cast<int>(text.size() < 2'000 ? text.size() : 2'000); }

[[noreturn]] void broken(std::string_view oracle, std::string_view promise, std::uint64_t found, const char* relation,
                         std::uint64_t other) noexcept {
  std::fprintf(stderr, "oracle %.*s: %.*s: found %" PRIu64 ", %s %" PRIu64 "\n", length(oracle), oracle.data(),
               length(promise), promise.data(), found, relation, other);
  std::abort();
}

}  // namespace

void broken(std::string_view oracle, std::string_view promise, std::string_view found,
            std::string_view expected) noexcept {
  std::fprintf(stderr, "oracle %.*s: %.*s: found %.*s, expected %.*s\n", length(oracle), oracle.data(), length(promise),
               promise.data(), length(found), found.data(), length(expected), expected.data());
  std::abort();
}

void require_at_most(std::string_view oracle, std::string_view promise, std::uint64_t found,
                     std::uint64_t allowed) noexcept {
  if (found > allowed) broken(oracle, promise, found, "allowed", allowed);
}

void require_equal(std::string_view oracle, std::string_view promise, std::uint64_t found,
                   std::uint64_t expected) noexcept {
  if (found != expected) broken(oracle, promise, found, "expected", expected);
}

}  // namespace plimsoll::fuzz
