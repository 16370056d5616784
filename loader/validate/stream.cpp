// StreamLoader: the loader's way through a module, taken in steps.
//
// A step is taken when the bytes that it looks at have come: a section's header, the count that it starts with, a whole
// section, a body's size, a whole body. Until then `wanted_` says which byte the next step waits for, and pushing does no more
// than to keep bytes. So time is linear however small the pieces are: a step that could not be taken is tried again only where
// a number of at most five bytes is cut off.
//
// What is wrong is the load's error only if nothing in front of it can still turn out wrong. That is so but for one thing:
// while the size of the module is not known, the section that is being read may run over its end. Then the error is kept,
// and said when the section is complete; if it never is, that was the error.
#include "plimsoll/stream.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "validate/body_queue.hpp"
#include "validate/loader.hpp"
#include "validate/make_module.hpp"

namespace plimsoll {

class StreamedLoad {
 public:
  StreamedLoad(std::unique_ptr<Module>&& made, const Options& options, std::optional<std::uint32_t> total) noexcept
      : options_(options), module_(std::move(made)), data_(ModuleAccess::data(*module_)), loader_(data_, options_),
        total_(total) {}

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] std::size_t need() const noexcept;
  // Both return false if there is an error. Throw std::bad_alloc.
  bool push(std::span<const std::byte> chunk);
  bool finish();
  bool fail(const Error& error) noexcept {
    step_ = Step::failed;
    error_ = error;
    return false;
  }
  [[nodiscard]] bool has_failed() const noexcept { return step_ == Step::failed; }
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  // When all has been validated.
  [[nodiscard]] std::unique_ptr<const Module> take() noexcept {
    buffer().freeze();
    return std::move(module_);
  }

 private:
  enum class Step : std::uint8_t { preamble, header, section, bodies, failed };
  static constexpr std::uint32_t magic_bytes = 4;
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
  // Where a module of unknown size may end: positions are 32-bit.
  static constexpr std::uint32_t last_end = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] StreamBuffer& buffer() noexcept { return *std::get_if<StreamBuffer>(&data_.source); }
  [[nodiscard]] std::size_t arrived() const noexcept { return data_.size; }
  [[nodiscard]] std::uint32_t end_of_module() const noexcept { return total_.value_or(last_end); }
  [[nodiscard]] Cursor cursor(std::uint32_t begin, std::uint32_t end) const noexcept {
    return {data_.base, data_.base + begin, data_.base + end};
  }
  [[nodiscard]] Cursor header_cursor() const noexcept {
    Cursor front = cursor(header_at_, end_of_module());
    front.set_end_code(ErrorCode::unexpected_end);
    return front;
  }
  // Whether a number at `at`, in what ends at `end`, can be read or refused. Waits for one more byte if not.
  bool has_number(std::uint32_t at, std::uint32_t end) noexcept;
  // Whether all bytes up to `end` have come. Waits for them if not.
  bool has_all(std::uint32_t end) noexcept {
    if (arrived() >= end) return true;
    wanted_ = end;
    return false;
  }

  bool advance();
  bool read_preamble_if_there();
  bool read_header();
  bool read_section();
  bool read_whole_section();
  bool read_part_of_section();
  bool read_body();
  // Is this section complete, or sure to be?
  [[nodiscard]] bool is_sure() const noexcept { return total_ || arrived() >= section_end_; }
  bool fail_in_section(const Error& error, std::uint8_t section) noexcept;
  bool refuse_header() noexcept;

  const Options options_;
  std::unique_ptr<Module> module_;  // nobody else's until it is valid
  ModuleData& data_;
  Loader loader_;
  std::optional<std::uint32_t> total_;
  Step step_ = Step::preamble;
  std::uint64_t wanted_ = magic_bytes;  // bytes that must have come for the next step
  std::uint32_t position_ = 0;          // of what that looks at
  std::uint32_t header_at_ = 0;
  SectionHeader header_;
  std::uint32_t section_end_ = 0;
  bool is_counted_ = false;  // whether the section's count has been looked at
  std::uint32_t body_ = 0;
  std::uint32_t body_count_ = 0;
  bool has_kept_error_ = false;  // of a section that is not complete
  Error kept_error_;
  Error error_;
};

