// Names for addresses: which function, inlined ones included, and which line an offset in an executable or shared library
// belongs to. Reads debug information where there is some, symbol tables otherwise, with elfutils' libdw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::regress {

// One call, as it stands in the source.
struct SourceFrame {
  std::string function;    // demangled, with its parameters where they are known; `name+0x1f` of an object without it
  std::string object;      // path of the executable or library
  std::string file;        // empty where there is no debug information
  std::uint32_t line = 0;  // 0 likewise
  bool inlined = false;    // into the frame that follows

  friend bool operator==(const SourceFrame&, const SourceFrame&) = default;
};

// Opens each object once and keeps it open; what was asked before is answered from memory. Not thread-safe.
class Symbolizer {
 public:
  Symbolizer();
  Symbolizer(const Symbolizer&) = delete;
  Symbolizer& operator=(const Symbolizer&) = delete;
  ~Symbolizer();

  // The calls that an address stands for, innermost first, at least one. `offset` is relative to the load bias of the
  // object, and lies inside the instruction meant: of a return address, take 1 away. Of what cannot be read or found,
  // the frame says no more than object and offset. A reference stays good until the Symbolizer goes.
  // Cost: the first address of an object some milliseconds to seconds, by the size of its debug information.
  const std::vector<SourceFrame>& frames(const std::string& object, std::uint64_t offset);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// A mangled C++ name (or one of Rust's older scheme) as people write it; any other name as it is.
[[nodiscard]] std::string demangled(const char* name);

// A function's name for a line of at most so many characters: without allocators and the like, then without the inner
// template arguments, then cut. The parameters stay, since a copy constructor is known by them.
[[nodiscard]] std::string shortened(std::string_view function, std::size_t most);

}  // namespace plimsoll::regress
