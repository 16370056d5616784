// One chart for each loader that was compared with: the ratio of times, module by module, and the means of groups.
import * as Plot from "@observablehq/plot";

import { element, shortened, visible } from "./dom.js";
import { counted } from "./figures.js";
import { base_style, figure } from "./plot.js";
import { table } from "./table.js";

const two = (value) => value.toFixed(2);

// The modules that have a ratio and are in a mean, the best first, with the range of the ratios of single pairs.
function points({ modules, groups }, name) {
  const counting = new Set(groups.flatMap((group) => group.modules));
  return modules
    .filter((module) => counting.has(module.name) && module.results[name]?.ratio !== undefined)
    .map((module) => {
      const { ratio, ratios } = module.results[name];
      return { name: module.name, ratio, least: Math.min(...ratios), most: Math.max(...ratios) };
    })
    .sort((a, b) => a.ratio - b.ratio);
}

// So many of these as there is room for; 1 always.
const round = [
  0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 7, 10,
  20, 50, 100,
];
function ticks(least, most, width) {
  const room = (45 * Math.log(most / least)) / (width * 0.6);
  const kept = [1];
  const fits = (value) => kept.every((other) => Math.abs(Math.log(value / other)) > room);
  for (const value of round.filter((each) => each >= least / 1.05 && each <= most * 1.05))
    if (fits(value)) kept.push(value);
  return kept.sort((a, b) => a - b);
}

function draw(rows, mean, width) {
  const named = Math.min(Math.max(...rows.map(({ name }) => shortened(name, 24).length)) * 7.2, width / 2.2);
  const ends = [...rows.flatMap(({ least, most }) => [least, most]), 1];
  return Plot.plot({
    width,
    height: 70 + 20 * rows.length,
    marginLeft: named + 16,
    marginRight: 30,
    marginTop: 34,
    marginBottom: 40,
    style: base_style,
    x: {
      type: "log",
      domain: [Math.min(...ends) / 1.05, Math.max(...ends) * 1.05],
      label: "← faster, ratio of times",
      labelArrow: "none",
      grid: true,
      ticks: ticks(Math.min(...ends), Math.max(...ends), width),
      tickFormat: (value) => `${value}`,
    },
    y: { type: "point", domain: rows.map(({ name }) => name), label: null, tickFormat: (name) => shortened(name, 24) },
    marks: [
      Plot.ruleX([1], { className: "plimsoll-line", strokeDasharray: "7 4", strokeWidth: 1.5 }),
      mean === undefined
        ? null
        : Plot.ruleX([mean], { className: "mean-line", strokeDasharray: "2 3", strokeWidth: 1.5 }),
      Plot.ruleY(rows, {
        y: "name",
        x1: "least",
        x2: "most",
        className: "ranges",
        stroke: "currentColor",
        strokeWidth: 1.5,
      }),
      Plot.dot(rows, {
        x: "ratio",
        y: "name",
        r: 4.5,
        className: "points",
        stroke: "currentColor",
        fill: ({ ratio }) => (ratio > 1 ? "none" : "currentColor"),
        title: ({ name, ratio, least, most }) =>
          `${visible(name)}\n${two(ratio)}, pairs from ${two(least)} to ${two(most)}`,
        tip: { format: { x: false, y: false } },
      }),
    ],
  });
}

function legend() {
  const texts = [
    "● faster than the other",
    "○ slower",
    "— ratios of single pairs, from the least to the most",
    "- - - equally fast",
    "· · · geometric mean of all",
  ];
  return element(
    "ul",
    { class: "legend" },
    texts.map((text) => element("li", {}, text)),
  );
}

const columns = (name) => [
  { label: "group", of: (group) => `${group.name} (${group.about})`, heading: true },
  { label: "modules", of: (group) => group.ratios[name].modules, number: true },
  { label: "geometric mean", of: (group) => group.ratios[name].geomean, show: two, number: true },
  { label: "least", of: (group) => group.ratios[name].least, show: two, number: true },
  { label: "most", of: (group) => group.ratios[name].most, show: two, number: true },
];

function section(data, { name, more }, i) {
  const first = visible(data.subjects[0].name);
  const rows = points(data, name);
  const means = data.groups.filter((group) => group.ratios[name] !== undefined);
  const mean = means.find((group) => group.name === "all")?.ratios[name].geomean;
  const title = `${first} against ${visible(name)}`;
  const text =
    `Time of ${first} by time of ${visible(name)} for ${counted(rows.length, "module")}, on a logarithmic axis. ` +
    `${counted(rows.filter(({ ratio }) => ratio < 1).length, "module")} faster` +
    (mean === undefined ? "." : `; geometric mean ${two(mean)}.`) +
    (more ? ` ${visible(name)} ${visible(more)}, so it is no fair match.` : "");
  return element(
    "section",
    { "aria-labelledby": `against-${i}` },
    element("h2", { id: `against-${i}` }, title),
    rows.length > 0
      ? [figure(title, text, (width) => draw(rows, mean, width)), legend()]
      : element("p", {}, "There is no module to compare by."),
    means.length > 0
      ? table({ caption: `Geometric means of the ratios, ${title}`, columns: columns(name), rows: means })
      : null,
  );
}

export const against_sections = (data) => data.subjects.slice(1).map((subject, i) => section(data, subject, i));
