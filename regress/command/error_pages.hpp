// What there is to say of an error code, from the loader's table of them and the corpus: a line, a page, an index of pages.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/error.hpp"

namespace plimsoll::regress {

// An example from corpus/errors, loaded.
struct LoadedExample {
  std::string_view source;
  std::string features;  // the list that it is loaded with; empty: the default
  std::string limits;    // `NAME=N`, as its directive has it; empty: the default ones
  std::vector<std::byte> bytes;
  std::optional<Error> error;  // nothing: it is valid, which no example should be
  std::string problem;         // it cannot be used: no source, or one that is no good
};

// Loads the example of a code. Codes of the resource kind have none: no module yields them. Fails in `problem` only.
[[nodiscard]] LoadedExample load_example(std::string_view code);

// The row of the code with this name, or null. Static storage.
[[nodiscard]] const ErrorRow* find_error(std::string_view name) noexcept;

// One word: `malformed`, `invalid`, `feature`, `limit`, `resource`. Static storage.
[[nodiscard]] std::string_view kind_name(ErrorKind kind) noexcept;

enum class PageForm : unsigned char { text, markdown };

// The page of a code: its meaning, where the rule stands, how to mend it, an example and what is printed for it.
[[nodiscard]] std::string error_page(const ErrorRow& row, PageForm form);

// All codes, a line each: name, kind and wording. In Markdown each is a link to `NAME.md`.
[[nodiscard]] std::string error_index(PageForm form);

}  // namespace plimsoll::regress
