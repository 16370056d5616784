#include "oracles/answer.hpp"

#include <array>
#include <cstdio>

#include "oracles/require.hpp"

namespace plimsoll::fuzz {
namespace {

std::string hexadecimal(std::uint32_t value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%x", value);
  return text.data();
}

}  // namespace

Answer answer_of(const LoadResult& loaded) {
  Answer answer;
  if (!loaded) {
    answer.error = loaded.error();
    return answer;
  }
  answer.walked = regress::properties::walk(**loaded);
  require_equal("walk", "all that a module hands out lies in it and agrees with itself", answer.walked.problem, "");
  return answer;
}

std::string to_string(const Answer& answer) {
  if (answer.error) {
    const Error& error = *answer.error;
    std::string text(name(error.code));
    text += " at " + hexadecimal(error.offset) + ": " + describe(error);
    return text + " [expected " + std::to_string(error.expected) + ", found " + std::to_string(error.found) + "]";
  }
  const auto& walked = answer.walked;
  return "valid, " + std::to_string(walked.bodies) + " bodies, " + std::to_string(walked.instructions) +
         " instructions, " + std::to_string(walked.constants) + " in constant expressions, " +
         std::to_string(walked.list_entries) + " list entries, " + std::to_string(walked.names) + " names, checksum " +
         std::to_string(walked.checksum);
}

void require_same(std::string_view oracle, std::string_view how, const Answer& found, const Answer& expected) {
  if (found == expected) return;
  broken(oracle, how, to_string(found), to_string(expected));
}

Options options_with(Features features, std::pmr::memory_resource* memory) {
  Options options;
  options.features = features;
  options.memory = memory;
  return options;
}

Options all_features(std::pmr::memory_resource* memory) { return options_with(Features::all(), memory); }

}  // namespace plimsoll::fuzz
