// A section or a function body that ends too soon, with a size that says so, is rejected at an offset inside the input. Unlike a
// prefix (prefix_test), which most often fails at the size of its last section, this stops a reader wherever it may be, with
// nothing behind it but a guard page.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "plimsoll/load.hpp"
#include "properties/guarded_input.hpp"
#include "properties/inputs.hpp"
#include "properties/recorded_load.hpp"
#include "properties/section_bounds.hpp"

namespace plimsoll::regress::properties {
namespace {

constexpr std::uint8_t custom_section = 0;
constexpr std::uint8_t code_section = 10;

class Cut : public OnInputs {
 protected:
  void SetUp() override {
    OnInputs::SetUp();
    inputs_ = sample(OnInputs::inputs(), 600);
    std::erase_if(inputs_, [](const Input& input) { return input.name.starts_with("bomb_large_"); });
  }
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }

 private:
  std::vector<Input> inputs_;
};

class CutLoads {
 public:
  explicit CutLoads(const Input& input) : input_(input), guarded_(2 * input.bytes.size() + 1024) {
    options_.features = input.features;
    valid_ = load(BorrowedBytes(input.bytes), options_).has_value();
  }

  // A cut of a module that is not valid may be.
  [[nodiscard]] bool whole_is_valid() const { return valid_; }

  // Whether it is accepted. A rejection must be inside what is left of `bytes` without the last `behind` ones.
  bool accepts(std::span<const std::byte> bytes, std::size_t behind, std::size_t where) {
    note_.set(input_.name + ", cut at", where);
    const LoadResult result = load(BorrowedBytes(guarded_.place(bytes, Against::end)), options_);
    if (result) return true;
    EXPECT_TRUE(result.error().offset <= bytes.size() - behind || !valid_)
        << input_.name << " cut at " << where << " is " << to_string(result.error());
    EXPECT_LE(result.error().offset, bytes.size()) << input_.name << " cut at " << where;
    EXPECT_NE(kind(result.error().code), ErrorKind::resource) << input_.name << " cut at " << where;
    return false;
  }

 private:
  const Input& input_;
  GuardedInput guarded_;
  CrashNote note_;
  Options options_;
  bool valid_ = false;
};

TEST_P(Cut, SectionsAreRejectedInside) {
  for (const Input& input : inputs()) {
    CutLoads loads(input);
    for (const SectionBounds& section : section_bounds(input.bytes)) {
      const auto module = std::span(input.bytes).first(section.end);
      const auto payload = module.subspan(section.payload);
      // Large sections are cut everywhere near their ends and here and there between.
      const std::size_t stride = 1 + payload.size() / 2000;
      for (std::size_t length = 0; length < payload.size(); ++length) {
        if (length > 500 && payload.size() - length > 500 && length % stride != 0) continue;
        const bool accepted = loads.accepts(with_payload(module, section, payload.first(length)), 0, length);
        EXPECT_TRUE(!accepted || !loads.whole_is_valid() || section.id == custom_section)
            << input.name << ": section " << int{section.id} << " of " << length << " bytes is valid";
      }
    }
  }
}

// Each body in turn, cut everywhere, with shortest bodies before it. Behind it is nothing, or all that was there: who runs on
// over the end of a body then finds what he hopes for.
class CutBodies {
 public:
  CutBodies(const Input& input, const SectionBounds& section)
      : input_(input), loads_(input), section_(section), module_(std::span(input.bytes).first(section.end)),
        code_(code_bounds(input.bytes, section)), before_(code_.count) {}

  void run() {
    for (const auto body : code_.bodies) {
      for (std::size_t length = 0; length < body.size(); ++length) {
        const auto behind = module_.subspan(static_cast<std::size_t>(body.data() - module_.data()) + length);
        cut(body.first(length), {});
        cut(body.first(length), behind.first(std::min<std::size_t>(behind.size(), 300)));
      }
      for (const int byte : {3, 0x00, 0x00, 0x0B}) before_.push_back(static_cast<std::byte>(byte));  // unreachable
    }
  }

 private:
  void cut(std::span<const std::byte> body, std::span<const std::byte> behind) {
    std::vector<std::byte> payload = before_;
    append_leb(payload, body.size());
    payload.insert(payload.end(), body.begin(), body.end());
    payload.insert(payload.end(), behind.begin(), behind.end());
    const bool accepted = loads_.accepts(with_payload(module_, section_, payload), behind.size(), body.size());
    EXPECT_TRUE(!accepted || !loads_.whole_is_valid())
        << input_.name << ": a body cut at " << body.size() << " is valid";
  }

  const Input& input_;
  CutLoads loads_;
  const SectionBounds& section_;
  std::span<const std::byte> module_;
  CodeBounds code_;
  std::vector<std::byte> before_;
};

TEST_P(Cut, BodiesAreRejectedInside) {
  for (const Input& input : inputs()) {
    for (const SectionBounds& section : section_bounds(input.bytes)) {
      if (section.id == code_section) CutBodies(input, section).run();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, Cut, testing::ValuesIn(all_sources), source_name);

}  // namespace
}  // namespace plimsoll::regress::properties
