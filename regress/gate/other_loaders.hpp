// Other loaders as subjects: a shared library with an engine's C API, and any command that loads a file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gate/subject.hpp"
#include "trace/traced.hpp"

namespace plimsoll::regress::gate {

// The engine in a shared library (trace/trace_engine.hpp). The verdict is `valid` or `rejected`.
class EngineSubject final : public Subject {
 public:
  explicit EngineSubject(std::filesystem::path library) : library_(std::move(library)) {}
  [[nodiscard]] Key key() const override { return other_key(library_.filename().string(), "engine"); }
  [[nodiscard]] std::expected<Observation, std::string> load(const OpenedModule& module, Depth depth) override;

 private:
  std::filesystem::path library_;
};

// A command, in whose words `{}` stands for the module's file (trace/trace_command.hpp). The verdict is the command's own, if it
// tells it by plimsoll_ledger.h, or its exit status: `exit 0`.
class CommandSubject final : public Subject {
 public:
  // `command` is not empty, and holds_place(command).
  explicit CommandSubject(std::vector<std::string> command) : command_(std::move(command)) {}
  [[nodiscard]] Key key() const override;
  [[nodiscard]] std::expected<Observation, std::string> load(const OpenedModule& module, Depth depth) override;

 private:
  std::vector<std::string> command_;
};

// Whether `{}` is in one of the words.
[[nodiscard]] bool holds_place(const std::vector<std::string>& command);

// What one load by a command or engine came to. Fails, with a sentence, if there was not exactly one, or if the command crashed.
[[nodiscard]] std::expected<Observation, std::string> observation_of(const Trace& trace);

}  // namespace plimsoll::regress::gate
