// The type section (specification 3.0, sections 3.2.9 to 3.2.11 and 5.5.4): rec groups, folded as they are read.
#include <algorithm>
#include <optional>

#include "bytes/hash.hpp"
#include "types/plain_type.hpp"
#include "types/read_types.hpp"
#include "validate/loader.hpp"

namespace plimsoll {
namespace {

using namespace type_code;

std::uint32_t type_limit(const Limits& limits) noexcept { return std::min(limits.types, Limits::most_entries); }

// The clauses of custom descriptors.
enum class Clause : std::uint8_t { describes, descriptor };

// Walks the type section and hands what it reads to a sink. It runs twice: once to count, so that the store is sized
// exactly, and once to fill it.
template <class Sink>
class TypeReader {
 public:
  TypeReader(Cursor& cursor, Features features, const Limits& limits, Sink& sink) noexcept
      : cursor_(cursor), features_(features), limits_(limits), sink_(sink), plain_(features) {}

  void read_section() {
    const std::uint32_t groups = count(limits_.rec_groups);
    for (std::uint32_t i = 0; i < groups && cursor_.ok(); ++i) read_group();
  }

  // One rec group, or no more than its first `at_most` types.
  void read_group(std::uint32_t at_most = 0xFFFF'FFFF) {
    if (read_plain_function()) return;
    const std::uint8_t* const begin = cursor_.position();
    const std::uint32_t at = cursor_.offset();
    std::uint32_t types = 1;
    if (cursor_.peek() == rec_group) {
      cursor_.byte();
      if (!features_.has(Feature::gc)) cursor_.fail_feature(Feature::gc, at);
      types = count(limits_.rec_group_types);
    }
    sink_.begin_group(begin, types);
    for (std::uint32_t i = 0; i < types && i < at_most && cursor_.ok(); ++i) read_sub_type();
    if (cursor_.ok()) sink_.end_group(cursor_);
  }

 private:
  std::uint32_t count(std::uint32_t limit) noexcept {
    const std::uint32_t at = cursor_.offset();
    const std::uint32_t value = cursor_.length();
    if (value > limit) cursor_.fail_count(ErrorCode::limit_count, at, value, limit);
    return value;
  }

  // A function type that is a group of its own, if it is there and plain (plain_type.hpp), as most types are in any module.
  bool read_plain_function() {
    const std::uint8_t* const begin = cursor_.position();
    if (cursor_.at_end() || *begin != function_type) return false;
    const std::uint8_t* position = begin + 1;
    TypeRecord record;
    record.values = sink_.value_count();
    sink_.begin_group(begin, 1);
    const std::uint32_t one_result = std::min(limits_.results, 1U);
    const auto value_count = [&] { return static_cast<std::uint16_t>(sink_.value_count() - record.values); };
    position = read_plain_values(position, limits_.parameters);
    record.parameter_count = value_count();
    if (position != nullptr)
      position = read_plain_values(position, features_.has(Feature::multi_value) ? limits_.results : one_result);
    if (position == nullptr) {
      sink_.drop_values(record.values);
      return false;
    }
    record.count = value_count();
    const std::uint32_t at = cursor_.offset();
    cursor_.seek(position);
    sink_.add(cursor_, record, std::nullopt, at);
    if (cursor_.ok()) sink_.end_group(cursor_);
    return true;
  }

  // A vector of at most `most` value types, if all are plain: the position behind it, or null.
  const std::uint8_t* read_plain_values(const std::uint8_t* position, std::uint32_t most) {
    const std::uint8_t* const end = cursor_.end();
    if (position == end || *position >= 0x80 || *position > most || *position >= end - position) return nullptr;
    for (unsigned left = *position++; left != 0; --left) {
      ValueType type;
      if (end - position < PlainTypes::read_at_once) return nullptr;
      position = plain_.read_value(position, type);
      if (position == nullptr || !sink_.resolve_plain(type)) return nullptr;
      sink_.add_value(type);
    }
    return position;
  }

