# Writes OUTPUT, a C++ source with the text of every FOLDER/*.hex in it: cmake -DFOLDER=... -DOUTPUT=... -P this
file(GLOB files "${FOLDER}/*.hex")
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(APPEND entries "    {\"${name}\", R\"source(${text})source\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made from corpus/errors by embed_examples.cmake.
#include \"command/error_examples.hpp\"

namespace plimsoll::regress {
namespace {

constexpr ErrorExample examples[] = {
${entries}};

}  // namespace

std::span<const ErrorExample> error_examples() noexcept { return examples; }

}  // namespace plimsoll::regress
")
