#include "command/verdict.hpp"

#include <new>
#include <utility>

#include "command/bus_guard.hpp"
#include "command/figures.hpp"
#include "command/input.hpp"
#include "plimsoll/custom_warnings.hpp"

namespace plimsoll::regress {
namespace {

// Throws std::bad_alloc.
std::vector<Warning> warnings_of(const Module& module) {
  std::vector<Warning> warnings;
  const auto keep = [&](const CustomWarning& warning) {
    warnings.push_back({.code = std::string(name(warning.code)),
                        .message = printable(describe(warning)),
                        .section = std::string(warning.section),
                        .offset = warning.offset});
    return true;
  };
  CustomCheckOptions options;
  options.most = most_warnings;
  if (!check_custom_sections(module, keep, options)) throw std::bad_alloc();
  return warnings;
}

// Of bytes that are refused before all have come, no name section can be asked for the name of a function.
std::optional<Failure> why_standard_input_is_not_valid(const Options& options, std::vector<Warning>* warnings) {
  std::size_t size = 0;
  const auto loaded = load_standard_input(options, size);
  if (!loaded) return loaded.error();
  const LoadResult& result = *loaded;
  if (!result) return failure(result.error(), size);
  if (warnings != nullptr) *warnings = warnings_of(**result);
  return std::nullopt;
}

}  // namespace

std::optional<Failure> why_not_valid(const std::string& file, const Options& options,
                                     const std::function<void()>& after_open, std::vector<Warning>* warnings) {
  if (is_standard_input(file)) return why_standard_input_is_not_valid(options, warnings);
  auto input = Input::open(file, options.limits.module_size);
  if (!input) return std::move(input.error());
  if (after_open) after_open();

  const auto bytes = input->view();
  const BusGuard guard(input->mapping());
  // The bytes are lent, not moved: were a mapping gone before the guard, another thread's could take its place; and where
  // a load fails, the name of a function may be found in them.
  const LoadResult result = load(BorrowedBytes(bytes), options);
  std::optional<Failure> why;
  if (!result) why = failure(result.error(), bytes.size(), name_of_function(result.error(), bytes));
  if (result && warnings != nullptr) *warnings = warnings_of(**result);
  return guard.tripped() ? file_changed() : why;
}

}  // namespace plimsoll::regress
