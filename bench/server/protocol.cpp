#include "server/protocol.hpp"

#include <charconv>
#include <cstddef>
#include <ctime>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>

namespace plimsoll::bench {
namespace {

std::uint64_t nanoseconds(clockid_t clock) {
  std::timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

std::optional<Request> parse(std::string_view line) {
  const std::size_t first = line.find('\t');
  const std::size_t second = line.find('\t', first + 1);
  if (first == line.npos || second == line.npos) return std::nullopt;
  Request request;
  const char* const end = line.data() + first;
  const auto [stopped, error] = std::from_chars(line.data(), end, request.times);
  if (error != std::errc{} || stopped != end || request.times == 0) return std::nullopt;
  request.mode = line.substr(first + 1, second - first - 1);
  request.file = line.substr(second + 1);
  return request;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return "valid";
    case Verdict::invalid: return "invalid";
    case Verdict::unknown: return "unknown";
  }
  return "";
}

}  // namespace

int serve(std::string_view name, const std::vector<std::string>& modes, const Handler& handler) {
  std::cout << "plimsoll-bench 1\t" << name;
  for (const std::string& mode : modes) std::cout << '\t' << mode;
  std::cout << std::endl;
  for (std::string line; std::getline(std::cin, line) && !line.empty();) {
    const auto request = parse(line);
    const auto answer = request ? handler(*request) : std::unexpected(std::string("this is no request: ") + line);
    if (answer) {
      std::cout << name_of(answer->verdict) << '\t' << answer->times.cpu << '\t' << answer->times.wall << std::endl;
    } else {
      std::cout << "failed\t" << answer.error() << std::endl;
    }
  }
  return 0;
}

Times time(std::uint64_t times, const std::function<void()>& act) {
  const std::uint64_t wall = nanoseconds(CLOCK_MONOTONIC);
  const std::uint64_t cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
  for (std::uint64_t i = 0; i < times; ++i) act();
  return {.cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, .wall = nanoseconds(CLOCK_MONOTONIC) - wall};
}

std::expected<std::vector<std::byte>, std::string> read_file(const std::string& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) return std::unexpected(file + " cannot be opened");
  const std::streamoff size = stream.tellg();
  if (size < 0) return std::unexpected(file + " cannot be read");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  stream.seekg(0);
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), size)) return std::unexpected(file + " cannot be read");
  return bytes;
}

}  // namespace plimsoll::bench
