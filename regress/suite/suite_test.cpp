// The reader of suites: what it makes of a suite, and that nothing damaged gets past it.
#include "suite/suite.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <string>
#include <system_error>

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

class SuiteReader : public testing::Test {
 protected:
  SuiteReader() {
    std::string name = (fs::temp_directory_path() / "plimsoll-suite-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
    root_ = name;
    fs::create_directory(root_ / "s");
    write("s/a.wasm", "");
  }
  ~SuiteReader() override { fs::remove_all(root_); }

  fs::path write(const std::string& name, const std::string& content) {
    std::ofstream(root_ / name, std::ios::binary) << content;
    return root_ / name;
  }

  // The reason why a suite with this text is refused; its file is in the error.
  std::string refusal(const std::string& text) {
    const fs::path file = write("s/x.json", text);
    const auto suite = read_suite(file);
    if (suite) return "";
    EXPECT_EQ(suite.error().file, file);
    return suite.error().reason;
  }

  std::string refusal_of_command(const std::string& text) { return refusal(R"({"commands": [)" + text + "]}"); }

  fs::path root_;
};

TEST_F(SuiteReader, ReadsWhatEachCommandDemands) {
  const fs::path file = write("s/x.json", R"({"source_filename": "x.wast", "commands": [
    {"type": "module", "line": 1, "filename": "a.wasm"},
    {"type": "module_definition", "line": 2, "filename": "a.wasm", "module_type": "binary"},
    {"type": "assert_unlinkable", "line": 3, "filename": "a.wasm", "text": "t", "module_type": "binary"},
    {"type": "assert_uninstantiable", "line": 4, "filename": "a.wasm", "text": "t", "module_type": "binary"},
    {"type": "assert_invalid_custom", "line": 5, "filename": "a.wasm", "text": "t", "module_type": "binary"},
    {"type": "assert_malformed_custom", "line": 6, "filename": "a.wasm", "text": "t", "module_type": "binary"},
    {"type": "assert_invalid", "line": 7, "filename": "a.wasm", "text": "t", "features": "wasm1", "component": true},
    {"type": "assert_malformed", "line": 8, "filename": "a.wasm", "text": "t"},
    {"type": "assert_malformed", "line": 9, "filename": "a.wat", "text": "t", "module_type": "text"},
    {"type": "assert_return", "line": 10, "action": {"type": "invoke", "field": "f", "args": []}, "expected": []},
    {"type": "register", "line": 11, "as": "m"}]})");
  const auto suite = read_suite(file);
  ASSERT_TRUE(suite) << suite.error().reason;
  EXPECT_EQ(suite->source, "x.wast");
  EXPECT_EQ(suite->features, "wasm3");
  EXPECT_EQ(suite->others, 3U) << "one in text form, two that run code";
  ASSERT_EQ(suite->commands.size(), 8U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(suite->commands[i].expectation, Expectation::accept) << i;
  EXPECT_EQ(suite->commands[6].expectation, Expectation::reject_invalid);
  EXPECT_EQ(suite->commands[7].expectation, Expectation::reject_malformed);
  EXPECT_EQ(suite->commands[6].line, 7U);
  EXPECT_EQ(suite->commands[6].text, "t");
  EXPECT_EQ(suite->commands[6].features, "wasm1");
  EXPECT_TRUE(suite->commands[6].is_component);
  EXPECT_FALSE(suite->commands[7].is_component);
  EXPECT_EQ(suite->commands[7].file, root_ / "s/a.wasm");
}

