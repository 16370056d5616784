// The sections between types and code, and the data section: each entry is read and judged in turn (specification 3.0,
// sections 3.5 and 5.5).
#include <algorithm>
#include <array>

#include "bytes/prefetch.hpp"
#include "types/read_types.hpp"
#include "validate/indices.hpp"
#include "validate/loader.hpp"

namespace plimsoll {
namespace {

// The fewest bytes that an entry of each vector can take: what clamps a count that lies.
constexpr std::uint32_t table_bytes = 3;
constexpr std::uint32_t memory_bytes = 2;
constexpr std::uint32_t tag_bytes = 2;
constexpr std::uint32_t global_bytes = 3;
constexpr std::uint32_t element_bytes = 3;
constexpr std::uint32_t data_bytes = 2;

std::size_t clamp(std::uint32_t count, const Cursor& cursor, std::uint32_t entry_bytes) noexcept {
  return std::min<std::size_t>(count, cursor.remaining() / entry_bytes);
}

}  // namespace

std::uint32_t Loader::read_count(Cursor& cursor, std::uint32_t limit, std::uint32_t already) noexcept {
  const std::uint32_t at = cursor.offset();
  const std::uint32_t count = cursor.length();
  limit = std::min(limit, Limits::most_entries);  // what the records have bits for
  if (count > limit || already > limit - count)
    cursor.fail_count(ErrorCode::limit_count, at, std::size_t{count} + already, limit);
  return count;
}

// The number of entries that a section starts with; 0 for those that start with none.
std::uint32_t Loader::read_section_count(SectionId id, Cursor& cursor) noexcept {
  const std::uint32_t at = cursor.offset();
  const auto exactly = [&](std::uint32_t count, ErrorCode mismatch, std::uint32_t expected) {
    if (cursor.ok() && count != expected) cursor.fail(mismatch, at, ErrorDetail::exact, count, expected);
    return count;
  };
  switch (id) {
    case SectionId::custom:
    case SectionId::start:
    case SectionId::data_count: return 0;
    case SectionId::type: {
      const std::uint32_t groups = cursor.length();
      if (groups > limits_.rec_groups) cursor.fail_count(ErrorCode::limit_count, at, groups, limits_.rec_groups);
      return groups;
    }
    case SectionId::import: return read_count(cursor, limits_.imports);
    case SectionId::function: return read_count(cursor, limits_.functions);
    case SectionId::table: return read_count(cursor, limits_.tables, module_.tables.size());
    case SectionId::memory: return cursor.length();
    case SectionId::tag: return read_count(cursor, limits_.tags);
    case SectionId::global: return read_count(cursor, limits_.globals);
    case SectionId::export_: return read_count(cursor, limits_.exports);
    case SectionId::element: return read_count(cursor, limits_.element_segments);
    case SectionId::code:
      return exactly(read_count(cursor, limits_.functions), ErrorCode::function_code_mismatch, function_count_);
    case SectionId::data: {
      const std::uint32_t count = read_count(cursor, limits_.data_segments);
      return exactly(count, ErrorCode::data_count_mismatch, module_.data_count.value_or(count));
    }
  }
  return 0;
}

std::uint32_t Loader::index_space_size(ExternalKind kind) const noexcept {
  switch (kind) {
    case ExternalKind::function: return module_.functions.size();
    case ExternalKind::table: return module_.tables.size();
    case ExternalKind::memory: return module_.memories.size();
    case ExternalKind::global: return module_.globals.size();
    case ExternalKind::tag: return module_.tags.size();
  }
  return 0;
}

// --- Entries that imports and definitions share -------------------------------------------------------------------------

bool Loader::check_function_type(Cursor& cursor, std::uint32_t type, std::uint32_t at) noexcept {
  const TypeStore& types = module_.types;
  if (type >= types.size()) return cursor.fail_index(ErrorCode::unknown_type, at, type, types.size());
  if (types.is(type, CompositeKind::function)) return true;
  return cursor.fail(ErrorCode::not_function_type, at, ErrorDetail::composite,
                     static_cast<std::uint64_t>(types[type].kind()),
                     static_cast<std::uint64_t>(CompositeKind::function));
}

bool Loader::add_function(Cursor& cursor) {
  const std::uint32_t at = cursor.offset();
  const std::uint32_t type = cursor.u32();
  if (!cursor.ok()) return false;
  if (!check_function_type(cursor, type, at)) return false;
  module_.functions.push_back(type);
  return true;
}

// `at` is where the limits stand.
bool Loader::check_limits(Cursor& cursor, const SizeLimits& limits, std::uint64_t bound, ErrorCode too_large,
                          std::uint32_t at) noexcept {
  if (!cursor.ok()) return false;
  Cursor numbers(module_.base, module_.base + at + 1, cursor.position());
  const std::uint32_t minimum_at = numbers.offset();
  if (limits.minimum > bound) return cursor.fail_count(too_large, minimum_at, limits.minimum, bound);
  if (!limits.has_maximum || (limits.maximum <= bound && limits.minimum <= limits.maximum)) return true;
  numbers.u64();
  if (limits.maximum > bound) return cursor.fail_count(too_large, numbers.offset(), limits.maximum, bound);
  return cursor.fail(ErrorCode::limits_order, numbers.offset(), ErrorDetail::minimum, limits.minimum, limits.maximum);
}

bool Loader::add_table(Cursor& cursor, bool imported) {
  constexpr std::uint8_t with_init = 0x40;
  const std::uint32_t at = cursor.offset();
  const bool is_there = !cursor.at_end();
  if (is_there && module_.tables.size() == 1 && !features_.has(Feature::reference_types))
    return cursor.fail(ErrorCode::multiple_tables, at, ErrorDetail::none, 0, 0, Feature::reference_types);
  if (is_there && module_.tables.size() >= limits_.tables)
    return cursor.fail_count(ErrorCode::limit_count, at, module_.tables.size() + std::size_t{1}, limits_.tables);
  const bool has_init = !imported && cursor.peek() == with_init;
  if (has_init) {
    cursor.byte();
    require(cursor, Feature::function_references, at);
    const std::uint32_t zero_at = cursor.offset();
    if (cursor.byte() != 0) cursor.fail_byte(ErrorCode::zero_byte_expected, zero_at);
  }
  const std::uint32_t type_at = cursor.offset();
  Table table;
  table.element = read_table_element(cursor, features_);
  if (!cursor.ok() || !BodyChecker::resolve(module_, cursor, table.element, type_at)) return false;
  if (!has_init && !imported && !table.element.is_defaultable())  // the default initialiser is ref.null
    return cursor.fail(ErrorCode::type_mismatch, type_at, ErrorDetail::types, table.element.with_null(true).bits(),
                       table.element.bits());
  const std::uint32_t limits_at = cursor.offset();
  table.limits = read_limits(cursor, features_, false);
  if (!check_limits(cursor, table.limits, table.limits.is_64 ? ~std::uint64_t{0} : 0xFFFF'FFFF, ErrorCode::table_size,
                    limits_at))
    return false;
  if (table.limits.is_shared && !module_.types.is_shared(table.element))
    return cursor.fail(ErrorCode::unshared_component, type_at);
  if (has_init && !check_constant(cursor, table.element)) return false;
  module_.tables.push_back({at, table.element, table.limits.is_64, table.limits.is_shared});
  return true;
}

bool Loader::add_memory(Cursor& cursor) {
  const std::uint32_t at = cursor.offset();
  const bool is_there = !cursor.at_end();
  if (is_there && module_.memories.size() == 1 && !features_.has(Feature::multi_memory))
    return cursor.fail(ErrorCode::multiple_memories, at, ErrorDetail::none, 0, 0, Feature::multi_memory);
  if (is_there && module_.memories.size() >= limits_.memories)
    return cursor.fail_count(ErrorCode::limit_count, at, module_.memories.size() + std::size_t{1}, limits_.memories);
  const Memory memory = read_memory_type(cursor, features_);
  // All of the address space; with pages of one byte, one less, so that the number of pages is an address itself.
  const unsigned space = memory.limits.is_64 ? 64 : 32;
  const unsigned page = memory.limits.page_size_log2;
  const std::uint64_t bound = page == 0 ? ~std::uint64_t{0} >> (64 - space) : std::uint64_t{1} << (space - page);
  if (cursor.ok() && memory.limits.is_shared && !memory.limits.has_maximum)
    return cursor.fail(ErrorCode::shared_without_maximum, at);
  if (!check_limits(cursor, memory.limits, bound, ErrorCode::memory_size, at)) return false;
  module_.memories.push_back(memory);
  return true;
}

bool Loader::add_tag(Cursor& cursor) {
  const std::uint32_t at = cursor.offset();
  const std::uint32_t type = read_tag_type(cursor);
  if (!cursor.ok()) return false;
  if (!check_function_type(cursor, type, at + 1)) return false;
  // Only exceptions must have no results; a tag with results may be used by the instructions of stack switching alone.
  const std::size_t results = module_.types.results(type).size();
  if (results != 0 && !features_.has(Feature::stack_switching))
    return cursor.fail(ErrorCode::tag_results, at + 1, ErrorDetail::arity, results, 0, Feature::stack_switching);
  module_.tags.push_back(type);
  return true;
}

bool Loader::add_global(Cursor& cursor, bool imported) {
  const std::uint32_t at = cursor.offset();
  Global global;
  global.type = read_value_type(cursor, features_);
  if (!cursor.ok() || !BodyChecker::resolve(module_, cursor, global.type, at)) return false;
  read_global_flags(cursor, features_, global);
  if (global.is_shared && !module_.types.is_shared(global.type)) return cursor.fail(ErrorCode::unshared_component, at);
  if (imported && global.is_mutable && !require(cursor, Feature::mutable_global, at)) return false;
  const std::uint32_t init = imported ? 0 : cursor.offset();
  if (!cursor.ok()) return false;
  // Before gc, the initialiser of a global could read imported globals only.
  const std::uint32_t imports = module_.imported[static_cast<std::size_t>(ExternalKind::global)];
  const std::uint32_t visible = features_.has(Feature::gc) ? module_.globals.size() : imports;
  if (!imported && !check_constant(cursor, global.type, visible)) return false;
  module_.globals.push_back({FieldType(global.type, global.is_mutable), init, global.is_shared});
  return true;
}

bool Loader::check_constant(Cursor& cursor, ValueType expected, std::uint32_t visible_globals) {
  const std::uint8_t* const next = plain_.skip(cursor.position(), cursor.end(), expected, visible_globals);
  if (next == nullptr) return cursor.ok() && checker_.check_constant(cursor, expected, visible_globals);
  cursor.seek(next);
  return true;
}

ImportKind Loader::skip_import_type(Cursor& cursor) const noexcept {
  const ImportKind kind = read_import_kind(cursor, features_);
  switch (kind.kind) {
    case ExternalKind::function: cursor.u32(); break;
    case ExternalKind::table: read_table_type(cursor, features_); break;
    case ExternalKind::memory: read_memory_type(cursor, features_); break;
    case ExternalKind::global: read_global_type(cursor, features_); break;
    case ExternalKind::tag: read_tag_type(cursor); break;
  }
  return kind;
}

// How many imports there are of each kind, as far as they can be read.
Loader::ImportCounts Loader::count_imports(Cursor cursor, std::uint32_t count) const noexcept {
  ImportCounts counts;
  const auto add = [&](ImportKind kind, std::size_t times) {
    counts.kinds[static_cast<std::size_t>(kind.kind)] += times;
    if (kind.is_exact) counts.exact += times;
  };
  const auto names = [&](std::uint32_t wanted) {
    std::uint32_t read = 0;
    for (; read < wanted && cursor.ok(); ++read) cursor.take(cursor.length());
    return read;
  };
  const auto add_one = [&] {
    const ImportKind kind = skip_import_type(cursor);
    if (cursor.ok()) add(kind, 1);
  };
  for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) {
    cursor.take(cursor.length());
    const std::uint32_t name = cursor.length();
    cursor.take(name);
    switch (read_import_form(cursor, features_, name == 0)) {
      case ImportForm::single: add_one(); break;
      case ImportForm::items: {
        const std::uint32_t items = cursor.length();
        for (std::uint32_t k = 0; k < items && names(1) == 1; ++k) add_one();
        break;
      }
      case ImportForm::names: {
        const ImportKind kind = skip_import_type(cursor);
        const std::uint32_t items = cursor.length();
        add(kind, names(items));  // with the one that cannot be read, if any: its type stands before it and is loaded
        break;
      }
    }
  }
  return counts;
}

