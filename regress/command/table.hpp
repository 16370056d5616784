// A table of text with aligned columns, for standard output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll::regress {

enum class Style : std::uint8_t { plain, good, bad, faint };

struct Cell {
  std::string text;
  Style style = Style::plain;
};

struct Column {
  std::string title;
  bool right = true;  // aligned to the right, as figures are
};

// Columns are as wide as their widest cell, counted in characters of UTF-8. No line ends in blanks.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Adds a row with one cell a column; missing ones are empty.
  void add(std::vector<Cell> cells);
  // Adds a line of its own below the last row, indented.
  void note(std::string text);
  // Sets the rows that follow apart by an empty line.
  void gap();

  [[nodiscard]] std::string text(bool colour) const;

 private:
  struct Line {
    std::vector<Cell> cells;  // empty for a note
    std::string note;
  };
  [[nodiscard]] std::vector<std::size_t> widths() const;
  [[nodiscard]] std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                                 bool colour) const;

  std::vector<Column> columns_;
  std::vector<Line> lines_;
};

// The text in a style's colour.
[[nodiscard]] std::string styled(const std::string& text, Style style, bool colour);

}  // namespace plimsoll::regress
