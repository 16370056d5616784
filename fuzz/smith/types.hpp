// The types of a module that is being made: definitions as they will be written, and the loader's own TypeStore of them, which
// answers every question of subtyping.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bytes/arena.hpp"
#include "bytes/hash.hpp"
#include "plimsoll/features.hpp"
#include "smith/entropy.hpp"
#include "types/type_store.hpp"

namespace plimsoll::fuzz {

class Types {
 public:
  Types(Entropy& entropy, Features features);

  // Makes up to `count` types, in rec groups.
  void make(std::uint32_t count);

  // As written: what encode/types.hpp takes.
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(definitions_.size()); }
  SubType operator[](std::uint32_t index) const;

  [[nodiscard]] const TypeStore& store() const noexcept { return store_; }
  [[nodiscard]] Features features() const noexcept { return features_; }
  // The reference to a type of this index, as == and the store need it.
  [[nodiscard]] ValueType reference(std::uint32_t index, bool nullable) const noexcept {
    return ValueType::reference(store_[index].canonical, nullable);
  }
  // What an instruction that makes one of the type gives.
  [[nodiscard]] ValueType made(std::uint32_t index) const noexcept {
    return reference(index, false).with_exact(features_.has(Feature::custom_descriptors));
  }
  [[nodiscard]] bool has_references() const noexcept { return !heaps_.empty(); }

  // Types at random, canonical. With `shared` only those whose values threads may share. A reference only if there are any.
  ValueType number();
  ValueType reference(bool shared);
  ValueType value(bool shared) { return random_value(shared, store_.size()); }
  // One that matches `type`, and most often is not it.
  ValueType narrower(ValueType type);

  // A type index for which `fits(index)` holds, found from a random one on; size() if there is none.
  template <class Fits>
  std::uint32_t find(Fits fits) {
    return find_below(store_.size(), fits);
  }

 private:
  struct Definition {
    SubType head;
    std::vector<ValueType> values;  // parameters, then results
    std::vector<FieldType> fields;
    std::uint32_t parameters = 0;
  };

  template <class Fits>
  std::uint32_t find_below(std::uint32_t count, Fits fits) {
    const std::uint32_t first = count < 2 ? 0 : entropy_.below(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t index = first + i < count ? first + i : first + i - count;
      if (fits(index)) return index;
    }
    return size();
  }
  ValueType random_value(bool shared, std::uint32_t end);
  ValueType random_reference(bool shared, std::uint32_t end);
  ValueType storage(bool shared, std::uint32_t end);
  FieldType field(bool shared, std::uint32_t end);
  void make_group(std::uint32_t count);
  bool make_switch(std::uint32_t count);
  void make_type(std::uint32_t start, std::uint32_t end);
  bool make_pair(std::uint32_t start, std::uint32_t end);
  std::uint32_t choose_supertype();
  bool inherit(Definition& type, std::uint32_t super);
  void fill(Definition& type, std::uint32_t end);
  void vary(Definition& type);
  void fit_for_switch(Definition& type);
  void add_fields(Definition& type, std::uint32_t end);
  void add(Definition&& type, std::uint32_t start);

  Entropy& entropy_;
  Features features_;
  Arena arena_;
  TypeStore store_;
  HashIndex groups_;
  std::vector<Definition> definitions_;
  std::vector<HeapType> heaps_;
};

}  // namespace plimsoll::fuzz
