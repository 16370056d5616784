// The loader as `ci/bench` measures it: loads what it is told to, for as long as it is asked (protocol.hpp). Needs
// nothing but the loader, whichever revision's.
//
//   bench_own NAME     NAME is what it is to be called
//   bench_own --modes  prints the modes and what they are
#include <chrono>
#include <expected>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/modes.hpp"
#include "server/protocol.hpp"

namespace {

using namespace plimsoll::bench;

struct Prepared {
  Mode mode;
  plimsoll::Options options;
};

std::vector<Prepared> prepare() {
  std::vector<Prepared> prepared;
  for (const Mode& mode : modes()) {
    plimsoll::Options options;
    if (mode.prepare(options)) prepared.push_back({mode, options});
  }
  return prepared;
}

// Works for a moment that does not count. When threads have slept, a virtual machine's processors may find themselves on one core,
// and its own system may put two threads on one processor: it takes some 100 ms until both have seen that there is work for two.
void warm_up(const std::function<void()>& act) {
  using Clock = std::chrono::steady_clock;
  for (const auto until = Clock::now() + std::chrono::milliseconds(100); Clock::now() < until;) act();
}

// Keeps the last module: requests come in rows.
class Server {
 public:
  explicit Server(const std::vector<Prepared>& prepared) : prepared_(prepared) {}

  std::expected<Answer, std::string> operator()(const Request& request) {
    const Prepared* chosen = nullptr;
    for (const Prepared& each : prepared_)
      if (each.mode.name == request.mode) chosen = &each;
    if (chosen == nullptr) return std::unexpected("there is no mode " + request.mode);
    if (request.file != file_) {
      auto bytes = read_file(request.file);
      if (!bytes) return std::unexpected(std::move(bytes.error()));
      bytes_ = std::move(*bytes);
      file_ = request.file;
    }
    bool valid = false;
    const Input input{bytes_, file_};
    const auto load = [&] { valid = chosen->mode.load(input, chosen->options); };
    if (chosen->mode.clock == Mode::Clock::wall) warm_up(load);
    const Times times = time(request.times, load);
    return Answer{valid ? Verdict::valid : Verdict::invalid, times};
  }

 private:
  const std::vector<Prepared>& prepared_;
  std::string file_;
  std::vector<std::byte> bytes_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0]
              << " NAME | --modes\nLoads what it is told to on standard input; ci/bench does that.\n";
    return 2;
  }
  const std::vector<Prepared> prepared = prepare();
  const std::string_view name = argv[1];
  std::vector<std::string> names;
  for (const Prepared& each : prepared) {
    if (name == "--modes") std::cout << each.mode.name << '\t' << each.mode.about << '\n';
    names.push_back(std::string(each.mode.name) + (each.mode.clock == Mode::Clock::wall ? "=wall" : ""));
  }
  if (name == "--modes") return 0;
  Server server(prepared);
  return serve(name, names, [&](const Request& request) { return server(request); });
}
