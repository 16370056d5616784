// A subject: the loader that is held to load lines. Ours, another one behind a C interface, or a command.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "gate/catalogue.hpp"
#include "gate/key.hpp"
#include "gate/load_line.hpp"
#include "ledger/recording.hpp"

namespace plimsoll::regress::gate {

enum class Depth : std::uint8_t {
  pins,  // what a load line holds, quickly
  full,  // whatever the ledger can know, call stacks too
};

// One load under the ledger.
struct Observation {
  std::string verdict;  // as in a load line
  std::array<std::uint64_t, all_columns.size()> figures{};
  std::uint64_t left = 0;  // bytes on the heap once the module was destroyed, where the subject can tell
  Report report;
};

class Subject {
 public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;

  [[nodiscard]] virtual Key key() const = 0;
  // Loads the module once. Fails, with a sentence for people, if there are no figures: the loader crashed, or it never read
  // the module. Not thread-safe: the ledger records the whole process.
  [[nodiscard]] virtual std::expected<Observation, std::string> load(const OpenedModule& module, Depth depth) = 0;
};

// The figures of a load line, of a report whose end is the end of the load, the module being held.
[[nodiscard]] std::array<std::uint64_t, all_columns.size()> figures_of(const Report& report) noexcept;

}  // namespace plimsoll::regress::gate
