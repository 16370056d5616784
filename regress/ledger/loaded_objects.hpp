// Which file of the program or its libraries an address belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/report.hpp"

namespace plimsoll::regress {

// Files that are loaded. Takes memory from the heap. Not thread-safe.
class LoadedObjects {
 public:
  // Takes a lock of the dynamic linker.
  [[nodiscard]] static LoadedObjects now();

  // The frame of a call that returns to this address. Of an unknown one (a library that has gone, code made at run
  // time), the object is named "?" and the offset is the address.
  [[nodiscard]] Frame frame(std::uintptr_t return_address);

  // The files that frame has named so far. Frame::object counts in them.
  [[nodiscard]] const std::vector<std::string>& files() const noexcept { return files_; }

 private:
  struct Segment {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::uintptr_t bias = 0;
    std::string file;
  };

  std::vector<Segment> segments_;
  std::vector<std::string> files_;
};

}  // namespace plimsoll::regress
