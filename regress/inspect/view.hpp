// What every view of a part has in hand: where it prints, what it shows, and what went wrong meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/index.hpp"
#include "inspect/json_output.hpp"
#include "inspect/output.hpp"
#include "inspect/part.hpp"
#include "inspect/text.hpp"

namespace plimsoll::regress::inspect {

class View {
 public:
  // `error`: why the module is not valid, if it is not. Both outputs must outlive the view; without `json`, it prints text.
  View(const Part& part, std::optional<Error> error, Output& out, JsonOutput* json, bool colour)
      : part_(part), error_(std::move(error)), out_(out), json_(json), colour_(colour) {}

  [[nodiscard]] const Part& part() const noexcept { return part_; }
  [[nodiscard]] FileBytes file() const noexcept { return part_.file; }
  [[nodiscard]] std::string_view text(ByteRange range) const noexcept { return text_of(part_.file, range); }
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
  [[nodiscard]] Output& out() noexcept { return out_; }
  // Only if `as_json`.
  [[nodiscard]] JsonOutput& json() noexcept { return *json_; }
  [[nodiscard]] bool as_json() const noexcept { return json_ != nullptr; }
  // The name of the function that `error` is in; empty if it has none.
  [[nodiscard]] std::string_view erring_function();
  // Made when it is first asked for.
  [[nodiscard]] const Index& index();

  // Text: the titles of the columns, printed when there is a row below them; JSON: the key and the list's start.
  void begin(std::string_view key, std::string titles);
  // JSON: the list's end; text: that there was nothing, if so. If something could not be read, says so in the text and notes
  // it for the JSON's `problems`.
  void end(const std::optional<Error>& error = {});
  [[nodiscard]] std::span<const Error> problems() const noexcept { return problems_; }

  // Columns, each with two blanks after it.
  void offset(std::uint32_t offset) { put_column(hexadecimal(offset), offset_width(), true); }
  void number(std::uint64_t number, std::size_t width) { put_column(thousands(number), width, true); }
  void word(std::string_view word, std::size_t width) { put_column(word, width, false); }
  // Ends the line.
  void last(std::string_view text = {});
  // Characters of an offset, and of a number of bytes, at most.
  [[nodiscard]] std::size_t offset_width() const noexcept;
  [[nodiscard]] std::size_t size_width() const noexcept;
  // The title, as wide as the column.
  [[nodiscard]] std::string offset_title() const;
  [[nodiscard]] std::string faint(const std::string& text) const;

  [[nodiscard]] static std::string thousands(std::uint64_t number);

 private:
  void put_column(std::string_view text, std::size_t width, bool right);
  void put_titles();

  const Part& part_;
  std::optional<Error> error_;
  Output& out_;
  JsonOutput* json_;
  bool colour_;
  std::unique_ptr<Index> index_;
  std::vector<Error> problems_;
  std::string key_;  // empty once the titles are printed
  std::string titles_;
  std::size_t owed_ = 0;  // blanks, to be written before the next text of the line
};

// `title` at the left or right end of a column.
[[nodiscard]] std::string left(std::string_view title, std::size_t width);
[[nodiscard]] std::string right(std::string_view title, std::size_t width);

// `invalid: type mismatch: ...`, with the function's name if it is known.
[[nodiscard]] std::string error_text(const Error& error, std::string_view function_name = {});
// As the other subcommands write it: {"offset", "code", "message", "section", "function", "function_name", "instruction",
// "feature"}, the last five null where there is none. Or null.
void put_error(JsonOutput& json, const std::optional<Error>& error, std::string_view function_name = {});

// The views. Each goes once over the sections that it shows.
void show_sections(View& view);
void show_imports(View& view);
void show_exports(View& view);
void show_types(View& view);
void show_functions(View& view);
void show_tables(View& view);
void show_memories(View& view);
void show_globals(View& view);
void show_tags(View& view);
void show_elements(View& view);
void show_names(View& view);
void show_data(View& view);
void show_custom(View& view);
void show_histogram(View& view);
// The functions with these indices, in ascending order; all of them for null.
void show_disassembly(View& view, const std::vector<std::uint32_t>* functions);

// A function's body, where it stands: the number of bytes of its size is before it.
struct Body {
  std::uint32_t function = 0;
  ByteRange range;
};
// Hands over every body. Returns the first error, if there was one.
std::optional<Error> each_body(View& view, const std::function<void(const Body&)>& use);

}  // namespace plimsoll::regress::inspect
