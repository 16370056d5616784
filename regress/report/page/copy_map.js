// The copy map of a module: which of its bytes turned up in which heap blocks.
import * as Plot from "@observablehq/plot";

import { element, shortened, visible } from "./dom.js";
import { counted, hexadecimal, integer, percent } from "./figures.js";
import { base_style, figure, text_width } from "./plot.js";
import { table } from "./table.js";

const most_blocks = 24;
const row_height = 20;

const phase_name = (report, index) => visible(report.phases[index]?.name ?? `phase ${index}`);

// The blocks that hold runs, those with most of the module first.
function blocks_of(report) {
  const blocks = new Map();
  for (const run of report.runs) {
    const block = blocks.get(run.block_serial) ?? {
      serial: run.block_serial,
      phase: run.block_phase,
      bytes: 0,
      runs: [],
    };
    block.bytes += run.length;
    block.runs.push(run);
    blocks.set(run.block_serial, block);
  }
  return [...blocks.values()].sort((a, b) => b.bytes - a.bytes || a.serial - b.serial);
}

// The ranges of the module that some run covers, joined.
export function covered(runs) {
  const ranges = runs.map((run) => [run.module_offset, run.module_offset + run.length]).sort((a, b) => a[0] - b[0]);
  const joined = [];
  for (const range of ranges) {
    if (joined.length > 0 && range[0] <= joined.at(-1)[1]) joined.at(-1)[1] = Math.max(joined.at(-1)[1], range[1]);
    else joined.push([...range]);
  }
  return joined;
}

// Offsets that are short to write in hexadecimal, at most so many.
function round_ticks(whole, most) {
  let step = 1;
  while (whole / step >= most) step *= 2;
  return Array.from({ length: Math.floor(whole / step) + 1 }, (_, i) => i * step);
}

function draw(report, sections, width) {
  const blocks = blocks_of(report).slice(0, most_blocks);
  const row_of = (block) => `block ${block.serial}`;
  const rows = ["all blocks", ...blocks.map(row_of)];
  if (sections.length > 0) rows.unshift("sections");
  const whole = Math.max(1, report.module_bytes);
  const plot_width = width - 92 - 16;
  const pixels = (bytes) => (bytes / whole) * plot_width;
  const fits = (text, bytes) => pixels(bytes) > text_width(text) + 4;
  const bars = [
    ...covered(report.runs).map(([from, to]) => ({ row: "all blocks", from, to, text: integer(to - from) })),
    ...blocks.flatMap((block) =>
      block.runs.map((run) => ({
        row: row_of(block),
        from: run.module_offset,
        to: run.module_offset + run.length,
        text: `at +${hexadecimal(run.block_offset)}, ${phase_name(report, block.phase)}`,
      })),
    ),
  ];
  const parts = sections.map((part) => ({
    row: "sections",
    from: part.offset,
    to: part.offset + part.bytes,
    text: visible(part.name),
  }));
  const centre = (bar) => (bar.from + bar.to) / 2;
  return Plot.plot({
    width,
    height: rows.length * row_height + 60,
    marginLeft: 92,
    marginRight: 16,
    marginTop: 14,
    marginBottom: 40,
    style: base_style,
    x: {
      domain: [0, whole],
      label: "offset in the module, bytes →",
      ticks: round_ticks(whole, Math.max(2, Math.floor(plot_width / 90))),
      tickFormat: hexadecimal,
    },
    y: { type: "band", domain: rows, label: null, tickSize: 0, padding: 0.25 },
    marks: [
      Plot.barX(parts, { x1: "from", x2: "to", y: "row", className: "sections", strokeWidth: 1 }),
      Plot.text(
        parts.filter((part) => fits(part.text, part.to - part.from)),
        { x: centre, y: "row", text: "text", className: "on-sections" },
      ),
      // The stroke keeps short runs in sight.
      Plot.barX(bars, { x1: "from", x2: "to", y: "row", className: "runs", strokeWidth: 1 }),
      Plot.text(
        bars.filter((bar) => fits(bar.text, bar.to - bar.from)),
        { x: centre, y: "row", text: "text", className: "on-runs" },
      ),
    ],
  });
}

const run_columns = (report) => [
  { label: "from", of: (run) => run.module_offset, show: hexadecimal, heading: true },
  { label: "to", of: (run) => run.module_offset + run.length, show: hexadecimal, number: true },
  { label: "bytes", of: (run) => run.length, show: integer, number: true },
  { label: "heap block", of: (run) => run.block_serial, show: integer, number: true },
  { label: "at, in the block", of: (run) => run.block_offset, show: (value) => `+${hexadecimal(value)}`, number: true },
  { label: "allocated in", of: (run) => report.phases[run.block_phase]?.name ?? `phase ${run.block_phase}` },
];

export function copy_map(module) {
  const { report, sections = [] } = module;
  const heading = element("h4", {}, "Copy map");
  if (!report.searched) return [heading, element("p", {}, "The heap was not searched for the module's bytes.")];
  if (report.copied_runs === 0) {
    return [
      heading,
      element(
        "p",
        {},
        `No run of 64 or more bytes of the module was found in ${integer(report.searched_bytes)} bytes of heap blocks.`,
      ),
    ];
  }
  const blocks = blocks_of(report).length;
  const text =
    `${integer(report.copied_bytes)} of ${counted(report.module_bytes, "byte")} (${percent(report.copied_bytes, report.module_bytes)}) ` +
    `were found in heap blocks, in ${counted(report.copied_runs, "run")}` +
    (report.runs.length < report.copied_runs ? `; shown are the ${integer(report.runs.length)} longest` : "") +
    `, in ${counted(blocks, "block")}` +
    (blocks > most_blocks ? `, of which the plot has the ${most_blocks} with most` : "") +
    ". Blocks are numbered in the order of allocation.";
  return [
    heading,
    figure(`Copy map of ${visible(module.name)}`, text, (width) => draw(report, sections, width)),
    table({
      caption: `Runs: which bytes of ${shortened(module.name, 60)} turned up where`,
      columns: run_columns(report),
      rows: report.runs,
      sortable: true,
    }),
  ];
}
