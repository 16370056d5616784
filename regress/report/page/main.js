// The page of `plimsoll gate report`: draws the JSON document that stands in it (README.md beside this folder).
import { element, visible } from "./dom.js";
import { counted, integer } from "./figures.js";
import { history_section } from "./history.js";
import { modules_section } from "./modules.js";
import { kind, scatter_section } from "./scatter.js";
import { facts } from "./table.js";

function summary({ program, key, pins, lines, revisions }) {
  const of = (wanted) => lines.filter((line) => kind(line) === wanted).length;
  const last = revisions.at(-1);
  return facts([
    ["Load lines", integer(lines.length)],
    ["Valid, nothing copied", integer(of("valid"))],
    ["Refused, nothing copied", integer(of("refused"))],
    ["With copied bytes", integer(of("copied"))],
    ["Pinned in", visible(pins)],
    ["Last changed", last ? visible(`${last.date} ${last.subject}`) : "not known"],
    [
      "Held under",
      visible(
        Object.entries(key)
          .map(([name, value]) => `${name}=${value}`)
          .join(" "),
      ),
    ],
    ["Made by", visible(program)],
  ]);
}

function contents(data) {
  const links = [
    ["#size", "Modules by size against peak heap"],
    ["#history", "History of the load lines"],
    ["#modules", `Recorded loads (${data.modules.length})`],
    ...data.modules.map((module, i) => [`#module-${i}`, visible(module.name)]),
  ];
  return element(
    "nav",
    { "aria-label": "Contents" },
    element(
      "ul",
      {},
      links.map(([to, text]) => element("li", {}, element("a", { href: to }, text))),
    ),
  );
}

function notes({ notes: said }) {
  if (said.length === 0) return null;
  return element(
    "section",
    { "aria-labelledby": "notes", class: "notes" },
    element("h2", { id: "notes" }, counted(said.length, "note")),
    element(
      "ul",
      {},
      said.map((note) => element("li", {}, visible(note))),
    ),
  );
}

function draw(data) {
  const loader = data.key.loader ?? "a loader";
  const title = `Load lines of ${visible(loader)}`;
  document.title = title;
  document
    .getElementById("content")
    .append(
      element(
        "header",
        {},
        element("h1", {}, title),
        element("p", {}, "What each load costs in heap, and whether it copied the module."),
        summary(data),
        contents(data),
      ),
      ...[notes(data), scatter_section(data), history_section(data), modules_section(data)].filter(Boolean),
    );
  // Paper has no buttons: what is folded away is unfolded for it.
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

try {
  draw(JSON.parse(document.getElementById("plimsoll-data").textContent));
} catch (error) {
  document
    .getElementById("content")
    .append(element("p", { role: "alert" }, `The data of this page could not be drawn: ${visible(error.message)}`));
  throw error;
}
