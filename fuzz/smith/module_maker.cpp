#include "smith/module_maker.hpp"

#include <algorithm>

#include "encode/types.hpp"
#include "module/entries.hpp"
#include "smith/body.hpp"

namespace plimsoll::fuzz {
namespace {

constexpr std::uint32_t none = 0xFFFF'FFFF;
constexpr ValueType function_reference = funcref.with_null(false);

}  // namespace

ModuleMaker::ModuleMaker(std::span<const std::byte> entropy, const SmithOptions& options, const Rows& rows)
    : options_(options), rows_(rows), entropy_(entropy), style_{0, options.features},
      types_(entropy_, options.features), plan_{.features = options.features}, values_(entropy_, types_, plan_),
      for_code_(entropy.size() / 2) {}

Bytes ModuleMaker::make() {
  choose_style();
  types_.make(some(entropy_.one_in(32) ? 100 : 24));
  Writer types = writer();
  write_types(types, types_);
  keep(SectionId::type, types, types_.size());
  make_imports();
  make_functions();
  make_tables();
  make_memories();
  make_tags();
  make_globals();
  make_exports();
  make_start();
  make_elements();
  make_data();
  make_code();
  std::ranges::sort(sections_, {},
                    [](const SectionBytes& section) { return section_order(static_cast<std::uint8_t>(section.id)); });
  make_customs();
  return assemble_sections(sections_, style_);
}

// --- What several sections need -----------------------------------------------------------------------------------------

// Most modules are written in the shortest way.
void ModuleMaker::choose_style() {
  if (!entropy_.one_in(8)) return;
  style_.extra = entropy_.below(5);
  style_.long_forms = entropy_.one_in(2);
}

std::uint32_t ModuleMaker::some(std::uint32_t most, std::size_t kept) {
  if (entropy_.left() <= kept || written_ >= options_.size) return 0;
  return entropy_.below(std::min<std::size_t>({most, 2 + options_.size / 64, 1 + (entropy_.left() - kept) / 24}) + 1);
}

void ModuleMaker::keep(SectionId id, Writer& content, std::uint32_t count) {
  if (count == 0 && !entropy_.one_in(16)) return;
  written_ += content.size();
  sections_.push_back({id, content.take()});
}

std::string ModuleMaker::name() {
  constexpr std::string_view letters[] = {"a", "b", "z", "0", " ", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9A\xA2"};
  std::string text;
  for (std::uint32_t length = entropy_.below(entropy_.one_in(64) ? 100 : 4); length > 0; --length)
    text += entropy_.pick(std::span(letters));
  return text;
}

template <class Fits>
std::uint32_t ModuleMaker::find(std::size_t count, Fits fits) {
  const std::uint32_t first = count < 2 ? 0 : entropy_.below(count);
  for (std::uint32_t i = 0; i < count; ++i)
    if (const auto index = static_cast<std::uint32_t>((first + i) % count); fits(index)) return index;
  return none;
}

// A constant expression with its `end`. The functions that it names are declared by it.
bool ModuleMaker::make_constant(Writer& out, ValueType type) {
  const std::size_t start = out.size();
  if (!values_.make(out, type, {})) return false;
  write_indexed(out, opcode("end"), 0);
  InstructionReader reader(out.view().subspan(start), 0, options_.features);
  for (Instruction instruction; reader.next(instruction);)
    if (row(instruction.opcode).rule == Rule::ref_func) plan_.functions[instruction.index[0]].is_declared = true;
  return true;
}

std::uint32_t ModuleMaker::find_function_type() {
  const std::uint32_t type =
      types_.find([&](std::uint32_t i) { return types_.store().is(i, CompositeKind::function); });
  return type == types_.size() ? none : type;
}

// Without stack switching a tag has no results.
std::uint32_t ModuleMaker::find_tag_type() {
  const std::uint32_t type = types_.find([&](std::uint32_t i) {
    return types_.store().is(i, CompositeKind::function) &&
           (has(Feature::stack_switching) || types_.store().results(i).empty());
  });
  return type == types_.size() ? none : type;
}

ValueType ModuleMaker::table_element() {
  return types_.has_references() && entropy_.one_in(2) ? types_.reference(false) : funcref;
}

// As small as everybody takes them.
SizeLimits ModuleMaker::table_limits(ValueType element) {
  SizeLimits limits;
  limits.is_64 = has(Feature::memory64) && entropy_.one_in(4);
  limits.is_shared = has(Feature::shared_everything_threads) && types_.store().is_shared(element) && entropy_.one_in(2);
  limits.minimum = entropy_.below(entropy_.one_in(8) ? 10'000'001 : 32);
  limits.has_maximum = entropy_.one_in(2);
  if (limits.has_maximum) limits.maximum = limits.minimum + entropy_.below(entropy_.one_in(8) ? 10'000'000 : 32);
  return limits;
}

SizeLimits ModuleMaker::memory_limits() {
  SizeLimits limits;
  limits.is_64 = has(Feature::memory64) && entropy_.one_in(3);
  limits.is_shared = has(Feature::threads) && entropy_.one_in(3);
  if (has(Feature::custom_page_sizes) && entropy_.one_in(4)) limits.page_size_log2 = 0;
  const std::uint32_t most = 65'536;
  limits.minimum = entropy_.below(entropy_.one_in(8) ? most + 1 : 4);
  limits.has_maximum = limits.is_shared || entropy_.one_in(2);
  if (limits.has_maximum) {
    const std::uint32_t room = most - static_cast<std::uint32_t>(limits.minimum);
    limits.maximum = limits.minimum + entropy_.below(std::min<std::uint32_t>(room, entropy_.one_in(8) ? most : 16) + 1);
  }
  return limits;
}

// --- Imports ------------------------------------------------------------------------------------------------------------

void ModuleMaker::make_imports() {
  std::vector<ImportEntry> entries;
  for (std::uint32_t more = some(8); more > 0; --more) {
    Writer type = writer();
    if (make_import(type)) entries.push_back({name(), type.take()});
  }
  imported_functions_ = static_cast<std::uint32_t>(plan_.functions.size());
  write_imports(entries);
}

// The kind and type of an import, if it can be had.
bool ModuleMaker::make_import(Writer& type) {
  constexpr unsigned exact_function = 0x20;
  const auto kind = static_cast<ExternalKind>(entropy_.below(5));
  switch (kind) {
    case ExternalKind::function: {
      const std::uint32_t index = find_function_type();
      if (index == none) return false;
      const bool exact = has(Feature::custom_descriptors) && entropy_.one_in(2);
      type.byte(exact ? exact_function : static_cast<unsigned>(kind));
      type.u32(index);
      plan_.functions.push_back({.type = index, .is_exact = exact});
      return true;
    }
    case ExternalKind::table: {
      if (!may_add_table()) return false;
      const ValueType element = table_element();
      const SizeLimits limits = table_limits(element);
      type.byte(static_cast<unsigned>(kind));
      write_table_type(type, element, limits);
      plan_.tables.push_back({element, limits});
      return true;
    }
    case ExternalKind::memory: {
      if (!may_add_memory()) return false;
      const SizeLimits limits = memory_limits();
      type.byte(static_cast<unsigned>(kind));
      write_limits(type, limits, true);
      plan_.memories.push_back(limits);
      return true;
    }
    case ExternalKind::global: {
      PlannedGlobal global{.type = types_.value(false)};
      global.is_mutable = has(Feature::mutable_global) && entropy_.one_in(2);
      global.is_shared =
          has(Feature::shared_everything_threads) && types_.store().is_shared(global.type) && entropy_.one_in(2);
      type.byte(static_cast<unsigned>(kind));
      write_global_type(type, global.type, global.is_mutable, global.is_shared);
      plan_.globals.push_back(global);
      return true;
    }
    case ExternalKind::tag: {
      const std::uint32_t index = has(Feature::exceptions) ? find_tag_type() : none;
      if (index == none) return false;
      type.byte(static_cast<unsigned>(kind));
      type.byte(0);
      type.u32(index);
      plan_.tags.push_back(index);
      return true;
    }
  }
  return false;
}

// One by one, or as compact imports: items of one module, or names for one type.
void ModuleMaker::write_imports(const std::vector<ImportEntry>& entries) {
  constexpr unsigned items = 0x7F;
  constexpr unsigned names = 0x7E;
  Writer content = writer();
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < entries.size(); ++count) {
    content.name(name());
    std::size_t end = i + 1;
    if (!has(Feature::compact_imports) || !entropy_.one_in(2)) {
      content.name(entries[i].name);
      content.raw(entries[i].type);
    } else if (entropy_.one_in(2)) {
      end = std::min(entries.size(), i + 1 + entropy_.below(3));
      content.name("");
      content.byte(items);
      content.u32(static_cast<std::uint32_t>(end - i));
      for (std::size_t k = i; k < end; ++k) {
        content.name(entries[k].name);
        content.raw(entries[k].type);
      }
    } else {
      while (end < entries.size() && entries[end].type == entries[i].type) ++end;
      content.name("");
      content.byte(names);
      content.raw(entries[i].type);
      content.u32(static_cast<std::uint32_t>(end - i));
      for (std::size_t k = i; k < end; ++k) content.name(entries[k].name);
    }
    i = end;
  }
  Writer section = writer();
  section.u32(count);
  section.raw(content.view());
  keep(SectionId::import, section, count);
}

// --- Definitions --------------------------------------------------------------------------------------------------------

void ModuleMaker::make_functions() {
  const std::uint32_t count = find_function_type() == none ? 0 : some(12, 0);
  Writer content = writer();
  content.u32(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t type = find_function_type();
    content.u32(type);
    plan_.functions.push_back({.type = type});
  }
  keep(SectionId::function, content, count);
}

void ModuleMaker::make_tables() {
  Writer entries = writer();
  std::uint32_t count = 0;
  for (std::uint32_t more = some(4); more > 0 && may_add_table(); --more) {
    ValueType element = table_element();
    Writer init = writer();
    const bool has_init = has(Feature::function_references) && (!element.is_nullable() || entropy_.one_in(4));
    if (has_init && !make_constant(init, element)) element = element.with_null(true);
    const SizeLimits limits = table_limits(element);
    if (init.size() != 0) {
      entries.byte(0x40);
      entries.byte(0);
    }
    write_table_type(entries, element, limits);
    entries.raw(init.view());
    plan_.tables.push_back({element, limits});
    ++count;
  }
  Writer content = writer();
  content.u32(count);
  content.raw(entries.view());
  keep(SectionId::table, content, count);
}

void ModuleMaker::make_memories() {
  Writer entries = writer();
  std::uint32_t count = 0;
  for (std::uint32_t more = some(3); more > 0 && may_add_memory(); --more, ++count) {
    plan_.memories.push_back(memory_limits());
    write_limits(entries, plan_.memories.back(), true);
  }
  Writer content = writer();
  content.u32(count);
  content.raw(entries.view());
  keep(SectionId::memory, content, count);
}

void ModuleMaker::make_tags() {
  if (!has(Feature::exceptions)) return;
  const std::uint32_t count = find_tag_type() == none ? 0 : some(4);
  Writer content = writer();
  content.u32(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    plan_.tags.push_back(find_tag_type());
    content.byte(0);
    content.u32(plan_.tags.back());
  }
  keep(SectionId::tag, content, count);
}

void ModuleMaker::make_globals() {
  std::vector<PlannedGlobal> later;  // before gc, initialisers see imported globals alone
  const std::uint32_t count = some(8);
  Writer content = writer();
  content.u32(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    PlannedGlobal global{.type = types_.value(false)};
    Writer init = writer();
    if (!make_constant(init, global.type)) {
      global.type = global.type.with_null(true);
      make_constant(init, global.type);
    }
    global.is_mutable = entropy_.one_in(2);
    global.is_shared =
        has(Feature::shared_everything_threads) && types_.store().is_shared(global.type) && entropy_.one_in(2);
    write_global_type(content, global.type, global.is_mutable, global.is_shared);
    content.raw(init.view());
    (has(Feature::gc) ? plan_.globals : later).push_back(global);
  }
  plan_.globals.insert(plan_.globals.end(), later.begin(), later.end());
  keep(SectionId::global, content, count);
}

void ModuleMaker::make_exports() {
  const std::size_t sizes[] = {plan_.functions.size(), plan_.tables.size(), plan_.memories.size(), plan_.globals.size(),
                               plan_.tags.size()};
  Writer entries = writer();
  std::uint32_t count = 0;
  for (std::uint32_t more = some(8); more > 0; --more) {
    const std::uint32_t kind = entropy_.below(5);
    if (sizes[kind] == 0) continue;
    const std::uint32_t index = entropy_.below(sizes[kind]);
    const auto is = static_cast<ExternalKind>(kind);
    if (is == ExternalKind::global && plan_.globals[index].is_mutable && !has(Feature::mutable_global)) continue;
    if (is == ExternalKind::function) plan_.functions[index].is_declared = true;
    entries.name(name() + std::to_string(count));  // each name once: the number is its last digits
    entries.byte(kind);
    entries.u32(index);
    ++count;
  }
  Writer content = writer();
  content.u32(count);
  content.raw(entries.view());
  keep(SectionId::export_, content, count);
}

void ModuleMaker::make_start() {
  if (!entropy_.one_in(3)) return;
  const std::uint32_t function =
      find(plan_.functions.size(), [&](std::uint32_t i) { return types_.store()[plan_.functions[i].type].count == 0; });
  if (function == none) return;
  Writer content = writer();
  content.u32(function);
  keep(SectionId::start, content, 1);
}

// --- Segments -----------------------------------------------------------------------------------------------------------

void ModuleMaker::make_elements() {
  const bool bulk = has(Feature::bulk_memory);
  const std::uint32_t count = !bulk && plan_.tables.empty() ? 0 : some(5);
  Writer entries = writer();
  for (std::uint32_t i = 0; i < count; ++i) make_element(entries);
  Writer content = writer();
  content.u32(static_cast<std::uint32_t>(plan_.elements.size()));
  content.raw(entries.view());
  keep(SectionId::element, content, static_cast<std::uint32_t>(plan_.elements.size()));
}

// Any reference, or what an array type has for elements.
ValueType ModuleMaker::passive_element() {
  const TypeStore& store = types_.store();
  const std::uint32_t array = entropy_.one_in(2) ? types_.size() : types_.find([&](std::uint32_t i) {
    return store.is(i, CompositeKind::array) && store.fields(i).front().storage().is_reference();
  });
  return array == types_.size() ? types_.reference(false) : store.fields(array).front().storage();
}

void ModuleMaker::make_element(Writer& out) {
  const bool bulk = has(Feature::bulk_memory);
  Element element;
  element.mode = bulk ? static_cast<SegmentMode>(entropy_.below(3)) : SegmentMode::active;
  if (plan_.tables.empty() && element.mode == SegmentMode::active) element.mode = SegmentMode::passive;
  const bool active = element.mode == SegmentMode::active;
  element.has_expressions = bulk && has(Feature::reference_types) && entropy_.one_in(2);
  element.type = function_reference;
  if (active) {
    element.table = entropy_.below(plan_.tables.size());
    const ValueType wanted = plan_.tables[element.table].element;
    if (!types_.store().matches(function_reference, wanted)) {
      if (!bulk || !has(Feature::reference_types)) return;
      element.has_expressions = true;
    }
    if (element.has_expressions) element.type = types_.narrower(wanted);
  } else if (element.has_expressions) {
    element.type = passive_element();
  }
  Writer offset = writer();
  if (active) make_constant(offset, plan_.tables[element.table].limits.address_type());
  Writer items = writer();
  element.count = make_items(items, element);
  write_element_front(out, element, offset.view());
  out.u32(element.count);
  out.raw(items.view());
  plan_.elements.push_back(element.type);
}

std::uint32_t ModuleMaker::make_items(Writer& items, const Element& element) {
  std::uint32_t count = 0;
  for (std::uint32_t more = some(6); more > 0; --more) {
    if (element.has_expressions) {
      if (!make_constant(items, element.type)) continue;
    } else {
      if (plan_.functions.empty()) continue;
      const std::uint32_t function = entropy_.below(plan_.functions.size());
      items.u32(function);
      plan_.functions[function].is_declared = true;
    }
    ++count;
  }
  return count;
}

void ModuleMaker::make_data() {
  const bool bulk = has(Feature::bulk_memory);
  const std::uint32_t count = !bulk && plan_.memories.empty() ? 0 : some(4);
  Writer content = writer();
  content.u32(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Data data;
    const bool passive = bulk && (plan_.memories.empty() || entropy_.one_in(2));
    data.mode = passive ? SegmentMode::passive : SegmentMode::active;
    Writer offset = writer();
    if (!passive) {
      data.memory = bulk ? entropy_.below(plan_.memories.size()) : 0;
      make_constant(offset, plan_.memories[data.memory].address_type());
    }
    write_data_front(content, data, offset.view());
    const std::uint32_t size = entropy_.below(entropy_.one_in(16) ? 200 : 8);
    content.u32(size);
    for (std::uint32_t k = 0; k < size; ++k) content.byte(entropy_.byte());
  }
  if (bulk && (count != 0 || entropy_.one_in(16))) {
    Writer number = writer();
    number.u32(count);
    keep(SectionId::data_count, number, 1);
    plan_.data_segments = count;
  }
  keep(SectionId::data, content, count);
}

// --- Code ---------------------------------------------------------------------------------------------------------------

void ModuleMaker::make_code() {
  const auto count = static_cast<std::uint32_t>(plan_.functions.size()) - imported_functions_;
  Writer content = writer();
  content.u32(count);
  BodyMaker maker(entropy_, types_, plan_, rows_, style_);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t used = std::min(options_.size, written_ + content.size());
    const std::size_t most = (options_.size - used) / (count - i);
    content.sized([&] { maker.make(content, plan_.functions[imported_functions_ + i].type, most); });
  }
  keep(SectionId::code, content, count);
}

// Sections that say nothing, anywhere.
void ModuleMaker::make_customs() {
  for (std::uint32_t more = entropy_.one_in(4) ? 2 : 0; more > 0; --more) {
    Writer content = writer();
    content.name(name());
    const auto at = static_cast<std::ptrdiff_t>(entropy_.below(sections_.size() + 1));
    sections_.insert(sections_.begin() + at, {SectionId::custom, content.take()});
  }
}

}  // namespace plimsoll::fuzz
