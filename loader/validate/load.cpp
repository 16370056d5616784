// load: the order of sections, and what holds across them (specification 3.0, sections 3.6 and 5.5.16).
#include "plimsoll/load.hpp"

#include <new>
#include <utility>

#include "validate/loader.hpp"
#include "validate/make_module.hpp"

namespace plimsoll {

Error Loader::placed(const Error& error, std::uint8_t section, Features asked_for) noexcept {
  Error result = error;
  result.section = section;
  // A feature that was asked for and is of no use: what is missing is what it builds on.
  if (error.feature != Feature::none && asked_for.has(error.feature)) result.feature = base_of(error.feature);
  return result;
}

bool Loader::fail(const Error& error, std::uint8_t section) noexcept {
  error_ = placed(error, section, options_.features);
  return false;
}

bool Loader::run(Bodies bodies) {
  check_ = bodies;
  Cursor cursor(module_.base, module_.base, module_.base + module_.size);
  read_preamble(cursor);
  return load_sections(cursor) && finish(cursor.offset());
}

// All sections from the cursor on.
bool Loader::load_sections(Cursor& cursor) {
  rest_ = &cursor;
  while (cursor.ok() && !cursor.at_end()) {
    const SectionHeader header = read_section_header(cursor);
    if (!cursor.ok() || !check_order(cursor, header)) break;
    Cursor payload(module_.base, header.begin, header.end);
    if (!load_section(header, payload)) return fail(payload.error(), header.id);
  }
  return cursor.ok() || fail(cursor.error(), Error::no_section);
}

bool Loader::check_order(Cursor& cursor, const SectionHeader& header) noexcept {
  const std::uint8_t order = section_order(header.id);
  if (order == 0) return true;
  if (order <= section_order(last_section_))
    return cursor.fail(ErrorCode::section_out_of_order, header.id_offset, ErrorDetail::section, header.id,
                       last_section_);
  last_section_ = header.id;
  return true;
}

// What a section must have before it is looked into.
bool Loader::require_section(const SectionHeader& header, Cursor& cursor) noexcept {
  const auto id = static_cast<SectionId>(header.id);
  if (id == SectionId::tag) return require(cursor, Feature::exceptions, header.id_offset);
  if (id == SectionId::data_count) return require(cursor, Feature::bulk_memory, header.id_offset);
  return true;
}

bool Loader::load_section(const SectionHeader& header, Cursor& cursor) {
  require_section(header, cursor);
  switch (static_cast<SectionId>(header.id)) {
    case SectionId::custom: cursor.name(); return cursor.ok();
    case SectionId::type: load_types(cursor); break;
    case SectionId::import: load_imports(cursor); break;
    case SectionId::function: load_functions(cursor); break;
    case SectionId::table: load_tables(cursor); break;
    case SectionId::memory: load_memories(cursor); break;
    case SectionId::tag: load_tags(cursor); break;
    case SectionId::global: load_globals(cursor); break;
    case SectionId::export_: load_exports(cursor); break;
    case SectionId::start: load_start(cursor); break;
    case SectionId::element: load_elements(cursor); break;
    case SectionId::data_count: load_data_count(cursor); break;
    case SectionId::code: load_code(cursor); break;
    case SectionId::data: load_data(cursor); break;
  }
  return check_end(header, cursor);
}

// Whether all of a section has been read.
bool Loader::check_end(const SectionHeader& header, Cursor& cursor) noexcept {
  if (cursor.ok() && !cursor.at_end())
    cursor.fail(ErrorCode::section_size_mismatch, cursor.offset(), ErrorDetail::exact,
                static_cast<std::uint64_t>(header.end - header.begin),
                static_cast<std::uint64_t>(cursor.position() - header.begin));
  return cursor.ok();
}

// What can be missing only when all has been read.
bool Loader::finish(std::uint32_t offset) {
  Error error;
  error.offset = offset;
  error.detail = ErrorDetail::exact;
  if (!has_code_ && function_count_ != 0) {
    error.code = ErrorCode::function_code_mismatch;
    error.expected = function_count_;
    return fail(error, Error::no_section);
  }
  if (!has_data_ && module_.data_count.value_or(0) != 0) {
    error.code = ErrorCode::data_count_mismatch;
    error.expected = *module_.data_count;
    return fail(error, Error::no_section);
  }
  return true;
}

Options with_defaults(const Options& options) noexcept {
  Options result = options;
  if (result.memory == nullptr) result.memory = std::pmr::new_delete_resource();
  return result;
}

Error error_of(ErrorCode code) noexcept {
  Error error;
  error.code = code;
  return error;
}

Error too_large(std::uint64_t size, const Limits& limits) noexcept {
  Error error = error_of(ErrorCode::limit_module_size);
  error.offset = limits.module_size;
  error.detail = ErrorDetail::count;
  error.expected = limits.module_size;
  error.found = size;
  return error;
}

std::expected<std::unique_ptr<Module>, Error> make_module(Source&& source, const Options& options) {
  const std::size_t size = std::visit([](const auto& s) { return s.view().size(); }, source);
  if (size > options.limits.module_size) return std::unexpected(too_large(size, options.limits));
  void* block = options.memory->allocate(sizeof(ModuleData), alignof(ModuleData));
  auto* data = new (block) ModuleData(std::move(source), options.memory, options.features.usable());
  return std::unique_ptr<Module>(&data->facade);
}

namespace {

LoadResult load_source(Source&& source, const Options& wanted) noexcept {
  const Options options = with_defaults(wanted);
  try {
    auto module = make_module(std::move(source), options);
    if (!module) return std::unexpected(module.error());
    Loader loader(ModuleAccess::data(**module), options);
    if (!loader.run(Bodies::now)) return std::unexpected(loader.error());
    return *std::move(module);
  } catch (const std::bad_alloc&) {
    return std::unexpected(error_of(ErrorCode::out_of_memory));
  }
}

}  // namespace

LoadResult load(BorrowedBytes&& source, const Options& options) noexcept {
  return load_source(Source(std::move(source)), options);
}
LoadResult load(OwnedBytes&& source, const Options& options) noexcept {
  return load_source(Source(std::move(source)), options);
}
LoadResult load(MappedBytes&& source, const Options& options) noexcept {
  return load_source(Source(std::move(source)), options);
}

}  // namespace plimsoll
