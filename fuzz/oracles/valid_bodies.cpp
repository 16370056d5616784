// Instructions, one after the other: all that can be said of one without the types of its operands.
#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "oracles/valid.hpp"
#include "plimsoll/instruction_reader.hpp"

namespace plimsoll::fuzz {
namespace {

class BodiesAgain {
 public:
  BodiesAgain(const Module& module, const PlainTypes& types) : module_(module), types_(types) {}

  void all() {
    for (const Export& item : module_.exports())
      if (item.kind == ExternalKind::function) declared_.insert(item.index);
    for (const Table& table : module_.tables()) constant(table.init);
    for (const Global& global : module_.globals()) constant(global.init);
    for (const Element& element : module_.elements()) {
      constant(element.offset);
      ElementItems items = module_.items(element);
      for (ElementItems::Item item; items.next(item);) {
        if (item.is_expression)
          constant(item.expression);
        else
          declared_.insert(item.function);
      }
    }
    for (const Data& data : module_.data()) constant(data.offset);
    for (std::uint32_t i = 0; i < module_.bodies().size(); ++i) body(i);
  }

 private:
  struct Frame {
    Rule opened_by = Rule::block;
    std::size_t parameters = 0;
    std::size_t results = 0;
    std::size_t initialised = 0;  // how many of log_ were so when it was opened
  };
  struct Run {
    std::uint64_t end;
    ValueType type;
  };

  void want(bool holds, std::string_view promise, std::string_view found) const {
    if (holds) return;
    broken("valid", promise,
           row(at_.opcode).name.data() + std::string(" ") + std::string(found) + " at " + std::to_string(at_.offset),
           "none in a module that is valid");
  }
  void below(std::uint64_t index, std::uint64_t count, std::string_view what) const {
    if (index >= count) want(false, what, std::to_string(index) + " of " + std::to_string(count));
  }
  [[nodiscard]] StrictReader strict(std::uint64_t offset) const {
    return {module_.bytes(), offset, std::uint64_t{at_.offset} + at_.size};
  }

  void constant(ByteRange range) {
    if (range.size == 0) return;
    in_body_ = false;
    frames_.assign(1, {});
    InstructionReader reader(module_.bytes(range), range.offset, module_.features());
    while (reader.next(at_)) {
      if (row(at_.opcode).rule == Rule::ref_func) declared_.insert(at_.index[0]);
      want(row(at_.opcode).constant != Const::no, "a constant expression has constant instructions", "");
      instruction();
    }
  }

  void body(std::uint32_t number) {
    in_body_ = true;
    const std::uint32_t function = module_.imported_count(ExternalKind::function) + number;
    const SubType type = module_.types()[module_.functions()[function]];
    own_results_ = type.results;
    tail_called_.clear();
    locals_.clear();
    for (const ValueType parameter : type.parameters) locals_.push_back({locals_.size() + 1, parameter});
    parameters_ = locals_.size();
    FunctionBody body = module_.body(number);
    for (LocalRun run; body.next_locals(run);) {
      const std::uint64_t before = locals_.empty() ? 0 : locals_.back().end;
      if (run.count != 0) locals_.push_back({before + run.count, run.type});
    }
    initialised_.clear();
    log_.clear();
    frames_.assign(1, {Rule::block, type.parameters.size(), type.results.size(), 0});
    InstructionReader reader = body.instructions();
    while (reader.next(at_)) {
      want(!frames_.empty(), "nothing stands behind the end of a body", "");
      instruction();
    }
    want(frames_.empty(), "every block of a body ends", "");
  }

  void instruction() {
    const InstructionRow& row = plimsoll::row(at_.opcode);
    if (row.prefix != 0)
      want(strict(at_.offset + 1U).u32() == row.code, "the number behind a prefix is the instruction's", "");
    immediates(row);
    control(row.rule);
    rule(row.rule);
  }

  // --- Immediates -------------------------------------------------------------------------------------------------------

  void index(unsigned which, std::uint64_t count, std::string_view what) {
    want(strict(at_.index_offset[which]).u32() == at_.index[which], "an index is the one that is written", "another");
    below(at_.index[which], count, what);
  }
  void type(unsigned which) { index(which, types_.size(), "a type exists"); }
  void data(unsigned which) {
    want(module_.data_count().has_value(), "what names a data segment needs the data count", "without");
    index(which, module_.data().size(), "a data segment exists");
  }
  void element(unsigned which) { index(which, module_.elements().size(), "an element segment exists"); }
  void table(unsigned which) { index(which, module_.tables().size(), "a table exists"); }
  void tag(unsigned which) { index(which, module_.tags().size(), "a tag exists"); }
  void memory(unsigned which) { index(which, module_.memories().size(), "a memory exists"); }
  void field(unsigned which) { index(which, types_.fields(at_.index[which - 1]).size(), "a field exists"); }
  void label(std::uint64_t index) { below(index, frames_.size(), "a label exists"); }