// How many definitions of each kind the sections behind the imports announce, so that each index space is sized once.
std::array<std::size_t, 5> Loader::count_definitions(const Cursor& imports) const noexcept {
  std::array<std::size_t, 5> kinds{};
  Cursor cursor(module_.base, imports.end(), module_.base + module_.size);
  while (cursor.ok() && !cursor.at_end()) {
    const SectionHeader header = read_section_header(cursor);
    Cursor payload(module_.base, header.begin, header.end);
    const auto count = [&](ExternalKind kind, std::uint32_t entry_bytes) {
      const std::uint32_t value = payload.u32();
      kinds[static_cast<std::size_t>(kind)] = clamp(value, payload, entry_bytes);
    };
    if (!cursor.ok() || section_order(header.id) > section_order(static_cast<std::uint8_t>(SectionId::global))) break;
    const auto id = static_cast<SectionId>(header.id);
    if (id == SectionId::function) count(ExternalKind::function, 1);
    if (id == SectionId::table) count(ExternalKind::table, table_bytes);
    if (id == SectionId::tag) count(ExternalKind::tag, tag_bytes);
    if (id == SectionId::global) count(ExternalKind::global, global_bytes);
  }
  return kinds;
}

// --- Sections -----------------------------------------------------------------------------------------------------------

