// The table of features.
#pragma once

#include <array>

#include "plimsoll/features.hpp"

namespace plimsoll {

inline constexpr std::array feature_rows = {
    FeatureRow{Feature::mutable_global, "mutable-global", 1, true, 5, "mutable globals imported and exported"},
    FeatureRow{Feature::saturating_float_to_int, "saturating-float-to-int", 2, true, 5, "trunc_sat conversions"},
    FeatureRow{Feature::sign_extension, "sign-extension", 2, true, 5, "extend8_s, extend16_s, extend32_s"},
    FeatureRow{Feature::multi_value, "multi-value", 2, true, 5, "several results; blocks with parameters"},
    FeatureRow{Feature::reference_types, "reference-types", 2, true, 5,
               "externref, several tables, table instructions"},
    FeatureRow{Feature::bulk_memory, "bulk-memory", 2, true, 5,
               "memory and table copy, fill and init; passive segments"},
    FeatureRow{Feature::simd, "simd", 2, true, 5, "v128 and its instructions"},
    FeatureRow{Feature::tail_call, "tail-call", 3, true, 5, "return_call and its kin"},
    FeatureRow{Feature::extended_const, "extended-const", 3, true, 5, "add, sub and mul in constant expressions"},
    FeatureRow{Feature::function_references, "function-references", 3, true, 5,
               "typed references to functions, call_ref"},
    FeatureRow{Feature::gc, "gc", 3, true, 5, "structs, arrays, i31, subtyping, recursive types"},
    FeatureRow{Feature::multi_memory, "multi-memory", 3, true, 5, "more than one memory"},
    FeatureRow{Feature::memory64, "memory64", 3, true, 5, "64-bit memories and tables"},
    FeatureRow{Feature::relaxed_simd, "relaxed-simd", 3, true, 5, "vector instructions with freedom in their results"},
    FeatureRow{Feature::exceptions, "exceptions", 3, true, 5, "tags, throw, try_table, exnref"},
    FeatureRow{Feature::threads, "threads", 0, true, 4, "shared memories and atomic instructions"},
    FeatureRow{Feature::legacy_exceptions, "legacy-exceptions", 0, true, 0,
               "try, catch, delegate, rethrow; tags and throw are of exceptions"},
    FeatureRow{Feature::wide_arithmetic, "wide-arithmetic", 0, false, 3, "128-bit sums and products of i64"},
    FeatureRow{Feature::custom_page_sizes, "custom-page-sizes", 0, false, 3, "memories with pages of one byte"},
    FeatureRow{Feature::custom_descriptors, "custom-descriptors", 0, false, 3,
               "descriptors of structs, and exact reference types"},
    FeatureRow{Feature::stack_switching, "stack-switching", 0, false, 3,
               "continuations: cont.new, resume, suspend, switch"},
    FeatureRow{Feature::shared_everything_threads, "shared-everything-threads", 0, false, 1,
               "shared functions, tables, globals and heap types, with atomic accesses"},
    FeatureRow{Feature::memory_control, "memory-control", 0, false, 1, "memory.discard"},
    FeatureRow{Feature::compact_imports, "compact-imports", 0, false, 3, "imports grouped by module, and by type"},
    FeatureRow{Feature::rounding_variants, "rounding-variants", 0, false, 2,
               "float arithmetic that rounds up, down or to zero"},
};

}  // namespace plimsoll
