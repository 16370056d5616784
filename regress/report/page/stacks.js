// Stacks of the worst: who allocated what a detector found.
import { element, visible } from "./dom.js";
import { counted, integer, percent } from "./figures.js";
import { table } from "./table.js";

const detectors = {
  raw_copies: "Blocks that hold bytes of the module",
  twins: "Blocks that equal others",
  input_clock: "Allocated after the input was read",
  leak: "Still held at the end",
  counts: "Allocated most",
};

const basename = (path) => path.split("/").at(-1);

// `function (file:line)`, or with the name of the object where the line is not known. What has no name is `object+offset` already.
export function call_text({ function: name, object, file, line }) {
  if (file) return `${name} (${basename(file)}:${line})`;
  return name.startsWith(`${basename(object)}+0x`) ? name : `${name} (${basename(object)})`;
}

const who = (culprit) => (culprit.who ? call_text(culprit.who) : "no stack");

function stack(culprit, open) {
  const bytes = `${counted(culprit.bytes, "byte")} in ${counted(culprit.blocks, "block")}`;
  return element(
    "details",
    { open: open ? "" : null },
    element("summary", {}, `${bytes}: ${visible(who(culprit))}`),
    element(
      "ol",
      { class: "stack" },
      culprit.stack.map((call) => element("li", {}, visible(call_text(call)))),
    ),
  );
}

const finding_columns = (report) => [
  { label: "finding", of: (finding) => String(finding.kind).replaceAll("_", " "), heading: true },
  { label: "bytes", of: (finding) => finding.bytes, show: integer, number: true },
  {
    label: "share",
    of: (finding) => finding.share,
    show: (share) => (typeof share === "number" ? share.toFixed(3) : ""),
    number: true,
  },
  { label: "in words", of: (finding) => finding.text, style: "long" },
  {
    label: "who",
    of: (finding) => (report.culprits?.[finding.culprit] ? who(report.culprits[finding.culprit]) : ""),
  },
];

export function findings(module) {
  const found = module.findings ?? [];
  const heading = element("h4", {}, "Findings");
  if (found.length === 0) return [heading, element("p", {}, "None: no detector found a copy.")];
  return [
    heading,
    table({
      caption: `Findings in the load of ${visible(module.name)}, worst first`,
      columns: finding_columns(module.report),
      rows: found,
    }),
  ];
}

const opened_of_each = 1;

export function stacks(module) {
  const { report } = module;
  const culprits = report.culprits ?? [];
  const heading = element("h4", {}, "Stacks of the worst");
  if (culprits.length === 0) {
    return [heading, element("p", {}, report.stacked ? "No stack to blame." : "Stacks were not recorded.")];
  }
  const groups = Object.keys(detectors).map((detector) => {
    const those = culprits.filter((culprit) => culprit.detector === detector);
    if (those.length === 0) return null;
    return [
      element("h5", {}, detectors[detector]),
      table({
        caption: `${detectors[detector]}: stacks, most bytes first`,
        rows: those,
        columns: [
          { label: "who", of: (culprit) => who(culprit), heading: true },
          { label: "bytes", of: (culprit) => culprit.bytes, show: integer, number: true },
          { label: "blocks", of: (culprit) => culprit.blocks, show: integer, number: true },
          { label: "of the module", of: (culprit) => percent(culprit.bytes, report.module_bytes), number: true },
        ],
      }),
      those.map((culprit, i) => stack(culprit, i < opened_of_each)),
    ];
  });
  return [heading, groups];
}
