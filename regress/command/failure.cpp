#include "command/failure.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "command/figures.hpp"

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

}  // namespace

Failure failure(const Error& error) {
  Failure result;
  result.code = name(error.code);
  result.verdict = verdict_of(kind(error.code));
  result.of_file = kind(error.code) == ErrorKind::resource;
  result.message = printable(describe(error));
  if (!result.of_file) result.offset = error.offset;
  return result;
}

Failure failure(const Error& error, std::size_t bytes) {
  Failure result = failure(error);
  if (bytes == 0 && !result.of_file) {
    result.of_empty = true;
    result.message += ": the file is empty";
  }
  return result;
}

Failure file_failure(std::string code, std::string message) {
  return {.code = std::move(code),
          .message = std::move(message),
          .verdict = std::string(verdict_of(ErrorKind::resource)),
          .offset = 0,
          .of_file = true,
          .of_empty = false};
}

nlohmann::ordered_json to_json(const std::optional<Failure>& failure) {
  if (!failure) return nullptr;
  return {{"offset", failure->offset}, {"code", failure->code}, {"message", failure->message}};
}

std::string located(const Failure& failure) { return fmt::format("{:#x}: {}", failure.offset, failure.message); }

void complain(const std::string& file, const Failure& failure) {
  if (failure.of_file || failure.of_empty) complain(file, failure.message);
}

void complain(const std::string& file, const std::string& message) {
  fmt::print(stderr, "plimsoll: {}: {}\n", printable(file), message);
}

}  // namespace plimsoll::regress
