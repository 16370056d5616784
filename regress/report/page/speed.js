// The page of `ci/bench --html`: draws the JSON document that stands in it (../../../bench/table/document.mjs makes
// it).
import { element, visible } from "./dom.js";
import { counted, integer } from "./figures.js";
import { against_sections } from "./speed_against.js";
import { facts, table } from "./table.js";

export const milliseconds = (value) => (value >= 100 ? integer(value) : value.toPrecision(3));

function summary({ program, machine, subjects, modules, rounds }) {
  return facts([
    ["Measured", visible(program)],
    ["Modules", integer(modules.length)],
    [
      "Compared with",
      subjects.length > 1
        ? visible(
            subjects
              .slice(1)
              .map(({ name }) => name)
              .join(", "),
          )
        : "nobody",
    ],
    ["Rounds", integer(rounds)],
    ["Processor", visible(`${machine.processor}, ${counted(machine.processors, "processor")}`)],
    ["System", visible(machine.system)],
    ["Load of the machine", `${machine.load_before.toFixed(2)} before, ${machine.load_after.toFixed(2)} after`],
  ]);
}

function contents({ subjects }) {
  const links = [
    ...subjects.slice(1).map(({ name }, i) => [`#against-${i}`, `Against ${visible(name)}`]),
    ["#times", "Times"],
    ["#who", "Who was measured"],
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

// One column of times for each subject; a time that is not there sorts as the least.
function times({ subjects, modules }) {
  const of = (name, act) => (module) => {
    const result = module.results[name];
    return result?.samples ? act(result, module) : "";
  };
  const columns = [
    { label: "module", of: (module) => module.name, heading: true },
    { label: "bytes", of: (module) => module.bytes, show: integer, number: true },
    { label: "bytes of code", of: (module) => module.code, show: integer, number: true },
    ...subjects.flatMap(({ name }) => [
      {
        label: `${visible(name)}, ms`,
        of: of(name, ({ median }) => median),
        show: (value) => (value === "" ? "" : milliseconds(value)),
        number: true,
      },
      {
        label: `${visible(name)}, from to`,
        of: of(name, (result) => `${milliseconds(result.least)} to ${milliseconds(result.most)}`),
        number: true,
      },
    ]),
  ];
  return element(
    "section",
    { "aria-labelledby": "times" },
    element("h2", { id: "times" }, "Times"),
    table({
      id: "time-table",
      caption: "Time of one load in milliseconds: median, least and most",
      columns,
      rows: modules,
      sortable: true,
    }),
  );
}

function who({ subjects, notes, method }) {
  const columns = [
    { label: "name", of: ({ name }) => name, heading: true },
    { label: "version", of: ({ version }) => version },
    { label: "mode", of: ({ mode }) => mode },
    { label: "clock", of: ({ clock }) => (clock === "wall" ? "wall time" : "CPU time") },
    {
      label: "start-up taken off, ms",
      of: ({ startup }) => startup ?? "",
      show: (value) => (value === "" ? "" : milliseconds(value)),
      number: true,
    },
    { label: "remark", of: ({ more }) => (more ? `${more}, so it is no fair match` : "") },
  ];
  return element(
    "section",
    { "aria-labelledby": "who" },
    element("h2", { id: "who" }, "Who was measured"),
    element("p", {}, visible(method)),
    table({ caption: "Loaders", columns, rows: subjects }),
    notes.length > 0
      ? [
          element("h3", {}, counted(notes.length, "note")),
          element(
            "ul",
            {},
            notes.map((note) => element("li", {}, visible(note))),
          ),
        ]
      : null,
  );
}

function draw(data) {
  if (data.schema !== 1) throw new Error(`the data has schema ${data.schema}, this page shows 1`);
  const title = `Speed of ${visible(data.subjects[0].name)}`;
  document.title = title;
  document
    .getElementById("content")
    .append(
      element(
        "header",
        {},
        element("h1", {}, title),
        element(
          "p",
          {},
          "What decoding, validating and destroying real modules costs, next to other loaders on the same machine.",
        ),
        summary(data),
        contents(data),
      ),
      ...against_sections(data),
      times(data),
      who(data),
    );
}

try {
  draw(JSON.parse(document.getElementById("plimsoll-data").textContent));
} catch (error) {
  document
    .getElementById("content")
    .append(element("p", { role: "alert" }, `The data of this page could not be drawn: ${visible(error.message)}`));
  throw error;
}
