// What a check found, in the forms in which people and CI systems read it. Each is whole and ends in a newline.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "gate/comparing.hpp"
#include "gate/key.hpp"

namespace plimsoll::regress::gate {

// What was held to what.
struct Checked {
  Key key;
  std::filesystem::path pins;  // as given: in a repository, a path in it
  std::vector<Result> results;
};

// Whether what to do about the results is told too.
enum class Advice : std::uint8_t { given, none };

// For people: a row for each figure that changed (old, new, delta, %), a line for what else there is to say, the summary last.
// With `all` what has not changed is shown too.
[[nodiscard]] std::string table(const Checked& checked, bool all, bool colour, Advice advice = Advice::given);

// {"schema", "pins", "key", "exit_code", "summary", "lines": [{"name", "status", "line", "pinned", "now", "changes", "remarks"}]}.
// `line` is a number in the file or null; `pinned` and `now` are load lines or null.
[[nodiscard]] std::string json(const Checked& checked);

// A test suite in JUnit's form, a test case for each module.
[[nodiscard]] std::string junit(const Checked& checked);

// Workflow commands of GitHub Actions: an error on the line of each pin that does not hold.
[[nodiscard]] std::string github(const Checked& checked);

// For the summary of a CI job.
[[nodiscard]] std::string markdown(const Checked& checked);

// What to do about the results, in a sentence or two; empty if all hold.
[[nodiscard]] std::string advice(const Checked& checked);

}  // namespace plimsoll::regress::gate
