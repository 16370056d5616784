// Compares what was measured with what is pinned.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/load_line.hpp"
#include "gate/measuring.hpp"
#include "gate/pins.hpp"
#include "gate/tolerance.hpp"

namespace plimsoll::regress::gate {

enum class Status : std::uint8_t {
  same,
  worse,         // a figure is higher than its pin, the verdict is another, or something was left on the heap
  better,        // no figure is higher and one is lower: to be pinned, or it is soon lost again
  changed,       // the bytes are not those that were pinned: another module
  fresh,         // there is no pin
  absent,        // the module's file is not there
  gone,          // there is a pin, and no such module any more
  unrepeatable,  // two loads of the same bytes gave different figures
  failed,        // there are no figures
};

// One word or two for people. Static storage.
[[nodiscard]] std::string_view name(Status status) noexcept;

struct Change {
  Column column;
  std::uint64_t pinned = 0;
  std::uint64_t now = 0;

  friend bool operator==(const Change&, const Change&) = default;
};

struct Result {
  std::string name;
  Status status = Status::same;
  std::optional<Pin> pin;
  std::optional<LoadLine> now;
  std::vector<Change> changes;       // of figures, beyond the tolerance
  std::uint64_t left = 0;            // bytes on the heap after the module was destroyed
  std::vector<std::string> remarks;  // sentences for people: what else there is to say, who is at fault
};

// What `measured` is, held to its pin, if it has one.
[[nodiscard]] Result compare(const Pin* pin, const Measured& measured, const Tolerances& tolerances);

// Whether pinning what was found would raise a line: a figure is higher, of another module too, or the verdict another.
[[nodiscard]] bool raises(const Result& result) noexcept;

// A pin whose module is not among those that are to be measured.
[[nodiscard]] Result gone(const Pin& pin);

// The exit codes of the gate; see exit_code for which of them counts.
inline constexpr int exit_same = 0;
inline constexpr int exit_worse = 1;
inline constexpr int exit_better = 3;
inline constexpr int exit_other_modules = 4;  // changed, fresh, absent or gone
inline constexpr int exit_unrepeatable = 5;
inline constexpr int exit_failed = 6;

// Of several, the first in the order 1, 6, 5, 4, 3.
[[nodiscard]] int exit_code(std::span<const Result> results) noexcept;

// `+512 (+8.4 %)`: how the new figure differs.
[[nodiscard]] std::string delta(const Change& change);
[[nodiscard]] std::string percentage(const Change& change);

// All there is to say of a result but its name, in sentences without an end: `peak 6,128 -> 6,640 (+512, +8.4 %)`.
[[nodiscard]] std::vector<std::string> sentences(const Result& result);

// `335 load lines: 333 same, 1 worse, 1 better`.
[[nodiscard]] std::string summary(std::span<const Result> results);

}  // namespace plimsoll::regress::gate