void Loader::load_imports(Cursor& cursor) {
  const std::uint32_t count = read_section_count(SectionId::import, cursor);
  if (!cursor.ok()) return;
  const ImportCounts imported = count_imports(cursor, count);
  const std::array<std::size_t, 5> defined = count_definitions(cursor);
  module_.imports.reserve(module_.arena, std::min<std::size_t>(imported.total(), limits_.imports));
  module_.exact_functions.reserve(module_.arena, imported.exact);
  module_.functions.reserve(module_.arena, imported.kinds[0] + defined[0]);
  module_.tables.reserve(module_.arena, imported.kinds[1] + defined[1]);
  module_.memories.reserve(module_.arena, std::min<std::size_t>(imported.kinds[2] + defined[2], limits_.memories));
  module_.globals.reserve(module_.arena, imported.kinds[3] + defined[3]);
  module_.tags.reserve(module_.arena, imported.kinds[4] + defined[4]);
  for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) load_imports_of_entry(cursor);
}

bool Loader::load_imports_of_entry(Cursor& cursor) {
  ImportRecord import;
  import.at = cursor.offset();
  cursor.name();
  import.name = cursor.offset();
  const bool name_is_empty = cursor.name().empty();
  switch (read_import_form(cursor, features_, name_is_empty)) {
    case ImportForm::single: return load_import(cursor, import);
    case ImportForm::items: {
      const std::uint32_t count = read_count(cursor, limits_.imports, module_.imports.size());
      for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) {
        import.name = cursor.offset();
        cursor.name();
        load_import(cursor, import);
      }
      return cursor.ok();
    }
    case ImportForm::names: {
      const Cursor type = cursor;
      skip_import_type(cursor);
      const std::uint32_t count = read_count(cursor, limits_.imports, module_.imports.size());
      for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) {
        Cursor again = type;
        import.name = cursor.offset();
        if (!load_import(again, import)) return cursor.fail(again.error());
        cursor.name();
      }
      return cursor.ok();
    }
  }
  std::unreachable();
}

