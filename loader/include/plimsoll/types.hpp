// Types of WebAssembly (specification 3.0, section 2.3) as small values and views.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace plimsoll {

// Abstract heap types (section 2.3.3). The order is that of the descriptors in types/heap_types.cpp.
enum class HeapType : std::uint8_t {
  func,
  nofunc,
  extern_,
  noextern,
  any,
  eq,
  i31,
  struct_,
  array,
  none,
  exn,
  noexn,
  cont,
  nocont,
};

// A value type, or a storage type of a field. Four bytes; equality is bitwise and is the specification's type equality,
// because a type index is replaced, when it is read, by the lowest index of an equal type in the same module.
//
// Layout: numbers are 1 to 7; a reference has bit 3 set, bit 4 if nullable, bit 5 if exact, bit 7 if its heap type is a type
// index, and from bit 8 on the type index, or the abstract heap type with bit 16 set if it is shared. 0 is the bottom type of
// unreachable code.
class ValueType {
 public:
  constexpr ValueType() = default;
  static constexpr ValueType from_bits(std::uint32_t bits) noexcept { return ValueType(bits); }
  static constexpr ValueType reference(HeapType heap, bool nullable) noexcept {
    return ValueType(reference_bit | (nullable ? nullable_bit : 0) | static_cast<std::uint32_t>(heap) << 8);
  }
  static constexpr ValueType reference(std::uint32_t type_index, bool nullable) noexcept {
    return ValueType(reference_bit | concrete_bit | (nullable ? nullable_bit : 0) | type_index << 8);
  }

  [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return bits_; }
  [[nodiscard]] constexpr bool is_bottom() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr bool is_number() const noexcept { return bits_ - 1 < 4; }
  [[nodiscard]] constexpr bool is_vector() const noexcept { return bits_ == 5; }
  [[nodiscard]] constexpr bool is_packed() const noexcept { return bits_ == 6 || bits_ == 7; }
  [[nodiscard]] constexpr bool is_reference() const noexcept { return (bits_ & reference_bit) != 0; }
  [[nodiscard]] constexpr bool is_nullable() const noexcept { return (bits_ & nullable_bit) != 0; }
  // For references only: whether the heap type is a type index, and which; otherwise which abstract heap type.
  [[nodiscard]] constexpr bool is_concrete() const noexcept { return (bits_ & concrete_bit) != 0; }
  [[nodiscard]] constexpr std::uint32_t type_index() const noexcept { return bits_ >> 8; }
  [[nodiscard]] constexpr HeapType heap_type() const noexcept { return static_cast<HeapType>(bits_ >> 8); }
  // For references to a type index only: whether it is that type itself and no subtype of it (custom descriptors).
  [[nodiscard]] constexpr bool is_exact() const noexcept { return (bits_ & exact_bit) != 0; }
  // For references to abstract heap types only: whether it is the shared one (shared-everything threads).
  [[nodiscard]] constexpr bool is_shared_abstract() const noexcept { return (bits_ & shared_bit) != 0; }
  // Whether a local of this type starts with a value (section 3.2.1, "defaultable").
  [[nodiscard]] constexpr bool is_defaultable() const noexcept { return !is_reference() || is_nullable(); }
  // The same reference with another nullability.
  [[nodiscard]] constexpr ValueType with_null(bool nullable) const noexcept {
    return ValueType(nullable ? bits_ | nullable_bit : bits_ & ~nullable_bit);
  }
  // The same reference to a type index with another exactness; to an abstract heap type with another sharedness; to another
  // type index.
  [[nodiscard]] constexpr ValueType with_exact(bool exact) const noexcept {
    return ValueType(exact ? bits_ | exact_bit : bits_ & ~exact_bit);
  }
  [[nodiscard]] constexpr ValueType with_shared(bool shared) const noexcept {
    return ValueType(shared ? bits_ | shared_bit : bits_ & ~shared_bit);
  }
  [[nodiscard]] constexpr ValueType with_type_index(std::uint32_t index) const noexcept {
    return ValueType((bits_ & 0xFFU) | index << 8);
  }
  // i8 and i16 become i32 (section 2.3.8, "unpacking"); everything else stays.
  [[nodiscard]] constexpr ValueType unpacked() const noexcept { return is_packed() ? ValueType(1) : *this; }

