// The page of `ci/bench --html` in a headless Chromium: it shows what its JSON says, and everybody can read it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { makeDocument } from "../../../bench/table/document.mjs";
import { makePage } from "../../../bench/table/page.mjs";
import { folder, launch, open, read_axis, read_tables } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const hostile = "B/</script><img src=x onerror=alert(1)>\u202e";

const result = (samples, more = {}) => ({
  verdict: "valid",
  times: 1,
  median: samples[1],
  least: samples[0],
  most: samples[2],
  samples,
  ...more,
});
const subjects = [
  { name: "plimsoll", mode: "memory", version: "plimsoll 1", server: {} },
  { name: "v8", mode: "memory", version: "V8 14", server: {} },
  { name: "slow", mode: "process", version: "0.1", more: "compiles too", startup: 1.5, server: {} },
];
const module = (name, ours, v8, slow) => ({
  name,
  stem: name.slice(2),
  tier: "B",
  bytes: 50_000,
  code: name === "B/data" ? 5 : 40_000,
  results: { plimsoll: result(ours), v8, slow },
});
const modules = [
  module("B/quick", [1, 2, 3], result([4, 4, 4], { ratio: 0.5, ratios: [0.25, 0.5, 0.75] }), {
    failure: "crashed (SIGSEGV)",
  }),
  module("B/lame", [6, 6, 6], result([3, 4, 5], { ratio: 1.5, ratios: [2, 1.5, 1.2] }), { failure: "hung" }),
  module("B/data", [1, 1, 1], result([100, 100, 100], { ratio: 0.01, ratios: [0.01] }), undefined),
  module(hostile, [2, 2, 2], result([2.5, 2.5, 2.5], { ratio: 0.8, ratios: [0.8] }), undefined),
];
const data = makeDocument({
  modules,
  subjects,
  notes: [`${hostile} is odd`],
  options: { rounds: 3, sample: 30 },
  load: 0.5,
  revision: "abc",
});

let browser;
let file;
before(async () => {
  const template = join(folder, "speed-template.html");
  execFileSync(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), template, "speed.js"]);
  file = join(folder, "speed.html");
  writeFileSync(file, makePage(template, data));
  browser = await launch();
});
after(() => browser?.close());

async function with_page(options, use) {
  const page = await open(browser, file, options);
  try {
    await use(page);
    assert.deepEqual(page.complaints, []);
  } finally {
    await page.context().close();
  }
}

test("the tables say what the JSON says, and names are text", () =>
  with_page({}, async (page) => {
    const tables = await read_tables(page);
    const times = tables["Time of one load in milliseconds: median, least and most"];
    assert.equal(times.length, 4);
    const [quick] = times.map((row) => Object.values(row));
    assert.deepEqual(quick, ["B/quick", "50,000", "40,000", "2.00", "1.00 to 3.00", "4.00", "4.00 to 4.00", "", ""]);
    assert.equal(Object.values(times[3])[0], hostile.replace("\u202e", "\\u{202e}"));
    const means = tables["Geometric means of the ratios, plimsoll against v8"];
    const wanted = Math.cbrt(0.5 * 1.5 * 0.8).toFixed(2);
    assert.deepEqual(Object.values(means.at(-1)), ["all (every module)", "3", wanted, "0.50", "1.50"]);
    const [, , slow] = tables.Loaders;
    assert.deepEqual(Object.values(slow), [
      "slow",
      "0.1",
      "process",
      "CPU time",
      "1.50",
      "compiles too, so it is no fair match",
    ]);
    const text = await page.locator("main").innerText();
    assert.match(text, /slow crashed \(SIGSEGV\) on B\/quick/);
    assert.match(text, /There is no module to compare by/);
  }));

test("the dots stand at the ratios, filled where ours is faster; modules that count in no mean have none", () =>
  with_page({}, async (page) => {
    const { ticks, dots } = await page.evaluate(() => {
      const plot = document.querySelector("svg[role=img]");
      const place = (mark) => Number(/translate\(([-\d.e]+),/.exec(mark.getAttribute("transform"))[1]);
      const texts = [...plot.querySelectorAll("[aria-label='x-axis tick label'] text")];
      const circles = [...plot.querySelectorAll(".points circle")];
      return {
        ticks: texts.map((tick) => ({ text: tick.textContent, at: place(tick) })),
        dots: circles.map((dot) => ({
          at: Number(dot.getAttribute("cx")),
          filled: dot.getAttribute("fill") !== "none",
        })),
      };
    });
    const at = read_axis(ticks, Math.log);
    assert.equal(dots.length, 3);
    [0.5, 0.8, 1.5].forEach((ratio, i) => {
      assert.ok(Math.abs(dots[i].at - at(ratio)) < 1.5, `${ratio}: ${dots[i].at}, not ${at(ratio)}`);
      assert.equal(dots[i].filled, ratio < 1);
    });
  }));

for (const scheme of ["light", "dark"]) {
  test(`axe-core finds nothing to mend in ${scheme}`, () =>
    with_page({ scheme }, async (page) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document));
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 300), nodes[0].failureSummary]),
        [],
      );
    }));
}

for (const width of [320, 768]) {
  test(`at ${width} pixels the page does not scroll sideways`, () =>
    with_page({ width }, async (page) => {
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    }));
}
