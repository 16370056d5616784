// The modules of corpus/modules with what their directives expect.
#pragma once

#include <vector>

#include "assemble/assemble.hpp"
#include "properties/inputs.hpp"

namespace plimsoll::regress::properties {

struct CorpusModule {
  Input input;
  Expectation expectation;
};

// Every corpus/modules/*.hex, assembled, by name. Throws on a file that does not assemble or whose directives are no good.
std::vector<CorpusModule> corpus_modules();

}  // namespace plimsoll::regress::properties
