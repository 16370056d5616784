// The oracle `feature`. What of a module needs which feature is said here once more, in as few words as can be, and by looking at
// what a loaded Module says of itself: so a check that the loader forgot is seen.
#include "oracles/features.hpp"

#include "oracles/require.hpp"

namespace plimsoll::fuzz {
namespace {

class Needs {
 public:
  explicit Needs(const Module& module) : module_(module), features_(module.features()) {}

  void all() {
    types();
    definitions();
    segments();
    for (std::uint32_t i = 0; i < module_.bodies().size(); ++i) body(module_.body(i));
  }

 private:
  void need(Feature feature, std::string_view what) const {
    if (feature == Feature::none || features_.has(feature)) return;
    broken("feature", "a valid module has in it only what its features allow", what, name(feature));
  }

  void value_type(ValueType type) const {
    if (type.is_vector()) need(Feature::simd, "v128");
    if (!type.is_reference()) return;
    if (type.is_concrete()) {
      need(Feature::function_references, "a reference to a defined type");
      if (type.is_exact()) need(Feature::custom_descriptors, "an exact reference");
      return;
    }
    need(Feature::reference_types, "a reference");
    if (!type.is_nullable()) need(Feature::function_references, "a reference that is never null");
    if (type.is_shared_abstract()) need(Feature::shared_everything_threads, "a shared reference");
    heap_type(type.with_shared(false).heap_type());
  }

  void heap_type(HeapType type) const {
    switch (type) {
      case HeapType::func:
      case HeapType::extern_: return;
      case HeapType::nofunc:
      case HeapType::noextern:
      case HeapType::any:
      case HeapType::eq:
      case HeapType::i31:
      case HeapType::struct_:
      case HeapType::array:
      case HeapType::none: return need(Feature::gc, "a heap type of gc");
      case HeapType::exn:
      case HeapType::noexn: return need(Feature::exceptions, "exnref");
      case HeapType::cont:
      case HeapType::nocont: return need(Feature::stack_switching, "a reference to a continuation");
    }
  }

  void types() const {
    for (const SubType& type : module_.types()) {
      switch (type.kind) {
        case CompositeKind::function: break;
        case CompositeKind::struct_:
        case CompositeKind::array: need(Feature::gc, "a struct or array type"); break;
        case CompositeKind::continuation: need(Feature::stack_switching, "a continuation type"); break;
      }
      if (!type.is_final || type.supertype != SubType::no_supertype || !type.starts_group)
        need(Feature::gc, "a subtype");
      if (type.is_shared) need(Feature::shared_everything_threads, "a shared type");
      if (type.descriptor != SubType::no_type || type.described != SubType::no_type)
        need(Feature::custom_descriptors, "a descriptor");
      if (type.results.size() > 1) need(Feature::multi_value, "several results");
      for (const ValueType parameter : type.parameters) value_type(parameter);
      for (const ValueType result : type.results) value_type(result);
      for (const FieldType field : type.fields) value_type(field.storage());
    }
  }

  void limits(const SizeLimits& limits, Feature shared) const {
    if (limits.is_64) need(Feature::memory64, "64-bit addresses");
    if (limits.is_shared) need(shared, "a shared memory or table");
    if (limits.page_size_log2 != SizeLimits::usual_page) need(Feature::custom_page_sizes, "a page size");
  }

  void definitions() const {
    for (const Table& table : module_.tables()) {
      if (table.element != funcref) value_type(table.element);
      limits(table.limits, Feature::shared_everything_threads);
      if (table.init.size != 0) need(Feature::function_references, "a table with an initial value");
      constant(table.init);
    }
    if (module_.tables().size() > 1) need(Feature::reference_types, "several tables");
    for (const Memory& memory : module_.memories()) limits(memory.limits, Feature::threads);
    if (module_.memories().size() > 1) need(Feature::multi_memory, "several memories");
    if (!module_.tags().empty()) need(Feature::exceptions, "a tag");
    std::uint32_t number = 0;
    for (const Global& global : module_.globals()) {
      value_type(global.type);
      if (global.is_shared) need(Feature::shared_everything_threads, "a shared global");
      if (number++ < module_.imported_count(ExternalKind::global) && global.is_mutable)
        need(Feature::mutable_global, "an import that is a mutable global");
      constant(global.init);
    }
    for (const Import& import : module_.imports())
      if (import.is_exact) need(Feature::custom_descriptors, "an exact import");
    for (const Export& item : module_.exports())
      if (item.kind == ExternalKind::global && module_.globals()[item.index].is_mutable)
        need(Feature::mutable_global, "an export that is a mutable global");
  }

  void segments() const {
    if (module_.data_count()) need(Feature::bulk_memory, "a data count section");
    for (const Element& element : module_.elements()) {
      if (element.mode != SegmentMode::active) need(Feature::bulk_memory, "an element segment that is not active");
      if (element.type.with_null(true) != funcref) value_type(element.type);
      constant(element.offset);
      ElementItems items = module_.items(element);
      for (ElementItems::Item item; items.next(item);)
        if (item.is_expression) constant(item.expression);
    }
    for (const Data& segment : module_.data()) {
      if (segment.mode != SegmentMode::active) need(Feature::bulk_memory, "a passive data segment");
      constant(segment.offset);
    }
  }

  void constant(ByteRange range) const {
    InstructionReader reader(module_.bytes(range), range.offset, features_);
    for (Instruction instruction; reader.next(instruction);) {
      use(instruction);
      if (row(instruction.opcode).constant == Const::extended)
        need(Feature::extended_const, "arithmetic in a constant expression");
    }
  }

  void body(FunctionBody body) const {
    for (LocalRun run; body.next_locals(run);) value_type(run.type);
    InstructionReader reader = body.instructions();
    for (Instruction instruction; reader.next(instruction);) use(instruction);
  }

  void use(const Instruction& instruction) const {
    const InstructionRow& row = plimsoll::row(instruction.opcode);
    need(row.feature, row.name);
    if (row.imm == Imm::block_type || row.imm == Imm::try_table) {
      if (instruction.block_type.kind == BlockType::Kind::function)
        need(Feature::multi_value, "a block with a function type");
      if (instruction.block_type.kind == BlockType::Kind::value) value_type(instruction.block_type.value);
    }
    if (row.imm == Imm::memarg && instruction.memory != 0) need(Feature::multi_memory, "another memory than the first");
  }

  const Module& module_;
  const Features features_;
};

}  // namespace

void require_only_its_features(const Module& module) { Needs(module).all(); }

void require_monotonic(std::span<const std::byte> bytes, Features features, const Answer& answer) {
  if (answer.valid()) {
    const Answer with_all = answer_of(load(BorrowedBytes(bytes), all_features()));
    require(with_all.valid(), "feature", "what is valid with some features is valid with all", to_string(with_all),
            "valid");
    return;
  }
  const Error& error = *answer.error;
  if (error.feature == Feature::none) return;
  require(!features.has(error.feature), "feature", "an error names a feature that is off", name(error.feature),
          "another or none");
  Features more = features;
  const Answer next = answer_of(load(BorrowedBytes(bytes), options_with(more.add(error.feature))));
  require(next != answer, "feature", "turning on the feature that an error names changes something", to_string(next),
          "another answer");
}

}  // namespace plimsoll::fuzz
