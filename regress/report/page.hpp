// The page of `plimsoll gate report`: a template, made when the project is built (README.md), and a document in it.
#pragma once

#include <expected>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace plimsoll::regress::report {

// The document as it stands in a page, and as --json prints it: JSON without a `<`, so that no string in it can end the element
// that it stands in. Text that is not UTF-8 is made so.
[[nodiscard]] std::string to_text(const nlohmann::ordered_json& document);

// The template with `text`, from to_text, in its place. Fails with a sentence for people if that is no template.
[[nodiscard]] std::expected<std::string, std::string> fill(std::string_view page_template, std::string_view text);

// The template that belongs to this program: installed in share/plimsoll, or in its build folder. Fails with a sentence that says
// how to get it.
[[nodiscard]] std::expected<std::string, std::string> read_template();

}  // namespace plimsoll::regress::report
