#include "command/verdict.hpp"

#include <cstddef>
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

}  // namespace

std::optional<Failure> why_not_valid(const std::string& file, const Options& options,
                                     const std::function<void()>& after_open, std::vector<Warning>* warnings) {
  auto input = Input::open(file, options.limits.module_size);
  if (!input) return std::move(input.error());
  if (after_open) after_open();

  const std::size_t size = input->view().size();
  const auto mapping = input->mapping();
  const BusGuard guard(mapping);
  // A mapping is lent, not moved: were it unmapped before the guard goes, another thread's could take its place.
  const LoadResult result = mapping.empty() ? (*std::move(input)).load(options) : load(BorrowedBytes(mapping), options);
  if (result && warnings != nullptr) *warnings = warnings_of(**result);
  if (guard.tripped()) return file_changed();
  if (result) return std::nullopt;
  return failure(result.error(), size);
}

}  // namespace plimsoll::regress
