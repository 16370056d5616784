// Modules by size against peak heap.
import * as Plot from "@observablehq/plot";

import { element, shortened, visible } from "./dom.js";
import { counted, integer, ratio, tick } from "./figures.js";
import { base_style, figure, keep_clear, labels, Room } from "./plot.js";
import { table } from "./table.js";

// What a line is, told by shape and word; `copied` wins.
const kinds = ["valid", "refused", "copied"];
const symbols = ["circle", "times", "diamond"];

export function kind(line) {
  if (line.copied > 0) return "copied";
  return line.verdict === "valid" ? "valid" : "refused";
}

const most_labels = 14;

// Those worth a name, if there is room: what copied most, most peak per byte, the largest, the highest peak; each list's next in
// turn. Of those at one and the same place the first.
function worth_a_name(lines) {
  const lists = [
    lines.filter((line) => line.copied > 0).sort((a, b) => b.copied - a.copied),
    [...lines].sort((a, b) => b.peak / b.bytes - a.peak / a.bytes),
    [...lines].sort((a, b) => b.bytes - a.bytes),
    [...lines].sort((a, b) => b.peak - a.peak),
  ];
  const chosen = new Map();
  const place = (line) => `${Math.round(50 * Math.log10(line.bytes))} ${Math.round(50 * Math.log10(line.peak))}`;
  for (let i = 0; i < lines.length; ++i) {
    for (const list of lists) if (i < list.length && !chosen.has(place(list[i]))) chosen.set(place(list[i]), list[i]);
  }
  return [...chosen.values()];
}

// Points on the Plimsoll line, evenly on logarithmic axes.
function along(lowest, highest, count = 60) {
  return Array.from({ length: count }, (_, i) => lowest * (highest / lowest) ** (i / (count - 1))).map((value) => ({
    bytes: value,
    peak: value,
  }));
}

function draw(lines, width) {
  const named = worth_a_name(lines);
  const room = new Room();
  const place = { x: "bytes", y: "peak" };
  // The Plimsoll line, where both axes have it.
  const [bytes, peaks] = [lines.map((line) => line.bytes), lines.map((line) => line.peak)];
  const lowest = Math.max(Math.min(...bytes), Math.min(...peaks));
  const highest = Math.min(Math.max(...bytes), Math.max(...peaks));
  const ends = [
    { bytes: lowest, peak: lowest },
    { bytes: highest, peak: highest },
  ];
  const ticks = Math.max(3, Math.floor(width / 130));
  return Plot.plot({
    width,
    height: Math.min(520, Math.max(320, width * 0.6)),
    marginLeft: 62,
    marginRight: 24,
    marginBottom: 44,
    marginTop: 30,
    style: base_style,
    x: { type: "log", label: "module, bytes →", tickFormat: tick, ticks, grid: true, nice: true },
    y: { type: "log", label: "↑ peak heap, bytes", tickFormat: tick, ticks: 5, grid: true, nice: true },
    symbol: { domain: kinds, range: symbols },
    marks: [
      lowest < highest
        ? Plot.line(ends, { ...place, className: "plimsoll-line", strokeDasharray: "7 4", strokeWidth: 1.5 })
        : null,
      Plot.dot(lines, {
        ...place,
        symbol: kind,
        r: 4.5,
        className: "points",
        stroke: "currentColor",
        fill: (line) => (line.copied > 0 ? "currentColor" : "none"),
        title: (line) =>
          `${visible(line.name)}\n${integer(line.bytes)} bytes, peak ${integer(line.peak)}, ${visible(line.verdict)}`,
        tip: { format: { x: false, y: false, symbol: false } },
      }),
      keep_clear(lines, { ...place, room }),
      lowest < highest ? keep_clear(along(lowest, highest), { ...place, room, radius: 3 }) : null,
      labels([ends[1]], {
        ...place,
        text: () => "peak = size",
        room,
        sides: ["left"],
        dx: 6,
        dy: -14,
        className: "plimsoll-line-label",
      }),
      labels(named, { ...place, text: (line) => shortened(line.name), room, most: most_labels, className: "labels" }),
    ],
  });
}

function legend(lines) {
  const texts = {
    valid: "○ valid, nothing copied",
    refused: "✕ refused, nothing copied",
    copied: "◆ bytes of the module were copied",
  };
  return element(
    "ul",
    { class: "legend" },
    kinds.map((k) => element("li", {}, `${texts[k]}: ${integer(lines.filter((line) => kind(line) === k).length)}`)),
    element("li", {}, "- - - peak heap equals the module's size"),
  );
}

const columns = [
  { label: "module", of: (line) => line.name, heading: true },
  { label: "verdict", of: (line) => line.verdict },
  { label: "bytes", of: (line) => line.bytes, show: integer, number: true },
  { label: "allocations", of: (line) => line.allocations, show: integer, number: true },
  { label: "total", of: (line) => line.total, show: integer, number: true },
  { label: "peak", of: (line) => line.peak, show: integer, number: true },
  {
    label: "peak per byte",
    of: (line) => (line.bytes === 0 ? -1 : line.peak / line.bytes),
    show: (_, line) => ratio(line.peak, line.bytes),
    number: true,
  },
  { label: "retained", of: (line) => line.retained, show: integer, number: true },
  {
    label: "copied",
    of: (line) => line.copied,
    show: integer,
    number: true,
    kind: (line) => (line.copied > 0 ? "bad" : null),
  },
  { label: "sha256", of: (line) => line.sha256.slice(0, 12), style: "code" },
  { label: "reason", of: (line) => line.reason, style: "long" },
];

export function scatter_section({ lines }) {
  const shown = lines.filter((line) => line.bytes > 0 && line.peak > 0);
  const left_out = lines.length - shown.length;
  const text =
    `${counted(shown.length, "load line")} on logarithmic axes` +
    (left_out > 0 ? `; ${counted(left_out, "line")} with a size or a peak of 0 in the table only` : "") +
    ". The nearer the lower right, the less heap per byte.";
  const title = "Modules by size against peak heap";
  return element(
    "section",
    { "aria-labelledby": "size" },
    element("h2", { id: "size" }, title),
    shown.length > 0 ? [figure(title, text, (width) => draw(shown, width)), legend(lines)] : null,
    lines.length > 0
      ? table({ id: "lines", caption: "Load lines: bytes, except allocations", columns, rows: lines, sortable: true })
      : element("p", {}, "There are no load lines."),
  );
}
