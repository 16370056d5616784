// `plimsoll features` as it is run.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command/run_command.hpp"
#include "plimsoll/features.hpp"

namespace plimsoll::regress {
namespace {

nlohmann::json listed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"features", "--json"});
  const Outcome outcome = run_command(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  nlohmann::json features;
  for (const auto& feature : nlohmann::json::parse(outcome.out)) features[feature.at("name")] = feature;
  return features;
}

TEST(FeaturesCommand, ListsEachFeatureOnALine) {
  const Outcome outcome = run_command({"features"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  for (const FeatureRow& row : feature_table()) {
    EXPECT_TRUE(outcome.out.contains(row.name)) << row.name;
    EXPECT_TRUE(outcome.out.contains(row.summary)) << row.name;
  }
}

TEST(FeaturesCommand, SaysPhaseAndGroups) {
  const nlohmann::json features = listed({});
  EXPECT_EQ(features.size(), feature_table().size());
  const std::vector<std::string> since3 = {"wasm3", "browsers", "all"};
  EXPECT_EQ(features["gc"]["groups"], since3);
  EXPECT_EQ(features["gc"]["phase"], 5);
  EXPECT_EQ(features["threads"]["groups"], (std::vector<std::string>{"browsers", "all"}));
  EXPECT_EQ(features["threads"]["phase"], 4);
  EXPECT_EQ(features["stack-switching"]["groups"], std::vector<std::string>{"all"});
  EXPECT_EQ(features["stack-switching"]["phase"], 3);
  EXPECT_TRUE(features["legacy-exceptions"]["phase"].is_null());
}

TEST(FeaturesCommand, SaysWhatAListTurnsOn) {
  const nlohmann::json features = listed({"--features", "wasm1,stack-switching"});
  EXPECT_EQ(features["stack-switching"]["on"], true);
  EXPECT_EQ(features["mutable-global"]["on"], true);
  EXPECT_EQ(features["gc"]["on"], false);
  EXPECT_EQ(listed({})["gc"]["on"], true);
}

TEST(FeaturesCommand, AnUnknownFeatureIsMisuse) {
  const Outcome outcome = run_command({"features", "--features", "sink"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(outcome.err.contains("unknown feature 'sink'")) << outcome.err;
}

}  // namespace
}  // namespace plimsoll::regress
