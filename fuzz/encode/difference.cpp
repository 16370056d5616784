#include "encode/difference.hpp"

#include <algorithm>

#include "encode/instructions.hpp"

namespace plimsoll::fuzz {
namespace {

class Comparison {
 public:
  Comparison(const Module& a, const Module& b) noexcept : a_(a), b_(b) {}

  std::string run() {
    types();
    imports();
    each("table", a_.tables(), b_.tables(), [this](const Table& x, const Table& y) {
      return x.element == y.element && same(x.limits, y.limits) && same_code(x.init, y.init);
    });
    each("memory", a_.memories(), b_.memories(),
         [](const Memory& x, const Memory& y) { return same(x.limits, y.limits); });
    each("global", a_.globals(), b_.globals(), [this](const Global& x, const Global& y) {
      return x.type == y.type && x.is_mutable == y.is_mutable && x.is_shared == y.is_shared &&
             same_code(x.init, y.init);
    });
    each("export", a_.exports(), b_.exports(), [this](const Export& x, const Export& y) {
      return x.kind == y.kind && x.index == y.index && a_.text(x.name) == b_.text(y.name);
    });
    const auto equal = [](std::uint32_t x, std::uint32_t y) { return x == y; };
    each("type of function", a_.functions(), b_.functions(), equal);
    each("tag", a_.tags(), b_.tags(), equal);
    if (a_.start() != b_.start()) note("start", 0);
    if (a_.data_count() != b_.data_count()) note("data count", 0);
    each("element segment", a_.elements(), b_.elements(),
         [this](const Element& x, const Element& y) { return same_element(x, y); });
    each("data segment", a_.data(), b_.data(), [this](const Data& x, const Data& y) {
      return x.mode == y.mode && x.memory == y.memory && same_code(x.offset, y.offset) && same_bytes(x.bytes, y.bytes);
    });
    bodies();
    sections();
    return found_;
  }

 private:
  void note(const char* what, std::size_t index) {
    if (found_.empty()) found_ = std::string(what) + " " + std::to_string(index);
  }
  template <class Range, class Same>
  void each(const char* what, const Range& x, const Range& y, Same is_same) {
    if (x.size() != y.size()) return note((std::string("number of entries: ") + what).c_str(), x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!is_same(x[i], y[i])) return note(what, i);
  }

  void types() {
    each("type", a_.types(), b_.types(), [](const SubType& x, const SubType& y) {
      return x.kind == y.kind && x.is_final == y.is_final && x.starts_group == y.starts_group && x.depth == y.depth &&
             x.supertype == y.supertype && x.canonical == y.canonical && x.is_shared == y.is_shared &&
             x.descriptor == y.descriptor && x.described == y.described && x.continued == y.continued &&
             std::ranges::equal(x.parameters, y.parameters) && std::ranges::equal(x.results, y.results) &&
             std::ranges::equal(x.fields, y.fields);
    });
  }
  void imports() {
    each("import", a_.imports(), b_.imports(), [this](const Import& x, const Import& y) {
      return x.kind == y.kind && x.index == y.index && x.is_exact == y.is_exact &&
             a_.text(x.module) == b_.text(y.module) && a_.text(x.name) == b_.text(y.name);
    });
  }
  static bool same(const SizeLimits& x, const SizeLimits& y) {
    return x.minimum == y.minimum && x.has_maximum == y.has_maximum && (!x.has_maximum || x.maximum == y.maximum) &&
           x.is_shared == y.is_shared && x.is_64 == y.is_64 && x.page_size_log2 == y.page_size_log2;
  }
  [[nodiscard]] bool same_bytes(ByteRange x, ByteRange y) const { return std::ranges::equal(a_.bytes(x), b_.bytes(y)); }
  bool same_element(const Element& x, const Element& y) {
    if (x.mode != y.mode || x.has_expressions != y.has_expressions || x.table != y.table || x.type != y.type ||
        x.count != y.count || !same_code(x.offset, y.offset))
      return false;
    ElementItems xs = a_.items(x);
    ElementItems ys = b_.items(y);
    ElementItems::Item item;
    ElementItems::Item other;
    while (xs.next(item) && ys.next(other))
      if (item.function != other.function || !same_code(item.expression, other.expression)) return false;
    return true;
  }
  // Instructions are the same if they are written alike in the shortest way.
  [[nodiscard]] bool same_code(ByteRange x, ByteRange y) const {
    Writer first({0, a_.features()});
    Writer second({0, b_.features()});
    write_instructions(first, a_.bytes(x));
    write_instructions(second, b_.bytes(y));
    return std::ranges::equal(first.view(), second.view());
  }
  void bodies() {
    if (a_.bodies().size() != b_.bodies().size()) return note("number of bodies", a_.bodies().size());
    for (std::uint32_t i = 0; i < a_.bodies().size(); ++i) {
      FunctionBody x = a_.body(i);
      FunctionBody y = b_.body(i);
      LocalRun run;
      LocalRun other;
      for (bool more = true; more;) {
        more = x.next_locals(run);
        if (more != y.next_locals(other) || (more && (run.count != other.count || run.type != other.type)))
          return note("locals of body", i);
      }
      if (!same_code(x.expression(), y.expression())) return note("body", i);
    }
  }
  // The order of all sections, and the contents of the custom ones.
  void sections() {
    SectionWalk xs = a_.sections();
    SectionWalk ys = b_.sections();
    Section x;
    Section y;
    for (std::size_t i = 0;; ++i) {
      const bool more = xs.next(x);
      if (more != ys.next(y) || (more && x.id != y.id)) return note("section", i);
      if (!more) return;
      if (x.id == SectionId::custom && (a_.text(x.name) != b_.text(y.name) || !same_bytes(x.payload, y.payload)))
        return note("custom section", i);
    }
  }

  const Module& a_;
  const Module& b_;
  std::string found_;
};

}  // namespace

std::string difference(const Module& a, const Module& b) { return Comparison(a, b).run(); }

}  // namespace plimsoll::fuzz
