// The comparison: talking to peers, the list of known disagreements, and cutting modules down.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "assemble/assemble.hpp"
#include "differential/comparison.hpp"
#include "differential/crash_input.hpp"
#include "differential/peer_features.hpp"
#include "differential/report.hpp"
#include "differential/smith_modules.hpp"
#include "mutate/mutate.hpp"
#include "smith/smith.hpp"

namespace plimsoll::regress::differential {
namespace {

using namespace std::chrono_literals;
using enum Answer::Verdict;

Bytes bytes_of(const std::string& source) {
  auto bytes = assemble("00 \"asm\" 01 00 00 00 " + source);
  EXPECT_TRUE(bytes.has_value()) << source;
  return bytes.value_or(Bytes{});
}

std::vector<std::string> fake(const std::string& what, const std::string& byte = {}) {
  return {PLIMSOLL_FAKE_PEER, what, byte};
}

// A module with one custom section that holds a byte.
Bytes holding(int byte) {
  Bytes module = bytes_of("00 { {\"x\"} 00 }");
  module.back() = static_cast<std::byte>(byte);
  return module;
}

std::vector<Answer::Verdict> verdicts(const std::vector<Answer>& answers) {
  std::vector<Answer::Verdict> result;
  for (const Answer& answer : answers) result.push_back(answer.verdict);
  return result;
}

// ---- peers

TEST(TalkingPeer, AnswersInOrderForAsLongAsItIsAsked) {
  TalkingPeer peer(fake("invalid", "07"), 5s);
  EXPECT_EQ(peer.version(), "a fake");
  for (int round = 0; round < 3; ++round) {
    const std::vector<Bytes> modules{holding(1), holding(7), Bytes{}, holding(7)};
    const std::vector<Answer> answers = peer.judge(modules);
    EXPECT_EQ(verdicts(answers), (std::vector{valid, invalid, valid, invalid}));
    EXPECT_EQ(answers[1].message, "byte 7 found @+9");
  }
  EXPECT_EQ(peer.starts(), 1U);
}

// More than any pipe holds, both ways at once.
TEST(TalkingPeer, TakesBatchesLargerThanAPipe) {
  TalkingPeer peer(fake("invalid", "07"), 5s);
  Bytes large = holding(1);
  large.resize(3'000'000);
  const std::vector<Bytes> modules(3, large);
  EXPECT_EQ(verdicts(peer.judge(modules)), std::vector(3, valid));
  EXPECT_EQ(verdicts(peer.judge(std::vector<Bytes>(20'000, holding(7)))), std::vector(20'000, invalid));
}

TEST(TalkingPeer, IsStartedAgainWhenItCrashesAndTheModuleIsKnown) {
  TalkingPeer peer(fake("crash", "07"), 5s);
  const std::vector<Bytes> modules{holding(1), holding(7), holding(2), holding(7), holding(7), holding(3)};
  const std::vector<Answer> answers = peer.judge(modules);
  EXPECT_EQ(verdicts(answers), (std::vector{valid, none, valid, none, none, valid}));
  EXPECT_EQ(answers[1].message, "it ended: status 3");
  EXPECT_EQ(peer.starts(), 4U);
}

TEST(TalkingPeer, IsStartedAgainWhenItStaysSilent) {
  TalkingPeer peer(fake("silent", "07"), 300ms);
  const std::vector<Bytes> modules{holding(1), holding(7), holding(2)};
  const std::vector<Answer> answers = peer.judge(modules);
  EXPECT_EQ(verdicts(answers), (std::vector{valid, none, valid}));
  EXPECT_EQ(answers[1].message, "no answer within 300 ms");
}

TEST(TalkingPeer, ThatDoesNotGreetIsNone) {
  TalkingPeer peer(fake("greet-not"), 300ms);
  EXPECT_THROW(peer.judge(std::vector<Bytes>(1)), std::runtime_error);
  TalkingPeer missing({"/nowhere/node"}, 300ms);
  EXPECT_THROW(missing.judge(std::vector<Bytes>(1)), std::system_error);
}

// A shell stands for a tool: the file it is given is its $0.
ToolPeer tool(const std::string& script) { return {{"sh", "-c", script}, "a shell", 500ms}; }

TEST(ToolPeer, GivesTheVerdictOfAnExitCode) {
  EXPECT_EQ(tool("test -s \"$0\"").judge(std::vector<Bytes>(1, holding(1))).front().verdict, valid);
  const Answer answer = tool("echo \"$0: it is bad\" >&2; exit 1").judge(std::vector<Bytes>(1)).front();
  EXPECT_EQ(answer.verdict, invalid);
  EXPECT_EQ(answer.message, "FILE: it is bad ");
}

TEST(ToolPeer, GivesNoVerdictWhenItCrashesOrHangs) {
  EXPECT_EQ(tool("kill -SEGV $$").judge(std::vector<Bytes>(1)).front().message, "it ended: signal 11");
  EXPECT_EQ(tool("exec sleep 60").judge(std::vector<Bytes>(1)).front().message, "no answer within 500 ms");
}

TEST(PeerFeatures, AreWhatThePeersCallThem) {
  const Features wasm3 = Features::wasm3();
  EXPECT_EQ(v8_arguments(Features::browsers()).value().size(), 1U);
  EXPECT_EQ(v8_arguments(Features::browsers().remove(Feature::legacy_exceptions)).value().front(),
            "--no-experimental-wasm-legacy-eh");
  EXPECT_EQ(v8_arguments(wasm3).error(), "threads");
  EXPECT_EQ(v8_arguments(Features::browsers().remove(Feature::gc)).error(), "gc");
  EXPECT_EQ(wasm_tools_arguments(Features::wasm1()).value(), std::vector<std::string>{"--features=mvp,mutable-global"});
  EXPECT_EQ(wabt_arguments(wasm3).error(), "exceptions without legacy-exceptions, or the other way round");
  const auto wabt = wabt_arguments(wabt_features());
  ASSERT_TRUE(wabt.has_value());
  EXPECT_EQ(std::ranges::count(*wabt, "--enable-exceptions"), 1);
  EXPECT_EQ(std::ranges::count(*wabt, "--enable-gc"), 0);
}

// ---- the list

Disagreement type_mismatch() {
  Disagreement found{.peer = "v8", .bytes = bytes_of("01 02 03 04"), .ours = Error{}, .theirs = {valid, ""}};
  found.ours->code = ErrorCode::type_mismatch;
  found.ours->offset = 10;
  return found;
}

Disagreement refused() {
  return {.peer = "v8",
          .bytes = bytes_of("01 02 03 04"),
          .ours = std::nullopt,
          .theirs = {invalid, "table of 17 entries @+4"}};
}

// A list of one rule: the members given, on top of those that every rule has.
std::expected<KnownList, std::string> list(const std::string& members) {
  return KnownList::parse(R"([{"id": "a", "peer": "v8", "right": "plimsoll", "reason": "r", "example": "00")" +
                          (members.empty() ? "" : ", " + members) + "}]");
}

bool knows(const std::string& members, const Disagreement& disagreement) {
  return list(members).value().find(disagreement) != nullptr;
}

TEST(KnownList, HoldsWhereEverythingARuleHasHolds) {
  const std::string accepted = R"("ours": "type_mismatch", "theirs": "valid")";
  EXPECT_TRUE(knows(accepted, type_mismatch()));
  EXPECT_TRUE(knows(accepted + R"(, "text": "^invalid: type_mismatch: type mismatch")", type_mismatch()));
  EXPECT_FALSE(knows(accepted + R"(, "text": "ref.eq")", type_mismatch()));
  EXPECT_TRUE(knows(accepted + R"(, "bytes": "^0304$")", type_mismatch()));
  EXPECT_FALSE(knows(accepted + R"(, "bytes": "^04")", type_mismatch()));
  EXPECT_FALSE(knows(accepted, refused()));
  EXPECT_FALSE(knows(R"("ours": "unknown_type", "theirs": "valid")", type_mismatch()));
  EXPECT_FALSE(knows(R"("ours": "type_mismatch", "theirs": "none")", type_mismatch()));

  const std::string refuses = R"("ours": "valid", "theirs": "invalid")";
  EXPECT_TRUE(knows(refuses + R"(, "answer": "^table of \\d+ entries")", refused()));
  EXPECT_FALSE(knows(refuses + R"(, "answer": "memory")", refused()));
  Disagreement other = refused();
  other.peer = "wabt";
  EXPECT_FALSE(knows(refuses, other));
}

TEST(KnownList, TellsDeadCodeFromOther) {
  const std::string rule = R"("ours": "type_mismatch", "theirs": "valid", "where": "dead code")";
  const auto found_in = [](const std::string& code) {
    Disagreement found{.peer = "v8", .bytes = {}, .ours = std::nullopt, .theirs = {valid, ""}};
    found.bytes = bytes_of("01 { leb(1) 60 00 00 } 03 { leb(1) 00 } 0a { leb(1) { 00 " + code + " } }");
    found.ours = our_verdict(found.bytes, Features::browsers());
    return found;
  };
  EXPECT_TRUE(knows(rule, found_in("00 43 00000000 45 1a 0b")));
  EXPECT_FALSE(knows(rule, found_in("0f 02 40 43 00000000 45 1a 0b 0b")));  // a block in dead code starts anew
  EXPECT_TRUE(knows(rule, found_in("41 00 0f 43 00000000 45 1a 0b")));
  EXPECT_FALSE(knows(rule, found_in("41 00 41 00 41 00 43 00000000 45 1a 0b")));
  EXPECT_FALSE(knows(rule, found_in("02 40 00 0b 43 00000000 45 1a 0b")));
}

TEST(KnownList, LooksAtAnErrorBehindTheEnd) {
  Disagreement at_end = type_mismatch();
  at_end.ours->offset = static_cast<std::uint32_t>(at_end.bytes.size());
  EXPECT_TRUE(knows(R"("ours": "type_mismatch", "theirs": "valid", "bytes": "^$")", at_end));
}

TEST(KnownList, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(KnownList::parse("{").error(), "it is not a JSON array");
  EXPECT_EQ(list("").error(), "rule 1, a: ours is missing");
  EXPECT_EQ(list(R"("ours": "valid", "theirs": "maybe")").error(), "rule 1, a: theirs is none of valid, invalid, none");
  EXPECT_EQ(list(R"("ours": "valid", "theirs": "invalid", "why": "x")").error(), "rule 1, a: there is no member why");
  EXPECT_EQ(list(R"("ours": "valid", "theirs": "invalid", "example": "0")").error(),
            "rule 1, a: example does not assemble: odd number of hexadecimal digits in '0'");
  EXPECT_EQ(list(R"("ours": "valid", "theirs": 1)").error(), "rule 1, a: theirs is not a string");
  EXPECT_EQ(list(R"("ours": "valid", "theirs": "invalid", "bytes": "00")").error(),
            "rule 1, a: bytes and where are about our error, and there is none");
  EXPECT_EQ(list(R"("ours": "valid", "theirs": "invalid", "features": "gc,flags")").error(),
            "rule 1, a: there is no feature flags");
  EXPECT_EQ(list(R"("ours": "type_mismatch", "theirs": "valid", "where": "here")").error(),
            "rule 1, a: where is not dead code");
  const std::string no_regex = list(R"-("ours": "valid", "theirs": "invalid", "answer": "(")-").error();
  EXPECT_TRUE(no_regex.starts_with("rule 1, a: answer is no regular expression")) << no_regex;
  EXPECT_EQ(KnownList::read("/nowhere").error(), "it cannot be read");
}

Features united(Features set, Features more) {
  for (const FeatureRow& row : feature_table())
    if (more.has(row.feature)) set.add(row.feature);
  return set;
}

TEST(KnownList, OfTheProjectCanBeUsed) {
  const auto known = KnownList::read(PLIMSOLL_KNOWN_DISAGREEMENTS);
  ASSERT_TRUE(known.has_value()) << known.error();
  for (const KnownRule& rule : known->rules()) {
    EXPECT_GT(rule.reason.size(), 30U) << rule.id;
    EXPECT_TRUE(rule.text || rule.answer || rule.bytes) << rule.id << " would hide too much";
    // What is said of us holds for the example; what is said of the peer, the peer alone can tell (quick_test.sh).
    const Disagreement example{.peer = rule.peer,
                               .bytes = rule.example,
                               .ours = our_verdict(rule.example, united(Features::browsers(), rule.needs)),
                               .theirs = {}};
    KnownRule ours = rule;
    ours.theirs = "none";
    ours.answer.reset();
    EXPECT_TRUE(holds(ours, example)) << rule.id << ": " << text_of(example.ours);
  }
}

TEST(Signature, IsTheSameForOtherNumbers) {
  Disagreement other = refused();
  other.theirs.message = "table of 4 entries @+99";
  EXPECT_EQ(signature(other), signature(refused()));
  other.theirs.message = "memory of 4 entries";
  EXPECT_NE(signature(other), signature(refused()));
}

// ---- all of it

// Finds every module valid, but those in which i32.add follows i32.const behind a call: a rule that is wrong.
class WrongPeer : public Peer {
 public:
  std::vector<Answer> judge(std::span<const Bytes> modules) override {
    std::vector<Answer> answers;
    for (const Bytes& module : modules) {
      const auto error = our_verdict(module, Features::browsers());
      const bool wrong = hex(module).find("6a1a") != std::string::npos;
      answers.push_back(error || wrong ? Answer{invalid, "byte 4711: does not like this @+3"} : Answer{valid, ""});
    }
    return answers;
  }
  std::string version() override { return "a planted fault"; }
};

Comparison against_wrong_peer(const std::string& known) {
  std::vector<Party> parties;
  parties.push_back({"wrong", Features::browsers(), std::make_unique<WrongPeer>()});
  return {std::move(parties), KnownList::parse(known).value()};
}

const char* const add_and_drop =
    "01 { leb(1) 60 00 00 }  03 { leb(1) 00 }"
    "0a { leb(1) { 00  02 40  01 0b  41 05 41 06 6a 1a  01 0b } }";

TEST(Comparison, FindsShowsAndCutsDownAPlantedDisagreement) {
  Comparison comparison = against_wrong_peer("[]");
  const std::vector<Bytes> pool{bytes_of(add_and_drop), bytes_of(""), bytes_of("05 { leb(1) 00 01 }")};
  const fuzz::Mutator mutator(pool, 1, fuzz::Mutator::Style::structural);
  std::vector<Bytes> mutants;
  for (std::uint64_t number = 0; number < 200; ++number) mutants.push_back(mutator.make(number).bytes);
  comparison.compare(mutants, [](std::size_t number) { return "mutant " + std::to_string(number); });
  comparison.minimize_findings();
  ASSERT_EQ(comparison.findings().size(), 1U);
  const Finding& finding = comparison.findings().front();
  EXPECT_GT(finding.count, 10U);
  EXPECT_LE(finding.smallest.bytes.size(), finding.whole.bytes.size());
  EXPECT_NE(hex(finding.smallest.bytes).find("6a1a"), std::string::npos);
  EXPECT_LE(finding.smallest.bytes.size(), 30U) << hex(finding.smallest.bytes);
  EXPECT_FALSE(finding.smallest.ours.has_value());

  const std::string text = text_report(comparison, {.modules = 0, .mutants = 200, .seed = 1, .seconds = 1});
  EXPECT_NE(text.find("disagreement 1, seen " + std::to_string(finding.count)), std::string::npos) << text;
  EXPECT_NE(text.find("plimsoll  valid"), std::string::npos) << text;
  EXPECT_NE(text.find("invalid: byte 4711: does not like this"), std::string::npos) << text;
  EXPECT_NE(text.find("00 61 73 6d 01 00 00 00"), std::string::npos) << text;
  const nlohmann::json report = json_report(comparison, {.modules = 0, .mutants = 200, .seed = 1, .seconds = 1});
  EXPECT_EQ(report["unknown"][0]["bytes"], hex(finding.smallest.bytes));
  EXPECT_EQ(report["peers"][0]["unknown"], finding.count);
}

TEST(Comparison, TellsARuleWhoseExampleDoesNotShowIt) {
  const std::string rule = R"("peer": "wrong", "ours": "valid", "theirs": "invalid", "answer": "does not like",
      "right": "plimsoll", "reason": "planted")";
  const std::string example = hex(bytes_of(add_and_drop));  // digits assemble to themselves
  Comparison comparison = against_wrong_peer(R"([{"id": "true", "example": ")" + example + R"(", )" + rule +
                                             R"(}, {"id": "stale", "example": "0061736d01000000", )" + rule +
                                             R"(}, {"id": "elsewhere", "example": "0061736d01000000", )" +
                                             R"("features": "stack-switching", )" + rule + "}]");
  const auto stale = comparison.check_examples();
  ASSERT_EQ(stale.size(), 1U);
  EXPECT_EQ(stale.front()->id, "stale");
}

TEST(Comparison, CountsWhatIsKnown) {
  Comparison comparison =
      against_wrong_peer(R"([{"id": "dislike", "peer": "wrong", "ours": "valid", "theirs": "invalid",
      "answer": "does not like", "right": "plimsoll", "reason": "planted", "example": "00"}])");
  comparison.compare(std::vector<Bytes>{bytes_of(add_and_drop), bytes_of("")},
                     [](std::size_t) { return std::string(); });
  EXPECT_TRUE(comparison.findings().empty());
  EXPECT_EQ(comparison.count_of(comparison.known().rules().front()), 1U);
  EXPECT_EQ(comparison.figures(comparison.parties().front()).known, 1U);
  EXPECT_NE(text_report(comparison, {}).find("dislike (right: plimsoll): planted"), std::string::npos);
}

// ---- the smith's modules

TEST(SmithModules, HaveEveryFeatureAloneAndWithOthersAndNone) {
  const Features offered = Features::browsers();
  const std::size_t features = feature_table().size();
  for (const FeatureRow& row : feature_table()) {
    std::size_t least = features;
    std::size_t most = 0;
    std::size_t without = 0;
    for (std::uint64_t number = 0; number < 4 * features; ++number) {
      const Features set = smith_features(1, number, offered);
      EXPECT_EQ(set, fuzz::sensible(set));
      const auto size = static_cast<std::size_t>(
          std::ranges::count_if(feature_table(), [&](const FeatureRow& other) { return set.has(other.feature); }));
      if (!set.has(row.feature)) {
        without = std::max(without, size);
        continue;
      }
      least = std::min(least, size);
      most = std::max(most, size);
    }
    // What it needs: at most references, typed ones, gc, and one more.
    EXPECT_LE(least, 5U) << row.name;
    EXPECT_GE(most, 20U) << row.name;
    EXPECT_GE(without, 10U) << row.name;
  }
}

// A peer with few features, which finds every module with code invalid that is longer than 300 bytes.
class StrictPeer : public Peer {
 public:
  std::vector<Answer> judge(std::span<const Bytes> modules) override {
    std::vector<Answer> answers;
    for (const Bytes& module : modules) {
      EXPECT_FALSE(our_verdict(module, Features::wasm1()));
      answers.push_back(module.size() > 300 ? Answer{invalid, "too long"} : Answer{valid, ""});
    }
    return answers;
  }
  std::string version() override { return "strict"; }
};

TEST(SmithModules, AreAskedOfWhoHasTheirFeatures) {
  std::vector<Party> parties;
  parties.push_back({"strict", Features::wasm1(), std::make_unique<StrictPeer>()});
  Comparison comparison(std::move(parties), KnownList());
  SmithFigures figures;
  compare_smith(1, 0, 300, comparison, figures);
  compare_smith(1, 300, 100, comparison, figures);
  EXPECT_TRUE(figures.refusals.empty());
  EXPECT_EQ(figures.modules, 400U);
  EXPECT_EQ(figures.modules, figures.alone + comparison.figures(comparison.parties().front()).compared);
  EXPECT_GT(figures.alone, 100U);
  ASSERT_EQ(comparison.findings().size(), 1U);
  EXPECT_GT(comparison.findings().front().count, 5U);
  EXPECT_TRUE(comparison.findings().front().origin.starts_with("smith "));
}

TEST(SmithModules, ThatAreRefusedAreTold) {
  const auto no_loops = [](std::span<const std::byte> module, Features features) {
    auto error = our_verdict(module, features);
    if (!error && hex(module).find("0340") != std::string::npos) error.emplace().code = ErrorCode::illegal_opcode;
    return error;
  };
  Comparison comparison({}, KnownList(), no_loops);
  SmithFigures figures;
  compare_smith(1, 0, 400, comparison, figures);
  ASSERT_FALSE(figures.refusals.empty());
  const Refusal& one = figures.refusals.front();
  EXPECT_EQ(one.bytes, smith_module(1, one.number, one.features));
  const std::string number = "refused: smith " + std::to_string(one.number) + " with mvp";
  const std::size_t count = figures.refusals.size();
  RunFigures run{.modules = 0, .mutants = 0, .seed = 1, .seconds = 1, .smith = std::move(figures)};
  const std::string text = text_report(comparison, run);
  EXPECT_NE(text.find(number), std::string::npos) << text;
  EXPECT_NE(text.find("smith: 400 modules"), std::string::npos) << text;
  EXPECT_EQ(json_report(comparison, run)["smith"]["refused"].size(), count);
}

TEST(CrashInput, IsLeftBehind) {
  const Bytes module = bytes_of("01 02 03");
  const auto crash = [&] {
    keep_crash_input();
    set_crash_input(module);
    std::raise(SIGSEGV);
    std::raise(SIGSEGV);  // the handler came back: now it ends
  };
  // In the current folder, which is not for tests to leave something in.
  std::string folder = testing::TempDir() + "plimsoll-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  EXPECT_EXIT(crash(), testing::KilledBySignal(SIGSEGV), "its input is in differential-crash.wasm");
  std::ifstream file("differential-crash.wasm", std::ios::binary);
  const std::string left(std::istreambuf_iterator<char>(file), {});
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
  EXPECT_EQ(hex(std::as_bytes(std::span(left))), hex(module));
}

// What is wrong may be ours: a verdict that takes every alignment for right is found among mutants.
TEST(Comparison, FindsAWrongRuleOfOurs) {
  class RightPeer : public WrongPeer {
    std::vector<Answer> judge(std::span<const Bytes> modules) override {
      std::vector<Answer> answers;
      for (const Bytes& module : modules)
        answers.push_back({our_verdict(module, Features::browsers()) ? invalid : valid, ""});
      return answers;
    }
  };
  std::vector<Party> parties;
  parties.push_back({"right", Features::browsers(), std::make_unique<RightPeer>()});
  Comparison comparison(std::move(parties), KnownList(), [](std::span<const std::byte> module, Features features) {
    auto error = our_verdict(module, features);
    if (error && error->code == ErrorCode::bad_alignment) error.reset();
    return error;
  });
  const std::vector<Bytes> pool{
      bytes_of("01 { leb(1) 60 00 00 } 03 { leb(1) 00 } 05 { leb(1) 00 01 }"
               "0a { leb(1) { 00 41 00 28 02 00 1a 0b } }")};
  const fuzz::Mutator mutator(pool, 1, fuzz::Mutator::Style::structural);
  for (std::uint64_t number = 0; number < 1'000; ++number) {
    comparison.compare(std::vector<Bytes>{mutator.make(number).bytes}, [](std::size_t) { return std::string("here"); });
  }
  comparison.minimize_findings();
  ASSERT_EQ(comparison.findings().size(), 1U);
  EXPECT_LE(comparison.findings().front().smallest.bytes.size(), 40U);
}

}  // namespace
}  // namespace plimsoll::regress::differential
