#include "command/failure.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "command/figures.hpp"
#include "plimsoll/instructions.hpp"
#include "plimsoll/names.hpp"

namespace plimsoll::regress {
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

// Names of C++ functions can be pages long. Cut between characters.
std::string_view shortened(std::string_view name) {
  constexpr std::size_t most = 160;
  if (name.size() <= most) return name;
  std::size_t size = most;
  while (size != 0 && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80U) --size;
  return name.substr(0, size);
}

}  // namespace

std::string_view name_of_function(const Error& error, std::span<const std::byte> module) noexcept {
  if (error.function == Error::no_function) return {};
  return find_name(NameSection(module).functions(), error.function).value_or(std::string_view{});
}

Failure failure(const Error& error) { return failure(error, 1); }

Failure failure(const Error& error, std::size_t bytes, std::string_view function_name) {
  Failure result;
  result.code = name(error.code);
  result.verdict = verdict_of(kind(error.code));
  result.of_file = kind(error.code) == ErrorKind::resource;
  result.function_name = printable(shortened(function_name));
  result.message = printable(describe(error, shortened(function_name)));
  if (error.section != Error::no_section) result.section = section_name(error.section);
  if (error.function != Error::no_function) result.function = error.function;
  if (error.instruction < instruction_count) result.instruction = row(static_cast<Opcode>(error.instruction)).name;
  if (error.feature != Feature::none) result.feature = name(error.feature);
  if (!result.of_file) result.offset = error.offset;
  if (bytes == 0 && !result.of_file) {
    result.of_empty = true;
    result.message += ": the file is empty";
  }
  return result;
}

Failure file_failure(std::string code, std::string message) {
  Failure result;
  result.code = std::move(code);
  result.message = std::move(message);
  result.verdict = verdict_of(ErrorKind::resource);
  result.of_file = true;
  return result;
}

nlohmann::ordered_json to_json(const std::optional<Failure>& failure) {
  if (!failure) return nullptr;
  const auto text = [](const std::string& value) {
    return value.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(value);
  };
  return {{"offset", failure->offset},
          {"code", failure->code},
          {"message", failure->message},
          {"section", text(failure->section)},
          {"function", failure->function ? nlohmann::ordered_json(*failure->function) : nlohmann::ordered_json()},
          {"function_name", text(failure->function_name)},
          {"instruction", text(failure->instruction)},
          {"feature", text(failure->feature)}};
}

std::string located(const Failure& failure) { return fmt::format("{:#x}: {}", failure.offset, failure.message); }

void complain(const std::string& file, const Failure& failure) {
  if (failure.of_file || failure.of_empty) complain(file, failure.message);
}

void complain(const std::string& file, const std::string& message) {
  fmt::print(stderr, "plimsoll: {}: {}\n", printable(file), message);
}

}  // namespace plimsoll::regress
