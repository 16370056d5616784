#include "inspect/instruction_text.hpp"

#include "inspect/text.hpp"

namespace plimsoll::regress::inspect {
namespace {

std::uint8_t byte_at(const std::byte* bytes, unsigned index) { return static_cast<std::uint8_t>(bytes[index]); }

// A heap type: what stands in the parentheses of the reference to it.
std::string heap_text(ValueType type) {
  constexpr std::string_view front = "(ref ";
  const std::string text = to_string(type.with_null(false));
  return text.substr(front.size(), text.size() - front.size() - 1);
}

class ImmediateWriter {
 public:
  ImmediateWriter(const Instruction& instruction, const Index& index, const UseImmediate& use)
      : instruction_(instruction), row_(row(instruction.opcode)), index_(index), use_(use) {}

  void write() const {
    const auto& index = instruction_.index;
    switch (row_.imm) {
      case Imm::none:
      case Imm::zero_byte: break;
      case Imm::block_type: block_type(); break;
      case Imm::try_table:
        block_type();
        catches();
        break;
      case Imm::label:
      case Imm::function:
      case Imm::type:
      case Imm::local:
      case Imm::global:
      case Imm::table:
      case Imm::element:
      case Imm::data:
      case Imm::tag:
      case Imm::lane: use_(decimal(index[0])); break;
      case Imm::labels: labels(); break;
      case Imm::type_table:
        unless_zero(index[1]);
        use_("(type " + decimal(index[0]) + ')');
        break;
      case Imm::type_field:
      case Imm::type_count:
      case Imm::type_data:
      case Imm::type_element:
      case Imm::type_type:
      case Imm::table_table:
        use_(decimal(index[0]));
        use_(decimal(index[1]));
        break;
      case Imm::element_table:
      case Imm::data_memory:
        unless_zero(index[1]);
        use_(decimal(index[0]));
        break;
      case Imm::memory: unless_zero(index[0]); break;
      case Imm::memory_memory:
        if ((index[0] | index[1]) == 0) break;
        use_(decimal(index[0]));
        use_(decimal(index[1]));
        break;
      case Imm::memarg: memarg(); break;
      case Imm::memarg_lane:
        memarg();
        use_(decimal(index[0]));
        break;
      case Imm::shuffle: shuffle(); break;
      case Imm::i32_const:
      case Imm::i64_const: use_(decimal(static_cast<std::int64_t>(instruction_.value))); break;
      case Imm::f32_const: use_(float32_text(static_cast<std::uint32_t>(instruction_.value))); break;
      case Imm::f64_const: use_(float64_text(instruction_.value)); break;
      case Imm::v128_const: vector(); break;
      case Imm::reference:
      case Imm::reference_null: reference(); break;
      case Imm::cast:
        use_(decimal(index[0]));
        use_(reference_text(instruction_.type));
        use_(reference_text(instruction_.target));
        break;
      case Imm::value_types: value_types(); break;
      case Imm::type_tag:
        use_(decimal(index[0]));
        use_(decimal(index[1]));
        break;
      case Imm::type_handlers:
        use_(decimal(index[0]));
        handlers();
        break;
      case Imm::type_tag_handlers:
        use_(decimal(index[0]));
        use_(decimal(index[1]));
        handlers();
        break;
      case Imm::ordering_global:
      case Imm::ordering_type:
        ordering();
        use_(decimal(index[0]));
        break;
      case Imm::ordering_table:
        ordering();
        unless_zero(index[0]);
        break;
      case Imm::ordering_field:
        ordering();
        use_(decimal(index[0]));
        use_(decimal(index[1]));
        break;
    }
  }

