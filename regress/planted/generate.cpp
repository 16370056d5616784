#include "planted/generate.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "plimsoll/features.hpp"
#include "plimsoll/instructions.hpp"

namespace plimsoll::regress::planted {
namespace {

// The letters of signatures in the table of instructions, and how the binary format writes these types.
constexpr std::string_view letters = "ilfdv";
constexpr std::array<std::uint8_t, 5> type_codes{0x7F, 0x7E, 0x7D, 0x7C, 0x7B};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() { return engine_(); }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool percent(unsigned chance) { return below(100) < chance; }

 private:
  std::mt19937_64 engine_;
};

class Output {
 public:
  void byte(std::uint64_t byte) { bytes_.push_back(static_cast<std::byte>(byte)); }
  void u64(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte((value & 0x7FU) | 0x80U);
    byte(value);
  }
  void s64(std::int64_t value) {
    for (; value < -64 || value > 63; value >>= 7) byte((static_cast<std::uint64_t>(value) & 0x7FU) | 0x80U);
    byte(static_cast<std::uint64_t>(value) & 0x7FU);
  }
  void fixed(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) byte(value >> (8 * i));
  }
  void append(const Output& other) { bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end()); }
  void sized(const Output& other) {
    u64(other.size());
    append(other);
  }
  void section(std::uint8_t id, const Output& contents) {
    byte(id);
    sized(contents);
  }
  void text(std::string_view text) {
    u64(text.size());
    for (const char c : text) byte(static_cast<unsigned char>(c));
  }
  void opcode(const InstructionRow& row) {
    if (row.prefix == 0) return byte(row.code);
    byte(row.prefix);
    u64(row.code);
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

struct Signature {
  std::string parameters;  // letters
  std::string results;     // at most one
};

// What bodies can refer to.
struct World {
  std::vector<Signature> types;
  std::vector<std::size_t> functions;  // the types of all, imported ones first
  std::size_t imported = 0;
  std::size_t table_size = 0;
  std::string globals = "iilfd";  // letters; all mutable
};

// Instructions of the table that take nothing from the world but a memory, by the letter of their result ('-': none).
std::vector<const InstructionRow*> rows_with_result(char letter) {
  std::vector<const InstructionRow*> rows;
  for (const InstructionRow& row : instruction_table()) {
    const bool fits =
        (row.rule == Rule::plain && row.imm == Imm::none) || (row.rule == Rule::memory && row.imm == Imm::memarg);
    const std::size_t colon = row.signature.find(':');
    if (!fits || colon == std::string_view::npos || row.name == "nop" || !Features::wasm2().has(row.feature)) continue;
    if (row.signature.find_first_not_of("ilfdvm:") != std::string_view::npos) continue;
    const std::string_view results = row.signature.substr(colon + 1);
    if (letter == '-' ? results.empty() : results == std::string_view(&letter, 1)) rows.push_back(&row);
  }
  return rows;
}

class BodyMaker {
 public:
  BodyMaker(Random& random, const World& world) : random_(random), world_(world) {
    for (const char letter : letters) producers_.push_back(rows_with_result(letter));
    consumers_ = rows_with_result('-');
  }

  // A body of about `size` bytes: its locals, instructions and end.
  Output make(const Signature& signature, std::size_t size) {
    Output body;
    locals_ = signature.parameters;
    const std::size_t groups = random_.below(5);
    body.u64(groups);
    for (std::size_t i = 0; i < groups; ++i) {
      const std::size_t letter = random_.below(random_.percent(10) ? 5 : 4);
      const std::size_t count = 1 + random_.below(6);
      body.u64(count);
      body.byte(type_codes[letter]);
      locals_.append(count, letters[letter]);
    }
    depth_ = 0;
    while (body.size() < size) statement(body, size);
    if (!signature.results.empty()) expression(body, signature.results[0], 3);
    body.byte(0x0B);
    return body;
  }

 private:
  void statement(Output& out, std::size_t size) {
    switch (random_.below(depth_ < 4 && out.size() + 20 < size ? 10 : 6)) {
      case 0:
      case 1: assign_local(out); break;
      case 2:
      case 3: consume(out); break;
      case 4: assign_global(out); break;
      case 5: call(out); break;
      case 6: conditional(out, size); break;
      case 7: loop(out, size); break;
      case 8: jump_table(out, size); break;
      default: block(out, size); break;
    }
  }

  void statements(Output& out, std::size_t size) {
    ++depth_;
    for (std::size_t i = 1 + random_.below(4); i > 0; --i) statement(out, size);
    --depth_;
  }

  void assign_local(Output& out) {
    if (locals_.empty()) return consume(out);
    const std::size_t local = random_.below(locals_.size());
    expression(out, locals_[local], 3);
    out.byte(0x21);
    out.u64(local);
  }

  void assign_global(Output& out) {
    const std::size_t global = random_.below(world_.globals.size());
    expression(out, world_.globals[global], 2);
    out.byte(0x24);
    out.u64(global);
  }

  // An instruction without results, as a store.
  void consume(Output& out) { apply(out, *consumers_[random_.below(consumers_.size())], 3); }

  void call(Output& out) {
    const bool indirect = random_.percent(20);
    const std::size_t function = random_.below(world_.functions.size());
    const std::size_t type = indirect ? random_.below(world_.types.size()) : world_.functions[function];
    for (const char letter : world_.types[type].parameters) expression(out, letter, 2);
    if (indirect) {
      expression(out, 'i', 2);
      out.byte(0x11);
      out.u64(type);
      out.byte(0);
    } else {
      out.byte(0x10);
      out.u64(function);
    }
    if (!world_.types[type].results.empty()) out.byte(0x1A);
  }

  void conditional(Output& out, std::size_t size) {
    expression(out, 'i', 3);
    out.byte(0x04);
    out.byte(0x40);
    statements(out, size);
    if (random_.percent(40)) {
      out.byte(0x05);
      statements(out, size);
    }
    out.byte(0x0B);
  }

  void loop(Output& out, std::size_t size) {
    out.byte(0x03);
    out.byte(0x40);
    statements(out, size);
    expression(out, 'i', 2);
    out.byte(0x0D);
    out.byte(0);
    out.byte(0x0B);
  }

  void block(Output& out, std::size_t size) {
    out.byte(0x02);
    out.byte(0x40);
    statements(out, size);
    expression(out, 'i', 2);
    out.byte(0x0D);
    out.u64(random_.below(depth_ + 1));
    statements(out, size);
    out.byte(0x0B);
  }

  void jump_table(Output& out, std::size_t size) {
    const std::size_t cases = 1 + random_.below(6);
    for (std::size_t i = 0; i < cases; ++i) {
      out.byte(0x02);
      out.byte(0x40);
    }
    expression(out, 'i', 2);
    out.byte(0x0E);
    const std::size_t labels = cases + random_.below(10);
    out.u64(labels);
    for (std::size_t i = 0; i <= labels; ++i) out.u64(random_.below(cases));
    out.byte(0x0B);
    for (std::size_t i = 1; i < cases; ++i) {
      statements(out, size);
      out.byte(0x0B);
    }
  }

  void expression(Output& out, char letter, unsigned depth) {
    if (depth == 0 || random_.percent(30)) return leaf(out, letter);
    if (random_.percent(8)) {
      expression(out, letter, depth - 1);
      expression(out, letter, depth - 1);
      expression(out, 'i', depth - 1);
      out.byte(0x1B);
      return;
    }
    const auto& rows = producers_[letters.find(letter)];
    apply(out, *rows[random_.below(rows.size())], depth);
  }

  void apply(Output& out, const InstructionRow& row, unsigned depth) {
    for (const char operand : row.signature.substr(0, row.signature.find(':')))
      expression(out, operand == 'm' ? 'i' : operand, depth - 1);
    out.opcode(row);
    if (row.imm != Imm::memarg) return;
    out.u64(random_.below(row.width + std::size_t{1}));
    out.u64(random_.percent(60) ? 4 * random_.below(64) : random_.below(1U << 20));
  }

  void leaf(Output& out, char letter) {
    if (random_.percent(65)) {
      const std::size_t from = locals_.empty() ? 0 : random_.below(locals_.size());
      const std::size_t local = locals_.find(letter, from);
      if (local != std::string::npos) {
        out.byte(0x20);
        out.u64(local);
        return;
      }
    }
    const std::size_t global = world_.globals.find(letter);
    if (global != std::string::npos && random_.percent(15)) {
      out.byte(0x23);
      out.u64(global);
      return;
    }
    constant(out, letter);
  }

  void constant(Output& out, char letter) {
    const auto bits = static_cast<std::int64_t>(random_.next()) >> (random_.percent(70) ? 54 : 36);
    switch (letter) {
      case 'i':
        out.byte(0x41);
        out.s64(static_cast<std::int32_t>(bits));
        break;
      case 'l':
        out.byte(0x42);
        out.s64(bits);
        break;
      case 'f':
        out.byte(0x43);
        out.fixed(random_.next(), 4);
        break;
      case 'd':
        out.byte(0x44);
        out.fixed(random_.next(), 8);
        break;
      default:
        out.opcode(row(opcode("v128.const")));
        out.fixed(random_.next(), 8);
        out.fixed(random_.next(), 8);
        break;
    }
  }

  Random& random_;
  const World& world_;
  std::vector<std::vector<const InstructionRow*>> producers_;  // by the position of their result in `letters`
  std::vector<const InstructionRow*> consumers_;
  std::string locals_;  // letters of the current body's
  std::size_t depth_ = 0;
};

constexpr std::array<std::string_view, 24> words{"alloc",  "buffer", "cache",  "decode",  "encode", "flush",
                                                 "graph",  "hash",   "insert", "journal", "kernel", "lookup",
                                                 "matrix", "node",   "object", "parse",   "queue",  "read",
                                                 "stream", "table",  "update", "vector",  "write",  "zone"};

// As long as compilers make them: some a word or two, some of a hundred bytes.
std::string make_name(Random& random, std::size_t number) {
  std::string name(words[random.below(words.size())]);
  for (std::size_t i = random.percent(25) ? 3 + random.below(12) : random.below(3); i > 0; --i)
    name.append(random.percent(50) ? "_" : "::").append(words[random.below(words.size())]);
  return name + '.' + std::to_string(number);
}

World make_world(Random& random, std::size_t functions) {
  World world;
  for (std::size_t i = 0; i < 60; ++i) {
    Signature signature;
    for (std::size_t j = random.below(7); j > 0; --j)
      signature.parameters += letters[random.below(random.percent(5) ? 5 : 4)];
    if (random.percent(60)) signature.results = letters[random.below(4)];
    world.types.push_back(signature);
  }
  world.imported = 12;
  for (std::size_t i = 0; i < world.imported + functions; ++i)
    world.functions.push_back(random.percent(50) ? random.below(8) : random.below(world.types.size()));
  world.table_size = functions / 4 + 1;
  return world;
}

void types(Output& out, std::string_view types) {
  out.u64(types.size());
  for (const char letter : types) out.byte(type_codes[letters.find(letter)]);
}

// The sections before the code.
void definitions(Output& module, Random& random, const World& world) {
  Output section;
  section.u64(world.types.size());
  for (const Signature& signature : world.types) {
    section.byte(0x60);
    types(section, signature.parameters);
    types(section, signature.results);
  }
  module.section(1, section);

  section = {};
  section.u64(world.imported);
  for (std::size_t i = 0; i < world.imported; ++i) {
    section.text("env");
    section.text(make_name(random, i));
    section.byte(0);
    section.u64(world.functions[i]);
  }
  module.section(2, section);

  section = {};
  section.u64(world.functions.size() - world.imported);
  for (const std::size_t type : std::span(world.functions).subspan(world.imported)) section.u64(type);
  module.section(3, section);

  section = {};
  section.u64(1);
  section.byte(0x70);
  section.byte(0);
  section.u64(world.table_size);
  module.section(4, section);

  section = {};
  section.u64(1);
  section.byte(0);
  section.u64(256);
  module.section(5, section);

  section = {};
  section.u64(world.globals.size());
  for (const char letter : world.globals) {
    section.byte(type_codes[letters.find(letter)]);
    section.byte(1);
    section.byte(0x41 + letters.find(letter));
    if (letter == 'i' || letter == 'l') section.s64(1000);
    if (letter == 'f') section.fixed(random.next(), 4);
    if (letter == 'd') section.fixed(random.next(), 8);
    section.byte(0x0B);
  }
  module.section(6, section);
}

void exports_and_elements(Output& module, Random& random, const World& world) {
  Output section;
  const std::size_t exported = std::min<std::size_t>(200, world.functions.size());
  section.u64(exported);
  for (std::size_t i = 0; i < exported; ++i) {
    section.text(make_name(random, i));
    section.byte(0);
    section.u64(random.below(world.functions.size()));
  }
  module.section(7, section);

  section = {};
  section.u64(1);
  section.u64(0);
  section.byte(0x41);
  section.s64(0);
  section.byte(0x0B);
  section.u64(world.table_size);
  for (std::size_t i = 0; i < world.table_size; ++i) section.u64(random.below(world.functions.size()));
  module.section(9, section);
}

// Numbers in tables and text, as compilers leave them.
Output make_data(Random& random, std::size_t size) {
  Output section;
  const std::size_t segments = 8;
  section.u64(segments);
  for (std::size_t i = 0; i < segments; ++i) {
    Output bytes;
    while (bytes.size() < size / segments) {
      if (random.percent(50)) {
        for (std::size_t j = 4 + random.below(60); j > 0; --j)
          bytes.fixed(random.next() >> (random.percent(50) ? 60 : 32), 4);
      } else {
        bytes.text(make_name(random, random.below(1'000'000)));
      }
    }
    section.u64(0);
    section.byte(0x41);
    section.s64(static_cast<std::int64_t>(1024 + i * size));
    section.byte(0x0B);
    section.sized(bytes);
  }
  return section;
}

Output make_names(Random& random, const World& world) {
  Output names;
  names.u64(world.functions.size());
  for (std::size_t i = 0; i < world.functions.size(); ++i) {
    names.u64(i);
    names.text(make_name(random, i));
  }
  Output section;
  section.text("name");
  section.byte(1);
  section.sized(names);
  return section;
}

}  // namespace