// The external type at the cursor, of the import whose names are recorded.
bool Loader::load_import(Cursor& cursor, ImportRecord import) {
  const std::uint32_t kind_at = cursor.offset();
  const ImportKind kind = read_import_kind(cursor, features_);
  if (!cursor.ok()) return false;
  // The count of entries is checked already; with lists in entries there can be more imports.
  const std::uint32_t most = std::min(limits_.imports, Limits::most_entries);
  if (module_.imports.size() >= most)
    return cursor.fail_count(ErrorCode::limit_count, kind_at, module_.imports.size() + std::uint64_t{1}, most);
  import.kind = kind.kind;
  import.index = index_space_size(import.kind) & 0xFF'FFFFU;
  switch (import.kind) {
    case ExternalKind::function: add_function(cursor); break;
    case ExternalKind::table: add_table(cursor, true); break;
    case ExternalKind::memory: add_memory(cursor); break;
    case ExternalKind::global: add_global(cursor, true); break;
    case ExternalKind::tag:
      require(cursor, Feature::exceptions, kind_at);
      add_tag(cursor);
      break;
  }
  if (!cursor.ok()) return false;
  if (kind.is_exact) module_.exact_functions.push_back(import.index);
  ++module_.imported[static_cast<std::size_t>(import.kind)];
  module_.imports.push_back(import);
  return true;
}

