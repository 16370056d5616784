#include "inspect/view.hpp"

#include <algorithm>
#include <utility>

#include "inspect/text.hpp"

namespace plimsoll::regress::inspect {
namespace {

std::string_view verdict_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::feature: return "feature off";
    case ErrorKind::limit: return "over limit";
    case ErrorKind::resource: return "unreadable";
  }
  return "";
}

}  // namespace

std::string error_text(const Error& error, std::string_view function_name) {
  const std::string verdict(verdict_of(kind(error.code)));
  const std::string text = describe(error, function_name);
  return text.starts_with(verdict) ? text : verdict + ": " + text;
}

void put_error(JsonOutput& json, const std::optional<Error>& error, std::string_view function_name) {
  if (!error) return json.null();
  const auto field = [&](std::string_view key, bool is_there, const auto& value) {
    json.key(key);
    if (is_there)
      json.value(value);
    else
      json.null();
  };
  const bool has_instruction = error->instruction < instruction_count;
  json.begin_object();
  json.field("offset", error->offset);
  json.field("code", name(error->code));
  json.field("message", describe(*error, function_name));
  field("section", error->section != Error::no_section, plimsoll::section_name(error->section));
  field("function", error->function != Error::no_function, error->function);
  field("function_name", !function_name.empty(), function_name);
  field("instruction", has_instruction,
        has_instruction ? row(static_cast<Opcode>(error->instruction)).name : std::string_view());
  field("feature", error->feature != Feature::none, name(error->feature));
  json.end_object();
}

std::string_view View::erring_function() {
  if (!error_ || error_->function == Error::no_function) return {};
  return index().name(NameKind::function, error_->function).value_or("");
}

const Index& View::index() {
  if (!index_) index_ = std::make_unique<Index>(part_);
  return *index_;
}

void View::begin(std::string_view key, std::string titles) {
  key_ = key;
  titles_ = std::move(titles);
  if (!as_json()) return;
  json().key(key);
  json().begin_array(Layout::lines);
}

void View::put_titles() {
  if (key_.empty()) return;
  key_.clear();
  if (!titles_.empty()) out_.put(faint(titles_) + '\n');
}

void View::end(const std::optional<Error>& error) {
  if (as_json()) json().end_array();
  if (!as_json() && !error && !key_.empty()) out_.put(key_ + ": none\n");
  if (!error) return;
  constexpr std::size_t most = 100;
  if (problems_.size() < most) problems_.push_back(*error);
  if (as_json()) return;
  offset(error->offset);
  last(";; " + error_text(*error));
}

void View::put_column(std::string_view text, std::size_t width, bool right) {
  put_titles();
  const std::size_t rest = width - std::min(width, text.size());
  if (right) owed_ += rest;
  if (!text.empty()) {
    out_.blanks(owed_);
    out_.put(text);
    owed_ = 0;
  }
  owed_ += 2 + (right ? 0 : rest);
}

void View::last(std::string_view text) {
  if (!text.empty()) {
    out_.blanks(owed_);
    out_.put(text);
  }
  out_.put('\n');
  owed_ = 0;
}

std::size_t View::offset_width() const noexcept {
  std::size_t width = 6;
  for (std::uint64_t size = part_.file.size(); size >= 0x10000; size >>= 4U) ++width;
  return width;
}

std::size_t View::size_width() const noexcept { return std::max<std::size_t>(thousands(part_.file.size()).size(), 5); }

std::string View::offset_title() const { return right("offset", offset_width()) + "  "; }

std::string View::faint(const std::string& text) const { return colour_ ? "\x1b[2m" + text + "\x1b[0m" : text; }

std::string View::thousands(std::uint64_t number) {
  std::string text = decimal(number);
  for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
  return text;
}

std::string left(std::string_view title, std::size_t width) {
  std::string text(title);
  text.resize(std::max(width, title.size()), ' ');
  return text;
}

std::string right(std::string_view title, std::size_t width) {
  return std::string(width - std::min(width, title.size()), ' ') + std::string(title);
}

std::optional<Error> each_body(View& view, const std::function<void(const Body&)>& use) {
  const std::uint32_t first = view.index().imported_functions();
  return each_entry(view.part(), SectionId::code, [&](Cursor& cursor, std::uint32_t index) {
    const ByteRange range = take_name(cursor);
    if (cursor.ok()) use({first + index, range});
  });
}

}  // namespace plimsoll::regress::inspect
