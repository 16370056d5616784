#include "trace/stack_names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plimsoll::regress {
namespace {

SourceFrame frame(const std::string& function, const std::string& file = {}) {
  return {.function = function, .object = "/lib/libengine.so", .file = file, .line = file.empty() ? 0U : 7U};
}

std::vector<std::string> functions(const std::vector<SourceFrame>& stack) {
  std::vector<std::string> result;
  for (const SourceFrame& each : stack) result.push_back(each.function);
  return result;
}

TEST(TellingPart, LeavesOutWhatOnlyHandsMemoryOn) {
  const std::vector<SourceFrame> stack = {frame("operator new(unsigned long)"),
                                          frame("allocate", "/usr/include/c++/12/bits/new_allocator.h"),
                                          frame("std::__new_allocator<int>::allocate(unsigned long, void const*)"),
                                          frame("int* std::__uninitialized_copy<false>::__uninit_copy<int*>(int*)"),
                                          frame("Module::Module(Module const&)"),
                                          frame("load(std::allocator<int>)")};
  EXPECT_EQ(functions(telling_part(stack)),
            (std::vector<std::string>{"Module::Module(Module const&)", "load(std::allocator<int>)"}));
}

TEST(TellingPart, KeepsAllWhereNothingElseIsThere) {
  const std::vector<SourceFrame> stack = {frame("operator new(unsigned long)")};
  EXPECT_EQ(telling_part(stack), stack);
}

TEST(FrameText, HasTheLineOrTheObject) {
  EXPECT_EQ(text_of(frame("load(int)", "/src/a/load.cpp"), 100), "load(int) (load.cpp:7)");
  EXPECT_EQ(text_of(frame("load(int)"), 100), "load(int) (libengine.so)");
  EXPECT_EQ(text_of(frame("libengine.so+0x1f"), 100), "libengine.so+0x1f");
  EXPECT_EQ(text_of(frame("load(int)", "load.cpp"), 7), "load... (load.cpp:7)");
}

TEST(StackOf, SaysWhatItCannotName) {
  Report report;
  report.objects = {"?", "/no/lib/libgone.so", "/x/libplimsoll_trace.so"};
  report.frames = {{.object = 1, .offset = 0x1F},
                   {.object = 0, .offset = 1},
                   {.object = 0, .offset = 2},
                   {.object = 2, .offset = 3},
                   {.object = 9, .offset = 4}};
  const Culprit culprit{.frames = {0, 1, 2, 77, 4, 3, 0}};
  Symbolizer symbolizer;
  EXPECT_EQ(functions(stack_of(report, culprit, symbolizer)),
            (std::vector<std::string>{"libgone.so+0x1f", "(code of no file)"}))
      << "what led to main is left out";
}

TEST(AddStacks, GivesEachCulpritItsCalls) {
  Report report;
  report.objects = {"/no/lib/libgone.so"};
  report.frames = {{.object = 0, .offset = 0x1F}};
  report.culprits = {{.frames = {0}}, {.frames = {}}};
  nlohmann::ordered_json json = {{"culprits", nlohmann::ordered_json::array({{{"bytes", 1}}, {{"bytes", 2}}})}};
  Symbolizer symbolizer;
  add_stacks(json, report, symbolizer);
  EXPECT_EQ(json["culprits"][0]["stack"].dump(),
            R"([{"function":"libgone.so+0x1f","object":"/no/lib/libgone.so","file":null,"line":null}])");
  EXPECT_EQ(json["culprits"][1]["stack"].size(), 0u);
}

}  // namespace
}  // namespace plimsoll::regress
