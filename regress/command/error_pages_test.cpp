// The pages about errors: every code has one, and every code that a module can yield has a module in corpus/errors that does.
#include "command/error_pages.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "assemble/assemble.hpp"
#include "command/error_examples.hpp"
#include "plimsoll/load.hpp"

namespace plimsoll::regress {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST(ErrorExamples, YieldTheCodeThatTheyAreNamedBy) {
  for (const ErrorRow& row : error_table()) {
    if (row.kind == ErrorKind::resource) continue;
    const LoadedExample example = load_example(row.name);
    EXPECT_EQ(example.problem, "") << row.name;
    if (!example.error) ADD_FAILURE() << "corpus/errors/" << row.name << ".hex is valid, or is not there";
    if (!example.error) continue;
    EXPECT_EQ(name(example.error->code), row.name) << describe(*example.error);
    const Expectation expectation = parse_expectation(example.source);
    EXPECT_EQ(expectation.reason, row.name);
    ASSERT_TRUE(expectation.offset) << row.name << " does not say where: ;; at: " << example.error->offset;
    EXPECT_EQ(example.error->offset, *expectation.offset) << row.name;
    EXPECT_TRUE(example.source.starts_with("# ")) << row.name << " does not say what it is about";
  }
}

TEST(ErrorExamples, AreOfCodesThatThereAre) {
  for (const ErrorExample& example : error_examples()) {
    const ErrorRow* row = find_error(example.code);
    ASSERT_NE(row, nullptr) << example.code;
    EXPECT_NE(row->kind, ErrorKind::resource) << example.code;
  }
  EXPECT_EQ(find_error("no_such_code"), nullptr);
  EXPECT_EQ(load_example("no_such_code").problem, "there is none");
}

// Wherever a feature would help, turning it on brings another answer.
TEST(ErrorExamples, GetAnotherAnswerWithTheFeatureThatTheyName) {
  std::size_t named = 0;
  for (const ErrorExample& source : error_examples()) {
    const LoadedExample example = load_example(source.code);
    ASSERT_TRUE(example.error.has_value()) << source.code;
    if (example.error->feature == Feature::none) continue;
    ++named;
    Options options;
    options.features = Features::parse(example.features, Features::browsers()).value().add(example.error->feature);
    const LoadResult result = load(BorrowedBytes(std::span<const std::byte>(example.bytes)), options);
    EXPECT_TRUE(result.has_value() || result.error() != *example.error) << source.code;
  }
  EXPECT_GE(named, 5U);
}

TEST(ErrorPages, SayWhatTheTableSays) {
  for (const ErrorRow& row : error_table()) {
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.name;
    EXPECT_TRUE(row.mend.ends_with('.')) << row.name;
    const bool has_rule = row.kind == ErrorKind::malformed || row.kind == ErrorKind::invalid;
    EXPECT_EQ(row.specification.empty() && has_rule, false) << row.name << " names no section";
    for (const PageForm form : {PageForm::text, PageForm::markdown}) {
      const std::string page = error_page(row, form);
      EXPECT_TRUE(contains(page, row.name)) << row.name;
      EXPECT_TRUE(contains(page, row.message)) << row.name;
      EXPECT_TRUE(contains(page, row.meaning.substr(0, 30))) << page;
      EXPECT_TRUE(contains(page, row.mend.substr(0, 15))) << page;
      EXPECT_TRUE(contains(page, row.specification)) << page;
      EXPECT_FALSE(contains(page, "of no use:")) << page;
      EXPECT_EQ(contains(page, ".wasm: invalid: 0x"), row.kind != ErrorKind::resource) << page;
      EXPECT_LT(page.size(), 8000U) << row.name;
    }
    EXPECT_TRUE(error_page(row, PageForm::markdown).starts_with("# ")) << row.name;
    EXPECT_TRUE(contains(error_index(PageForm::text), row.name)) << row.name;
    EXPECT_TRUE(contains(error_index(PageForm::markdown), std::string(row.name) + ".md)")) << row.name;
  }
}

TEST(ErrorPages, NameTheFeatureThatHelps) {
  EXPECT_TRUE(contains(error_page(*find_error("multiple_memories"), PageForm::text), "--features multi-memory."));
}

}  // namespace
}  // namespace plimsoll::regress