TEST_F(SuiteReader, RefusesWhatIsNotASuite) {
  for (const std::string text : {"", "{", "[]", "3", "null", "{}", R"({"commands": {}})", R"({"commands": 3})",
                                 "\xff\xfe", R"({"commands": [], "source_filename": 3})"}) {
    EXPECT_NE(refusal(text), "") << text;
  }
  EXPECT_NE(refusal(std::string(100'000, '[')), "") << "and does not run out of stack";
}

TEST_F(SuiteReader, RefusesACommandWithAWrongOrMissingField) {
  ASSERT_EQ(refusal_of_command(R"({"type": "module", "line": 1, "filename": "a.wasm"})"), "");
  for (const std::string text : {
           R"(3)",
           R"({})",
           R"({"type": 3, "line": 1, "filename": "a.wasm"})",
           R"({"type": "assert_sunk", "line": 1, "filename": "a.wasm"})",
           R"({"type": "module", "filename": "a.wasm"})",
           R"({"type": "module", "line": "1", "filename": "a.wasm"})",
           R"({"type": "module", "line": -1, "filename": "a.wasm"})",
           R"({"type": "module", "line": 1.5, "filename": "a.wasm"})",
           R"({"type": "module", "line": 4294967296, "filename": "a.wasm"})",
           R"({"type": "module", "line": 1})",
           R"({"type": "module", "line": 1, "filename": 3})",
           R"({"type": "module", "line": 1, "filename": "a.wasm", "module_type": "quote"})",
           R"({"type": "module", "line": 1, "filename": "a.wasm", "text": []})",
           R"({"type": "module", "line": 1, "filename": "a.wasm", "features": ["gc"]})",
           R"({"type": "module", "line": 1, "filename": "a.wasm", "component": "yes"})",
       }) {
    EXPECT_TRUE(refusal_of_command(text).starts_with("command 1: ")) << text;
  }
}

TEST_F(SuiteReader, RefusesABinaryThatIsMissingOrElsewhere) {
  write("outside.wasm", "");
  fs::create_directory(root_ / "s/folder");
  for (const std::string name :
       {"missing.wasm", "../outside.wasm", "/dev/null", "", ".", "..", "folder", "a.wasm\\u0000"}) {
    EXPECT_NE(refusal_of_command(R"({"type": "module", "line": 1, "filename": ")" + name + "\"}"), "") << name;
  }
  EXPECT_NE(refusal_of_command(R"({"type": "module", "line": 1, "filename": "missing.wasm"})").find("missing.wasm"),
            std::string::npos);
}

TEST_F(SuiteReader, TakesFeaturesFromTheIndexBesideOrAbove) {
  const fs::path file = write("s/x.json", R"({"commands": []})");
  write("suites.json", R"({"s": {"features": "wasm1,threads"}, "t": {"features": "wasm2"}})");
  EXPECT_EQ(read_suite(file)->features, "wasm1,threads");
  write("s/suites.json", R"({"s": {"features": "wasm2"}})");
  EXPECT_EQ(read_suite(file)->features, "wasm2") << "the nearer one wins";
  write("s/suites.json", R"({"t": {"features": "wasm2"}})");
  EXPECT_EQ(read_suite(file)->features, "wasm1,threads") << "the nearer one does not list the folder";
  write("suites.json", R"({})");
  EXPECT_EQ(read_suite(file)->features, "wasm3");
}

TEST_F(SuiteReader, RefusesADamagedIndexAndNamesIt) {
  const fs::path file = write("s/x.json", R"({"commands": []})");
  for (const std::string text : {"", "[]", R"({"s": 3})", R"({"s": {"features": 3}})"}) {
    const fs::path index = write("suites.json", text);
    const auto suite = read_suite(file);
    ASSERT_FALSE(suite) << text;
    EXPECT_EQ(suite.error().file, index);
  }
}

TEST_F(SuiteReader, FindsTheSuitesOfAFolderByName) {
  write("s/b.json", "");
  write("s/a.json", "");
  write("s/suites.json", "");
  write("s/readme.txt", "");
  const auto found = find_suites(root_ / "s");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector{root_ / "s/a.json", root_ / "s/b.json"}));
  EXPECT_EQ(*find_suites(root_ / "s/b.json"), (std::vector{root_ / "s/b.json"}));
  EXPECT_FALSE(find_suites(root_ / "missing"));
  EXPECT_FALSE(find_suites(root_)) << "a folder without suites";
  EXPECT_FALSE(find_suites("/dev/null"));
}

TEST_F(SuiteReader, FeaturesForACommand) {
  Suite suite{.file = "x.json", .source = {}, .features = "wasm1,threads", .commands = {}};
  SuiteCommand command;
  EXPECT_EQ(*features_for(suite, command, {}), Features::wasm1().add(Feature::threads));
  EXPECT_EQ(*features_for(suite, command, Features::wasm2()), Features::wasm2());
  command.features = "wasm3";
  EXPECT_EQ(*features_for(suite, command, Features::wasm2()), Features::wasm3());
  command.features = "warp-drive";
  const auto unknown = features_for(suite, command, {});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().reason.find("warp-drive"), std::string::npos);
}

TEST_F(SuiteReader, ReadsBytesUpToABound) {
  const fs::path file = write("s/b.wasm", std::string(100'000, 'x'));
  EXPECT_EQ(read_bytes(file, 100'000)->size(), 100'000U);
  EXPECT_FALSE(read_bytes(file, 99'999));
  EXPECT_EQ(read_bytes(root_ / "s/a.wasm")->size(), 0U);
  EXPECT_FALSE(read_bytes(root_ / "s"));
  EXPECT_FALSE(read_bytes(root_ / "missing"));
}

TEST(Judge, AcceptAndRejectAreStrict) {
  SuiteCommand command;
  const Error error{.code = ErrorCode::type_mismatch};
  EXPECT_TRUE(judge(command, nullptr).passed);
  EXPECT_FALSE(judge(command, &error).passed);
  command.expectation = Expectation::reject_invalid;
  EXPECT_FALSE(judge(command, nullptr).passed);
  EXPECT_TRUE(judge(command, &error).passed);
  command.expectation = Expectation::reject_malformed;
  EXPECT_TRUE(judge(command, &error).passed);
}

TEST(Judge, ReasonsAreSoft) {
  const Error error{.code = ErrorCode::type_mismatch};
  SuiteCommand command;
  command.expectation = Expectation::reject_invalid;
  command.text = "type mismatch";
  EXPECT_TRUE(judge(command, &error).kind_agrees);
  EXPECT_TRUE(judge(command, &error).text_agrees);
  command.expectation = Expectation::reject_malformed;
  command.text = "unexpected end";
  EXPECT_FALSE(judge(command, &error).kind_agrees);
  EXPECT_FALSE(judge(command, &error).text_agrees);
}

TEST(Judge, RunningOutOfMemoryIsNoRejection) {
  SuiteCommand command;
  command.expectation = Expectation::reject_invalid;
  const Error error{.code = ErrorCode::out_of_memory};
  EXPECT_FALSE(judge(command, &error).passed);
}

TEST(OfficialSuites, AllCanBeReadAndHaveTheListedCounts) {
  const fs::path folder = fs::path(PLIMSOLL_SHARED) / "spec";
  if (!fs::exists(folder / "core")) GTEST_SKIP() << "no official suites in " << folder << "; see run_official_suite.sh";
  std::size_t commands = 0;
  for (const char* name : {"core", "custom"}) {
    const auto files = find_suites(folder / name);
    ASSERT_TRUE(files);
    for (const fs::path& file : *files) {
      const auto suite = read_suite(file);
      ASSERT_TRUE(suite) << suite.error().reason;
      EXPECT_EQ(suite->others, 0U) << file;
      commands += suite->commands.size();
    }
  }
  EXPECT_EQ(commands, 4142U);
}

}  // namespace
}  // namespace plimsoll::regress