  void memarg(const InstructionRow& row) {
    below(at_.memory, module_.memories().size(), "a memory exists");
    const bool natural = row.rule == Rule::atomic ? at_.align == row.width : at_.align <= row.width;
    want(natural, "an alignment is the natural one at most", std::to_string(at_.align));
    const bool wide = module_.features().has(Feature::memory64);
    want(strict(at_.index_offset[0]).number(wide ? 64 : 32) == at_.value, "an offset is the one that is written",
         "another");
    want(at_.value <= 0xFFFF'FFFF || module_.memories()[at_.memory].limits.is_64, "an offset fits into an address",
         std::to_string(at_.value));
  }
  void lane(const InstructionRow& row) { below(at_.index[0], 16U >> row.width, "a lane exists"); }

  void catches() {
    ImmediateList list = at_.list;
    for (std::uint32_t left = list.size(); left != 0; --left) {
      const CatchClause clause = list.next_catch();
      if (clause.has_tag) below(clause.tag, module_.tags().size(), "a tag exists");
      label(clause.label);
    }
  }
  void handlers() {
    ImmediateList list = at_.list;
    for (std::uint32_t left = list.size(); left != 0; --left) {
      const Handler handler = list.next_handler();
      below(handler.tag, module_.tags().size(), "a tag exists");
      if (!handler.is_switch) label(handler.label);
    }
  }
  // All take as many operands as the default label.
  void labels() {
    ImmediateList list = at_.list;
    std::size_t first = 0;
    for (std::uint32_t i = 0; i < at_.list.size(); ++i) {
      const std::uint32_t each = list.next_label();
      label(each);
      const std::size_t arity = label_arity(each);
      if (i == 0) first = arity;
      want(arity == first, "the labels of a br_table take equally many operands", std::to_string(arity));
    }
  }

  void immediates(const InstructionRow& row) {
    switch (row.imm) {
      case Imm::none:
      case Imm::block_type:
      case Imm::f32_const:
      case Imm::f64_const:
      case Imm::v128_const:
      case Imm::reference:
      case Imm::reference_null:
      case Imm::zero_byte: break;
      case Imm::try_table: catches(); break;
      case Imm::label: label(at_.index[0]); break;
      case Imm::labels: labels(); break;
      case Imm::function: index(0, module_.functions().size(), "a function exists"); break;
      case Imm::type:
      case Imm::type_count: type(0); break;
      case Imm::type_table:
        type(0);
        table(1);
        break;
      case Imm::type_field:
      case Imm::ordering_field:
        type(0);
        field(1);
        break;
      case Imm::type_data:
        type(0);
        data(1);
        break;
      case Imm::type_element:
        type(0);
        element(1);
        break;
      case Imm::type_type:
        type(0);
        type(1);
        break;
      case Imm::local: index(0, locals_.empty() ? 0 : locals_.back().end, "a local exists"); break;
      case Imm::global:
      case Imm::ordering_global: index(0, module_.globals().size(), "a global exists"); break;
      case Imm::table:
      case Imm::ordering_table: table(0); break;
      case Imm::table_table:
        table(0);
        table(1);
        break;
      case Imm::element_table:
        element(0);
        table(1);
        break;
      case Imm::element: element(0); break;
      case Imm::memory: memory(0); break;
      case Imm::memory_memory:
        memory(0);
        memory(1);
        break;
      case Imm::data_memory:
        data(0);
        memory(1);
        break;
      case Imm::data: data(0); break;
      case Imm::tag: tag(0); break;
      case Imm::memarg: memarg(row); break;
      case Imm::memarg_lane:
        lane(row);
        below(at_.memory, module_.memories().size(), "a memory exists");
        break;
      case Imm::lane: lane(row); break;
      case Imm::shuffle:
        for (unsigned i = 0; i < 16; ++i) below(std::to_integer<unsigned>(at_.bytes[i]), 32, "a lane exists");
        break;
      case Imm::i32_const: constant_number(32); break;
      case Imm::i64_const: constant_number(64); break;
      case Imm::cast: label(at_.index[0]); break;
      case Imm::value_types:
        want(at_.list.size() == 1, "a select with types has one", std::to_string(at_.list.size()));
        break;
      case Imm::type_tag:
        type(0);
        tag(1);
        break;
      case Imm::type_handlers:
        type(0);
        handlers();
        break;
      case Imm::type_tag_handlers:
        type(0);
        tag(1);
        handlers();
        break;
      case Imm::ordering_type: type(0); break;
    }
  }
  void constant_number(unsigned bits) {
    const std::int64_t written = strict(at_.offset + 1U).signed_number(bits);
    want(static_cast<std::uint64_t>(written) == at_.value, "a constant is the one that is written", "another");
  }

  // --- Blocks -----------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::size_t label_arity(std::uint32_t label) const {
    const Frame& frame = frames_[frames_.size() - 1 - label];
    return frame.opened_by == Rule::loop ? frame.parameters : frame.results;
  }

