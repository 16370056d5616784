// `plimsoll errors` as it is run.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "command/run_command.hpp"
#include "plimsoll/error.hpp"

namespace plimsoll::regress {
namespace {

namespace fs = std::filesystem;

TEST(ErrorsCommand, ListsEveryCodeOnALineOfItsOwn) {
  const Outcome outcome = run_command({"errors"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(outcome.out, '\n')), error_table().size());
  for (const ErrorRow& row : error_table()) EXPECT_TRUE(outcome.out.contains(row.name)) << row.name;
}

TEST(ErrorsCommand, ExplainsACode) {
  const Outcome outcome = run_command({"errors", "type_mismatch", "bad_magic"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.starts_with("type_mismatch\n")) << outcome.out;
  EXPECT_TRUE(outcome.out.contains(
      "type_mismatch.wasm: invalid: 0x1b: type mismatch: expected i32, found i64 (in i32.add) in function 0"))
      << outcome.out;
  EXPECT_TRUE(outcome.out.contains("\nbad_magic\n")) << outcome.out;
}

TEST(ErrorsCommand, AnUnknownCodeIsMisuse) {
  const Outcome outcome = run_command({"errors", "type_mismatch", "sink"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(outcome.err.contains("'sink'")) << outcome.err;
}

TEST(ErrorsCommand, IsJsonWhenAsked) {
  const Outcome outcome = run_command({"errors", "--json"});
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json.size(), error_table().size());
  EXPECT_EQ(json[0]["code"], "unexpected_end");
  EXPECT_EQ(json[0]["kind"], "malformed");
}

TEST(ErrorsCommand, WritesAPageForEachCode) {
  const TemporaryFolder folder;
  const std::string target = folder.path() / "new" / "pages";
  const Outcome outcome = run_command({"errors", "--markdown", target});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(static_cast<std::size_t>(std::distance(fs::directory_iterator(target), fs::directory_iterator())),
            error_table().size() + 1);
  for (const ErrorRow& row : error_table()) {
    std::ifstream page(fs::path(target) / (std::string(row.name) + ".md"));
    std::string first;
    std::getline(page, first);
    EXPECT_EQ(first, "# " + std::string(row.name));
  }
}

TEST(ErrorsCommand, AFolderThatCannotBeMadeIsAnError) {
  const TemporaryFolder folder;
  const Outcome outcome = run_command({"errors", "--markdown", folder.write("file", "") + "/below"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.err.starts_with("plimsoll: ")) << outcome.err;
}

}  // namespace
}  // namespace plimsoll::regress
