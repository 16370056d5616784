// Why a file got no "valid", in the form in which every subcommand prints it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plimsoll/error.hpp"

namespace plimsoll::regress {

struct Failure {
  std::string code;          // stable, for programs: `type_mismatch`
  std::string message;       // one line, for people; control characters escaped
  std::string verdict;       // one word or two: `malformed`, `invalid`, `feature off`, `over limit`, `unreadable`
  std::uint32_t offset = 0;  // bytes from the start of the file; 0 if the file is at fault
  // The file could not be read, or the machine is at fault: the module was not judged.
  bool of_file = false;
  bool of_empty = false;  // there is nothing in the file: judged, but worth a word on standard error too
  // Where it is and what would help; empty where it is nowhere and nothing would.
  std::string section = {};
  std::optional<std::uint32_t> function = {};  // imports counted
  std::string function_name = {};
  std::string instruction = {};
  std::string feature = {};
};

// From what the loader says of a file.
[[nodiscard]] Failure failure(const Error& error);

// From what the loader says of a module of so many bytes, whose function at fault has a name perhaps.
[[nodiscard]] Failure failure(const Error& error, std::size_t bytes, std::string_view function_name = {});

// The name of the function at fault, from the name section of a module that was refused; empty if there is none. A view into
// the module. Takes any bytes; linear in the name section.
[[nodiscard]] std::string_view name_of_function(const Error& error, std::span<const std::byte> module) noexcept;

// The file itself is at fault, in words of our own.
[[nodiscard]] Failure file_failure(std::string code, std::string message);

// {"offset", "code", "message", "section", "function", "function_name", "instruction", "feature"}, or null. Of the last five
// each is null where there is none.
[[nodiscard]] nlohmann::ordered_json to_json(const std::optional<Failure>& failure);

// `0xOFFSET: message`.
[[nodiscard]] std::string located(const Failure& failure);

// Prints `plimsoll: FILE: MESSAGE` to standard error. For a Failure, does so only if it is of the file, not of the module.
void complain(const std::string& file, const Failure& failure);
void complain(const std::string& file, const std::string& message);

}  // namespace plimsoll::regress
