#include "command/table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace plimsoll::regress {
namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string_view escape(Style style) {
  switch (style) {
    case Style::plain: return "";
    case Style::good: return "\x1b[32m";
    case Style::bad: return "\x1b[1;31m";
    case Style::faint: return "\x1b[2m";
  }
  return "";
}

}  // namespace

std::string styled(const std::string& text, Style style, bool colour) {
  if (!colour || style == Style::plain || text.empty()) return text;
  return std::string(escape(style)) + text + "\x1b[0m";
}

void Table::add(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  lines_.push_back({std::move(cells), {}});
}

void Table::note(std::string text) { lines_.push_back({{}, "  " + std::move(text)}); }

void Table::gap() { lines_.push_back({}); }

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(characters(column.title));
  for (const Line& line : lines_) {
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      widths[i] = std::max(widths[i], characters(line.cells[i].text));
    }
  }
  return widths;
}

std::string Table::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths, bool colour) const {
  std::string result;
  std::size_t owed = 0;  // blanks to write before the next text
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t blanks = widths[i] - characters(cells[i].text);
    if (i > 0) owed += 2;
    if (columns_[i].right) owed += blanks;
    if (!cells[i].text.empty()) {
      result.append(owed, ' ');
      result += styled(cells[i].text, cells[i].style, colour);
      owed = 0;
    }
    if (!columns_[i].right) owed += blanks;
  }
  return result;
}

std::string Table::text(bool colour) const {
  const auto all_widths = widths();
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Style::faint});
  std::string result = line(titles, all_widths, colour) + '\n';
  for (const Line& each : lines_) {
    result += each.cells.empty() ? each.note : line(each.cells, all_widths, colour);
    result += '\n';
  }
  return result;
}

}  // namespace plimsoll::regress
