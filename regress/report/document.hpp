// The document of `plimsoll gate report`: everything that its page shows, as JSON. Its form is in README.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gate/pins.hpp"
#include "report/past.hpp"

namespace plimsoll::regress::report {

struct Contents {
  gate::Pins pins;
  std::string pins_file;  // as it was named
  std::vector<PastPins> past;
  std::vector<nlohmann::ordered_json> loads;  // as load.hpp makes them
  std::vector<std::string> notes;             // what is missing, and why: sentences for people
};

// Depends on nothing but `contents` and this program's version.
[[nodiscard]] nlohmann::ordered_json document(const Contents& contents);

// Why `document` is none that a page can show; empty if it is one. For documents that were made elsewhere.
[[nodiscard]] std::string problem_of(const nlohmann::ordered_json& document);

}  // namespace plimsoll::regress::report