  void open(Rule rule) {
    Frame frame{rule, 0, 0, log_.size()};
    const BlockType& block = at_.block_type;
    if (block.kind == BlockType::Kind::value) frame.results = 1;
    if (block.kind == BlockType::Kind::function) {
      below(block.type_index, types_.size(), "a type exists");
      const SubType type = module_.types()[block.type_index];
      want(type.kind == CompositeKind::function, "a block has a function type", "");
      frame.parameters = type.parameters.size();
      frame.results = type.results.size();
    }
    frames_.push_back(frame);
  }

  // What a local without a default was given inside is lost.
  void forget() {
    for (; log_.size() > frames_.back().initialised; log_.pop_back()) initialised_.erase(log_.back());
  }

  void control(Rule rule) {
    if (rule == Rule::block || rule == Rule::loop || rule == Rule::if_ || rule == Rule::try_ ||
        rule == Rule::try_table) {
      open(rule);
    } else if (rule == Rule::else_) {
      want(frames_.back().opened_by == Rule::if_, "an else belongs to an if", "");
      forget();
      frames_.back().opened_by = Rule::else_;
    } else if (rule == Rule::catch_ || rule == Rule::catch_all) {
      want(frames_.back().opened_by == Rule::try_ || frames_.back().opened_by == Rule::catch_,
           "a catch belongs to a try", "");
      forget();
      frames_.back().opened_by = rule;
    } else if (rule == Rule::end || rule == Rule::delegate) {
      const Frame& frame = frames_.back();
      want(frame.opened_by != Rule::if_ || frame.parameters == frame.results, "an if that gives something has an else",
           "");
      forget();
      frames_.pop_back();
    }
  }

  // --- What else a rule asks for ----------------------------------------------------------------------------------------

  [[nodiscard]] ValueType local_type(std::uint32_t index) const {
    return std::ranges::upper_bound(locals_, index, {}, &Run::end)->type;
  }

  void mutable_field(unsigned of_type, std::uint32_t field) {
    const auto& fields = types_.fields(at_.index[of_type]);
    below(field, fields.size(), "a field exists");
    want(fields[field].is_mutable(), "what is written to is mutable", "");
  }

  void rule(Rule rule) {
    const std::uint32_t index = at_.index[0];
    if (rule == Rule::local_set || rule == Rule::local_tee) {
      if (initialised_.insert(index).second) log_.push_back(index);
    } else if (rule == Rule::local_get) {
      want(index < parameters_ || local_type(index).is_defaultable() || initialised_.contains(index),
           "a local that is read has a value", std::to_string(index));
    } else if (rule == Rule::global_set) {
      want(module_.globals()[index].is_mutable, "a global that is written to is mutable", std::to_string(index));
    } else if (rule == Rule::struct_set) {
      mutable_field(0, at_.index[1]);
    } else if (rule == Rule::array_set || rule == Rule::array_fill || rule == Rule::array_copy ||
               rule == Rule::array_init_data || rule == Rule::array_init_elem) {
      mutable_field(0, 0);
    } else if (rule == Rule::ref_func && in_body_) {
      want(declared_.contains(index), "a function that is referred to is declared", std::to_string(index));
    } else if (rule == Rule::call_indirect || rule == Rule::return_call_indirect) {
      want(types_.matches(module_.tables()[at_.index[1]].element, funcref),
           "an indirect call is through a table of functions", "");
    } else if (rule == Rule::table_copy) {
      want(types_.matches(module_.tables()[at_.index[1]].element, module_.tables()[index].element),
           "what is copied is of the table's type", "");
    } else if (rule == Rule::table_init) {
      want(types_.matches(module_.elements()[index].type, module_.tables()[at_.index[1]].element),
           "what is copied is of the table's type", "");
    } else if (rule == Rule::return_call) {
      tail_call(module_.functions()[index]);
    } else if (rule == Rule::return_call_ref) {
      tail_call(index);
    }
    if (rule == Rule::return_call_indirect) tail_call(index);
  }

  void tail_call(std::uint32_t type) {
    if (!tail_called_.insert(type).second) return;  // long lists, time and again
    const SubType callee = module_.types()[type];
    const auto matches = [&](ValueType a, ValueType b) { return types_.matches(a, b); };
    want(std::ranges::equal(callee.results, own_results_, matches), "a tail call returns what the caller does", "");
  }

  const Module& module_;
  const PlainTypes& types_;
  std::unordered_set<std::uint32_t> declared_;
  Instruction at_;
  bool in_body_ = false;
  std::vector<Run> locals_;
  std::size_t parameters_ = 0;
  std::span<const ValueType> own_results_;
  std::unordered_set<std::uint32_t> tail_called_;
  std::unordered_set<std::uint32_t> initialised_;
  std::vector<std::uint32_t> log_;
  std::vector<Frame> frames_;
};

}  // namespace

void require_valid_bodies(const Module& module, const PlainTypes& types) { BodiesAgain(module, types).all(); }

}  // namespace plimsoll::fuzz
