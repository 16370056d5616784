// What stands in known custom sections, as lines of text or fields of JSON (tool conventions; loader's views of them).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "inspect/view.hpp"
#include "plimsoll/custom_sections.hpp"

namespace plimsoll::regress::inspect {

// Where the contents of one section are shown: the part's bytes, and what turns offsets in the part into those in the file.
class CustomOutput {
 public:
  CustomOutput(View& view, std::span<const std::byte> module) : view_(view), module_(module) {}
  [[nodiscard]] std::span<const std::byte> module() const noexcept { return module_; }
  [[nodiscard]] bool as_json() const noexcept { return view_.as_json(); }
  [[nodiscard]] JsonOutput& json() noexcept { return view_.json(); }
  [[nodiscard]] const Index& index() { return view_.index(); }
  [[nodiscard]] std::uint32_t in_file(std::uint32_t offset) const noexcept {
    return view_.part().range.offset + offset;
  }
  // Text: a line below the section's, with the offset in the part if there is one.
  void line(std::optional<std::uint32_t> offset, std::string_view text);
  // JSON: starts an object in a list, with its offset.
  void begin_entry(std::uint32_t offset);

  // A list: `show(entry)` prints each; in JSON between brackets, under this key.
  template <class List, class Show>
  void list(std::string_view key, const List& entries, Show show_entry) {
    if (as_json()) {
      json().key(key);
      json().begin_array(Layout::lines);
    }
    for (const auto& entry : entries) show_entry(entry);
    if (as_json()) json().end_array();
  }

 private:
  View& view_;
  std::span<const std::byte> module_;
};

// Sections of the linker: `dylink.0`, `linking`, `reloc.*`.
void show_dylink(CustomOutput& out, const CustomSection& section);
void show_linking(CustomOutput& out, const CustomSection& section);
void show_relocations(CustomOutput& out, const CustomSection& section);

}  // namespace plimsoll::regress::inspect
