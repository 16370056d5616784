// Fuzz target: a second opinion on every input, of V8 in a process beside this one or of an engine's library in it. The verdicts must be
// the same, but for what is known of V8 (regress/differential/known.json). Oracle: differential.
//
// Whom it asks is said when it is built (PLIMSOLL_FUZZ_PEER), or by the environment variable of the same name.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "differential/disagreement.hpp"
#include "differential/peer.hpp"
#include "differential/peer_features.hpp"
#include "oracles/require.hpp"
#include "trace/engine.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::regress::differential;

[[noreturn]] void give_up(const std::string& reason) {
  std::fprintf(stderr, "differential_fuzzer: %s\n", reason.c_str());
  std::exit(2);
}

// An engine behind its C API, in this process.
class EnginePeer final : public Peer {
 public:
  explicit EnginePeer(std::unique_ptr<regress::Engine> engine) : engine_(std::move(engine)) {}
  std::vector<regress::differential::Answer> judge(std::span<const fuzz::Bytes> modules) override {
    std::vector<regress::differential::Answer> answers;
    for (const fuzz::Bytes& module : modules) {
      const bool valid = engine_->load(module, {[](std::string_view) {}, [] {}});
      answers.push_back({valid ? Answer::Verdict::valid : Answer::Verdict::invalid, ""});
    }
    return answers;
  }
  std::string version() override { return std::string(engine_->interface()); }

 private:
  using Answer = regress::differential::Answer;
  std::unique_ptr<regress::Engine> engine_;
};

struct Party {
  std::string name;
  std::unique_ptr<Peer> peer;
  KnownList known;
};

Party make_party() {
  const char* const told = std::getenv("PLIMSOLL_FUZZ_PEER");
  const std::string_view peer = told != nullptr ? told : PLIMSOLL_FUZZ_PEER;
  if (peer.starts_with("engine:")) {
    auto engine = regress::Engine::open(peer.substr(7));
    if (!engine) give_up(engine.error());
    return {"engine", std::make_unique<EnginePeer>(*std::move(engine)), {}};
  }
  if (!peer.starts_with("node:")) give_up("PLIMSOLL_FUZZ_PEER is neither node:PROGRAM nor engine:LIBRARY");
  auto arguments = v8_arguments(Features::browsers());
  auto known = KnownList::read(PLIMSOLL_KNOWN_DISAGREEMENTS);
  if (!arguments || !known) give_up(!known ? known.error() : "V8 cannot be without " + arguments.error());
  std::vector<std::string> command{std::string(peer.substr(5)), "--single-threaded"};
  command.insert(command.end(), arguments->begin(), arguments->end());
  command.emplace_back(PLIMSOLL_V8_PEER);
  return {"v8", std::make_unique<TalkingPeer>(std::move(command), std::chrono::seconds(20)), *std::move(known)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Party party = make_party();
  const auto input = std::as_bytes(std::span(data, size));
  const fuzz::Bytes module(input.begin(), input.end());
  Disagreement both{party.name, module, our_verdict(module, Features::browsers()), {}};
  both.theirs = party.peer->judge(std::span(&module, 1)).front();
  if (!differ(both.ours, both.theirs) || party.known.find(both) != nullptr) return 0;
  const bool valid = both.theirs.verdict == regress::differential::Answer::Verdict::valid;
  fuzz::broken("differential", "the verdict is that of " + party.peer->version(), text_of(both.ours),
               valid ? "valid" : "invalid: " + both.theirs.message);
}