std::vector<std::byte> generate_module(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  constexpr std::size_t bytes_per_function = 480;  // all told, less is code
  const World world = make_world(random, std::max<std::size_t>(20, size / bytes_per_function));
  Output module;
  module.fixed(0x00000001'6D736100, 8);
  definitions(module, random, world);
  exports_and_elements(module, random, world);

  BodyMaker maker(random, world);
  Output code;
  const std::size_t functions = world.functions.size() - world.imported;
  const std::size_t code_size = std::max<std::size_t>(10'000, size * 7 / 10);
  code.u64(functions);
  for (std::size_t i = 0; i < functions; ++i) {
    // Half the functions get a third of what is left, each its share; the rest is for a few large ones.
    const std::size_t share = (code_size - std::min(code_size, code.size())) / (functions - i);
    code.sized(maker.make(world.types[world.functions[world.imported + i]],
                          random.percent(5) ? random.below(8 * share + 1) : random.below(share + share / 2 + 1)));
  }
  module.section(10, code);
  Output names = make_names(random, world);
  const std::size_t so_far = module.size() + names.size() + 200;
  module.section(11, make_data(random, std::max<std::size_t>(4'000, size - std::min(size, so_far))));
  module.section(0, names);
  return std::move(module).take();
}

}  // namespace plimsoll::regress::planted
