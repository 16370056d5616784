// load: the order of sections, and what holds across them (specification 3.0, sections 3.6 and 5.5.16).
#include "plimsoll/load.hpp"

#include <new>
#include <utility>

#include "validate/loader.hpp"

namespace plimsoll {

bool Loader::fail(const Error& error, std::uint8_t section) noexcept {
  error_ = error;
  error_.section = section;
  // A feature that was asked for and is of no use: what is missing is what it builds on.
  if (error.feature != Feature::none && asked_for_.has(error.feature)) error_.feature = base_of(error.feature);
  return false;
}

bool Loader::run() {
  Cursor cursor(module_.base, module_.base, module_.base + module_.size);
  read_preamble(cursor);
  std::uint8_t last = static_cast<std::uint8_t>(SectionId::custom);  // the last section that is not a custom one
  while (cursor.ok() && !cursor.at_end()) {
    const SectionHeader header = read_section_header(cursor);
    if (!cursor.ok()) break;
    Cursor payload(module_.base, header.begin, header.end);
    const std::uint8_t order = section_order(header.id);
    if (order != 0) {
      if (order <= section_order(last)) {
        cursor.fail(ErrorCode::section_out_of_order, header.id_offset, ErrorDetail::section, header.id, last);
        break;
      }
      last = header.id;
    }
    if (!load_section(header, payload)) return fail(payload.error(), header.id);
  }
  if (!cursor.ok()) return fail(cursor.error(), Error::no_section);
  return finish(cursor.offset());
}

bool Loader::load_section(const SectionHeader& header, Cursor& cursor) {
  switch (static_cast<SectionId>(header.id)) {
    case SectionId::custom: cursor.name(); return cursor.ok();
    case SectionId::type: load_types(cursor); break;
    case SectionId::import: load_imports(cursor); break;
    case SectionId::function: load_functions(cursor); break;
    case SectionId::table: load_tables(cursor); break;
    case SectionId::memory: load_memories(cursor); break;
    case SectionId::tag:
      require(cursor, Feature::exceptions, header.id_offset);
      load_tags(cursor);
      break;
    case SectionId::global: load_globals(cursor); break;
    case SectionId::export_: load_exports(cursor); break;
    case SectionId::start: load_start(cursor); break;
    case SectionId::element: load_elements(cursor); break;
    case SectionId::data_count:
      require(cursor, Feature::bulk_memory, header.id_offset);
      load_data_count(cursor);
      break;
    case SectionId::code: load_code(cursor); break;
    case SectionId::data: load_data(cursor); break;
  }
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

namespace {

Error simple_error(ErrorCode code) noexcept {
  Error error;
  error.code = code;
  return error;
}

// Places the module's data in one block of the resource; the facade inside it is what the caller owns.
LoadResult load_source(Source&& source, const Options& wanted) noexcept {
  Options options = wanted;
  if (options.memory == nullptr) options.memory = std::pmr::new_delete_resource();
  const std::size_t size = std::visit([](const auto& s) { return s.view().size(); }, source);
  if (size > options.limits.module_size) {
    Error error = simple_error(ErrorCode::limit_module_size);
    error.offset = options.limits.module_size;
    error.detail = ErrorDetail::count;
    error.expected = options.limits.module_size;
    error.found = size;
    return std::unexpected(error);
  }
  try {
    void* block = options.memory->allocate(sizeof(ModuleData), alignof(ModuleData));
    auto* data = new (block) ModuleData(std::move(source), options.memory, options.features.usable());
    std::unique_ptr<const Module> module(&data->facade);
    Loader loader(*data, options);
    if (!loader.run()) return std::unexpected(loader.error());
    return module;
  } catch (const std::bad_alloc&) {
    return std::unexpected(simple_error(ErrorCode::out_of_memory));
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
