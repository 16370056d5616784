// Fuzz target: the answer is the same (verdict, code, offset and all else that an error says; everything that can be reached from a
// Module) in whichever way an input is loaded: borrowed, owned, mapped, at any alignment, with other bytes or one more section behind
// it, with an arena or the heap, for the second time, with bodies checked by the portable and by the general path alone, in two
// threads at once, with bodies shared out among threads, or validated one by one, or in pieces as they come. A mode that is added to the loader joins here.
// Oracle: modes.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "oracles/answer.hpp"
#include "oracles/require.hpp"
#include "plimsoll/lazy.hpp"
#include "plimsoll/stream.hpp"
#include "pool/thread_pool.hpp"

namespace {

using namespace plimsoll;
using Input = std::span<const std::byte>;

fuzz::Answer owned_array(Input input, const Options& options) {
  auto array = std::make_unique<std::byte[]>(input.size());
  std::ranges::copy(input, array.get());
  return fuzz::answer_of(load(OwnedBytes(std::move(array), input.size()), options));
}

// At an odd address, with what ends numbers in front of it and what continues them behind it.
fuzz::Answer shifted(Input input, const Options& options) {
  const std::size_t shift = 1 + input.size() % 15;
  std::vector<std::byte> room(shift + input.size() + 32, std::byte{0x80});
  std::ranges::copy(input, room.begin() + static_cast<std::ptrdiff_t>(shift));
  return fuzz::answer_of(load(BorrowedBytes(Input(room).subspan(shift, input.size())), options));
}

// With `end`s behind it, which a reader that runs over would take for its own.
fuzz::Answer followed(Input input, const Options& options) {
  std::vector<std::byte> room(input.begin(), input.end());
  room.resize(input.size() + 64, std::byte{0x0B});
  return fuzz::answer_of(load(BorrowedBytes(Input(room).first(input.size())), options));
}

fuzz::Answer from_arena(Input input, Options options) {
  std::pmr::monotonic_buffer_resource arena;
  options.memory = &arena;
  return fuzz::answer_of(load(BorrowedBytes(input), options));
}

// With a custom section behind all else, which may not matter but to the fast paths: they leave the last bytes of an input to
// the general path, and so all of a small one. What is wrong with the input as a whole, its end above all, may be told otherwise.
void section_behind(Input input, Options options, const fuzz::Answer& expected) {
  if (!expected.valid() && expected.error->section == Error::no_section) return;
  constexpr std::size_t size = 300;
  std::vector<std::byte> room(input.begin(), input.end());
  room.insert(room.end(), {std::byte{0}, std::byte{0x80 | (size & 0x7F)}, std::byte{size >> 7}});
  room.resize(room.size() + size);
  constexpr std::pair<BodyPath, const char*> paths[] = {
      {BodyPath::fastest, "with a section behind it"},
      {BodyPath::wide, "many bytes at once, with a section behind it"},
      {BodyPath::wide_avx2, "16 bytes at once, with a section behind it"},
      {BodyPath::portable, "portably, with a section behind it"},
  };
  for (const auto& [path, how] : paths) {
    options.bodies = path;
    const fuzz::Answer answer = fuzz::answer_of(load(BorrowedBytes(Input(room)), options));
    if (!expected.valid() || !answer.valid()) fuzz::require_same("modes", how, answer, expected);
  }
}

// A file in memory, mapped by its name below /proc.
fuzz::Answer mapped(Input input, const Options& options) {
  static const int file = ::memfd_create("modes_fuzzer", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  const bool written = file >= 0 && ::ftruncate(file, 0) == 0 &&
                       ::pwrite(file, input.data(), input.size(), 0) == static_cast<ssize_t>(input.size());
  fuzz::require(written, "modes", "the input can be written to a file in memory", std::strerror(errno), "success");
  auto source = MappedBytes::open(path.c_str());
  fuzz::require(source.has_value(), "modes", "the file can be mapped", source ? "" : describe(source.error()),
                "success");
  return fuzz::answer_of(load(*std::move(source), options));
}

// Several at once: loads share nothing.
void at_once(Input input, const Options& options, const fuzz::Answer& expected) {
  std::array<fuzz::Answer, 2> answers;
  std::array<std::thread, 2> threads;  // not jthread, which libc++ 19 has not got
  for (std::size_t i = 0; i < threads.size(); ++i)
    threads[i] = std::thread([&, i] { answers[i] = fuzz::answer_of(load(BorrowedBytes(input), options)); });
  for (std::thread& thread : threads) thread.join();
  for (const fuzz::Answer& answer : answers) fuzz::require_same("modes", "two threads at once", answer, expected);
}

// A pool of no thread but the calling one.
class OneThread final : public Executor {
 public:
  void run(std::size_t, Work work) noexcept override { work(); }
};

// Bodies in pieces as small as can be, on threads now and then: they cost more than all the rest.
void shared_out(Input input, Options options, const fuzz::Answer& expected) {
  static regress::ThreadPool pool(3);
  OneThread one;
  options.piece_bytes = 1 + static_cast<std::uint32_t>(input.size() % 3) * 16;
  options.parallel = &one;
  const auto same = [&](const char* how) {
    fuzz::require_same("modes", how, fuzz::answer_of(load(BorrowedBytes(input), options)), expected);
  };
  same("with bodies in pieces");
  if (input.size() % 8 != 3) return;
  options.parallel = &pool;
  same("on three threads");
}

// The error of one body, and the same when it is asked for again. Whether it is the load's is seen when all are asked for.
void ask_twice(const LazyModule& lazy, std::uint32_t function, const fuzz::Answer& expected) {
  const auto answer = [&] {
    const auto verdict = lazy.validate(function);
    return verdict ? fuzz::Answer() : fuzz::Answer{verdict.error(), {}};
  };
  const fuzz::Answer first = answer();
  fuzz::require_same("modes", "a body that is asked for again", answer(), first);
  if (!expected.valid() && expected.error->function == function)
    fuzz::require_same("modes", "the first bad body", first, expected);
  else if (expected.valid() || expected.error->function > function)
    fuzz::require_same("modes", "a body in front of the first bad one", first, {});
}

// Everything but the bodies, then some of them, then the rest.
void lazily(Input input, Options options, const fuzz::Answer& expected) {
  const bool bad_body = !expected.valid() && expected.error->function != Error::no_function;
  LazyResult lazy = load_lazy(BorrowedBytes(input), options);
  if (!lazy) {
    const fuzz::Answer answer{lazy.error(), {}};
    // What is wrong behind a bad body comes first.
    if (!bad_body || lazy.error().offset < expected.error->offset)
      fuzz::require_same("modes", "lazy", answer, expected);
    return;
  }
  const std::uint32_t imported = (*lazy)->imported_count(ExternalKind::function);
  const std::uint32_t bodies = (*lazy)->bodies().size();
  if (bodies != 0) ask_twice(**lazy, imported + static_cast<std::uint32_t>(input.size()) % bodies, expected);
  if (bad_body) ask_twice(**lazy, expected.error->function, expected);
  OneThread one;
  fuzz::require_same("modes", "lazy, then finished", fuzz::answer_of(finish(*std::move(lazy), &one)), expected);
}

// In pieces whose sizes the input chooses: mostly small ones, now and then what is needed.
fuzz::Answer streamed(Input input, const Options& options, std::optional<std::uint64_t> total) {
  StreamLoader loader(options, total);
  std::uint64_t random = input.size() + 1;
  while (!input.empty()) {
    random = (random ^ std::to_integer<std::uint64_t>(input.front())) * 0x9E37'79B9'7F4A'7C15U;
    const std::uint64_t choice = random >> 60;
    const std::size_t wanted = choice < 4 ? loader.need() : choice < 8 ? 1 : (random >> 40) & ((4U << choice) - 1);
    const std::size_t size = std::clamp<std::size_t>(wanted, 1, input.size());
    if (const auto pushed = loader.push(input.first(size)); !pushed) return {pushed.error(), {}};
    input = input.subspan(size);
  }
  return fuzz::answer_of(loader.finish());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input = std::as_bytes(std::span(data, size));
  Options options = fuzz::all_features();
  const fuzz::Answer answer = fuzz::answer_of(load(BorrowedBytes(input), options));
  const auto same = [&](const char* how, const fuzz::Answer& other) {
    fuzz::require_same("modes", how, other, answer);
  };
  same("the second time", fuzz::answer_of(load(BorrowedBytes(input), options)));
  same("in an array that is owned", owned_array(input, options));
  same("at another alignment", shifted(input, options));
  same("with other bytes behind it", followed(input, options));
  section_behind(input, options, answer);
  same("in an arena", from_arena(input, options));
  if (size % 4 == 0) same("from a mapped file", mapped(input, options));  // system calls cost more than all the rest
  if (size % 64 == 1) at_once(input, options, answer);
  shared_out(input, options, answer);
  lazily(input, options, answer);
  same("streamed, without the total", streamed(input, options, {}));
  if (size % 2 == 0) same("streamed, with the total", streamed(input, options, size));
  options.bodies = BodyPath::portable;
  same("by the portable path", fuzz::answer_of(load(BorrowedBytes(input), options)));
  options.bodies = BodyPath::general;
  same("by the general path alone", fuzz::answer_of(load(BorrowedBytes(input), options)));
  return 0;
}
