// The planted loader's way through a module's sections (specification 5.5). It decodes and does not validate; it knows the
// sections of WebAssembly 3.0, but no types other than functions'.
#pragma once

#include <cstdint>

#include "planted/module.hpp"
#include "planted/reader.hpp"

namespace plimsoll::regress::planted {

// What becomes of function bodies.
class CodeBuilder {
 public:
  virtual ~CodeBuilder() = default;
  // Before the first of `count` bodies.
  virtual void begin(std::uint32_t count) = 0;
  // The reader stands after the body's size; the body ends at `end`. False: the reader has failed.
  virtual bool body(Reader& reader, std::uint32_t end) = 0;
};

// Decodes the whole input. On failure the reader says why, and `module` holds what was decoded before.
bool decode_module(Reader& reader, Module& module, CodeBuilder& code);

// Decodes one body. Its vectors get exactly the size that they need: the instructions are counted first. Through a buffer
// there is no second look; then they get what the body's bytes could need at most.
bool decode_body(Reader& reader, std::uint32_t end, CodeSegment& segment);
// The part of it before the instructions.
bool decode_locals(Reader& reader, std::vector<Local>& locals);

// The clean way: one vector, sized once, that bodies are decoded into.
class CodeVector final : public CodeBuilder {
 public:
  explicit CodeVector(std::vector<CodeSegment>& code) : code_(code) {}
  void begin(std::uint32_t count) override { code_.reserve(count); }
  bool body(Reader& reader, std::uint32_t end) override { return decode_body(reader, end, code_.emplace_back()); }

 private:
  std::vector<CodeSegment>& code_;
};

}  // namespace plimsoll::regress::planted