  friend constexpr bool operator==(ValueType, ValueType) = default;

 private:
  static constexpr std::uint32_t reference_bit = 8;
  static constexpr std::uint32_t nullable_bit = 16;
  static constexpr std::uint32_t exact_bit = 32;
  static constexpr std::uint32_t concrete_bit = 128;
  static constexpr std::uint32_t shared_bit = 1U << 16;
  explicit constexpr ValueType(std::uint32_t bits) noexcept : bits_(bits) {}
  std::uint32_t bits_ = 0;
};

inline constexpr ValueType bottom = ValueType::from_bits(0);
inline constexpr ValueType i32 = ValueType::from_bits(1);
inline constexpr ValueType i64 = ValueType::from_bits(2);
inline constexpr ValueType f32 = ValueType::from_bits(3);
inline constexpr ValueType f64 = ValueType::from_bits(4);
inline constexpr ValueType v128 = ValueType::from_bits(5);
inline constexpr ValueType i8 = ValueType::from_bits(6);   // storage type only
inline constexpr ValueType i16 = ValueType::from_bits(7);  // storage type only
inline constexpr ValueType funcref = ValueType::reference(HeapType::func, true);
inline constexpr ValueType externref = ValueType::reference(HeapType::extern_, true);

// The type as the text format writes it: `i32`, `funcref`, `(ref null 5)`. Throws only std::bad_alloc.
std::string to_string(ValueType type);

// A field of a struct or the element of an array (section 2.3.8).
class FieldType {
 public:
  constexpr FieldType() = default;
  constexpr FieldType(ValueType storage, bool is_mutable) noexcept
      : word_(ValueType::from_bits(storage.bits() | (is_mutable ? mutable_bit : 0))) {}
  [[nodiscard]] constexpr ValueType storage() const noexcept { return ValueType::from_bits(bits() & ~mutable_bit); }
  [[nodiscard]] constexpr bool is_mutable() const noexcept { return (bits() & mutable_bit) != 0; }
  [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return word_.bits(); }
  friend constexpr bool operator==(FieldType, FieldType) = default;

 private:
  static constexpr std::uint32_t mutable_bit = 64;
  ValueType word_;  // the storage type, and a bit that no value type has
};

enum class CompositeKind : std::uint8_t { function, struct_, array, continuation };

// A sub type: the definition behind one type index (sections 2.3.8 and 2.3.9). A view: the spans live as long as the Module.
struct SubType {
  static constexpr std::uint32_t no_supertype = 0xFFFF'FFFF;
  static constexpr std::uint32_t no_type = 0xFFFF'FFFF;

  CompositeKind kind = CompositeKind::function;
  bool is_final = true;
  bool starts_group = true;  // first of its rec group
  std::uint8_t depth = 0;    // supertypes above it
  std::uint32_t supertype = no_supertype;
  std::uint32_t canonical = 0;            // the lowest type index with an equal type
  std::span<const ValueType> parameters;  // functions
  std::span<const ValueType> results;     // functions
  std::span<const FieldType> fields;      // structs; an array has one: its element
  bool is_shared = false;                 // shared-everything threads
  std::uint32_t descriptor = no_type;     // structs: the type of its descriptor, if it has one (custom descriptors)
  std::uint32_t described = no_type;      // structs: the type that it describes, if any
  std::uint32_t continued = no_type;      // continuations: their function type (stack switching)
};

// The address type of a memory or table and the limits of its size, in pages or entries (section 2.3.11).
struct SizeLimits {
  static constexpr std::uint8_t usual_page = 16;

  std::uint64_t minimum = 0;
  std::uint64_t maximum = 0;  // meaningful if has_maximum
  bool has_maximum = false;
  bool is_shared = false;
  bool is_64 = false;
  std::uint8_t page_size_log2 = usual_page;  // memories: log2 of a page's bytes

  [[nodiscard]] constexpr ValueType address_type() const noexcept { return is_64 ? i64 : i32; }
};

}  // namespace plimsoll
