// The test asks for names of its own functions.
#include "symbols/symbolizer.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace plimsoll::regress::named {

struct Address {
  std::string object;
  std::uint64_t offset = 0;
};

Address address_of(const void* pointer) {
  Dl_info info{};
  if (::dladdr(pointer, &info) == 0) return {};
  return {info.dli_fname, std::bit_cast<std::uintptr_t>(pointer) - std::bit_cast<std::uintptr_t>(info.dli_fbase)};
}

// The call that it returns to, as a stack walk would see it.
[[gnu::noinline]] Address caller() {
  const auto* const after = static_cast<const char*>(__builtin_return_address(0));
  return address_of(after - 1);
}

template <typename T>
[[gnu::noinline]] Address called_in_template(T& result) {
  result = caller();  // no tail call
  return result;
}

struct Loader {
  [[gnu::always_inline]] Address inner() {
    Address result = caller();
    asm volatile("" : : : "memory");
    return result;
  }
  [[gnu::noinline]] Address outer(int) {
    Address result = inner();
    asm volatile("" : : : "memory");
    return result;
  }
};

}  // namespace plimsoll::regress::named

namespace plimsoll::regress {
namespace {

TEST(Symbolizer, NamesTheFunctionFileAndLineOfACall) {
  named::Address address;
  named::called_in_template(address);
  Symbolizer symbolizer;
  const auto& frames = symbolizer.frames(address.object, address.offset);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_TRUE(frames[0].function.contains("named::called_in_template<plimsoll::regress::named::Address>("))
      << frames[0].function;
  EXPECT_TRUE(frames[0].file.ends_with("symbolizer_test.cpp")) << frames[0].file;
  EXPECT_GT(frames[0].line, 0u);
  EXPECT_EQ(frames[0].object, address.object);
  EXPECT_FALSE(frames[0].inlined);
}

TEST(Symbolizer, TellsInlinedCallsInnermostFirst) {
  const named::Address address = named::Loader().outer(1);
  Symbolizer symbolizer;
  const auto& frames = symbolizer.frames(address.object, address.offset);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].function, "plimsoll::regress::named::Loader::inner()");
  EXPECT_TRUE(frames[0].inlined);
  EXPECT_EQ(frames[1].function, "plimsoll::regress::named::Loader::outer(int)");
  EXPECT_FALSE(frames[1].inlined);
  EXPECT_GT(frames[0].line, 0u);
  EXPECT_GT(frames[1].line, frames[0].line);
}

TEST(Symbolizer, NamesAFunctionOfTheCLibrary) {
  void* const function = ::dlsym(RTLD_DEFAULT, "qsort");
  ASSERT_NE(function, nullptr);
  const named::Address address = named::address_of(function);
  Symbolizer symbolizer;
  const auto& frames = symbolizer.frames(address.object, address.offset + 1);
  EXPECT_TRUE(frames[0].function.ends_with("qsort")) << frames[0].function;  // or __GI_qsort, by what is installed
}

TEST(Symbolizer, OfWhatCannotBeReadItSaysObjectAndOffset) {
  Symbolizer symbolizer;
  const auto& frames = symbolizer.frames("/nowhere/libgone.so", 0x1F);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].function, "libgone.so+0x1f");
  EXPECT_EQ(frames[0].file, "");
  const auto& text = symbolizer.frames("/etc/passwd", 3);
  EXPECT_EQ(text[0].function, "passwd+0x3");
  const auto& beyond = symbolizer.frames("/proc/self/exe", ~std::uint64_t{0} >> 1);
  EXPECT_EQ(beyond[0].function, "exe+0x7fffffffffffffff");
}

TEST(Demangled, LeavesOtherNamesAlone) {
  EXPECT_EQ(demangled("_ZN4wabt6ModuleC2ERKS0_"), "wabt::Module::Module(wabt::Module const&)");
  EXPECT_EQ(demangled("f"), "f");
  EXPECT_EQ(demangled("_ZN"), "_ZN");
  EXPECT_EQ(demangled(""), "");
}

TEST(Shortened, TakesOutWhatSaysNothing) {
  const std::string vector =
      "std::vector<AST::Instruction, std::allocator<AST::Instruction> >::vector(std::vector<AST::Instruction, "
      "std::allocator<AST::Instruction> > const&)";
  EXPECT_EQ(shortened(vector, 100), "std::vector<AST::Instruction>::vector(std::vector<AST::Instruction> const&)");
  EXPECT_EQ(shortened(vector, 60), "std::vector<...>::vector(std::vector<...> const&)");
  EXPECT_EQ(shortened(vector, 20), "std::vector<...>:...");
  EXPECT_EQ(shortened("main", 20), "main");
  EXPECT_EQ(shortened("bool operator< <int>(X<Y<int> > const&)", 30), "bool operator< <...>(X<...>...");
}

}  // namespace
}  // namespace plimsoll::regress