  void read_sub_type() {
    TypeRecord record;
    const std::uint32_t at = cursor_.offset();
    std::uint32_t supertype_at = at;
    std::optional<std::uint32_t> supertype;
    if (cursor_.peek() == sub_type || cursor_.peek() == sub_type_final) {
      record.is_final = cursor_.byte() == sub_type_final ? 1 : 0;
      if (!features_.has(Feature::gc)) cursor_.fail_feature(Feature::gc, at);
      const std::uint32_t supertypes = cursor_.length();
      supertype_at = cursor_.offset();
      if (supertypes > 1) cursor_.fail_count(ErrorCode::too_many_supertypes, supertype_at, supertypes, 1);
      if (supertypes == 1) supertype = cursor_.u32();
    }
    if (cursor_.ok()) read_composite(record);
    if (cursor_.ok()) sink_.add(cursor_, record, supertype, supertype_at);
  }

  // A composite type with what proposals put before it: whether it is shared, what it describes, what describes it.
  void read_composite(TypeRecord& record) {
    const auto prefix = [&](std::uint8_t code, Feature proposal) {
      return take_prefix(cursor_, features_, code, proposal, ErrorCode::bad_definition_type);
    };
    record.values = sink_.value_count();
    record.is_shared = prefix(shared_code, Feature::shared_everything_threads) ? 1 : 0;
    record.describes = prefix(describes_clause, Feature::custom_descriptors) && read_clause(Clause::describes) ? 1 : 0;
    record.has_descriptor =
        prefix(descriptor_clause, Feature::custom_descriptors) && read_clause(Clause::descriptor) ? 1 : 0;
    const std::uint32_t at = cursor_.offset();
    const std::uint8_t kind = cursor_.byte();
    switch (kind) {
      case function_type: break;
      case struct_type:
      case array_type:
        if (!features_.has(Feature::gc)) cursor_.fail_feature(Feature::gc, at);
        break;
      case continuation_type:
        if (!features_.has(Feature::stack_switching))
          cursor_.fail_byte(ErrorCode::bad_definition_type, at, Feature::stack_switching);
        break;
      default: cursor_.fail_byte(ErrorCode::bad_definition_type, at);
    }
    if (kind != struct_type && record.clauses() != 0)
      cursor_.fail(record.has_descriptor != 0 ? ErrorCode::descriptor_not_struct : ErrorCode::described_not_struct, at);
    if (!cursor_.ok()) return;
    if (kind == function_type)
      read_function(record);
    else if (kind == continuation_type)
      read_continuation(record);
    else
      read_fields(record, kind == struct_type);
  }

  bool read_clause(Clause clause) {
    const std::uint32_t at = cursor_.offset();
    const std::uint32_t index = cursor_.u32();
    return cursor_.ok() && sink_.add_clause(cursor_, clause, index, at);
  }

  void read_function(TypeRecord& record) {
    const auto number = [&](std::uint32_t limit) { return count(std::min(limit, Limits::most_values)); };
    record.parameter_count = read_values(number(limits_.parameters));
    const std::uint32_t results_at = cursor_.offset();
    const std::uint32_t count_of_results = number(limits_.results);
    if (count_of_results > 1 && !features_.has(Feature::multi_value))
      cursor_.fail_feature(Feature::multi_value, results_at);
    const std::uint16_t results = read_values(count_of_results);
    record.count = static_cast<std::uint16_t>(record.parameter_count + results);
  }

  void read_continuation(TypeRecord& record) {
    record.set_kind(CompositeKind::continuation);
    const std::uint32_t at = cursor_.offset();
    const std::int64_t index = cursor_.s33();
    if (index < 0) cursor_.fail(ErrorCode::bad_definition_type, at);
    if (index > Limits::most_entries)
      cursor_.fail_index(ErrorCode::unknown_type, at, static_cast<std::uint32_t>(index), Limits::most_entries);
    if (!cursor_.ok()) return;
    ValueType type = ValueType::reference(static_cast<std::uint32_t>(index), false);
    if (sink_.resolve(cursor_, type, at)) record.values = type.type_index();
  }

