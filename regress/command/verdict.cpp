#include "command/verdict.hpp"

#include <cstddef>
#include <utility>

#include "command/bus_guard.hpp"
#include "command/input.hpp"

namespace plimsoll::regress {

std::optional<Failure> why_not_valid(const std::string& file, const Options& options,
                                     const std::function<void()>& after_open) {
  auto input = Input::open(file, options.limits.module_size);
  if (!input) return std::move(input.error());
  if (after_open) after_open();

  const std::size_t size = input->view().size();
  const auto mapping = input->mapping();
  const BusGuard guard(mapping);
  // A mapping is lent, not moved: were it unmapped before the guard goes, another thread's could take its place.
  const LoadResult result = mapping.empty() ? (*std::move(input)).load(options) : load(BorrowedBytes(mapping), options);
  if (guard.tripped()) return file_changed();
  if (result) return std::nullopt;
  return failure(result.error(), size);
}

}  // namespace plimsoll::regress
