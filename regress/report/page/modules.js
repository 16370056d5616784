// What was recorded of single modules: figures of all detectors, copy map, timeline, stacks.
import { element, visible } from "./dom.js";
import { counted, integer, percent, ratio } from "./figures.js";
import { copy_map } from "./copy_map.js";
import { findings, stacks } from "./stacks.js";
import { facts } from "./table.js";
import { timeline } from "./timeline.js";

function detector_facts({ report, exact }) {
  const entries = [
    ["Module", counted(report.module_bytes, "byte")],
    ["Allocations", integer(report.allocations)],
    ["Total", counted(report.total, "byte")],
    ["Peak", `${counted(report.peak, "byte")}, ${ratio(report.peak, report.module_bytes)} per byte of the module`],
    ["Retained", `${counted(report.retained, "byte")} in ${counted(report.retained_blocks, "block")}`],
  ];
  if (report.searched) {
    entries.push([
      "Raw copies (D2)",
      `${counted(report.copied_bytes, "byte")} of the module, ${percent(report.copied_bytes, report.module_bytes)}`,
    ]);
  }
  if (report.twinned) {
    entries.push([
      "Twin blocks (D3)",
      `${counted(report.twin_bytes, "byte")} in ${counted(report.twin_blocks, "block")}, ${integer(report.growth_twin_bytes)} of them by growth`,
    ]);
  }
  if (report.clocked) {
    entries.push([
      "Input clock (D4)",
      `${integer(report.pages_touched)} of ${counted(report.pages, "page")} read, ${counted(report.touches, "touch", "touches")}; ` +
        `${counted(report.after, "byte")} allocated after the last new page`,
    ]);
  }
  if (report.accounted > 0) entries.push(["By its own account (D5)", `${counted(report.accounted, "byte")} copied`]);
  entries.push([
    "Recorded",
    exact ? "exactly from begin to end of the load" : "from when the module was opened to the end of the process",
  ]);
  return facts(entries);
}

function module_section(module, at) {
  const id = `module-${at}`;
  return element(
    "section",
    { class: "module", "aria-labelledby": id },
    element("h3", { id }, `${visible(module.name)}: ${visible(module.verdict)}`),
    detector_facts(module),
    findings(module),
    timeline(module),
    copy_map(module),
    stacks(module),
  );
}

export function modules_section({ modules }) {
  return element(
    "section",
    { "aria-labelledby": "modules" },
    element("h2", { id: "modules" }, "Recorded loads"),
    modules.length === 0
      ? element("p", {}, "No module was recorded: see the notes above.")
      : modules.map(module_section),
  );
}
