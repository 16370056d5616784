// The gate itself: chooses the modules, measures them, and holds them to their pins. What `plimsoll gate` is made of; the
// command line is in command/gate.cpp.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/catalogue.hpp"
#include "gate/comparing.hpp"
#include "gate/outputs.hpp"
#include "gate/pins.hpp"
#include "gate/subject.hpp"
#include "gate/tolerance.hpp"

namespace plimsoll::regress::gate {

// Which load lines are looked at.
struct Selection {
  std::filesystem::path pins;      // the file; empty: the project's own
  std::filesystem::path corpus;    // of the project's own: the folder corpus
  std::filesystem::path modules;   // where modules are: the project's real ones, or any files
  std::vector<std::string> tiers;  // of the project's own: only these of the real modules; empty: all
  std::vector<std::string> names;  // only these: of the project's own, patterns; else files, which may be new
};

// Where the project's own load lines stand, in its repository.
[[nodiscard]] std::filesystem::path own_pins();

// What `names` and `pins` choose: modules to measure, and pins that have none any more.
struct Chosen {
  std::vector<Entry> entries;
  std::vector<Pin> gone;
};

// Fails with a sentence for people.
[[nodiscard]] std::expected<Chosen, std::string> choose(const Selection& selection, const Pins& pins);

// Measures each and compares it. `before` is called with how many are done, and the name of the next.
[[nodiscard]] std::vector<Result> run(
    const Chosen& chosen, const Pins& pins, Subject& subject, const Tolerances& tolerances,
    const std::function<void(std::size_t, const std::string&)>& before = [](std::size_t, const std::string&) {});

// Adds to the worst of what is worse, by bytes, who is at fault, as far as call stacks tell. Loads those modules once more.
void blame(std::vector<Result>& results, const Chosen& chosen, Subject& subject);

}  // namespace plimsoll::regress::gate
