// The oracle `first`: of all that is wrong with an input, the first is reported. So what stands behind the body or the section with
// the error cannot matter: with anything else there, the error is the same. A loader that reads in another order than that of the
// bytes (bodies later, or on several threads) has to sort its errors, and this is what sees it if it does not.
#pragma once

#include <cstddef>
#include <span>

#include "oracles/answer.hpp"

namespace plimsoll::fuzz {

// Breaks `first` if the answer, an error that the loader gave for `bytes`, is another one when all behind the body with the error, or
// behind its section, is replaced. Loads once more, if there is anything behind.
void require_first_error(std::span<const std::byte> bytes, const Options& options, const Answer& answer);

}  // namespace plimsoll::fuzz
