// A program without the heap hooks must not get a report that says "nothing was allocated".
#include <gtest/gtest.h>

#include "ledger/recording.hpp"

namespace plimsoll::regress {
namespace {

TEST(RecordingWithoutHooks, BeginSaysThatTheHooksAreMissing) {
  EXPECT_EQ(heap_hooks(), HeapHooks::missing);
  Recording recording;
  const auto begun = recording.begin({});
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error(), RecordingError::hooks_missing);
  EXPECT_NE(describe(begun.error()).find("plimsoll_heap_hooks"), std::string_view::npos);
  EXPECT_EQ(recording.end().error(), RecordingError::not_begun);
}

}  // namespace
}  // namespace plimsoll::regress
