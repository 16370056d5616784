// What the subcommands call for each file: figures, copies, files that change while they are mapped.
#include "command/measure.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory_resource>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "command/verdict.hpp"

namespace plimsoll::regress {
namespace {

using namespace std::string_literals;

// A valid module of 100,000 bytes and a bit: a custom section named "x" that holds what a copy can be told by.
std::string large_module() {
  std::string module = "\0asm\1\0\0\0"s + "\0\xA0\x8D\6\1x"s;
  for (unsigned i = 0; i < 100'000 - 2; ++i) module += static_cast<char>(i * 2654435761U >> 24U);
  return module;
}

class FileTest : public testing::Test {
 protected:
  FileTest() : name_(testing::TempDir() + "plimsoll-measure-XXXXXX") {
    const int file = ::mkstemp(name_.data());
    if (file < 0) throw std::system_error(errno, std::generic_category(), name_);
    ::close(file);
    std::ofstream(name_, std::ios::binary) << large_module();
  }
  ~FileTest() override { ::unlink(name_.c_str()); }

  void truncate(off_t size) const { ASSERT_EQ(::truncate(name_.c_str(), size), 0); }

  std::string name_;
};

using Measure = FileTest;
using WhyNotValid = FileTest;

TEST_F(Measure, AValidModule) {
  const Measurement row = measure(name_, {});
  EXPECT_FALSE(row.failure) << row.failure->message;
  EXPECT_EQ(row.bytes, large_module().size());
  EXPECT_FALSE(row.has_copied());
  EXPECT_TRUE(row.heap.searched);
  EXPECT_GT(row.heap.allocations, 0U);
  EXPECT_GT(row.heap.retained, 0U) << "measured while the Module lives";
  EXPECT_GT(row.fastest, 0U);
  EXPECT_LE(row.fastest, row.median);
}

// A memory resource that remembers the module, as a careless loader would.
class CopyingMemory final : public std::pmr::memory_resource {
 public:
  explicit CopyingMemory(const std::string& file) : file_(file) {}

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    std::ifstream stream(file_, std::ios::binary);
    copy_.assign(std::istreambuf_iterator<char>(stream), {});
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* pointer, std::size_t size, std::size_t alignment) override {
    std::pmr::new_delete_resource()->deallocate(pointer, size, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::string file_;
  std::string copy_;
};

TEST_F(Measure, ALoadThatCopiesIsFound) {
  MeasureOptions options;
  CopyingMemory memory(name_);
  options.load.memory = &memory;
  options.repeat = 1;
  const Measurement row = measure(name_, options);
  EXPECT_FALSE(row.failure);
  EXPECT_TRUE(row.has_copied());
  EXPECT_GT(row.heap.copied_bytes, 90'000U);
}

TEST_F(Measure, AFileThatIsTruncatedWhileMappedIsAFailureOfTheFile) {
  for (const off_t size : {off_t{0}, off_t{4096}, off_t{65536}}) {
    std::ofstream(name_, std::ios::binary) << large_module();
    MeasureOptions options;
    options.after_open = [this, size] { truncate(size); };
    const Measurement row = measure(name_, options);
    ASSERT_TRUE(row.failure) << size;
    EXPECT_TRUE(row.is_unread());
    EXPECT_EQ(row.failure->code, "file_changed");
    EXPECT_EQ(row.failure->message, "file changed while it was mapped");
    EXPECT_EQ(row.bytes, 0U) << "nothing of it is to be believed";
  }
  std::ofstream(name_, std::ios::binary) << large_module();
  EXPECT_FALSE(measure(name_, {}).failure) << "and the next file is measured as if nothing had been";
}

TEST_F(WhyNotValid, AFileThatIsTruncatedWhileMappedIsAFailureOfTheFile) {
  const auto failure = why_not_valid(name_, {}, [this] { truncate(0); });
  ASSERT_TRUE(failure);
  EXPECT_TRUE(failure->of_file);
  EXPECT_EQ(failure->code, "file_changed");
}

TEST_F(WhyNotValid, OtherThreadsAreNotDisturbed) {
  const std::string kept = name_ + "-kept";
  std::ofstream(kept, std::ios::binary) << large_module();
  {
    const std::jthread other([&kept] {
      for (int i = 0; i < 200; ++i) EXPECT_FALSE(why_not_valid(kept, {}));
    });
    for (int i = 0; i < 50; ++i) {
      std::ofstream(name_, std::ios::binary) << large_module();
      EXPECT_TRUE(why_not_valid(name_, {}, [this] { truncate(0); }));
    }
  }
  ::unlink(kept.c_str());
}

TEST_F(WhyNotValid, AModuleCutShortBeforeIsARejectedModule) {
  truncate(50'000);
  const auto failure = why_not_valid(name_, {});
  ASSERT_TRUE(failure);
  EXPECT_FALSE(failure->of_file);
  EXPECT_EQ(failure->verdict, "malformed");
}

}  // namespace
}  // namespace plimsoll::regress
