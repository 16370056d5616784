// Fuzz target: who looks at what, and for how long. While a Module lives, all it hands out lies in its bytes (oracle walk). Then the
// bytes are taken away: destroying the Module, and describing the error of a load that failed, must do without them (a read
// faults). Memory that the load gave back is overwritten at once, so that a view into it shows, also without a sanitizer.
// Oracles: walk, lifetime.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <vector>

#include "oracles/answer.hpp"
#include "oracles/require.hpp"
#include "properties/guarded_input.hpp"

namespace {

using namespace plimsoll;

constexpr std::size_t most = std::size_t{4} << 20;  // bytes; longer inputs are cut

// Overwrites what is given back.
class ScrubbingResource final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    void* block = std::pmr::new_delete_resource()->allocate(bytes, alignment);
    std::memset(block, 0xA5, bytes);
    return block;
  }
  void do_deallocate(void* pointer, std::size_t bytes, std::size_t alignment) override {
    std::memset(pointer, 0x5A, bytes);
    std::pmr::new_delete_resource()->deallocate(pointer, bytes, alignment);
  }
  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

fuzz::Answer borrowed(std::span<const std::byte> input, std::pmr::memory_resource* memory) {
  static regress::properties::GuardedInput guarded(most);
  LoadResult loaded =
      load(BorrowedBytes(guarded.place(input, regress::properties::Against::end)), fuzz::all_features(memory));
  fuzz::Answer answer = fuzz::answer_of(loaded);
  fuzz::require_same("lifetime", "walking the same Module again", fuzz::answer_of(loaded), answer);
  guarded.forbid();
  if (loaded) loaded->reset();
  if (!loaded) static_cast<void>(describe(loaded.error()));
  return answer;
}

// The vector that was moved in is gone from the caller's hands, and so is the result that held the Module.
fuzz::Answer owned(std::span<const std::byte> input, std::pmr::memory_resource* memory) {
  std::unique_ptr<const Module> kept;
  const std::byte* place = nullptr;
  {
    std::vector<std::byte> bytes(input.begin(), input.end());
    place = bytes.data();
    LoadResult loaded = load(OwnedBytes(std::move(bytes)), fuzz::all_features(memory));
    if (!loaded) return fuzz::answer_of(loaded);
    kept = *std::move(loaded);
  }
  fuzz::require(kept->bytes().data() == place, "lifetime", "owned bytes stay where they are", "elsewhere", "in place");
  return fuzz::answer_of(LoadResult(std::move(kept)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size < most ? size : most));
  ScrubbingResource memory;
  const fuzz::Answer answer = borrowed(input, &memory);
  fuzz::require_same("lifetime", "owned rather than borrowed", owned(input, &memory), answer);
  return 0;
}
