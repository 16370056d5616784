#include "command/measure.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command/bus_guard.hpp"
#include "command/input.hpp"

namespace plimsoll::regress {
namespace {

Measurement unread(const std::string& file, Failure failure) {
  Measurement result;
  result.file = file;
  result.failure = std::move(failure);
  return result;
}

// Reads one byte of every page, so that the first timed load does not pay for the disk.
void touch_pages(std::span<const std::byte> bytes) {
  constexpr std::size_t page = 4096;
  for (std::size_t at = 0; at < bytes.size(); at += page) {
    [[maybe_unused]] const std::byte touched = *static_cast<const volatile std::byte*>(bytes.data() + at);
  }
}

std::uint64_t time_of_a_load(std::span<const std::byte> bytes, const Options& options, std::optional<Error>& error) {
  const auto start = std::chrono::steady_clock::now();
  {
    const LoadResult result = load(BorrowedBytes(bytes), options);
    if (!result) error = result.error();
  }
  const auto elapsed = std::chrono::steady_clock::now() - start;
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(elapsed).count());
}

// Returns the error of the last load, if it failed.
std::optional<Error> time_loads(std::span<const std::byte> bytes, const MeasureOptions& options, Measurement& result) {
  std::vector<std::uint64_t> times;
  std::optional<Error> error;
  for (std::uint32_t i = 0; i < std::max(options.repeat, 1U); ++i)
    times.push_back(time_of_a_load(bytes, options.load, error));
  std::ranges::sort(times);
  result.fastest = times.front();
  const std::uint64_t high = times[times.size() / 2];
  const std::uint64_t low = times[(times.size() - 1) / 2];
  result.median = low + (high - low) / 2;
  return error;
}

// Between begin and end there is nothing but the load, or the figures would not be the loader's. The load takes the bytes with
// it, so the name of the function at fault, if the load is to fail in one, is found before.
void record_load(Input&& input, const Options& options, const std::string& function_name, Measurement& result) {
  const auto bytes = input.view();
  Recording recording;
  // What is larger than the limit is refused unseen; there is no use in indexing it.
  const auto begun = recording.begin(bytes.size() > options.limits.module_size ? bytes.first(0) : bytes);
  if (!begun) {
    result = unread(result.file, file_failure("not_recorded", std::string(describe(begun.error()))));
    return;
  }
  const LoadResult loaded = std::move(input).load(options);
  auto report = recording.end();
  if (!report) {
    result = unread(result.file, file_failure("not_recorded", std::string(describe(report.error()))));
    return;
  }
  result.heap = *std::move(report);
  if (loaded) {
    result.functions = (*loaded)->bodies().size();
  } else {
    result.failure = failure(loaded.error(), bytes.size(), function_name);
    result.is_component = loaded.error().code == ErrorCode::component;
  }
}

}  // namespace

Measurement measure(const std::string& file, const MeasureOptions& options) {
  auto input = Input::open(file, options.load.limits.module_size);
  if (!input) return unread(file, std::move(input.error()));
  if (options.after_open) options.after_open();

  const auto bytes = input->view();
  const BusGuard guard(input->mapping());
  Measurement result;
  result.file = file;
  result.bytes = bytes.size();
  if (bytes.size() <= options.load.limits.module_size) touch_pages(bytes);
  const std::optional<Error> error = time_loads(bytes, options, result);
  const std::string function_name(error ? name_of_function(*error, bytes) : std::string_view{});
  record_load(*std::move(input), options.load, function_name, result);
  if (guard.tripped()) return unread(file, file_changed());
  return result;
}

}  // namespace plimsoll::regress
