// THE table of instructions against an independent list: the specification's own index (3.0, appendix "Index of
// Instructions"), and the explainers of the proposals that ship beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "instr/lookup.hpp"
#include "plimsoll/features.hpp"
#include "plimsoll/instructions.hpp"

namespace plimsoll {
namespace {

// Consecutive codes from `first` on: names, each with its type where the index gives one: operands, '>', results. Letters:
// i l f d v are i32 i64 f32 f64 v128, a is the address type of a memory, E I A are (ref null eq), (ref null i31) and
// (ref null array), j is (ref i31).
struct Run {
  unsigned version;  // of the specification
  std::uint8_t prefix;
  std::uint16_t first;
  std::string_view names;
};

constexpr Run specification[] = {
    {1, 0x00, 0x00, "unreachable nop:> block loop if else"},
    {3, 0x00, 0x08, "throw"},
    {3, 0x00, 0x0A, "throw_ref"},
    {1, 0x00, 0x0B, "end br br_if br_table return call call_indirect"},
    {3, 0x00, 0x12, "return_call return_call_indirect call_ref return_call_ref"},
    {1, 0x00, 0x1A, "drop select"},
    {2, 0x00, 0x1C, "select"},
    {3, 0x00, 0x1F, "try_table"},
    {1, 0x00, 0x20, "local.get local.set local.tee global.get global.set"},
    {2, 0x00, 0x25, "table.get table.set"},
    {1, 0x00, 0x28,
     "i32.load:a>i i64.load:a>l f32.load:a>f f64.load:a>d i32.load8_s:a>i i32.load8_u:a>i i32.load16_s:a>i "
     "i32.load16_u:a>i i64.load8_s:a>l i64.load8_u:a>l i64.load16_s:a>l i64.load16_u:a>l i64.load32_s:a>l "
     "i64.load32_u:a>l i32.store:ai> i64.store:al> f32.store:af> f64.store:ad> i32.store8:ai> i32.store16:ai> "
     "i64.store8:al> i64.store16:al> i64.store32:al> memory.size:>a memory.grow:a>a i32.const:>i i64.const:>l "
     "f32.const:>f f64.const:>d i32.eqz:i>i i32.eq:ii>i i32.ne:ii>i i32.lt_s:ii>i i32.lt_u:ii>i i32.gt_s:ii>i "
     "i32.gt_u:ii>i i32.le_s:ii>i i32.le_u:ii>i i32.ge_s:ii>i i32.ge_u:ii>i i64.eqz:l>i i64.eq:ll>i "
     "i64.ne:ll>i i64.lt_s:ll>i i64.lt_u:ll>i i64.gt_s:ll>i i64.gt_u:ll>i i64.le_s:ll>i i64.le_u:ll>i "
     "i64.ge_s:ll>i i64.ge_u:ll>i f32.eq:ff>i f32.ne:ff>i f32.lt:ff>i f32.gt:ff>i f32.le:ff>i f32.ge:ff>i "
     "f64.eq:dd>i f64.ne:dd>i f64.lt:dd>i f64.gt:dd>i f64.le:dd>i f64.ge:dd>i i32.clz:i>i i32.ctz:i>i "
     "i32.popcnt:i>i i32.add:ii>i i32.sub:ii>i i32.mul:ii>i i32.div_s:ii>i i32.div_u:ii>i i32.rem_s:ii>i "
     "i32.rem_u:ii>i i32.and:ii>i i32.or:ii>i i32.xor:ii>i i32.shl:ii>i i32.shr_s:ii>i i32.shr_u:ii>i "
     "i32.rotl:ii>i i32.rotr:ii>i i64.clz:l>l i64.ctz:l>l i64.popcnt:l>l i64.add:ll>l i64.sub:ll>l "
     "i64.mul:ll>l i64.div_s:ll>l i64.div_u:ll>l i64.rem_s:ll>l i64.rem_u:ll>l i64.and:ll>l i64.or:ll>l "
     "i64.xor:ll>l i64.shl:ll>l i64.shr_s:ll>l i64.shr_u:ll>l i64.rotl:ll>l i64.rotr:ll>l f32.abs:f>f "
     "f32.neg:f>f f32.ceil:f>f f32.floor:f>f f32.trunc:f>f f32.nearest:f>f f32.sqrt:f>f f32.add:ff>f "
     "f32.sub:ff>f f32.mul:ff>f f32.div:ff>f f32.min:ff>f f32.max:ff>f f32.copysign:ff>f f64.abs:d>d "
     "f64.neg:d>d f64.ceil:d>d f64.floor:d>d f64.trunc:d>d f64.nearest:d>d f64.sqrt:d>d f64.add:dd>d "
     "f64.sub:dd>d f64.mul:dd>d f64.div:dd>d f64.min:dd>d f64.max:dd>d f64.copysign:dd>d i32.wrap_i64:l>i "
     "i32.trunc_f32_s:f>i i32.trunc_f32_u:f>i i32.trunc_f64_s:d>i i32.trunc_f64_u:d>i i64.extend_i32_s:i>l "
     "i64.extend_i32_u:i>l i64.trunc_f32_s:f>l i64.trunc_f32_u:f>l i64.trunc_f64_s:d>l i64.trunc_f64_u:d>l "
     "f32.convert_i32_s:i>f f32.convert_i32_u:i>f f32.convert_i64_s:l>f f32.convert_i64_u:l>f "
     "f32.demote_f64:d>f f64.convert_i32_s:i>d f64.convert_i32_u:i>d f64.convert_i64_s:l>d "
     "f64.convert_i64_u:l>d f64.promote_f32:f>d i32.reinterpret_f32:f>i i64.reinterpret_f64:d>l "
     "f32.reinterpret_i32:i>f f64.reinterpret_i64:l>d"},
    {2, 0x00, 0xC0, "i32.extend8_s:i>i i32.extend16_s:i>i i64.extend8_s:l>l i64.extend16_s:l>l i64.extend32_s:l>l"},
    {2, 0x00, 0xD0, "ref.null ref.is_null ref.func"},
    {3, 0x00, 0xD3, "ref.eq:EE>i ref.as_non_null br_on_null br_on_non_null"},
    {3, 0xFB, 0x00,
     "struct.new struct.new_default struct.get struct.get_s struct.get_u struct.set array.new "
     "array.new_default array.new_fixed array.new_data array.new_elem array.get array.get_s array.get_u "
     "array.set array.len:A>i array.fill array.copy array.init_data array.init_elem ref.test ref.test ref.cast "
     "ref.cast br_on_cast br_on_cast_fail any.convert_extern extern.convert_any ref.i31:i>j i31.get_s:I>i "
     "i31.get_u:I>i"},
    {2, 0xFC, 0x00,
     "i32.trunc_sat_f32_s:f>i i32.trunc_sat_f32_u:f>i i32.trunc_sat_f64_s:d>i i32.trunc_sat_f64_u:d>i "
     "i64.trunc_sat_f32_s:f>l i64.trunc_sat_f32_u:f>l i64.trunc_sat_f64_s:d>l i64.trunc_sat_f64_u:d>l "
     "memory.init:aii> data.drop:> memory.copy memory.fill:aia> table.init:aii> elem.drop:> table.copy "
     "table.grow table.size:>a table.fill"},
    {2, 0xFD, 0x00,
     "v128.load:a>v v128.load8x8_s:a>v v128.load8x8_u:a>v v128.load16x4_s:a>v v128.load16x4_u:a>v "
     "v128.load32x2_s:a>v v128.load32x2_u:a>v v128.load8_splat:a>v v128.load16_splat:a>v v128.load32_splat:a>v "
     "v128.load64_splat:a>v v128.store:av> v128.const:>v i8x16.shuffle:vv>v i8x16.swizzle:vv>v i8x16.splat:i>v "
     "i16x8.splat:i>v i32x4.splat:i>v i64x2.splat:l>v f32x4.splat:f>v f64x2.splat:d>v i8x16.extract_lane_s:v>i "
     "i8x16.extract_lane_u:v>i i8x16.replace_lane:vi>v i16x8.extract_lane_s:v>i i16x8.extract_lane_u:v>i "
     "i16x8.replace_lane:vi>v i32x4.extract_lane:v>i i32x4.replace_lane:vi>v i64x2.extract_lane:v>l "
     "i64x2.replace_lane:vl>v f32x4.extract_lane:v>f f32x4.replace_lane:vf>v f64x2.extract_lane:v>d "
     "f64x2.replace_lane:vd>v i8x16.eq:vv>v i8x16.ne:vv>v i8x16.lt_s:vv>v i8x16.lt_u:vv>v i8x16.gt_s:vv>v "
     "i8x16.gt_u:vv>v i8x16.le_s:vv>v i8x16.le_u:vv>v i8x16.ge_s:vv>v i8x16.ge_u:vv>v i16x8.eq:vv>v "
     "i16x8.ne:vv>v i16x8.lt_s:vv>v i16x8.lt_u:vv>v i16x8.gt_s:vv>v i16x8.gt_u:vv>v i16x8.le_s:vv>v "
     "i16x8.le_u:vv>v i16x8.ge_s:vv>v i16x8.ge_u:vv>v i32x4.eq:vv>v i32x4.ne:vv>v i32x4.lt_s:vv>v "
     "i32x4.lt_u:vv>v i32x4.gt_s:vv>v i32x4.gt_u:vv>v i32x4.le_s:vv>v i32x4.le_u:vv>v i32x4.ge_s:vv>v "
     "i32x4.ge_u:vv>v f32x4.eq:vv>v f32x4.ne:vv>v f32x4.lt:vv>v f32x4.gt:vv>v f32x4.le:vv>v f32x4.ge:vv>v "
     "f64x2.eq:vv>v f64x2.ne:vv>v f64x2.lt:vv>v f64x2.gt:vv>v f64x2.le:vv>v f64x2.ge:vv>v v128.not:v>v "
     "v128.and:vv>v v128.andnot:vv>v v128.or:vv>v v128.xor:vv>v v128.bitselect:vvv>v v128.any_true:v>i "
     "v128.load8_lane:av>v v128.load16_lane:av>v v128.load32_lane:av>v v128.load64_lane:av>v "
     "v128.store8_lane:av> v128.store16_lane:av> v128.store32_lane:av> v128.store64_lane:av> "
     "v128.load32_zero:a>v v128.load64_zero:a>v f32x4.demote_f64x2_zero:v>v f64x2.promote_low_f32x4:v>v "
     "i8x16.abs:v>v i8x16.neg:v>v i8x16.popcnt:v>v i8x16.all_true:v>i i8x16.bitmask:v>i "
     "i8x16.narrow_i16x8_s:vv>v i8x16.narrow_i16x8_u:vv>v f32x4.ceil:v>v f32x4.floor:v>v f32x4.trunc:v>v "
     "f32x4.nearest:v>v i8x16.shl:vi>v i8x16.shr_s:vi>v i8x16.shr_u:vi>v i8x16.add:vv>v i8x16.add_sat_s:vv>v "
     "i8x16.add_sat_u:vv>v i8x16.sub:vv>v i8x16.sub_sat_s:vv>v i8x16.sub_sat_u:vv>v f64x2.ceil:v>v "
     "f64x2.floor:v>v i8x16.min_s:vv>v i8x16.min_u:vv>v i8x16.max_s:vv>v i8x16.max_u:vv>v f64x2.trunc:v>v "
     "i8x16.avgr_u:vv>v i16x8.extadd_pairwise_i8x16_s:v>v i16x8.extadd_pairwise_i8x16_u:v>v "
     "i32x4.extadd_pairwise_i16x8_s:v>v i32x4.extadd_pairwise_i16x8_u:v>v i16x8.abs:v>v i16x8.neg:v>v "
     "i16x8.q15mulr_sat_s:vv>v i16x8.all_true:v>i i16x8.bitmask:v>i i16x8.narrow_i32x4_s:vv>v "
     "i16x8.narrow_i32x4_u:vv>v i16x8.extend_low_i8x16_s:v>v i16x8.extend_high_i8x16_s:v>v "
     "i16x8.extend_low_i8x16_u:v>v i16x8.extend_high_i8x16_u:v>v i16x8.shl:vi>v i16x8.shr_s:vi>v "
     "i16x8.shr_u:vi>v i16x8.add:vv>v i16x8.add_sat_s:vv>v i16x8.add_sat_u:vv>v i16x8.sub:vv>v "
     "i16x8.sub_sat_s:vv>v i16x8.sub_sat_u:vv>v f64x2.nearest:v>v i16x8.mul:vv>v i16x8.min_s:vv>v "
     "i16x8.min_u:vv>v i16x8.max_s:vv>v i16x8.max_u:vv>v"},
    {2, 0xFD, 0x9B,
     "i16x8.avgr_u:vv>v i16x8.extmul_low_i8x16_s:vv>v i16x8.extmul_high_i8x16_s:vv>v "
     "i16x8.extmul_low_i8x16_u:vv>v i16x8.extmul_high_i8x16_u:vv>v i32x4.abs:v>v i32x4.neg:v>v"},
    {2, 0xFD, 0xA3, "i32x4.all_true:v>i i32x4.bitmask:v>i"},
    {2, 0xFD, 0xA7,
     "i32x4.extend_low_i16x8_s:v>v i32x4.extend_high_i16x8_s:v>v i32x4.extend_low_i16x8_u:v>v "
     "i32x4.extend_high_i16x8_u:v>v i32x4.shl:vi>v i32x4.shr_s:vi>v i32x4.shr_u:vi>v i32x4.add:vv>v"},
    {2, 0xFD, 0xB1, "i32x4.sub:vv>v"},
    {2, 0xFD, 0xB5,
     "i32x4.mul:vv>v i32x4.min_s:vv>v i32x4.min_u:vv>v i32x4.max_s:vv>v i32x4.max_u:vv>v "
     "i32x4.dot_i16x8_s:vv>v"},
    {2, 0xFD, 0xBC,
     "i32x4.extmul_low_i16x8_s:vv>v i32x4.extmul_high_i16x8_s:vv>v i32x4.extmul_low_i16x8_u:vv>v "
     "i32x4.extmul_high_i16x8_u:vv>v i64x2.abs:v>v i64x2.neg:v>v"},
    {2, 0xFD, 0xC3, "i64x2.all_true:v>i i64x2.bitmask:v>i"},
    {2, 0xFD, 0xC7,
     "i64x2.extend_low_i32x4_s:v>v i64x2.extend_high_i32x4_s:v>v i64x2.extend_low_i32x4_u:v>v "
     "i64x2.extend_high_i32x4_u:v>v i64x2.shl:vi>v i64x2.shr_s:vi>v i64x2.shr_u:vi>v i64x2.add:vv>v"},
    {2, 0xFD, 0xD1, "i64x2.sub:vv>v"},
    {2, 0xFD, 0xD5,
     "i64x2.mul:vv>v i64x2.eq:vv>v i64x2.ne:vv>v i64x2.lt_s:vv>v i64x2.gt_s:vv>v i64x2.le_s:vv>v "
     "i64x2.ge_s:vv>v i64x2.extmul_low_i32x4_s:vv>v i64x2.extmul_high_i32x4_s:vv>v "
     "i64x2.extmul_low_i32x4_u:vv>v i64x2.extmul_high_i32x4_u:vv>v f32x4.abs:v>v f32x4.neg:v>v"},
    {2, 0xFD, 0xE3,
     "f32x4.sqrt:v>v f32x4.add:vv>v f32x4.sub:vv>v f32x4.mul:vv>v f32x4.div:vv>v f32x4.min:vv>v f32x4.max:vv>v "
     "f32x4.pmin:vv>v f32x4.pmax:vv>v f64x2.abs:v>v f64x2.neg:v>v"},
    {2, 0xFD, 0xEF,
     "f64x2.sqrt:v>v f64x2.add:vv>v f64x2.sub:vv>v f64x2.mul:vv>v f64x2.div:vv>v f64x2.min:vv>v f64x2.max:vv>v "
     "f64x2.pmin:vv>v f64x2.pmax:vv>v i32x4.trunc_sat_f32x4_s:v>v i32x4.trunc_sat_f32x4_u:v>v "
     "f32x4.convert_i32x4_s:v>v f32x4.convert_i32x4_u:v>v i32x4.trunc_sat_f64x2_s_zero:v>v "
     "i32x4.trunc_sat_f64x2_u_zero:v>v f64x2.convert_low_i32x4_s:v>v f64x2.convert_low_i32x4_u:v>v"},
    {3, 0xFD, 0x100,
     "i8x16.relaxed_swizzle:vv>v i32x4.relaxed_trunc_f32x4_s:v>v i32x4.relaxed_trunc_f32x4_u:v>v "
     "i32x4.relaxed_trunc_f64x2_s_zero:v>v i32x4.relaxed_trunc_f64x2_u_zero:v>v f32x4.relaxed_madd:vvv>v "
     "f32x4.relaxed_nmadd:vvv>v f64x2.relaxed_madd:vvv>v f64x2.relaxed_nmadd:vvv>v "
     "i8x16.relaxed_laneselect:vvv>v i16x8.relaxed_laneselect:vvv>v i32x4.relaxed_laneselect:vvv>v "
     "i64x2.relaxed_laneselect:vvv>v f32x4.relaxed_min:vv>v f32x4.relaxed_max:vv>v f64x2.relaxed_min:vv>v "
     "f64x2.relaxed_max:vv>v i16x8.relaxed_q15mulr_s:vv>v i16x8.relaxed_dot_i8x16_i7x16_s:vv>v "
     "i32x4.relaxed_dot_i8x16_i7x16_add_s:vvv>v"},
};

// Beside the specification, as their proposals have them: legacy exceptions, stack switching, custom descriptors, memory
// control, wide arithmetic, rounding variants, threads, shared-everything threads.
constexpr Run proposals[] = {
    {0, 0x00, 0x06, "try catch"},
    {0, 0x00, 0x09, "rethrow"},
    {0, 0x00, 0x18, "delegate catch_all"},
    {0, 0x00, 0xE0, "cont.new cont.bind suspend resume resume_throw resume_throw_ref switch"},
    {0, 0xFB, 0x1F,
     "ref.i31_shared:i>J struct.new_desc struct.new_default_desc ref.get_desc ref.cast_desc_eq ref.cast_desc_eq "
     "br_on_cast_desc_eq br_on_cast_desc_eq_fail"},
    {0, 0xFC, 0x12, "memory.discard:aa>"},
    {0, 0xFC, 0x13, "i64.add128:llll>ll i64.sub128:llll>ll i64.mul_wide_s:ll>ll i64.mul_wide_u:ll>ll"},
    {0, 0xFE, 0x00, "memory.atomic.notify:ai>i memory.atomic.wait32:ail>i memory.atomic.wait64:all>i atomic.fence:>"},
    {0, 0xFE, 0x10,
     "i32.atomic.load:a>i i64.atomic.load:a>l i32.atomic.load8_u:a>i i32.atomic.load16_u:a>i "
     "i64.atomic.load8_u:a>l i64.atomic.load16_u:a>l i64.atomic.load32_u:a>l i32.atomic.store:ai> "
     "i64.atomic.store:al> i32.atomic.store8:ai> i32.atomic.store16:ai> i64.atomic.store8:al> "
     "i64.atomic.store16:al> i64.atomic.store32:al>"},
    {0, 0xFE, 0x4F,
     "global.atomic.get global.atomic.set global.atomic.rmw.add global.atomic.rmw.sub global.atomic.rmw.and "
     "global.atomic.rmw.or global.atomic.rmw.xor global.atomic.rmw.xchg global.atomic.rmw.cmpxchg table.atomic.get "
     "table.atomic.set table.atomic.rmw.xchg table.atomic.rmw.cmpxchg struct.atomic.get struct.atomic.get_s "
     "struct.atomic.get_u struct.atomic.set struct.atomic.rmw.add struct.atomic.rmw.sub struct.atomic.rmw.and "
     "struct.atomic.rmw.or struct.atomic.rmw.xor struct.atomic.rmw.xchg struct.atomic.rmw.cmpxchg array.atomic.get "
     "array.atomic.get_s array.atomic.get_u array.atomic.set array.atomic.rmw.add array.atomic.rmw.sub "
     "array.atomic.rmw.and array.atomic.rmw.or array.atomic.rmw.xor array.atomic.rmw.xchg array.atomic.rmw.cmpxchg"},
};

using Encoding = std::pair<unsigned, unsigned>;

struct Entry {
  std::string name;
  std::string type;  // as in Run; empty if not given
  unsigned version = 0;
};

void add_run(std::map<Encoding, Entry>& entries, const Run& run) {
  std::string_view rest = run.names;
  for (unsigned code = run.first; !rest.empty(); ++code) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const std::size_t colon = word.find(':');
    const std::string_view type = colon == std::string_view::npos ? std::string_view() : word.substr(colon + 1);
    entries[{run.prefix, code}] = {std::string(word.substr(0, colon)), std::string(type), run.version};
  }
}

std::map<Encoding, Entry> expected_specification() {
  std::map<Encoding, Entry> entries;
  for (const Run& run : specification) add_run(entries, run);
  return entries;
}

// The specification and the proposals. The read-modify-write instructions come in seven widths of seven operations, and
// rounding in three directions.
std::map<Encoding, Entry> expected_all() {
  std::map<Encoding, Entry> entries = expected_specification();
  for (const Run& run : proposals) add_run(entries, run);
  std::string rounded;
  for (const std::string way : {"_ceil", "_floor", "_trunc"}) {
    for (const std::string type : {"f32", "f64"}) {
      const std::string letter = type == "f32" ? "f" : "d";
      rounded += type + ".sqrt" + way + ":" + letter + ">" + letter + " ";
      for (const std::string operation : {"add", "sub", "mul", "div"})
        rounded += type + "." + operation + way + ":" + letter + letter + ">" + letter + " ";
    }
    for (const std::string type : {"f32", "f64"}) {
      const std::string letter = type == "f32" ? "f" : "d";
      for (const std::string from : {"i32_s:i", "i32_u:i", "i64_s:l", "i64_u:l"})
        rounded += type + ".convert" + way + "_" + from + ">" + letter + " ";
      rounded += type == "f32" ? "f32.demote" + way + "_f64:d>f " : "f64.promote" + way + "_f32:f>d ";
    }
  }
  add_run(entries, {0, 0xFC, 0x80, rounded});
  unsigned code = 0x1E;
  for (const std::string operation : {"add", "sub", "and", "or", "xor", "xchg", "cmpxchg"}) {
    for (const std::string width : {"i32.", "i64.", "i32.8", "i32.16", "i64.8", "i64.16", "i64.32"}) {
      const std::string letter = width[1] == '3' ? "i" : "l";
      const std::string operands = operation == "cmpxchg" ? letter + letter : letter;
      entries[{0xFE, code++}] = {
          width.substr(0, 4) + "atomic.rmw" + width.substr(4) + "." + operation + (width.size() > 4 ? "_u" : ""),
          "a" + operands + ">" + letter, 0};
    }
  }
  return entries;
}

bool is_in(Features set, const InstructionRow& row) { return set.has(row.feature); }

TEST(InstructionTable, IsSortedAndWithoutDuplicates) {
  for (std::size_t i = 1; i < instruction_count; ++i) {
    const InstructionRow& before = instruction_rows[i - 1];
    const InstructionRow& row = instruction_rows[i];
    EXPECT_LT(Encoding(before.prefix, before.code), Encoding(row.prefix, row.code)) << row.name;
  }
  std::set<std::pair<std::string_view, Imm>> seen;
  for (const InstructionRow& row : instruction_table()) {
    EXPECT_TRUE(seen.emplace(row.name, row.imm).second) << row.name;
  }
}

TEST(InstructionTable, HasTheSpecificationsInstructionsAndNoOthers) {
  const std::map<Encoding, Entry> expected = expected_specification();
  ASSERT_EQ(expected.size(), 499u);
  std::size_t count = 0;
  for (const InstructionRow& row : instruction_table()) {
    if (!is_in(Features::wasm3(), row)) continue;
    ++count;
    const auto found = expected.find({row.prefix, row.code});
    ASSERT_NE(found, expected.end()) << row.name;
    EXPECT_EQ(row.name, found->second.name);
  }
  EXPECT_EQ(count, 499u);
}

TEST(InstructionTable, HasThoseOfTheProposalsToo) {
  const std::map<Encoding, Entry> expected = expected_all();
  EXPECT_EQ(instruction_count, expected.size());
  for (const InstructionRow& row : instruction_table()) {
    const auto found = expected.find({row.prefix, row.code});
    ASSERT_NE(found, expected.end()) << row.name;
    EXPECT_EQ(row.name, found->second.name);
    EXPECT_EQ(row.feature == Feature::none || is_in(Features::wasm3(), row), found->second.version != 0) << row.name;
  }
}

// Each instruction came with the version that its feature came with.
TEST(InstructionTable, FeaturesAreOfTheRightVersion) {
  for (const auto& [encoding, entry] : expected_specification()) {
    const std::uint16_t position = find_row(static_cast<std::uint8_t>(encoding.first), encoding.second);
    ASSERT_NE(position, no_row) << entry.name;
    const InstructionRow& row = instruction_rows[position];
    const Features versions[] = {Features::mvp(), Features::wasm1(), Features::wasm2(), Features::wasm3()};
    EXPECT_TRUE(is_in(versions[entry.version], row)) << row.name;
    if (entry.version > 1) {
      EXPECT_FALSE(is_in(versions[entry.version - 1], row)) << row.name;
    }
  }
}

// Which proposal brought each instruction of the second and third version.
TEST(InstructionTable, FeaturesAreThoseOfTheProposals) {
  for (const InstructionRow& row : instruction_table()) {
    const std::string_view name = row.name;
    const auto is = [&](std::initializer_list<std::string_view> names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    Feature expected = Feature::none;
    if (row.prefix == 0 && row.code >= 0xE0)
      expected = Feature::stack_switching;
    else if ((row.prefix == 0xFE && row.code >= 0x4F) || name == "ref.i31_shared")
      expected = Feature::shared_everything_threads;
    else if (row.prefix == 0xFB && row.code >= 0x20)
      expected = Feature::custom_descriptors;
    else if (name == "memory.discard")
      expected = Feature::memory_control;
    else if (row.prefix == 0xFC && row.code >= 0x80)
      expected = Feature::rounding_variants;
    else if (row.prefix == 0xFD)
      expected = row.code >= 0x100 ? Feature::relaxed_simd : Feature::simd;
    else if (row.prefix == 0xFE)
      expected = Feature::threads;
    else if (row.prefix == 0xFB || name == "ref.eq")
      expected = Feature::gc;
    else if (name.find("trunc_sat") != std::string_view::npos)
      expected = Feature::saturating_float_to_int;
    else if (row.prefix == 0 && row.code >= 0xC0 && row.code <= 0xC4)
      expected = Feature::sign_extension;
    else if (is({"memory.init", "memory.copy", "memory.fill", "data.drop", "table.init", "table.copy", "elem.drop"}))
      expected = Feature::bulk_memory;
    else if (is({"table.get", "table.set", "table.grow", "table.size", "table.fill", "ref.null", "ref.is_null",
                 "ref.func"}) ||
             (name == "select" && row.imm != Imm::none))
      expected = Feature::reference_types;
    else if (is({"return_call", "return_call_indirect"}))
      expected = Feature::tail_call;
    else if (is({"call_ref", "return_call_ref", "ref.as_non_null", "br_on_null", "br_on_non_null"}))
      expected = Feature::function_references;
    else if (is({"throw", "throw_ref", "try_table"}))
      expected = Feature::exceptions;
    else if (is({"try", "catch", "catch_all", "rethrow", "delegate"}))
      expected = Feature::legacy_exceptions;
    else if (row.prefix == 0xFC && row.code >= 0x13)
      expected = Feature::wide_arithmetic;
    EXPECT_EQ(plimsoll::name(row.feature), plimsoll::name(expected)) << name;
  }
}

TEST(InstructionTable, SignaturesAreThoseOfTheIndex) {
  for (const auto& [encoding, entry] : expected_all()) {
    if (entry.type.empty()) continue;
    const InstructionRow& row = instruction_rows[find_row(static_cast<std::uint8_t>(encoding.first), encoding.second)];
    if (row.rule == Rule::data_drop || row.rule == Rule::elem_drop) continue;  // no operands: the rule says so
    std::string signature(row.signature);
    std::replace(signature.begin(), signature.end(), 'm', 'a');
    std::replace(signature.begin(), signature.end(), 't', 'a');
    std::replace(signature.begin(), signature.end(), ':', '>');
    EXPECT_EQ(signature, entry.type) << row.name;
  }
}

// The table instructions' types have the table's element type in them, which the index only calls `t`.
TEST(InstructionTable, SignaturesOfTableInstructions) {
  const std::pair<std::string_view, std::string_view> signatures[] = {
      {"table.get", "t:e"}, {"table.set", "te:"}, {"table.size", ":t"}, {"table.grow", "et:t"}, {"table.fill", "tet:"}};
  for (const auto& [instruction, signature] : signatures) {
    const auto found =
        std::find_if(std::begin(instruction_rows), std::end(instruction_rows),
                     [&, wanted = instruction](const InstructionRow& row) { return row.name == wanted; });
    EXPECT_EQ(found->signature, signature) << instruction;
    EXPECT_EQ(found->rule, Rule::table) << instruction;
  }
}

// The bytes that an instruction with a memarg accesses, read from its name: the width after load, store or rmw, times the
// lanes if there are some, or else the type's.
unsigned accessed_bytes(std::string_view name) {
  const auto number_at = [&](std::size_t at) {
    unsigned value = 0;
    for (; at < name.size() && name[at] >= '0' && name[at] <= '9'; ++at)
      value = value * 10 + static_cast<unsigned>(name[at] - '0');
    return value;
  };
  if (name == "memory.atomic.notify" || name == "memory.atomic.wait32") return 4;
  if (name == "memory.atomic.wait64") return 8;
  for (const std::string_view word : {"load", "store", "rmw"}) {
    const std::size_t at = name.find(word);
    if (at == std::string_view::npos) continue;
    const unsigned bits = number_at(at + word.size());
    if (bits == 0) break;
    const std::size_t times = name.find('x', at);
    const unsigned lanes = times == std::string_view::npos || name.substr(times).starts_with("xor") ||
                                   name.substr(times).starts_with("xchg")
                               ? 0
                               : number_at(times + 1);
    return bits / 8 * (lanes == 0 ? 1 : lanes);
  }
  return number_at(1) / 8;
}

TEST(InstructionTable, NaturalAlignments) {
  EXPECT_EQ(accessed_bytes("i64.load32_u"), 4u);
  EXPECT_EQ(accessed_bytes("v128.load16x4_s"), 8u);
  EXPECT_EQ(accessed_bytes("i64.atomic.rmw16.cmpxchg_u"), 2u);
  std::size_t count = 0;
  for (const InstructionRow& row : instruction_table()) {
    if (row.imm != Imm::memarg && row.imm != Imm::memarg_lane) continue;
    EXPECT_EQ(1U << row.width, accessed_bytes(row.name)) << row.name;
    EXPECT_EQ(row.rule, row.prefix == 0xFE ? Rule::atomic : Rule::memory) << row.name;
    ++count;
  }
  EXPECT_EQ(count, 23u + 22u + 66u);  // numbers, vectors, atomics
}

TEST(InstructionTable, LaneWidthsAreThoseOfTheShape) {
  const std::map<std::string_view, unsigned> lanes = {{"i8x16", 16}, {"i16x8", 8}, {"i32x4", 4},
                                                      {"i64x2", 2},  {"f32x4", 4}, {"f64x2", 2}};
  std::size_t count = 0;
  for (const InstructionRow& row : instruction_table()) {
    if (row.imm != Imm::lane) continue;
    EXPECT_EQ(16U >> row.width, lanes.at(row.name.substr(0, 5))) << row.name;
    ++count;
  }
  EXPECT_EQ(count, 14u);
}

// Section 3.4.13: which instructions may stand in a constant expression.
TEST(InstructionTable, ConstantInstructions) {
  const std::set<std::string_view> constant = {"i32.const",          "i64.const",
                                               "f32.const",          "f64.const",
                                               "v128.const",         "ref.null",
                                               "ref.func",           "ref.i31",
                                               "global.get",         "struct.new",
                                               "struct.new_default", "array.new",
                                               "array.new_default",  "array.new_fixed",
                                               "any.convert_extern", "ref.i31_shared",
                                               "struct.new_desc",    "struct.new_default_desc",
                                               "extern.convert_any", "end"};
  const std::set<std::string_view> extended = {"i32.add", "i32.sub", "i32.mul", "i64.add", "i64.sub", "i64.mul"};
  for (const InstructionRow& row : instruction_table()) {
    const Const expected = constant.contains(row.name)   ? Const::yes
                           : extended.contains(row.name) ? Const::extended
                                                         : Const::no;
    EXPECT_EQ(row.constant, expected) << row.name;
  }
}

// A row's signature is well-formed, and there is one where the rule reads it.
TEST(InstructionTable, SignaturesAreThereWhereTheRuleReadsThem) {
  for (const InstructionRow& row : instruction_table()) {
    const bool reads =
        row.rule == Rule::plain || row.rule == Rule::memory || row.rule == Rule::atomic || row.rule == Rule::table;
    const auto colons = std::count(row.signature.begin(), row.signature.end(), ':');
    EXPECT_TRUE(reads ? colons == 1 : colons <= 1) << row.name;
    EXPECT_EQ(row.signature.find_first_not_of("ilfdvmteEIAjJ:"), std::string_view::npos) << row.name;
  }
}

// Every encoding leads to its row and every other one to none: all one-byte codes, and all codes of a prefix up to well
// behind its last.
TEST(InstructionTable, LookupsFindWhatThereIsAndNothingElse) {
  std::map<Encoding, std::uint16_t> positions;
  for (std::size_t i = 0; i < instruction_count; ++i)
    positions[{instruction_rows[i].prefix, instruction_rows[i].code}] = static_cast<std::uint16_t>(i);
  for (const unsigned prefix : {0x00U, 0xFBU, 0xFCU, 0xFDU, 0xFEU}) {
    for (unsigned code = 0; code < (prefix == 0 ? 256U : 1000U); ++code) {
      const auto found = positions.find({prefix, code});
      EXPECT_EQ(find_row(static_cast<std::uint8_t>(prefix), code), found == positions.end() ? no_row : found->second)
          << prefix << ' ' << code;
    }
    if (prefix != 0) {
      EXPECT_EQ(find_row(static_cast<std::uint8_t>(prefix), 0xFFFF'FFFF), no_row);
      EXPECT_EQ(find_row(static_cast<std::uint8_t>(prefix), 0x1'0000), no_row);
    }
  }
  for (unsigned byte = 0; byte < 256; ++byte)
    EXPECT_EQ(is_prefix(static_cast<std::uint8_t>(byte)), byte >= 0xFB && byte <= 0xFE) << byte;
}

static_assert(row(opcode("i32.add")).code == 0x6A);
static_assert(row(opcode("select")).code == 0x1B && row(opcode("select", Imm::value_types)).code == 0x1C);
static_assert(row(opcode("ref.test", Imm::reference)).code == 20 &&
              row(opcode("ref.test", Imm::reference_null)).code == 21);
static_assert(row(opcode("ref.cast", Imm::reference)).code == 22 &&
              row(opcode("ref.cast", Imm::reference_null)).code == 23);

}  // namespace
}  // namespace plimsoll