  void read_fields(TypeRecord& record, bool is_struct) {
    record.set_kind(is_struct ? CompositeKind::struct_ : CompositeKind::array);
    const std::uint32_t fields = is_struct ? count(std::min(limits_.struct_fields, Limits::most_fields)) : 1;
    for (std::uint32_t i = 0; i < fields && cursor_.ok(); ++i) {
      i += read_plain(fields - i, [&](const std::uint8_t*& position, ValueType storage) {
        if (*position > 1) return false;
        sink_.add_field(FieldType(storage, *position++ == 1));
        return true;
      });
      if (i == fields) break;
      const std::uint32_t field_at = cursor_.offset();
      ValueType storage = read_storage_type(cursor_, features_);
      if (cursor_.ok() && sink_.resolve(cursor_, storage, field_at))
        sink_.add_field(FieldType(storage, read_mutability(cursor_)));
    }
    record.count = static_cast<std::uint16_t>(fields);
  }

  std::uint16_t read_values(std::uint32_t values) {
    for (std::uint32_t i = 0; i < values && cursor_.ok(); ++i) {
      i += read_plain(values - i, [&](const std::uint8_t*&, ValueType type) {
        if (type.is_packed()) return false;
        sink_.add_value(type);
        return true;
      });
      if (i == values) break;
      const std::uint32_t at = cursor_.offset();
      ValueType type = read_value_type(cursor_, features_);
      if (cursor_.ok() && sink_.resolve(cursor_, type, at)) sink_.add_value(type);
    }
    return static_cast<std::uint16_t>(values);
  }

  // Reads storage types, `most` or up to the first that is not plain: how many. `use` gets the position behind each, and says
  // false if it is for the general path.
  template <class Use>
  std::uint32_t read_plain(std::uint32_t most, Use use) {
    const std::uint8_t* position = cursor_.position();
    const std::uint8_t* const end = cursor_.end();
    std::uint32_t read = 0;
    for (; read < most && end - position >= PlainTypes::read_at_once; ++read) {
      ValueType type;
      const std::uint8_t* next = plain_.read_storage(position, type);
      if (next == nullptr || !sink_.resolve_plain(type) || !use(next, type)) break;
      position = next;
    }
    cursor_.seek(position);
    return read;
  }

  Cursor& cursor_;
  Features features_;
  const Limits& limits_;
  Sink& sink_;
  PlainTypes plain_;
};

// The first walk: how many of what.
class Counter {
 public:
  explicit Counter(std::uint32_t limit) noexcept : limit_(limit) {}
  void begin_group(const std::uint8_t*, std::uint32_t) noexcept {}
  void end_group(Cursor&) noexcept { ++groups_; }
  void add(Cursor& cursor, const TypeRecord&, std::optional<std::uint32_t> supertype,
           std::uint32_t supertype_at) noexcept {
    last_supertype_ = supertype.value_or(0);
    if (++types_ > limit_) cursor.fail(ErrorCode::limit_count, supertype_at);  // the second walk will say it properly
    last_supertype_at_ = supertype_at;
  }
  bool add_clause(Cursor&, Clause, std::uint32_t, std::uint32_t at) noexcept {
    ++values_;
    last_clause_at_ = at;
    return true;
  }
  bool resolve(Cursor&, ValueType&, std::uint32_t) noexcept { return true; }
  bool resolve_plain(ValueType&) noexcept { return true; }
  void add_value(ValueType) noexcept { ++values_; }
  void add_field(FieldType) noexcept { ++values_; }
  void drop_values(std::uint32_t first) noexcept { values_ = first; }
  [[nodiscard]] std::uint32_t value_count() const noexcept { return values_; }
  [[nodiscard]] std::uint32_t types() const noexcept { return types_; }
  [[nodiscard]] std::uint32_t groups() const noexcept { return groups_; }
  // Where the last type's supertype stands; without one, where the type does.
  [[nodiscard]] std::uint32_t last_supertype_at() const noexcept { return last_supertype_at_; }
  [[nodiscard]] std::uint32_t last_supertype() const noexcept { return last_supertype_; }
  // Where the last clause's type index stands.
  [[nodiscard]] std::uint32_t last_clause_at() const noexcept { return last_clause_at_; }

 private:
  std::uint32_t limit_;
  std::uint32_t last_supertype_at_ = 0;
  std::uint32_t last_supertype_ = 0;
  std::uint32_t last_clause_at_ = 0;
  std::uint32_t groups_ = 0;
  std::uint32_t types_ = 0;
  std::uint32_t values_ = 0;
};

// The second walk: fills the store and checks each type as it comes, and of a group what can be told only when it is complete:
// whether types match their supertypes, for which the bytes of the whole group have to be well-formed first.
class Filler {
 public:
  Filler(TypeStore& types, HashIndex& groups, Features features, const Limits& limits, const Cursor& start) noexcept
      : types_(types), groups_(groups), features_(features), limits_(limits), section_(start) {}

