#include "testing/verdict.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>

namespace plimsoll::test {
namespace {

bool same(const Error& a, const Error& b) {
  return a.code == b.code && a.detail == b.detail && a.feature == b.feature && a.section == b.section &&
         a.offset == b.offset && a.function == b.function && a.instruction == b.instruction &&
         a.expected == b.expected && a.found == b.found;
}

std::string print(const std::optional<Error>& error) {
  return error ? describe(*error) + " @" + std::to_string(error->offset) : std::string(valid);
}

}  // namespace

std::optional<Error> agreed_error(const Bytes& module, const Options& options) {
  const std::optional<Error> alone = load_error(module, options);
  if (alone && alone->offset >= module.size()) return alone;
  const Bytes longer = module + custom_section("behind", repeat(300, {0x01}));
  for (const BodyPath path :
       {BodyPath::fastest, BodyPath::wide, BodyPath::wide_avx2, BodyPath::portable, BodyPath::general}) {
    Options forced = options;
    forced.bodies = path;
    const std::optional<Error> followed = load_error(longer, forced);
    if (alone.has_value() != followed.has_value() || (alone && !same(*alone, *followed)))
      throw std::logic_error("the paths of the body checker disagree: " + print(alone) + " and " + print(followed));
  }
  if (alone && describe(*alone).empty()) throw std::logic_error("an error without words");
  return alone;
}

std::optional<Error> load_error(const Bytes& module, const Options& options) {
  const auto block = std::make_unique<std::uint8_t[]>(module.size());
  std::copy(module.begin(), module.end(), block.get());
  const LoadResult result = load(BorrowedBytes(std::span<const std::uint8_t>(block.get(), module.size())), options);
  if (result) return std::nullopt;
  return result.error();
}

std::string verdict(const Bytes& module, const Options& options) {
  const std::optional<Error> error = agreed_error(module, options);
  return std::string(error ? name(error->code) : valid);
}

std::string verdict(const ModuleText& module, const Options& options) { return verdict(assemble(module), options); }

std::string verdict_at(const Bytes& module, const Options& options) {
  const std::optional<Error> error = agreed_error(module, options);
  return error ? std::string(name(error->code)) + "@" + std::to_string(error->offset) : std::string(valid);
}

Options with_features(Features features) {
  Options options;
  options.features = features;
  return options;
}

Options with_features(std::string_view list) {
  const auto features = Features::parse(list, Features::browsers());
  if (!features) throw std::invalid_argument("unknown feature " + std::string(features.error()));
  return with_features(*features);
}

}  // namespace plimsoll::test
