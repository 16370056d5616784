#include "inspect/shown.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "assemble/assemble.hpp"
#include "inspect/text.hpp"

namespace plimsoll::regress::inspect {

Shown show(std::span<const std::byte> bytes, const Request& request) {
  Shown shown;
  Output out([&](std::string_view text) { shown.text += text; });
  const auto complain = [&](const Part& part, const Error& error) {
    shown.complaints += part.name + ' ' + hexadecimal(error.offset) + ' ' + std::string(name(error.code)) + '\n';
  };
  const Part part{bytes, {0, static_cast<std::uint32_t>(bytes.size())}, "test"};
  shown.good = inspect(part, request, out, complain);
  out.flush();
  return shown;
}

Shown show(std::span<const std::byte> bytes, ViewKind view, std::vector<std::string> functions) {
  Request request;
  request.views = {view};
  request.functions = std::move(functions);
  request.load.features = Features::all();
  return show(bytes, request);
}

nlohmann::json show_json(std::span<const std::byte> bytes, ViewKind view) {
  Request request;
  request.views = {view};
  request.json = true;
  request.load.features = Features::all();
  return nlohmann::json::parse(show(bytes, request).text);
}

std::vector<std::byte> assembled(std::string_view source) {
  auto bytes = assemble(source);
  if (!bytes) throw std::runtime_error("does not assemble: " + bytes.error().message);
  return *std::move(bytes);
}

std::vector<std::byte> corpus_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  return assembled(std::string{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()});
}

std::vector<std::byte> corpus_module(const std::string& name) {
  return corpus_file(PLIMSOLL_CORPUS "/modules/" + name + ".hex");
}

}  // namespace plimsoll::regress::inspect
