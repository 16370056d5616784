// What the ledger has to say of each planted copy.
#pragma once

#include <span>

#include "ledger/findings.hpp"
#include "planted/loader.hpp"

namespace plimsoll::regress::planted {

// All of these must be among the findings of a load with the whole ledger: of a module that is valid, or, where the defect is
// on the path of errors, of one that is refused. None for the clean loader, whose findings have to be none. Static storage.
[[nodiscard]] std::span<const FindingKind> expected_findings(Defect defect) noexcept;

// The same with D1 and D4 alone (Recording::fast). Some defects cannot be seen by these: then none.
[[nodiscard]] std::span<const FindingKind> expected_fast_findings(Defect defect) noexcept;

}  // namespace plimsoll::regress::planted
