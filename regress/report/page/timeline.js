// The live heap over a load, by phase, with the peak marked.
import * as Plot from "@observablehq/plot";

import { element, visible } from "./dom.js";
import { counted, integer, tick } from "./figures.js";
import { base_style, figure, keep_clear, labels, Room } from "./plot.js";
import { table } from "./table.js";

// Where each phase is entered on the timeline; one that comes back is there again.
function entries(timeline) {
  return timeline.filter((point, i) => i === 0 || point.phase !== timeline[i - 1].phase);
}

const highest = (timeline) => timeline.reduce((best, point) => (point.live > best.live ? point : best));

const number_of = (phase) => phase + 1;
const name_of = (report, phase) => visible(report.phases[phase]?.name ?? "?");

function draw(report, width) {
  const { timeline } = report;
  const peak = highest(timeline);
  const starts = entries(timeline);
  const room = new Room();
  const place = { x: "event", y: "live" };
  const show_size = report.module_bytes > 0 && report.module_bytes <= 3 * peak.live;
  const top = Math.max(1, peak.live, show_size ? report.module_bytes : 0);
  const at_top = (row) => ({ x: "event", y: () => top, sides: ["right"], dx: 3, dy: -18 - 14 * row });
  const full = (point) => `${number_of(point.phase)} ${name_of(report, point.phase)}`;
  const done = new Set();
  const right = peak.event > (timeline[0].event + timeline.at(-1).event) / 2;
  return Plot.plot({
    width,
    height: 300,
    marginLeft: 62,
    marginRight: 20,
    marginTop: 62,
    marginBottom: 40,
    style: base_style,
    x: {
      label: "allocations and frees so far →",
      ticks: Math.max(2, Math.floor(width / 120)),
      tickFormat: (value) => (Number.isInteger(value) ? integer(value) : ""),
    },
    y: { label: "↑ live heap, bytes", domain: [0, top], tickFormat: tick, ticks: 5, grid: true },
    marks: [
      Plot.areaY(timeline, { ...place, curve: "step-after", className: "live-area" }),
      Plot.line(timeline, { ...place, curve: "step-after", className: "live-line", strokeWidth: 1.5 }),
      Plot.ruleX(starts, { x: "event", className: "phase-rules", strokeDasharray: "2 3", insetTop: -38 }),
      show_size
        ? Plot.ruleY([report.module_bytes], { className: "plimsoll-line", strokeDasharray: "7 4", strokeWidth: 1.5 })
        : null,
      Plot.dot([peak], { ...place, symbol: "diamond", r: 6, fill: "currentColor", className: "peak" }),
      keep_clear([peak], { ...place, room, radius: 6 }),
      labels([peak], {
        ...place,
        text: () => `peak ${integer(peak.live)}`,
        room,
        sides: right ? ["left"] : ["right"],
        dx: 11,
        dy: -9,
        className: "peak-label",
      }),
      show_size
        ? labels([timeline[0]], {
            x: "event",
            y: () => report.module_bytes,
            text: () => `module size ${integer(report.module_bytes)}`,
            room,
            sides: ["right"],
            dx: 6,
            dy: -8,
            className: "plimsoll-line-label",
          })
        : null,
      labels(starts, { ...at_top(0), text: full, room, className: "phases", done }),
      labels(starts, { ...at_top(1), text: full, room, className: "phases", done }),
      labels(starts, {
        ...at_top(0),
        text: (point) => String(number_of(point.phase)),
        room,
        className: "phases",
        done,
      }),
    ],
  });
}

const phase_columns = [
  { label: "", of: (_, i) => i },
  { label: "phase", of: (phase) => phase.name, heading: true },
  ...["allocations", "total", "released", "moved", "peak", "live"].map((what) => ({
    label: what === "live" ? "live at its end" : what,
    of: (phase) => phase[what],
    show: integer,
    number: true,
  })),
];

export function timeline(module) {
  const { report } = module;
  const rows = report.phases;
  phase_columns[0] = { label: "no.", of: (phase) => number_of(rows.indexOf(phase)), number: true };
  const phases = table({
    caption: `Phases of the load of ${visible(module.name)}: bytes, except allocations`,
    columns: phase_columns,
    rows,
  });
  const heading = element("h4", {}, "Live heap");
  const points = report.timeline ?? [];
  if (points.length === 0)
    return [heading, element("p", {}, "Nothing was allocated, or no timeline was recorded."), phases];
  const peak = highest(points);
  const text =
    `The peak, ${counted(peak.live, "byte")}, is at event ${integer(peak.event)} in phase ` +
    `${number_of(peak.phase)}, ${name_of(report, peak.phase)}; ${counted(report.retained, "byte")} are left at the end. ` +
    `Drawn from ${counted(points.length, "point")}.`;
  return [
    heading,
    figure(`Live heap while ${visible(module.name)} is loaded`, text, (width) => draw(report, width)),
    phases,
  ];
}