  // The group has `count` types: what names a later one than these is wrong at once.
  void begin_group(const std::uint8_t* position, std::uint32_t count) noexcept {
    group_begin_ = position;
    start_ = types_.size();
    end_ = start_ + count;
  }

  bool resolve(Cursor& cursor, ValueType& type, std::uint32_t at) noexcept {
    if (!type.is_reference() || !type.is_concrete()) return true;
    const std::uint32_t index = type.type_index();
    if (index < start_) {
      type = types_.canonical(type);
    } else if (!features_.has(Feature::gc)) {
      return cursor.fail(ErrorCode::unknown_type, at, ErrorDetail::index, index, start_,  // no type named itself
                         index == start_ ? Feature::gc : Feature::none);
    } else if (index >= end_) {
      return cursor.fail_index(ErrorCode::unknown_type, at, index, end_);
    }
    return cursor.ok();
  }

  // The same without an error: false if the type may be wrong.
  bool resolve_plain(ValueType& type) noexcept {
    const std::uint32_t index = type.is_concrete() ? type.type_index() : 0;
    if (index >= start_) return !type.is_concrete() || (index < end_ && features_.has(Feature::gc));
    const std::uint32_t canonical = types_[index].canonical;
    if (type.is_concrete()) type = type.with_type_index(canonical);
    return true;
  }

  // The index of a clause is of a type in the same group, so it stays as it is. What is described stands before.
  bool add_clause(Cursor& cursor, Clause clause, std::uint32_t index, std::uint32_t at) noexcept {
    const bool describes = clause == Clause::describes;
    const auto fail_clause = [&](ErrorCode code) { return cursor.fail(code, at, ErrorDetail::number, index); };
    if (index >= start_ && describes && index >= types_.size()) return fail_clause(ErrorCode::described_forward);
    if (index < start_ || index >= end_)
      return fail_clause(describes ? ErrorCode::described_outside_group : ErrorCode::descriptor_outside_group);
    types_.add_value(ValueType::reference(index & TypeRecord::no_supertype, false).bits());
    return true;
  }

  void add(Cursor& cursor, TypeRecord record, std::optional<std::uint32_t> supertype,
           std::uint32_t supertype_at) noexcept {
    const std::uint32_t index = types_.size();
    if (index >= type_limit(limits_)) {
      cursor.fail_count(ErrorCode::limit_count, supertype_at, index + std::size_t{1}, type_limit(limits_));
      return;
    }
    record.canonical = index & TypeRecord::no_supertype;
    record.starts_group = index == start_ ? 1 : 0;
    if (supertype) {
      if (*supertype >= index) {
        cursor.fail_index(ErrorCode::unknown_type, supertype_at, *supertype, index);
        return;
      }
      if (!place_under(cursor, record, *supertype, supertype_at)) return;
    }
    types_.add(record);
  }

  void add_value(ValueType type) noexcept { types_.add_value(type.bits()); }
  void add_field(FieldType field) noexcept { types_.add_value(field.bits()); }
  void drop_values(std::uint32_t first) noexcept { types_.drop_values(first); }
  [[nodiscard]] std::uint32_t value_count() const noexcept { return types_.value_count(); }

  void end_group(Cursor& cursor) {
    if (types_.close_group(start_, groups_)) return;  // equal to a group that is known to be valid
    for (std::uint32_t i = start_; i < types_.size() && cursor.ok(); ++i) {
      if (!check_parts(cursor, i)) return;
      const std::uint32_t super = types_[i].supertype;
      if (super != TypeRecord::no_supertype && !types_.composite_matches(i, super))
        cursor.fail(ErrorCode::supertype_mismatch, supertype_at(i), ErrorDetail::number,
                    read_again(i).last_supertype());
    }
  }

