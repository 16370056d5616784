#include "trace/trace_engine.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <utility>

#include "ledger/recording.hpp"
#include "trace/engine.hpp"
#include "trace/memory_file.hpp"
#include "trace/report_json.hpp"

namespace plimsoll::regress {
namespace {

using Json = nlohmann::ordered_json;
using Kind = TraceFailure::Kind;

std::unexpected<TraceFailure> failure(Kind kind, std::string message) {
  return std::unexpected(TraceFailure{kind, std::move(message)});
}

void warm_up(Engine& engine) {
  static constexpr std::array empty = {std::byte{0}, std::byte{'a'}, std::byte{'s'}, std::byte{'m'},
                                       std::byte{1}, std::byte{0},   std::byte{0},   std::byte{0}};
  engine.load(empty, {.phase = [](std::string_view) {}, .loaded = [] {}});
}

// In the child. Throws what a Recording says.
TracedLoad record(Engine& engine, std::span<const std::byte> bytes, Tier tier) {
  warm_up(engine);
  TracedLoad load;
  load.exact = true;
  Recording recording;
  std::expected<Report, RecordingError> report;
  const Engine::Observer observer = {.phase = [&](std::string_view name) { recording.phase(name).value(); },
                                     .loaded = [&] { report = recording.end(); }};
  // Without memory for a clocked copy, the rest can still be seen.
  const auto clocked = ClockedInput::create(bytes);
  const auto options = tier == Tier::full ? Recording::full() : Recording::fast();
  if (clocked) bytes = clocked->bytes();
  (clocked ? recording.begin(*clocked, options) : recording.begin(bytes, options)).value();
  load.verdict = engine.load(bytes, observer) ? Verdict::valid : Verdict::rejected;
  load.report = std::move(report).value();
  return load;
}

Json answer(const std::filesystem::path& library, std::span<const std::byte> bytes, Tier tier) {
  try {
    const auto engine = Engine::open(library);
    if (!engine) return {{"unusable", engine.error()}};
    return to_json(record(**engine, bytes, tier));
  } catch (const std::bad_expected_access<RecordingError>& error) {
    return {{"unusable", describe(error.error())}};
  } catch (const std::exception& error) {
    return {{"unusable", error.what()}};
  }
}

[[noreturn]] void be_the_child(const std::filesystem::path& library, std::span<const std::byte> bytes, Tier tier,
                               const MemoryFile& file) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  const std::string text = answer(library, bytes, tier).dump(-1, ' ', true, Json::error_handler_t::replace);
  ::_exit(file.append(text) ? 0 : 1);
}

}  // namespace

std::expected<Trace, TraceFailure> trace_engine(const std::filesystem::path& library,
                                                const std::filesystem::path& module, Tier tier) {
  std::ifstream stream(module, std::ios::binary);
  std::error_code error;
  if (!stream || !std::filesystem::is_regular_file(module, error)) {
    return failure(Kind::unusable, fmt::format("{} is not a file that can be read", module.string()));
  }
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  // Without a slash, dlopen would look for it in the system's folders only.
  const auto path = std::filesystem::exists(library, error) ? std::filesystem::absolute(library) : library;

  const MemoryFile file;
  const pid_t child = ::fork();
  if (child < 0) return failure(Kind::unusable, fmt::format("no process for the engine: {}", std::strerror(errno)));
  if (child == 0) be_the_child(path, std::as_bytes(std::span(content)), tier, file);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    return failure(Kind::crashed, fmt::format("{} crashed: signal {} ({})", library.string(), WTERMSIG(status),
                                              ::strsignal(WTERMSIG(status))));
  }
  const auto json = Json::parse(file.content(), nullptr, false);
  if (json.is_discarded()) {
    return failure(Kind::crashed, fmt::format("{} ended the process with status {} instead of returning",
                                              library.string(), WEXITSTATUS(status)));
  }
  if (const auto reason = json.find("unusable"); reason != json.end()) {
    return failure(Kind::unusable, fmt::format("{}: {}", library.string(), reason->get<std::string>()));
  }
  Trace trace;
  trace.module = module;
  trace.started = 1;
  trace.processes.push_back(
      {.id = child, .program = library.string(), .refused = {}, .loads = {traced_load_from_json(json)}});
  if (trace.processes.front().loads.front().report.allocations == 0) {
    trace.notes.push_back(
        "not one allocation was seen: the library has an allocator of its own, or memory straight from mmap");
  }
  return trace;
}

}  // namespace plimsoll::regress
