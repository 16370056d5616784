// Fuzz target: the file of load lines (gate/pins.hpp). There is one way to write given lines, so what is read is written as it was.
// Oracle: pins.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gate/pins.hpp"
#include "oracles/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pins = regress::gate::parse_pins(text);
  if (!pins) {
    fuzz::require(!pins.error().message.empty(), "pins", "an error says what is wrong", "nothing", "a sentence");
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    fuzz::require_at_most("pins", "line of the error", pins.error().line, lines + 1);
    return 0;
  }
  fuzz::require_equal("pins", "the text of what was read", to_string(*pins), text);
  for (const regress::gate::Pin& pin : pins->lines)
    fuzz::require(pins->find(pin.line.name) == &pin, "pins", "a line is found by its name", "another", pin.line.name);
  return 0;
}