 private:
  void unless_zero(std::uint32_t index) const {
    if (index != 0) use_(decimal(index));
  }
  void block_type() const {
    const BlockType& type = instruction_.block_type;
    switch (type.kind) {
      case BlockType::Kind::empty: break;
      case BlockType::Kind::value: use_("(result " + to_string(type.value) + ')'); break;
      case BlockType::Kind::function: use_(index_.type_use(type.type_index).substr(1)); break;
    }
  }
  void catches() const {
    ImmediateList list = instruction_.list;
    for (std::uint32_t i = 0; i < instruction_.list.size(); ++i) {
      const CatchClause clause = list.next_catch();
      std::string text = clause.has_tag ? "(catch" : "(catch_all";
      if (clause.takes_reference) text += "_ref";
      if (clause.has_tag) text += ' ' + decimal(clause.tag);
      use_(text + ' ' + decimal(clause.label) + ')');
    }
  }
  void handlers() const {
    ImmediateList list = instruction_.list;
    for (std::uint32_t i = 0; i < instruction_.list.size(); ++i) {
      const Handler handler = list.next_handler();
      use_("(on " + decimal(handler.tag) + ' ' + (handler.is_switch ? "switch" : decimal(handler.label)) + ')');
    }
  }
  // What reads and writes has it twice; the two are the same.
  void ordering() const { use_((instruction_.ordering & 1U) != 0 ? "acqrel" : "seqcst"); }
  void labels() const {
    ImmediateList list = instruction_.list;
    for (std::uint32_t i = 0; i < instruction_.list.size(); ++i) use_(decimal(list.next_label()));
  }
  void memarg() const {
    unless_zero(instruction_.memory);
    if (instruction_.value != 0) use_("offset=" + decimal(instruction_.value));
    if (instruction_.align != row_.width) use_("align=" + decimal(std::uint64_t{1} << instruction_.align));
  }
  void shuffle() const {
    for (unsigned i = 0; i < 16; ++i) use_(decimal(unsigned{byte_at(instruction_.bytes, i)}));
  }
  void vector() const {
    use_("i32x4");
    for (unsigned lane = 0; lane < 4; ++lane) {
      std::string text = "0x";
      for (unsigned byte = 4; byte-- > 0;) text += hexadecimal_byte(byte_at(instruction_.bytes, 4 * lane + byte));
      use_(text);
    }
  }
  // ref.null has the heap type alone; ref.test and ref.cast have the reference type.
  void reference() const {
    use_(row_.rule == Rule::ref_null ? heap_text(instruction_.type) : reference_text(instruction_.type));
  }
  static std::string reference_text(ValueType type) { return to_string(type); }
  void value_types() const {
    ImmediateList list = instruction_.list;
    for (std::uint32_t i = 0; i < instruction_.list.size(); ++i)
      use_("(result " + to_string(list.next_value_type()) + ')');
  }

  const Instruction& instruction_;
  const InstructionRow& row_;
  const Index& index_;
  const UseImmediate& use_;
};

// The index space of the immediate that is worth a name.
std::optional<NameKind> referred_kind(Imm imm) {
  switch (imm) {
    case Imm::function: return NameKind::function;
    case Imm::type:
    case Imm::type_table:
    case Imm::type_field:
    case Imm::type_count:
    case Imm::type_data:
    case Imm::type_element:
    case Imm::type_type:
    case Imm::type_tag:
    case Imm::type_handlers:
    case Imm::type_tag_handlers:
    case Imm::ordering_field:
    case Imm::ordering_type: return NameKind::type;
    case Imm::local: return NameKind::local;
    case Imm::global:
    case Imm::ordering_global: return NameKind::global;
    case Imm::table:
    case Imm::ordering_table: return NameKind::table;
    case Imm::element:
    case Imm::element_table: return NameKind::element;
    case Imm::data:
    case Imm::data_memory: return NameKind::data;
    case Imm::tag: return NameKind::tag;
    case Imm::memory: return NameKind::memory;
    case Imm::none:
    case Imm::block_type:
    case Imm::try_table:
    case Imm::label:
    case Imm::labels:
    case Imm::table_table:
    case Imm::memory_memory:
    case Imm::memarg:
    case Imm::memarg_lane:
    case Imm::lane:
    case Imm::shuffle:
    case Imm::i32_const:
    case Imm::i64_const:
    case Imm::f32_const:
    case Imm::f64_const:
    case Imm::v128_const:
    case Imm::reference:
    case Imm::reference_null:
    case Imm::cast:
    case Imm::value_types:
    case Imm::zero_byte: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void each_immediate(const Instruction& instruction, const Index& index, const UseImmediate& use) {
  ImmediateWriter(instruction, index, use).write();
}

std::string referred_name(const Instruction& instruction, const Index& index, const NameIndex& locals) {
  const auto kind = referred_kind(row(instruction.opcode).imm);
  if (!kind) return {};
  constexpr std::size_t most =
      100;  // bytes: what is printed stays linear in the module, however often a long name is referred to
  if (*kind != NameKind::local) return index.label(*kind, instruction.index[0], most);
  const auto name = locals.find(instruction.index[0]);
  return name ? identifier(cut(*name, most)) : std::string();
}

std::string expression_text(FileBytes file, ByteRange expression, const Index& index) {
  expression = within(expression, file.size());
  InstructionReader reader(file.subspan(expression.offset, expression.size), expression.offset);
  std::string text;
  for (Instruction instruction; reader.next(instruction) && instruction.opcode != opcode("end");) {
    if (!text.empty()) text += ' ';
    text += row(instruction.opcode).name;
    each_immediate(instruction, index, [&](std::string_view word) { text += ' ' + std::string(word); });
  }
  return text;
}

}  // namespace plimsoll::regress::inspect
