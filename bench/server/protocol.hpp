// What `ci/bench` asks of each process that it measures, and what it hears: lines of fields that a tab ends.
//
//   greeting   plimsoll-bench 1, a name with its version, then the modes it has; one that ends in
//              =wall is to be judged by wall time
//   request    how many times, a mode, a file; an empty line or the end of the input ends the process
//   answer     valid, invalid or unknown; nanoseconds of CPU time for all the times, and of wall time
//   or         failed, why: nothing was measured
//
// v8_server.mjs says the same in JavaScript.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::bench {

struct Request {
  std::uint64_t times = 0;
  std::string mode;
  std::string file;
};

enum class Verdict : std::uint8_t { valid, invalid, unknown };

struct Times {
  std::uint64_t cpu = 0;  // nanoseconds, of all threads of whoever did the work
  std::uint64_t wall = 0;
};

struct Answer {
  Verdict verdict = Verdict::unknown;
  Times times;
};

// Loads request.file that many times, or says why that cannot be measured.
using Handler = std::function<std::expected<Answer, std::string>(const Request&)>;

// Greets and answers requests, from standard input to standard output, until there are no more. Returns the exit code.
int serve(std::string_view name, const std::vector<std::string>& modes, const Handler& handler);

// Calls `act` that many times between two looks at the clocks of this process.
Times time(std::uint64_t times, const std::function<void()>& act);

// The bytes of a file, or a sentence that says why not.
std::expected<std::vector<std::byte>, std::string> read_file(const std::string& file);

}  // namespace plimsoll::bench
