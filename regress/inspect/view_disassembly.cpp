// Function bodies, instruction by instruction: each with its offset, indented by the blocks it stands in. A body that is not
// valid is shown whole, with a mark at the offending instruction; one that cannot be decoded, up to where it cannot.
#include <algorithm>
#include <string>

#include "inspect/instruction_text.hpp"
#include "inspect/text.hpp"
#include "inspect/view.hpp"
#include "types/read_types.hpp"

namespace plimsoll::regress::inspect {
namespace {

// Deeper blocks are not indented further: a line would be as long as the function.
constexpr std::uint32_t most_indents = 40;

bool opens_block(Rule rule) {
  return rule == Rule::block || rule == Rule::loop || rule == Rule::if_ || rule == Rule::try_ ||
         rule == Rule::try_table;
}
bool parts_block(Rule rule) { return rule == Rule::else_ || rule == Rule::catch_ || rule == Rule::catch_all; }
bool closes_block(Rule rule) { return rule == Rule::end || rule == Rule::delegate; }

// Follows how deep instructions stand.
class Nesting {
 public:
  // The blocks around an instruction with this rule.
  std::uint32_t step(Rule rule) noexcept {
    if ((closes_block(rule) || parts_block(rule)) && depth_ > 0) --depth_;
    const std::uint32_t depth = depth_;
    if (opens_block(rule) || parts_block(rule)) ++depth_;
    return depth;
  }

 private:
  std::uint32_t depth_ = 1;  // the body itself
};

class Disassembler {
 public:
  Disassembler(View& view, const Body& body)
      : view_(view), index_(view.index()), body_(body), locals_(index_.local_names(body.function)),
        cursor_(cursor_over(view.file(), body.range)) {}

  void text() {
    put_head();
    each_run([this](std::uint32_t offset, std::uint32_t first, std::uint32_t count, ValueType type) {
      put_locals(offset, first, count, type);
    });
    each_instruction([this](const Instruction& instruction, std::uint32_t depth) { put(instruction, depth); });
    if (failure_) {
      view_.offset(failure_->offset);
      view_.last(";; " + error_text(*failure_));
    }
  }

  void json() {
    JsonOutput& json = view_.json();
    const auto type = index_.function_type(body_.function);
    json.begin_object(Layout::lines);
    json.field("index", body_.function);
    if (const auto name = index_.name(NameKind::function, body_.function)) json.field("name", *name);
    if (const auto name = index_.exported(body_.function)) json.field("export", *name);
    if (type) json.field("type_index", *type);
    json.field("offset", body_.range.offset);
    json.field("size", body_.range.size);
    json.key("locals");
    json.begin_array();
    each_run([&](std::uint32_t offset, std::uint32_t first, std::uint32_t count, ValueType local) {
      json.begin_object();
      json.field("offset", offset);
      json.field("first", first);
      json.field("count", count);
      json.field("type", to_string(local));
      json.end_object();
    });
    json.end_array();
    json.key("instructions");
    json.begin_array(Layout::lines);
    each_instruction([this](const Instruction& instruction, std::uint32_t depth) { put_json(instruction, depth); });
    json.end_array();
    if (failure_) put_failure(failure_);
    json.end_object();
  }

 private:
  template <class Use>
  void each_run(Use use) {
    std::uint32_t first = parameters();
    const std::uint32_t runs = cursor_.u32();
    for (std::uint32_t i = 0; i < runs && cursor_.ok(); ++i) {
      const std::uint32_t at = cursor_.offset();
      const std::uint32_t count = cursor_.u32();
      const ValueType type = read_value_type(cursor_, Features::all());
      if (cursor_.ok()) use(at, first, count, type);
      first += count;
    }
    if (!cursor_.ok()) failure_ = cursor_.error();
  }

  template <class Use>
  void each_instruction(Use use) {
    if (failure_) return;
    InstructionReader reader(view_.file().subspan(cursor_.offset(), cursor_.remaining()), cursor_.offset());
    Nesting nesting;
    for (Instruction instruction; reader.next(instruction);)
      use(instruction, nesting.step(row(instruction.opcode).rule));
    if (reader.failed()) failure_ = reader.error();
  }