bool StreamedLoad::has_number(std::uint32_t at, std::uint32_t end) noexcept {
  constexpr std::uint32_t longest = 5;
  if (arrived() >= std::min<std::uint64_t>(std::uint64_t{at} + longest, end)) return true;
  for (std::size_t i = at; i < arrived(); ++i)
    if (data_.base[i] < 0x80) return true;
  wanted_ = arrived() + 1;
  return false;
}

std::size_t StreamedLoad::need() const noexcept {
  if (has_failed()) return 0;
  const std::uint64_t most = total_ ? *total_ : std::uint64_t{options_.limits.module_size} + 1;
  const std::uint64_t wanted = std::min(wanted_, most);
  return wanted > arrived() ? wanted - arrived() : 0;
}

bool StreamedLoad::push(std::span<const std::byte> chunk) {
  if (has_failed()) return false;
  const std::uint32_t most = total_.value_or(options_.limits.module_size);
  if (chunk.size() > most - arrived()) {
    Error error = error_of(ErrorCode::limit_module_size);
    error.offset = most;
    error.detail = ErrorDetail::count;
    error.expected = most;
    error.found = arrived() + chunk.size();
    return fail(error);
  }
  if (!buffer().append(chunk)) throw std::bad_alloc();
  data_.size = buffer().view().size();
  return advance();
}

bool StreamedLoad::finish() {
  if (has_failed()) return false;
  total_ = static_cast<std::uint32_t>(arrived());
  wanted_ = 0;
  // A section that is not complete.
  if (step_ == Step::section || step_ == Step::bodies) return refuse_header();
  if (!advance()) return false;
  return loader_.finish(position_) || fail(loader_.error());
}

// Takes steps for as long as there are bytes for them.
bool StreamedLoad::advance() {
  while (arrived() >= wanted_) {
    switch (step_) {
      case Step::preamble:
        if (!read_preamble_if_there()) return !has_failed();
        break;
      case Step::header:
        if (position_ == total_) return true;
        if (!read_header()) return !has_failed();
        break;
      case Step::section:
        if (!read_section()) return !has_failed();
        break;
      case Step::bodies:
        if (!read_body()) return !has_failed();
        break;
      case Step::failed: return false;
    }
  }
  return true;
}

// The steps return false if they wait, or have failed.

bool StreamedLoad::read_preamble_if_there() {
  constexpr std::uint32_t preamble_bytes = 8;
  if (!has_all(std::min(magic_bytes, end_of_module()))) return false;
  Cursor whole = cursor(0, static_cast<std::uint32_t>(arrived()));
  read_preamble(whole);
  // With the magic alone nothing is known of the rest.
  if (whole.error().code != ErrorCode::bad_magic && !has_all(std::min(preamble_bytes, end_of_module()))) return false;
  if (!whole.ok()) return loader_.fail(whole.error(), Error::no_section) || fail(loader_.error());
  position_ = preamble_bytes;
  step_ = Step::header;
  return true;
}

bool StreamedLoad::read_header() {
  header_at_ = position_;
  if (!has_all(header_at_ + 1)) return false;
  const bool is_known = data_.base[header_at_] < section_id_count;
  if (is_known && !has_number(header_at_ + 1, end_of_module())) return false;
  Cursor front = header_cursor();
  header_ = read_section_header(front);
  if (!front.ok()) {
    if (!total_ && front.error().code == ErrorCode::length_out_of_bounds) {
      wanted_ = never;  // no module is so large; by how much it is too large, the end will tell
      step_ = Step::section;
      return false;
    }
    return loader_.fail(front.error(), Error::no_section) || fail(loader_.error());
  }
  position_ = static_cast<std::uint32_t>(header_.begin - data_.base);
  section_end_ = static_cast<std::uint32_t>(header_.end - data_.base);
  is_counted_ = false;
  step_ = Step::section;
  return loader_.check_order(front, header_) || fail_in_section(front.error(), Error::no_section);
}

bool StreamedLoad::read_section() {
  if (has_kept_error_) return has_all(section_end_) && fail(kept_error_);
  return arrived() >= section_end_ ? read_whole_section() : read_part_of_section();
}

bool StreamedLoad::read_whole_section() {
  Cursor payload = cursor(position_, section_end_);
  if (!loader_.load_section(header_, payload)) return fail_in_section(payload.error(), header_.id);
  position_ = section_end_;
  step_ = Step::header;
  return true;
}

