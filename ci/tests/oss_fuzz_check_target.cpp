// A fuzz target for oss_fuzz_check_test: large enough to pass, and wrong in the way that its file name says.
#include <cstddef>
#include <cstdint>

#ifdef SMALL
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return size == 1 && *data == 0 ? -1 : 0;
}
#else
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

std::string name;    // of the program
std::string folder;  // that it stands in

bool am(const char* what) { return name.find(what) != std::string::npos; }

// One function for each N, each with edges and accesses of its own.
template <int N>
[[gnu::noinline]] int step(std::vector<int>& numbers, const std::uint8_t* data, std::size_t size) {
  const std::size_t at = static_cast<std::size_t>(N) % numbers.size();
  if (size > static_cast<std::size_t>(N) && data[N] == N % 256) numbers[at] += numbers[(at + 1) % numbers.size()] * N;
  if (numbers[at] % (N + 2) == 1) numbers[at] -= N << (numbers[at] & 3);
  return numbers[at];
}

template <int... N>
int all_steps(std::vector<int>& numbers, const std::uint8_t* data, std::size_t size, std::integer_sequence<int, N...>) {
  return (step<N>(numbers, data, size) ^ ...);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char*** argv) {
  const std::string path = (*argv)[0];
  name = path.substr(path.rfind('/') + 1);
  folder = path.substr(0, path.rfind('/'));
  if (am("exits")) std::exit(1);
  if (am("looks_where_it_was_built") && std::fopen(BUILT_IN "/exists", "r") == nullptr) std::abort();
  if (am("writes_beside_itself") && std::fopen((folder + "/log").c_str(), "w") == nullptr) std::abort();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 5 && data[0] == 'c') std::abort();
  if (size == 5 && data[0] == 'm') {
    volatile char* memory = static_cast<char*>(std::malloc(std::size_t{3} << 30));
    memory[0] = 1;
    std::free(const_cast<char*>(memory));
  }
  std::vector<int> numbers(64, 1);
  return all_steps(numbers, data, size, std::make_integer_sequence<int, 200>{}) == 123456789 ? -1 : 0;
}
#endif