  [[nodiscard]] std::uint32_t parameters() const {
    const auto type = index_.function_type(body_.function);
    return type ? index_.parameters(*type) : 0;
  }

  void put_head() {
    const auto type = index_.function_type(body_.function);
    const std::string label = index_.label(NameKind::function, body_.function);
    const bool has_name = label.starts_with('$');
    std::string text = "func ";
    if (has_name) text += label + ' ';
    text += "(;" + decimal(body_.function) + ";)";
    if (!has_name && !label.empty()) text += ' ' + label;
    if (type) text += index_.type_use(*type);
    view_.offset(body_.range.offset);
    view_.last(text + "  ;; " + View::thousands(body_.range.size) + " bytes");
  }

  void put_locals(std::uint32_t offset, std::uint32_t first, std::uint32_t count, ValueType type) {
    constexpr std::uint32_t most_written = 8;
    std::string text = "  (local";
    for (std::uint32_t i = 0; i < std::min(count, most_written); ++i) text += ' ' + to_string(type);
    text += count > most_written ? " ...)  ;; " : ")  ;; ";
    view_.offset(offset);
    if (count == 0) return view_.last(text + "none");
    text += decimal(first);
    if (count > 1) text += " to " + decimal(std::uint64_t{first} + count - 1);
    view_.last(text);
  }

  void put(const Instruction& instruction, std::uint32_t depth) {
    Output& out = view_.out();
    out.column(hexadecimal(instruction.offset), view_.offset_width(), true);
    out.blanks(2 + 2 * std::size_t{std::min(depth, most_indents)});
    out.put(row(instruction.opcode).name);
    each_immediate(instruction, index_, [&out](std::string_view word) {
      out.put(' ');
      out.put(word);
    });
    const std::string name = referred_name(instruction, index_, locals_);
    if (!name.empty()) {
      out.put("  ;; ");
      out.put(name);
    }
    out.put('\n');
    if (!is_offending(instruction)) return;
    out.blanks(view_.offset_width() + 2 + 2 * std::size_t{std::min(depth, most_indents)});
    out.put(";; ^ " + error_text(*view_.error(), view_.erring_function()) + '\n');
  }

  void put_json(const Instruction& instruction, std::uint32_t depth) {
    JsonOutput& json = view_.json();
    json.begin_object();
    json.field("offset", instruction.offset);
    json.field("depth", depth);
    json.field("name", row(instruction.opcode).name);
    json.key("immediates");
    json.begin_array();
    each_immediate(instruction, index_, [&json](std::string_view word) { json.value(word); });
    json.end_array();
    const std::string name = referred_name(instruction, index_, locals_);
    if (!name.empty()) json.field("refers_to", name);
    if (is_offending(instruction)) put_failure(view_.error());
    json.end_object();
  }

  void put_failure(const std::optional<Error>& error) {
    view_.json().key("error");
    put_error(view_.json(), error, index_.name(NameKind::function, body_.function).value_or(""));
  }

  [[nodiscard]] bool is_offending(const Instruction& instruction) const {
    const auto& error = view_.error();
    return error && error->offset >= instruction.offset && error->offset - instruction.offset < instruction.size;
  }

  View& view_;
  const Index& index_;
  Body body_;
  NameIndex locals_;
  Cursor cursor_;
  std::optional<Error> failure_;
};

}  // namespace

void show_disassembly(View& view, const std::vector<std::uint32_t>* functions) {
  view.begin("disassembly", "");
  bool is_first = true;
  const auto error = each_body(view, [&](const Body& body) {
    if (functions != nullptr && !std::ranges::binary_search(*functions, body.function)) return;
    Disassembler disassembler(view, body);
    if (view.as_json()) {
      disassembler.json();
      return;
    }
    if (!is_first) view.out().put('\n');
    is_first = false;
    disassembler.text();
  });
  view.end(error);
}

}  // namespace plimsoll::regress::inspect