void Loader::load_functions(Cursor& cursor) {
  const std::uint32_t count = read_section_count(SectionId::function, cursor);
  if (!cursor.ok()) return;
  function_count_ = count;
  module_.functions.reserve(module_.arena, clamp(count, cursor, 1));
  const TypeStore& types = module_.types;
  const auto add_plain = [&](std::uint32_t type) {
    if (!types.is(type, CompositeKind::function)) return false;
    module_.functions.push_back(type);
    return true;
  };
  for_each_index(cursor, count, add_plain, [&] { return add_function(cursor); });
}

void Loader::load_tables(Cursor& cursor) {
  const std::uint32_t count = read_section_count(SectionId::table, cursor);
  if (!cursor.ok()) return;
  module_.tables.reserve(module_.arena, clamp(count, cursor, table_bytes));
  for (std::uint32_t i = 0; i < count && add_table(cursor, false); ++i) {
  }
}

void Loader::load_memories(Cursor& cursor) {
  const std::uint32_t count = read_section_count(SectionId::memory, cursor);
  if (!cursor.ok()) return;
  module_.memories.reserve(module_.arena, std::min<std::size_t>(clamp(count, cursor, memory_bytes), limits_.memories));
  for (std::uint32_t i = 0; i < count && add_memory(cursor); ++i) {
  }
}

void Loader::load_tags(Cursor& cursor) {
  const std::uint32_t count = read_section_count(SectionId::tag, cursor);
  if (!cursor.ok()) return;
  module_.tags.reserve(module_.arena, clamp(count, cursor, tag_bytes));
  for (std::uint32_t i = 0; i < count && add_tag(cursor); ++i) {
  }
}

void Loader::load_globals(Cursor& cursor) {
  const std::uint32_t count = read_section_count(SectionId::global, cursor);
  if (!cursor.ok()) return;
  module_.globals.reserve(module_.arena, clamp(count, cursor, global_bytes));
  for (std::uint32_t i = 0; i < count && add_global(cursor, false); ++i) {
  }
}

void Loader::load_start(Cursor& cursor) {
  const std::uint32_t at = cursor.offset();
  const std::uint32_t function = cursor.u32();
  if (!cursor.ok()) return;
  if (!module_.functions.has(function)) {
    cursor.fail_index(ErrorCode::unknown_function, at, function, module_.functions.size());
    return;
  }
  const TypeRecord& type = module_.types[module_.functions[function]];
  if (type.count != 0) cursor.fail(ErrorCode::start_function, at, ErrorDetail::arity, type.count, 0);
  module_.start = function;
}

void Loader::load_elements(Cursor& cursor) {
  const std::uint32_t count = read_section_count(SectionId::element, cursor);
  if (!cursor.ok()) return;
  declared_.reserve(module_.functions.size());
  module_.elements.reserve(module_.arena, clamp(count, cursor, element_bytes));
  for (std::uint32_t i = 0; i < count && load_element(cursor); ++i) {
  }
}

bool Loader::load_element(Cursor& cursor) {
  ElementRecord element;
  element.at = cursor.offset();
  const ElementFront front = read_element_front(cursor, features_);
  const bool active = front.mode == SegmentMode::active;
  if (!cursor.ok()) return false;
  if (active && !module_.tables.has(front.table))
    return cursor.fail_index(ErrorCode::unknown_table, front.table_offset, front.table, module_.tables.size());
  const auto check_type = [&](ValueType type, std::uint32_t at) {
    const ValueType expected = module_.tables[front.table].element;
    return module_.types.matches(type, expected) ||
           cursor.fail(ErrorCode::type_mismatch, at, ErrorDetail::types, type.bits(), expected.bits());
  };
  // A type that is not written is the mode's, and so wrong from there on.
  if (active && !front.has_type && !check_type(read_element_type(cursor, front, features_), front.table_offset))
    return false;
  if (active && !check_constant(cursor, module_.tables[front.table].address_type())) return false;
  const std::uint32_t type_at = cursor.offset();
  element.type = read_element_type(cursor, front, features_);
  if (!cursor.ok() || !BodyChecker::resolve(module_, cursor, element.type, type_at)) return false;
  if (active && front.has_type && !check_type(element.type, type_at)) return false;
  if (!load_element_items(cursor, element.type, front.has_expressions)) return false;
  module_.elements.push_back(element);
  module_.elements_end = cursor.offset();
  return true;
}

