// The check of the name section (specification 3.0, appendix "Name Section"): each subsection at most once and in the order
// of the ids, each map's indices ascending and of things that exist.
//
// Linear: a body is walked for its locals or labels only when a group names its function, and groups that do not ascend are
// not compared with any body.
#include "module/custom/checker.hpp"
#include "module/custom/names.hpp"

namespace plimsoll {
namespace {

// How many things there are that a subsection can name; of indirect maps, how many groups.
std::uint64_t count_of(const Module& module, NameKind kind) noexcept {
  switch (kind) {
    case NameKind::module: return 0;
    case NameKind::function:
    case NameKind::local:
    case NameKind::label: return module.functions().size();
    case NameKind::type:
    case NameKind::field: return module.types().size();
    case NameKind::table: return module.tables().size();
    case NameKind::memory: return module.memories().size();
    case NameKind::global: return module.globals().size();
    case NameKind::element: return module.elements().size();
    case NameKind::data: return module.data().size();
    case NameKind::tag: return module.tags().size();
  }
  return 0;
}

std::uint64_t count_locals(const Module& module, std::uint32_t function) noexcept {
  std::uint64_t count = module.types()[module.functions()[function]].parameters.size();
  const std::uint32_t imported = module.imported_count(ExternalKind::function);
  if (function < imported) return count;
  FunctionBody body = module.body(function - imported);
  for (LocalRun run; body.next_locals(run);) count += run.count;
  return count;
}

// Every structured instruction of a body has a label of its own.
std::uint64_t count_labels(const Module& module, std::uint32_t function) noexcept {
  const std::uint32_t imported = module.imported_count(ExternalKind::function);
  if (function < imported) return 0;
  std::uint64_t count = 0;
  InstructionReader reader = module.body(function - imported).instructions();
  for (Instruction instruction; reader.next(instruction);) {
    const Imm imm = row(instruction.opcode).imm;
    if (imm == Imm::block_type || imm == Imm::try_table) ++count;
  }
  return count;
}

// How many things there are that a group can name.
std::uint64_t count_in_group(const Module& module, NameKind kind, std::uint32_t index) noexcept {
  if (kind == NameKind::local) return count_locals(module, index);
  if (kind == NameKind::label) return count_labels(module, index);
  return module.types()[index].fields.size();
}

constexpr std::uint64_t any_number = ~std::uint64_t{0};

void check_map(CustomCheck& check, SectionReader& reader, std::uint64_t things) noexcept {
  Ascending order;
  const std::uint32_t entries = reader.u32();
  for (std::uint32_t i = 0; i < entries && reader.ok() && check.going(); ++i) {
    const NameEntry entry = read_name_entry(reader);
    if (!reader.ok()) break;
    order.accept(check, entry.offset, entry.index);
    check.check_index(entry.offset, entry.index, things);
  }
}

void check_indirect_map(CustomCheck& check, SectionReader& reader, NameKind kind) noexcept {
  Ascending order;
  const std::uint32_t groups = reader.u32();
  for (std::uint32_t i = 0; i < groups && reader.ok() && check.going(); ++i) {
    const std::uint32_t offset = reader.offset();
    const std::uint32_t index = reader.u32();
    if (!reader.ok()) break;
    const bool ascends = order.accept(check, offset, index);
    const bool exists = check.check_index(offset, index, count_of(check.module(), kind));
    const bool counts = ascends && exists && reader.peek() != 0;
    check_map(check, reader, counts ? count_in_group(check.module(), kind, index) : any_number);
  }
}

void check_subsection(CustomCheck& check, NameKind kind, ByteRange contents) noexcept {
  SectionReader reader = check.reader(contents);
  if (kind == NameKind::module)
    reader.text();
  else if (is_indirect(kind))
    check_indirect_map(check, reader, kind);
  else
    check_map(check, reader, count_of(check.module(), kind));
  if (check.going()) check.finish(reader);
}

}  // namespace

void check_names(CustomCheck& check, const CustomSection& section) noexcept {
  SectionReader reader = check.reader(section.contents);
  SubsectionsSeen seen;
  int last = -1;
  for (Subsection subsection; check.going() && next_subsection(reader, subsection);) {
    if (subsection.id >= name_kind_count) {
      check.warn_value(WarningCode::unknown_subsection, subsection.offset, subsection.id);
      continue;
    }
    if (!seen.accept(check, subsection)) continue;
    if (subsection.id < last) check.warn_value(WarningCode::subsection_out_of_order, subsection.offset, subsection.id);
    last = subsection.id;
    check_subsection(check, static_cast<NameKind>(subsection.id), subsection.contents);
  }
  check.warn_unreadable(reader);
}

}  // namespace plimsoll
