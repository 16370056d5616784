#include "oracles/cost.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/ledger.hpp"
#include "oracles/require.hpp"

// MemorySanitizer's, there if it is.
extern "C" [[gnu::weak]] void __msan_unpoison(const volatile void* begin, std::size_t size);

// What AddressSanitizer asks for where it is: its heap hands out blocks whose first 4 KiB alone are filled if nobody wants more.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "max_malloc_fill_size=1073741824"; }

namespace plimsoll::fuzz {
namespace {

using regress::ClockedInput;
using regress::CountingResource;
using regress::Recording;
using regress::Report;

// Searching the heap for the module's bytes (D2) costs as much as some ten loads, so one size of input in so many has it.
constexpr std::size_t one_in = 8;

// Bytes: the clock counts in pages, and says nothing of fewer than four.
constexpr std::size_t least_clocked = std::size_t{4} << 12;

// MemorySanitizer's heap hands out blocks with what was freed in them, where AddressSanitizer's fills them and the hooks do: bytes of a
// module that is gone would pass for a copy.
bool heap_can_be_searched() noexcept { return __msan_unpoison == nullptr; }

// Its books are mapped memory, which would be mapped again for every input.
CountingResource& counting_resource() {
  static CountingResource resource;
  resource.reset_counts();
  return resource;
}

void require_cost(const regress::ResourceCounts& counts, std::size_t size) {
  require_at_most("heap", "peak heap of a load", counts.peak, most_heap(size));
  require_at_most("heap", "allocations of a load", counts.allocations, most_allocations);
  require_equal("leak", "blocks given back that were never taken", counts.mismatches, 0);
}

// Types and imports are counted before their records are made, types are read once more to be compared, with tables of their size, and
// names of exports to be told apart (loader/README.md): of a module that is little else the input clock says what it would say of a
// copy.
bool is_mostly_read_again(std::span<const std::byte> bytes) noexcept {
  std::size_t again = 0;
  SectionWalk sections(bytes);
  for (Section section; sections.next(section);)
    if (section.id == SectionId::type || section.id == SectionId::import || section.id == SectionId::export_)
      again += within(section.payload, bytes.size()).size;
  return again > bytes.size() / 4;
}

// Scratch that is made when all pages of a small input have been seen is no copy: it goes when the load ends, and is at most six bytes
// for each byte of a body, or some KiB. Grown step by step, it is twice that in all; and a body that the wide path has read to its end
// is checked again from its start.
bool is_scratch(const Report& report, std::uint64_t bytes_after) noexcept {
  const std::uint64_t kept_after = report.retained - std::min(report.retained, report.live_at_last_touch);
  return kept_after <= report.retained / 4 && bytes_after <= 12 * report.module_bytes + (std::uint64_t{16} << 10);
}

bool is_of_the_clock(regress::FindingKind kind) noexcept {
  return kind == regress::FindingKind::late_copy || kind == regress::FindingKind::second_reading;
}

// What the ledger says against a load, if anything.
std::optional<regress::Finding> copy_in(const Report& report, bool valid, std::span<const std::byte> bytes) {
  for (regress::Finding& finding :
       findings(report, valid ? regress::Verdict::valid : regress::Verdict::rejected, regress::thresholds_for_ours))
    if (!is_of_the_clock(finding.kind) || (!is_scratch(report, finding.bytes) && !is_mostly_read_again(bytes)))
      return std::move(finding);
  return std::nullopt;
}

}  // namespace

void require_place(const Error& error, std::size_t size) {
  require_at_most("offset", "offset of the error", error.offset, size);
  require(!name(error.code).empty(), "offset", "an error has a code", "none", "a name");
}

namespace {

// One load, held to all but what is returned: what the ledger says against it.
std::optional<regress::Finding> load_once(std::span<const std::byte> bytes, const Options& wanted, Answer& answer) {
  CountingResource& heap = counting_resource();
  Options options = wanted;
  options.memory = &heap;
  const std::optional<ClockedInput> input = bytes.size() >= least_clocked ? ClockedInput::create(bytes) : std::nullopt;
  std::optional<regress::Finding> copy;
  {
    Recording recording;
    const Recording::Options details{.raw_copies = bytes.size() % one_in == 0 && heap_can_be_searched()};
    const auto begun = input ? recording.begin(*input, details) : recording.begin(bytes, details);
    // Valgrind has a heap of its own, which nothing can be recorded of.
    const bool is_recorded = begun.has_value() || begun.error() != regress::RecordingError::hooks_missing;
    if (is_recorded) begun.value();
    const LoadResult loaded = load(BorrowedBytes(input ? input->bytes() : bytes), options);
    if (is_recorded) {
      const Report report = recording.end().value();
      require_equal("const", "pages of the input that were written to", report.pages_written, 0);
      copy = copy_in(report, loaded.has_value(), bytes);
    }
    require_cost(heap.counts(), bytes.size());
    if (!loaded) {
      require_place(loaded.error(), bytes.size());
      require_equal("leak", "bytes kept after a load that failed", heap.counts().live, 0);
    }
    answer = answer_of(loaded);
  }
  require_equal("leak", "bytes kept after the module was destroyed", heap.counts().live, 0);
  return copy;
}

}  // namespace

Answer load_recorded(std::span<const std::byte> bytes, const Options& wanted) {
  Answer answer;
  const std::optional<regress::Finding> copy = load_once(bytes, wanted, answer);
  if (copy) broken(copy->kind == regress::FindingKind::leak ? "leak" : "copy", name(copy->kind), copy->text, "no copy");
  return answer;
}

}  // namespace plimsoll::fuzz