bool Loader::load_element_items(Cursor& cursor, ValueType type, bool expressions) {
  // No record is kept of an item, so what records have room for is no limit here.
  const std::uint32_t count_at = cursor.offset();
  const std::uint32_t count = cursor.length();
  if (!cursor.ok()) return false;
  if (count > limits_.table_initial_entries)
    return cursor.fail_count(ErrorCode::limit_count, count_at, count, limits_.table_initial_entries);
  if (expressions) {
    for (std::uint32_t i = 0; i < count && check_constant(cursor, type); ++i) {
    }
    return cursor.ok();
  }
  const auto declare = [&](std::uint32_t function) {
    if (!module_.functions.has(function)) return false;
    declared_.set(function);
    return true;
  };
  return for_each_index(cursor, count, declare, [&] {
    const std::uint32_t at = cursor.offset();
    const std::uint32_t function = cursor.u32();
    return cursor.ok() && (declare(function) ||
                           cursor.fail_index(ErrorCode::unknown_function, at, function, module_.functions.size()));
  });
}

void Loader::load_data_count(Cursor& cursor) {
  const std::uint32_t at = cursor.offset();
  const std::uint32_t count = cursor.u32();
  if (!cursor.ok()) return;
  if (count > limits_.data_segments) cursor.fail_count(ErrorCode::limit_count, at, count, limits_.data_segments);
  module_.data_count = count;
}

void Loader::load_data(Cursor& cursor) {
  has_data_ = true;
  const std::uint32_t count = read_section_count(SectionId::data, cursor);
  if (!cursor.ok()) return;
  module_.data.reserve(module_.arena, clamp(count, cursor, data_bytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    i += load_plain_data(cursor, count - i);
    if (i < count && !load_data_segment(cursor)) return;
  }
}

// Active segments of memory 0 at plain constants, each read at once, up to the first that is anything else: how many.
std::uint32_t Loader::load_plain_data(Cursor& cursor, std::uint32_t most) {
  constexpr std::uint8_t active = 0;
  if (!module_.memories.has(0)) return 0;
  const ValueType address = module_.memories[0].limits.address_type();
  const std::uint32_t globals = module_.globals.size();
  const auto offset = [&](const std::uint8_t* at) { return static_cast<std::uint32_t>(at - module_.base); };
  const std::uint8_t* position = cursor.position();
  const std::uint8_t* const end = cursor.end();
  Prefetch prefetch(end);
  std::uint32_t loaded = 0;
  for (; loaded < most && position != end && *position == active; ++loaded) {
    prefetch.next(position);
    const std::uint8_t* const size_at = plain_.skip(position + 1, end, address, globals);
    if (size_at == nullptr || end - size_at < LebWord::read_at_once) break;
    const LebWord size(size_at);
    if (!size.is_short()) break;
    const std::uint8_t* const bytes = size_at + size.size();
    if (size.value() > static_cast<std::size_t>(end - bytes)) break;
    module_.data.push_back({offset(position), offset(bytes)});
    position = bytes + size.value();
  }
  cursor.seek(position);
  if (loaded != 0) module_.data_end = cursor.offset();
  return loaded;
}

bool Loader::load_data_segment(Cursor& cursor) {
  DataRecord data;
  data.at = cursor.offset();
  const DataFront front = read_data_front(cursor, features_);
  if (!cursor.ok()) return false;
  if (front.mode == SegmentMode::active) {
    if (!module_.memories.has(front.memory))
      return cursor.fail_index(ErrorCode::unknown_memory, front.memory_offset, front.memory, module_.memories.size());
    if (!check_constant(cursor, module_.memories[front.memory].limits.address_type())) return false;
  }
  const std::uint32_t size = cursor.length();
  data.bytes = cursor.offset();
  cursor.take(size);
  if (!cursor.ok()) return false;
  module_.data.push_back(data);
  module_.data_end = cursor.offset();
  return true;
}

}  // namespace plimsoll
