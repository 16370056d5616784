// Tables: with a caption, row headings, and columns that can be sorted by button.
import { element, fresh_id, visible } from "./dom.js";

// columns: {label, of: row -> value, show?: (value, row) -> text, number?: bool, heading?: bool,
// style?: class, kind?: row -> class}
// A table of its own scroll region, which the keyboard reaches: on a narrow screen the table scrolls, not the page.
export function table({ caption, columns, rows, sortable = false, id = null }) {
  const caption_id = fresh_id("caption");
  const body = element(
    "tbody",
    {},
    rows.map((row) => table_row(columns, row)),
  );
  const head = element(
    "tr",
    {},
    columns.map((column) => head_cell(column)),
  );
  const made = element(
    "table",
    { id },
    element("caption", { id: caption_id }, caption),
    element("thead", {}, head),
    body,
  );
  if (sortable) make_sortable(head, body, columns, rows);
  return element("div", { class: "scroll", role: "region", "aria-labelledby": caption_id, tabindex: "0" }, made);
}

function head_cell(column) {
  return element("th", { scope: "col", class: column.number ? "number" : null }, column.label);
}

function table_row(columns, row) {
  return element(
    "tr",
    {},
    columns.map((column) => cell(column, row)),
  );
}

function cell(column, row) {
  const value = column.of(row);
  const content = value instanceof Node ? value : visible(column.show ? column.show(value, row) : value);
  const kind = [column.number ? "number" : null, column.style, column.kind?.(row)].filter(Boolean).join(" ") || null;
  return column.heading
    ? element("th", { scope: "row", class: kind }, content)
    : element("td", { class: kind }, content);
}

const by_text = new Intl.Collator("en", { numeric: true });

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : by_text.compare(String(a), String(b));
}

// Each heading becomes a button: numbers start with the largest, text with the first; again turns it around.
function make_sortable(head, body, columns, rows) {
  const order = rows.map((row, i) => ({ row, made: body.children[i] }));
  [...head.children].forEach((heading, at) => {
    const column = columns[at];
    const button = element("button", { type: "button" }, ...heading.childNodes);
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const was = heading.getAttribute("aria-sort");
      const ascending = was === null ? !column.number : was === "descending";
      for (const other of head.children) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      order.sort((a, b) => (ascending ? 1 : -1) * compare(column.of(a.row), column.of(b.row)));
      body.replaceChildren(...order.map((entry) => entry.made));
    });
  });
}

// A list of terms and what they are.
export function facts(entries) {
  return element(
    "dl",
    { class: "facts" },
    entries.map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value))),
  );
}