// Looks at the number of entries; then at bodies one by one, and at other sections when they are complete.
bool StreamedLoad::read_part_of_section() {
  const auto id = static_cast<SectionId>(header_.id);
  if (!is_counted_) {
    if (!has_number(position_, section_end_)) return false;
    Cursor payload = cursor(position_, section_end_);
    if (loader_.require_section(header_, payload)) loader_.read_section_count(id, payload);
    if (!payload.ok()) return fail_in_section(payload.error(), header_.id);
    is_counted_ = true;
  }
  if (id != SectionId::code) return has_all(section_end_);
  Cursor payload = cursor(position_, section_end_);
  body_ = 0;
  body_count_ = loader_.begin_code(payload);
  position_ = payload.offset();
  step_ = Step::bodies;
  return true;
}

bool StreamedLoad::read_body() {
  Cursor rest = cursor(position_, section_end_);
  if (body_ == body_count_) {
    if (!loader_.check_end(header_, rest)) return fail_in_section(rest.error(), header_.id);
    step_ = Step::header;
    return true;
  }
  if (!has_number(position_, section_end_)) return false;
  Cursor ahead = rest;
  const std::uint32_t size = read_body_size(ahead, loader_.limits_);
  if (ahead.ok() && !has_all(ahead.offset() + size)) return false;
  if (!loader_.check_body(rest, body_)) return fail_in_section(rest.error(), header_.id);
  ++body_;
  position_ = rest.offset();
  return true;
}

bool StreamedLoad::fail_in_section(const Error& error, std::uint8_t section) noexcept {
  const Error placed = Loader::placed(error, section, options_.features);
  if (is_sure()) return fail(placed);
  has_kept_error_ = true;
  kept_error_ = placed;
  wanted_ = section_end_;
  step_ = Step::section;
  return false;
}

// The module has ended inside of a section.
bool StreamedLoad::refuse_header() noexcept {
  Cursor front = header_cursor();
  read_section_header(front);
  return loader_.fail(front.error(), Error::no_section) || fail(loader_.error());
}

struct StreamData {
  std::pmr::memory_resource* memory;
  std::optional<StreamedLoad> load;  // none: it could not begin
  Error error;                       // then
};

namespace {

Error out_of_memory() noexcept { return error_of(ErrorCode::out_of_memory); }

// Does a part of the load and says what became of it.
template <class Part>
std::expected<void, Error> attempt(StreamData* data, Part part) noexcept {
  if (data == nullptr) return std::unexpected(out_of_memory());
  if (!data->load) return std::unexpected(data->error);
  try {
    if (part(*data->load)) return {};
  } catch (const std::bad_alloc&) {
    data->load->fail(out_of_memory());
  }
  return std::unexpected(data->load->error());
}

bool begin(StreamData& data, const Options& options, std::optional<std::uint64_t> total) {
  if (total && *total > options.limits.module_size) {
    data.error = too_large(*total, options.limits);
    return false;
  }
  StreamBuffer buffer;
  if (!buffer.reserve(total.value_or(options.limits.module_size), total.has_value())) return false;
  auto module = make_module(Source(std::move(buffer)), options);
  if (!module) {
    data.error = module.error();
    return false;
  }
  data.load.emplace(*std::move(module), options, total);
  return true;
}

}  // namespace

StreamLoader::StreamLoader(const Options& wanted, std::optional<std::uint64_t> total) noexcept : data_(nullptr) {
  const Options options = with_defaults(wanted);
  try {
    void* block = options.memory->allocate(sizeof(StreamData), alignof(StreamData));
    data_ = new (block) StreamData{options.memory, std::nullopt, out_of_memory()};
    begin(*data_, options, total);
  } catch (const std::bad_alloc&) {  // whether there is a block or none, that is what the first call says
  }
}

StreamLoader::~StreamLoader() {
  if (data_ == nullptr) return;
  std::pmr::memory_resource* const memory = data_->memory;
  data_->~StreamData();
  memory->deallocate(data_, sizeof(StreamData), alignof(StreamData));
}

std::expected<void, Error> StreamLoader::push(std::span<const std::byte> chunk) noexcept {
  return attempt(data_, [&](StreamedLoad& load) { return load.push(chunk); });
}

std::size_t StreamLoader::need() const noexcept { return data_ != nullptr && data_->load ? data_->load->need() : 0; }

LoadResult StreamLoader::finish() noexcept {
  if (auto done = attempt(data_, [](StreamedLoad& load) { return load.finish(); }); !done)
    return std::unexpected(done.error());
  return data_->load->take();
}

}  // namespace plimsoll
