// Each load line's history: what its figures were at each revision of the pins file.
import * as Plot from "@observablehq/plot";

import { element, fresh_id, visible } from "./dom.js";
import { change, counted, integer, tick } from "./figures.js";
import { base_style, figure } from "./plot.js";
import { table } from "./table.js";

const metrics = ["peak", "retained", "total", "allocations", "copied"];

export const revision_name = (revision) => (revision.commit === "" ? "not committed" : revision.commit.slice(0, 8));

// The line's figures at every revision, a change carried on until the next; where the line was not there, null.
function steps(points, count, metric) {
  const values = new Array(count).fill(null);
  for (let i = 0; i < points.length; ++i) {
    const end = i + 1 < points.length ? points[i + 1].revision : count;
    for (let at = points[i].revision; at < end; ++at) values[at] = points[i].gone ? null : points[i][metric];
  }
  return values.map((value, revision) => ({ revision, value }));
}

function draw(line, revisions, metric, width) {
  const all = steps(line.points, revisions.length, metric);
  const changed = line.points
    .filter((point) => !point.gone)
    .map((point) => ({ revision: point.revision, value: point[metric] }));
  const last = all.filter((point) => point.value !== null).at(-1);
  const in_bytes = metric !== "allocations";
  const room_for_ticks = Math.max(1, Math.floor((width - 150) / 80));
  const every = Math.ceil(revisions.length / room_for_ticks);
  return Plot.plot({
    width,
    height: 130,
    marginLeft: 62,
    marginRight: 90,
    marginTop: 26,
    marginBottom: 30,
    style: base_style,
    x: {
      type: "linear",
      domain: [0, Math.max(1, revisions.length - 1)],
      ticks: revisions.map((_, i) => i).filter((i) => i % every === 0),
      tickFormat: (i) => (revisions[i] ? revision_name(revisions[i]) : ""),
      label: null,
    },
    y: {
      label: `↑ ${metric}${in_bytes ? ", bytes" : ""}`,
      zero: true,
      domain: [0, Math.max(1, ...all.map((point) => point.value ?? 0))],
      ticks: 3,
      tickFormat: in_bytes ? tick : (value) => (Number.isInteger(value) ? integer(value) : ""),
      grid: true,
    },
    marks: [
      Plot.line(all, { x: "revision", y: "value", curve: "step-after", className: "history-line", strokeWidth: 1.5 }),
      Plot.dot(changed, {
        x: "revision",
        y: "value",
        symbol: "square",
        r: 3.5,
        className: "points",
        fill: "currentColor",
      }),
      last
        ? Plot.text([last], {
            x: "revision",
            y: "value",
            text: () => integer(last.value),
            textAnchor: "start",
            dx: 9,
            className: "last",
          })
        : null,
    ],
  });
}

const number_columns = ["allocations", "total", "peak", "retained", "copied"].map((metric) => ({
  label: metric,
  of: (point) => (point.gone ? "" : point[metric]),
  show: (value) => (value === "" ? "" : integer(value)),
  number: true,
}));

function of_line(line, revisions) {
  // Nothing to draw of a line that never changed.
  const caption = `History of ${visible(line.name)}: the revisions that changed it, oldest first`;
  return [
    line.points.length < 2
      ? null
      : element(
          "div",
          { class: "history" },
          metrics.map((metric) => {
            const present = line.points.filter((point) => !point.gone);
            const first = present[0]?.[metric] ?? 0;
            const last = present.at(-1)?.[metric] ?? 0;
            const text = `${metric}: ${integer(first)} at first, ${integer(last)} at last (${change(first, last)})`;
            return figure(`History of ${visible(line.name)}`, text, (width) => draw(line, revisions, metric, width));
          }),
        ),
    table({
      id: "line-history",
      caption,
      rows: line.points,
      columns: [
        { label: "revision", of: (point) => revision_name(revisions[point.revision]), heading: true },
        { label: "date", of: (point) => revisions[point.revision].date, style: "code" },
        { label: "verdict", of: (point) => (point.gone ? "not there" : point.verdict) },
        {
          label: "bytes",
          of: (point) => (point.gone ? "" : point.bytes),
          show: (v) => (v === "" ? "" : integer(v)),
          number: true,
        },
        ...number_columns,
        { label: "reason", of: (point) => (point.gone ? "" : point.reason), style: "long" },
      ],
    }),
  ];
}

// What each revision did: how many lines it added, took away, and changed, and what it did to their sums.
function tally(revisions, history) {
  const rows = revisions.map((revision) => ({
    revision,
    added: 0,
    gone: 0,
    raised: 0,
    lowered: 0,
    peak: 0,
    retained: 0,
  }));
  for (const line of history) {
    line.points.forEach((point, i) => {
      const row = rows[point.revision];
      const before = i > 0 && !line.points[i - 1].gone ? line.points[i - 1] : null;
      if (point.gone) row.gone += 1;
      else if (before === null) row.added += 1;
      else {
        // A line can be both.
        if (metrics.some((metric) => point[metric] > before[metric])) row.raised += 1;
        if (metrics.some((metric) => point[metric] < before[metric])) row.lowered += 1;
        row.peak += point.peak - before.peak;
        row.retained += point.retained - before.retained;
      }
    });
  }
  return rows;
}

const tally_columns = [
  { label: "revision", of: (row) => revision_name(row.revision), heading: true },
  { label: "date", of: (row) => row.revision.date, style: "code" },
  {
    label: "subject",
    of: (row) =>
      row.revision.problem ? `${row.revision.subject} (not read: ${row.revision.problem})` : row.revision.subject,
    style: "long",
  },
  ...["added", "gone", "raised", "lowered"].map((what) => ({
    label: what,
    of: (row) => row[what],
    show: integer,
    number: true,
  })),
  { label: "peak, change", of: (row) => row.peak, show: (value) => change(0, value), number: true },
  { label: "retained, change", of: (row) => row.retained, show: (value) => change(0, value), number: true },
];

export function history_section({ revisions, history }) {
  const section = element(
    "section",
    { "aria-labelledby": "history" },
    element("h2", { id: "history" }, "History of the load lines"),
  );
  if (revisions.length === 0 || history.length === 0) {
    section.append(element("p", {}, "There is no history: see the notes above."));
    return section;
  }
  const by_changes = [...history].sort((a, b) => b.points.length - a.points.length);
  const select_id = fresh_id("line");
  const holder = element("div", { "aria-live": "polite" });
  const show = (name) =>
    holder.replaceChildren(
      ...of_line(
        history.find((line) => line.name === name),
        revisions,
      ).filter(Boolean),
    );
  const select = element(
    "select",
    { id: select_id, onchange: (event) => show(history[Number(event.target.value)].name) },
    history.map((line, i) =>
      element("option", { value: i }, `${visible(line.name)} (${counted(line.points.length - 1, "change")})`),
    ),
  );
  select.value = String(history.indexOf(by_changes[0]));
  section.append(
    element(
      "p",
      {},
      `${counted(revisions.length, "revision")} of the pins file, ${counted(history.length, "load line")}.`,
    ),
    table({
      id: "revisions",
      caption: "What each revision did, oldest first: lines, and bytes more or less",
      columns: tally_columns,
      rows: tally(revisions, history),
    }),
    element("h3", {}, "One line"),
    element("p", { class: "choice" }, element("label", { for: select_id }, "Load line: "), select),
    holder,
  );
  show(by_changes[0].name);
  return section;
}
