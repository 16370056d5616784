// The check of `metadata.code.*` (the conventions of WebAssembly's tools, CodeMetadata; the proposals branch-hinting and
// compilation-hints): functions and positions ascend, a hint is at an instruction that it can be for, and it means something.
//
// Linear: hints ascend as the instructions of a body do, so both are walked together, once. A section whose kind is not known
// may stand any number of times, so that its hints are not held against the bodies.
#include "module/custom/checker.hpp"
#include "module/custom/code_metadata.hpp"

namespace plimsoll {
namespace {

// A walk over the instructions of a body that stops at the positions asked for, which ascend.
class BodyWalk {
 public:
  explicit BodyWalk(const FunctionBody& body) noexcept
      : start_(body.range().offset), reader_(body.instructions()), more_(reader_.next(instruction_)) {}

  // The instruction at a position, counted from the start of the body; null if none starts there.
  const Instruction* at(std::uint32_t position) noexcept {
    while (more_ && instruction_.offset - start_ < position) more_ = reader_.next(instruction_);
    return more_ && instruction_.offset - start_ == position ? &instruction_ : nullptr;
  }

 private:
  std::uint32_t start_;
  InstructionReader reader_;
  Instruction instruction_;
  bool more_;
};

class MetadataCheck {
 public:
  MetadataCheck(CustomCheck& check, CustomKind kind) noexcept : check_(check), module_(check.module()), kind_(kind) {}

  void run(SectionReader& reader) noexcept {
    Ascending functions;
    const std::uint32_t count = reader.u32();
    for (std::uint32_t i = 0; i < count && reader.ok() && check_.going(); ++i) {
      const std::uint32_t offset = reader.offset();
      const std::uint32_t function = reader.u32();
      if (!reader.ok()) return;
      const bool ascends = functions.accept(check_, offset, function);
      const bool defined = is_defined(offset, function);
      if (ascends && defined && kind_ != CustomKind::code_metadata) {
        BodyWalk body(module_.body(function - module_.imported_count(ExternalKind::function)));
        hints(reader, &body);
      } else {
        hints(reader, nullptr);
      }
    }
  }

 private:
  // Whether a function exists and has a body.
  bool is_defined(std::uint32_t offset, std::uint32_t function) noexcept {
    if (!check_.check_index(offset, function, module_.functions().size())) return false;
    if (function >= module_.imported_count(ExternalKind::function)) return true;
    check_.warn_value(WarningCode::import_mismatch, offset, function);
    return false;
  }

  void hints(SectionReader& reader, BodyWalk* body) noexcept {
    Ascending positions;
    const std::uint32_t count = reader.u32();
    for (std::uint32_t i = 0; i < count && reader.ok() && check_.going(); ++i) {
      const CodeHint hint = read_code_hint(reader);
      if (!reader.ok()) return;
      const bool ascends = positions.accept(check_, hint.offset, hint.position);
      if (ascends && body != nullptr) place(hint, *body);
      value(hint);
    }
  }

  void place(const CodeHint& hint, BodyWalk& body) noexcept {
    if (kind_ == CustomKind::compilation_priorities) {  // for functions, not for instructions
      if (hint.position != 0) check_.warn_value(WarningCode::hint_not_at_instruction, hint.offset, hint.position);
      return;
    }
    const Instruction* instruction = body.at(hint.position);
    if (instruction == nullptr)
      check_.warn_value(WarningCode::hint_not_at_instruction, hint.offset, hint.position);
    else if (!can_be_for(instruction->opcode))
      check_.warn_value(WarningCode::hint_at_wrong_instruction, hint.offset, hint.position);
  }

  [[nodiscard]] bool can_be_for(Opcode instruction) const noexcept {
    if (kind_ == CustomKind::branch_hints) return instruction == opcode("br_if") || instruction == opcode("if");
    if (kind_ == CustomKind::call_targets)
      return instruction == opcode("call_indirect") || instruction == opcode("call_ref");
    return true;
  }

  void value(const CodeHint& hint) noexcept {
    const std::span<const std::byte> bytes = module_.bytes();
    const auto expect = [&](bool size, bool meaning) {
      if (!size)
        check_.warn_value(WarningCode::bad_hint_size, hint.offset, hint.value.size);
      else if (!meaning)
        check_.warn(WarningCode::bad_hint_value, hint.value.offset);
    };
    if (kind_ == CustomKind::branch_hints) expect(hint.value.size == 1, branch_likely(bytes, hint).has_value());
    if (kind_ == CustomKind::trace_marks) expect(hint.value.size != 0, trace_mark(bytes, hint).has_value());
    if (kind_ == CustomKind::compilation_priorities)
      expect(hint.value.size != 0, compilation_priority(bytes, hint).has_value());
    if (kind_ == CustomKind::instruction_frequencies)
      expect(hint.value.size != 0, instruction_frequency(bytes, hint).has_value());
    if (kind_ == CustomKind::call_targets) targets(hint);
  }

  // Functions that exist, and no more calls than there are.
  void targets(const CodeHint& hint) noexcept {
    std::uint64_t percent = 0;
    SectionReader reader = check_.reader(hint.value);
    while (reader.ok() && !reader.at_end() && check_.going()) {
      const CallTarget target = read_call_target(reader);
      if (!reader.ok()) break;
      check_.check_index(target.offset, target.function, module_.functions().size());
      percent += target.percent;
    }
    check_.warn_unreadable(reader);
    if (percent > 100) check_.warn_limit(WarningCode::bad_hint_value, hint.value.offset, percent, 100);
  }

  CustomCheck& check_;
  const Module& module_;
  CustomKind kind_;
};

}  // namespace

void check_code_metadata(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  MetadataCheck(check, section.kind).run(reader);
  if (check.going()) check.finish(reader);
}

}  // namespace plimsoll