 private:
  // Puts a new type under its supertype, which is there already and need not match it yet.
  bool place_under(Cursor& cursor, TypeRecord& record, std::uint32_t supertype, std::uint32_t at) noexcept {
    const TypeRecord& super = types_[supertype];
    const unsigned most = std::min(limits_.subtype_depth, 255U);
    const unsigned depth = super.depth + 1U;
    if (super.is_final != 0) return cursor.fail(ErrorCode::supertype_final, at, ErrorDetail::number, supertype);
    if (depth > most) return cursor.fail_count(ErrorCode::limit_subtype_depth, at, depth, most);
    record.supertype = (supertype < start_ ? super.canonical : supertype) & TypeRecord::no_supertype;
    record.depth = depth & 0xFFU;
    return true;
  }

  // What proposals demand of what a type refers to.
  bool check_parts(Cursor& cursor, std::uint32_t index) noexcept {
    const TypeRecord& type = types_[index];
    const bool shared = type.is_shared != 0;
    const auto has_same_share = [&](std::uint32_t other) { return types_[other].is_shared == type.is_shared; };
    if (type.describes != 0) {
      const std::uint32_t described = types_.described(index);
      if (types_.descriptor(described) != index || !has_same_share(described))
        return cursor.fail(ErrorCode::described_mismatch, clause_at(index));
    }
    if (type.has_descriptor != 0) {
      const std::uint32_t descriptor = types_.descriptor(index);
      if (types_.described(descriptor) != index || !has_same_share(descriptor))
        return cursor.fail(ErrorCode::descriptor_mismatch, clause_at(index));
    }
    if (type.kind() == CompositeKind::continuation) {
      if (!types_.is(types_.continued(index), CompositeKind::function))
        return cursor.fail(ErrorCode::not_function_type, supertype_at(index));
      return !shared || types_[types_.continued(index)].is_shared != 0 ||
             cursor.fail(ErrorCode::unshared_component, supertype_at(index));
    }
    if (!shared) return true;
    const bool is_function = type.kind() == CompositeKind::function;
    const auto is_shared = [&](ValueType part) { return types_.is_shared(part); };
    const bool all_shared = is_function ? std::ranges::all_of(types_.parameters(index), is_shared) &&
                                              std::ranges::all_of(types_.results(index), is_shared)
                                        : std::ranges::all_of(types_.fields(index), is_shared, &FieldType::storage);
    return all_shared || cursor.fail(ErrorCode::unshared_component, supertype_at(index));
  }

  // Where a type of the current group names its last clause's type.
  [[nodiscard]] std::uint32_t clause_at(std::uint32_t index) noexcept { return read_again(index).last_clause_at(); }

  // Where a type of the current group names its supertype: found, for an error only, by reading the group again.
  [[nodiscard]] std::uint32_t supertype_at(std::uint32_t index) noexcept {
    return read_again(index).last_supertype_at();
  }
  [[nodiscard]] Counter read_again(std::uint32_t index) noexcept {
    Counter counter(type_limit(limits_));
    Cursor cursor = section_;
    cursor.seek(group_begin_);
    TypeReader<Counter> reader(cursor, features_, limits_, counter);
    reader.read_group(index - start_ + 1);
    return counter;
  }

  TypeStore& types_;
  HashIndex& groups_;
  Features features_;
  const Limits& limits_;
  Cursor section_;  // as it was at the start
  const std::uint8_t* group_begin_ = nullptr;
  std::uint32_t start_ = 0;
  std::uint32_t end_ = 0;  // one past the last type of the group, which may still be to come
};

}  // namespace

void Loader::load_types(Cursor& cursor) {
  Counter counter(type_limit(limits_));
  Cursor ahead = cursor;
  TypeReader<Counter>(ahead, features_, limits_, counter).read_section();
  module_.types.reserve(module_.arena, counter.types(), counter.value_count());

  const std::span section(cursor.position(), cursor.remaining());
  constexpr std::uint32_t first_groups = 1024;
  {
    HashIndex groups(options_.memory, std::min(counter.groups(), first_groups), section, counter.types());
    Filler filler(module_.types, groups, features_, limits_, cursor);
    TypeReader<Filler>(cursor, features_, limits_, filler).read_section();
  }
  if (cursor.ok()) module_.types.finish(module_.arena);
}

}  // namespace plimsoll
