// The code section (specification 3.0, section 5.5.13): its bodies are judged where they stand, one after the other or on the
// caller's threads. Either way the first thing wrong is what a load reports.
#include <algorithm>
#include <atomic>
#include <new>

#include "bytes/locked_resource.hpp"
#include "bytes/prefetch.hpp"
#include "plimsoll/executor.hpp"
#include "validate/body_queue.hpp"
#include "validate/first_error.hpp"
#include "validate/loader.hpp"

namespace plimsoll {

// What the threads of one load share, and what each of them does.
class Loader::SharedWork {
 public:
  SharedWork(Loader& loader, BodyQueue& queue, const BodyContext& context) noexcept
      : loader_(loader), queue_(queue), context_(context) {}

  // Takes part until nothing is left to take: the first call loads the sections behind, then all check bodies. Thread-safe.
  void operator()() noexcept {
    if (!is_rest_taken_.test_and_set()) loader_.load_rest(*context_.memory);
    while (check_bodies()) {
    }
  }

  [[nodiscard]] const FirstError& errors() const noexcept { return errors_; }

 private:
  // Checks pieces until there are none or memory is out: then there may be some in front of the body that needed it. Whether there
  // may be more.
  bool check_bodies() noexcept {
    BodyPiece piece;
    if (!queue_.take(piece, errors_)) return false;
    std::uint32_t body = piece.first;
    try {
      BodyChecker checker(context_);
      do {
        body = piece.first;
        check(checker, piece, body);
      } while (queue_.take(piece, errors_));
      return false;
    } catch (const std::bad_alloc&) {
      errors_.add_out_of_memory(body);
      return true;
    }
  }
  // The bodies of the piece up to the first that is not valid; `body` is the one that is being checked.
  void check(BodyChecker& checker, const BodyPiece& piece, std::uint32_t& body) {
    const ModuleData& module = context_.module;
    const std::uint32_t first_function = module.imported[static_cast<std::size_t>(ExternalKind::function)];
    Cursor cursor(module.base, module.base + piece.offset, module.base + module.size);
    for (; body < piece.first + piece.count; ++body) {
      if (errors_.is_decided(body)) return;
      const std::uint32_t size = cursor.u32();
      if (!checker.check_function(first_function + body, {cursor.offset(), size}))
        return errors_.add(body, checker.error());
      cursor.take(size);
    }
  }

  Loader& loader_;
  BodyQueue& queue_;
  const BodyContext& context_;
  std::atomic_flag is_rest_taken_;
  FirstError errors_;
};

void Loader::load_code(Cursor& cursor) {
  const std::uint32_t count = begin_code(cursor);
  if (!cursor.ok()) return;
  if (check_ == Bodies::later)
    record_bodies(cursor, count);
  else if (options_.parallel != nullptr && cursor.remaining() / 4 >= options_.piece_bytes)
    check_bodies_together(cursor, count);
  else
    check_bodies(cursor, count);
}

// Reads how many bodies there are, and makes room for their records.
std::uint32_t Loader::begin_code(Cursor& cursor) {
  // At least, and so what clamps a count that lies: the size alone, or the size of a body that can be valid.
  const std::uint32_t body_bytes = check_ == Bodies::later ? 1 : 3;
  has_code_ = true;
  const std::uint32_t count = read_section_count(SectionId::code, cursor);
  if (cursor.ok()) module_.bodies.reserve(module_.arena, std::min<std::size_t>(count, cursor.remaining() / body_bytes));
  return count;
}

void Loader::record_bodies(Cursor& cursor, std::uint32_t count) {
  Prefetch prefetch(cursor.end());
  for (std::uint32_t i = 0; i < count; ++i) {
    prefetch.next(cursor.position());
    const std::uint32_t size_at = cursor.offset();
    const std::uint32_t size = read_body_size(cursor, limits_);
    if (!cursor.ok()) return;
    cursor.take(size);
    module_.bodies.push_back(size_at);
  }
}

void Loader::check_bodies(Cursor& cursor, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count && check_body(cursor, i); ++i) {
  }
}

// The body at the cursor, counted from the section's first.
bool Loader::check_body(Cursor& cursor, std::uint32_t body) {
  const std::uint32_t size_at = cursor.offset();
  const std::uint32_t size = read_body_size(cursor, limits_);
  if (!cursor.ok()) return false;
  const std::uint32_t first = module_.imported[static_cast<std::size_t>(ExternalKind::function)];
  if (!checker_.check_function(first + body, {cursor.offset(), size})) return cursor.fail(checker_.error());
  cursor.take(size);
  module_.bodies.push_back(size_at);
  return true;
}

// On the threads of the executor, and on this one.
void Loader::check_bodies_together(Cursor& cursor, std::uint32_t count) {
  LockedResource memory(options_.memory);
  const BodyContext context{module_, limits_, declared_, options_.bodies, &memory};
  BodyQueue queue(module_, limits_, cursor, count, options_.piece_bytes);
  SharedWork work(*this, queue, context);
  options_.parallel->run(cursor.remaining() / std::max(options_.piece_bytes, 1U) + 1, Work(work));
  work();  // what no other call took
  if (!work.errors().any()) {
    cursor = queue.cursor();
    return;
  }
  if (work.errors().error().code == ErrorCode::out_of_memory) throw std::bad_alloc();
  cursor.fail(work.errors().error());
}

// The sections behind the code section, while its bodies are being checked: nothing that they hold concerns a body, and what
// they declare comes too late for one. If all is well with them they have been loaded. If not, or if memory is out, the load comes
// to them again in their turn, and says what is wrong.
void Loader::load_rest(std::pmr::memory_resource& memory) noexcept try {
  if (rest_ == nullptr || rest_->at_end()) return;
  Options options = options_;
  options.memory = &memory;
  Loader loader(module_, options);
  loader.last_section_ = static_cast<std::uint8_t>(SectionId::code);
  Cursor cursor = *rest_;
  const Arena::Use use(module_.arena, memory);
  if (!loader.load_sections(cursor)) return;
  *rest_ = cursor;
  has_data_ = loader.has_data_;
} catch (const std::bad_alloc&) {
}

}  // namespace plimsoll
