// The page in a headless Chromium: what it shows is what its JSON says, whatever stands in names; and everybody can read it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, make_page, number, open, read_axis, read_tables } from "./browser.mjs";
import { empty_example, example, hostile } from "./example.mjs";

const data = example();
const copying = data.modules[0];
let browser;
let file;

before(async () => {
  file = make_page(data, "example");
  browser = await launch();
});
after(() => browser?.close());

async function with_page(options, use) {
  const page = await open(browser, options.file ?? file, options);
  try {
    await use(page);
    assert.deepEqual(page.complaints, []);
  } finally {
    await page.context().close();
  }
}

// As the page writes characters that are not seen or turn the text.
const shown = (text) => text.replace(/[\u0007\u202c\u202e]/g, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

// The marks of one class in the n-th plot of that kind: where they stand, and their texts.
const marks = (page, svg, wanted) =>
  page.evaluate(
    ([label, selector]) => {
      const plot = [...document.querySelectorAll("svg[role=img]")].find((made) =>
        made.getAttribute("aria-label").startsWith(label),
      );
      return [...plot.querySelectorAll(selector)].map((mark) => {
        const at = /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(mark.getAttribute("transform") ?? "");
        const box = Object.fromEntries(
          ["x", "y", "width", "height"].map((name) => [name, Number(mark.getAttribute(name))]),
        );
        return {
          ...box,
          at_x: at && Number(at[1]),
          at_y: at && Number(at[2]),
          text: mark.textContent,
          d: mark.getAttribute("d")?.replace(/[\d.]+/g, "0"),
        };
      });
    },
    [svg, wanted],
  );

async function axis(page, svg, name, scale) {
  const ticks = await marks(page, svg, `[aria-label='${name}-axis tick label'] text`);
  return read_axis(
    ticks.map(({ text, at_x, at_y }) => ({ text, at: name === "x" ? at_x : at_y })),
    scale,
  );
}

const near = (a, b, what) => assert.ok(Math.abs(a - b) < 0.6, `${what}: at ${a}, ${b} expected`);

describe("the JSON", () => {
  test("stands in the page once, and is what was given", () =>
    with_page({}, async (page) => {
      const texts = await page.locator("script[type='application/json']").allTextContents();
      assert.equal(texts.length, 1);
      assert.deepEqual(JSON.parse(texts[0]), data);
    }));

  test("that is not whole is told so, not an empty page", () =>
    with_page({ file: make_page({ ...data, modules: [{ name: "no report" }] }, "broken") }, async (page) => {
      assert.match(await page.getByRole("alert").textContent(), /could not be drawn/);
      assert.equal(page.complaints.splice(0).length, 1);
    }));

  test("without lines, history and loads makes a page that says so", () =>
    with_page({ file: make_page(empty_example(), "empty") }, async (page) => {
      const text = await page.locator("main").textContent();
      for (const said of [/no load lines/, /no history/i, /No module was recorded/]) assert.match(text, said);
    }));
});

describe("tables", () => {
  test("have each load line as the JSON has it", () =>
    with_page({}, async (page) => {
      const rows = (await read_tables(page))["Load lines: bytes, except allocations"];
      assert.equal(rows.length, data.lines.length);
      data.lines.forEach((line, i) => {
        const row = Object.fromEntries(Object.entries(rows[i]).map(([title, text]) => [title.trim(), text]));
        assert.equal(row.module, shown(line.name));
        assert.equal(row.verdict, line.verdict);
        assert.equal(row.reason, shown(line.reason));
        assert.ok(line.sha256.startsWith(row.sha256));
        for (const figure of ["bytes", "allocations", "total", "peak", "retained", "copied"])
          assert.equal(number(row[figure]), line[figure], `${line.name} ${figure}`);
        if (line.bytes > 0) assert.equal(row["peak per byte"], (line.peak / line.bytes).toFixed(3));
      });
    }));

  test("have phases, runs, culprits and findings as the JSON has them", () =>
    with_page({}, async (page) => {
      const tables = await read_tables(page);
      const name = copying.name;
      const { report } = copying;
      tables[`Phases of the load of ${name}: bytes, except allocations`].forEach((row, i) => {
        assert.equal(number(row["no."]), i + 1);
        assert.equal(row.phase, report.phases[i].name);
        for (const figure of ["allocations", "total", "released", "moved", "peak"])
          assert.equal(number(row[figure]), report.phases[i][figure]);
        assert.equal(number(row["live at its end"]), report.phases[i].live);
      });
      const runs = tables[`Runs: which bytes of ${name} turned up where`];
      assert.equal(runs.length, report.runs.length);
      runs.forEach((row, i) => {
        const run = report.runs[i];
        const want = [
          run.module_offset,
          run.module_offset + run.length,
          run.length,
          run.block_serial,
          run.block_offset,
        ];
        assert.deepEqual(
          ["from", "to", "bytes", "heap block", "at, in the block"].map((title) => number(row[title])),
          want,
        );
        assert.equal(row["allocated in"], report.phases[run.block_phase].name);
      });
      assert.deepEqual(tables["Blocks that hold bytes of the module: stacks, most bytes first"], [
        {
          who: "AST::Module<T>::Module(AST::Module<T> const&) (script>.h:12)",
          bytes: "1,934,631",
          blocks: "40",
          "of the module": "96.7 %",
        },
      ]);
      const findings = tables[`Findings in the load of ${name}, worst first`];
      assert.deepEqual(
        findings.map((row) => [row.finding, number(row.bytes), Number(row.share), row["in words"]]),
        copying.findings.map((f) => [f.kind.replace("_", " "), f.bytes, f.share, f.text]),
      );
      assert.match(findings[0].who, /^AST::Module/);
    }));

  test("list every call of a stack, inlined ones too", () =>
    with_page({}, async (page) => {
      const stacks = await page
        .locator("ol.stack")
        .evaluateAll((lists) => lists.map((list) => [...list.children].map((item) => item.textContent)));
      assert.deepEqual(
        stacks.find((calls) => calls.length === 5),
        [
          "operator new(unsigned long) (libstdc++.so.6)",
          "std::vector<int>::vector(std::vector<int> const&) (stl_vector.h:500)",
          "AST::Module<T>::Module(AST::Module<T> const&) (script>.h:12)",
          "load</script><b>Unit (loader.cpp:345)",
          "libexample<b>.so+0x1b58",
        ],
      );
    }));

  test("sum up what each revision did", () =>
    with_page({}, async (page) => {
      const rows = (await read_tables(page))["What each revision did, oldest first: lines, and bytes more or less"];
      assert.deepEqual(
        rows.map((row) => row.revision),
        ["01234567", "11234567", "21234567", "31234567", "not committed"],
      );
      const count = (wanted) => data.history.filter(wanted).length;
      assert.equal(number(rows[0].added), data.history.length);
      assert.equal(
        number(rows[1].gone),
        count((line) => line.points[1].gone),
      );
      assert.equal(
        number(rows[2].added),
        count((line) => line.points[1].gone),
      );
      assert.match(rows[3].subject, /not read: 7: a merge conflict/);
      let change = 0;
      for (const { points } of data.history) {
        const at = points.findIndex((point) => point.revision === 4);
        if (at > 0 && !points[at - 1].gone) change += points[at].peak - points[at - 1].peak;
      }
      assert.equal(number(rows[4]["peak, change"]), change);
    }));

  test("are sorted by button, with the keyboard", () =>
    with_page({}, async (page) => {
      await page.locator("#lines th button", { hasText: /^peak$/ }).focus();
      await page.keyboard.press("Enter");
      const sorted = async () =>
        (await read_tables(page))["Load lines: bytes, except allocations"].map((row) => number(row.peak));
      const peaks = data.lines.map((line) => line.peak).sort((a, b) => b - a);
      assert.deepEqual(await sorted(), peaks);
      assert.equal(await page.locator("#lines th[aria-sort]").getAttribute("aria-sort"), "descending");
      await page.keyboard.press("Enter");
      assert.deepEqual(await sorted(), peaks.reverse());
      assert.equal(await page.locator("#lines th[aria-sort]").getAttribute("aria-sort"), "ascending");
    }));
});

describe("plots", () => {
  test("put each module where its size and peak are, in a shape that tells its kind", () =>
    with_page({}, async (page) => {
      const title = "Modules by size against peak heap";
      const x = await axis(page, title, "x", Math.log);
      const y = await axis(page, title, "y", Math.log);
      const lines = data.lines.filter((line) => line.bytes > 0 && line.peak > 0);
      const points = await marks(page, title, ".points path");
      assert.equal(points.length, lines.length);
      const shapes = new Map();
      lines.forEach((line, i) => {
        near(points[i].at_x, x(line.bytes), `bytes of ${line.name}`);
        near(points[i].at_y, y(line.peak), `peak of ${line.name}`);
        const kind = line.copied > 0 ? "copied" : line.verdict === "valid" ? "valid" : "refused";
        shapes.set(kind, (shapes.get(kind) ?? new Set()).add(points[i].d));
      });
      assert.equal(shapes.size, 3);
      assert.equal(new Set([...shapes.values()].flatMap((set) => [...set])).size, 3);
      const labelled = (await marks(page, title, ".labels text")).map((label) => label.text);
      assert.ok(labelled.includes("C/copied"), "what copied is named");
      assert.ok(labelled.length >= 4);
      const [line] = await marks(page, title, ".plimsoll-line");
      assert.ok(line);
    }));

  test("mark the peak of the live heap, and its phase", () =>
    with_page({}, async (page) => {
      for (const module of data.modules) {
        const title = `Live heap while ${module.name}`;
        const peak = module.report.timeline.find((point) => point.live === module.report.peak);
        const [label] = await marks(page, title, ".peak-label text");
        assert.equal(number(label.text.replace("peak ", "")), module.report.peak);
        const [mark] = await marks(page, title, ".peak path");
        near(mark.at_x, (await axis(page, title, "x"))(peak.event), "event of the peak");
        near(mark.at_y, (await axis(page, title, "y"))(peak.live), "bytes of the peak");
        const phases = (await marks(page, title, ".phases text")).map(({ text }) => text);
        const names = module.report.phases.map(({ name }, i) => `${i + 1} ${name}`);
        assert.deepEqual([...phases].sort(), names);
      }
    }));

  test("draw each run of the copy map over its bytes, in the row of its block", () =>
    with_page({}, async (page) => {
      const title = "Copy map of";
      const { report } = copying;
      const x = await axis(page, title, "x");
      const rows = await marks(page, title, "[aria-label='y-axis tick label'] text");
      const bars = await marks(page, title, ".runs rect");
      const blocks = new Set(rows.map(({ text }) => text));
      let looked_at = 0;
      for (const run of report.runs) {
        if (!blocks.has(`block ${run.block_serial}`)) continue;
        const row = rows.find(({ text }) => text === `block ${run.block_serial}`);
        const bar = bars.find(
          (b) =>
            Math.abs(b.x - x(run.module_offset)) < 0.6 &&
            Math.abs(b.width - (x(run.length) - x(0))) < 0.6 &&
            Math.abs(b.y - row.at_y) < 12,
        );
        assert.ok(bar, `run at ${run.module_offset} of block ${run.block_serial}`);
        looked_at += 1;
      }
      assert.ok(looked_at >= 24);
      const labels = (await marks(page, title, ".on-runs text")).map(({ text }) => text);
      assert.ok(labels.includes("at +0x20, <b>decode</b>"), labels.join("; "));
      assert.deepEqual(
        (await marks(page, title, ".on-sections text")).map(({ text }) => text),
        ["code", "<u>custom</u>"],
      );
    }));

  test("show any line's history, with its last figures", () =>
    with_page({}, async (page) => {
      for (const at of [1, 9, data.history.length - 1]) {
        const line = data.history[at];
        await page.getByLabel("Load line:").selectOption(String(at));
        const rows = (await read_tables(page))[
          `History of ${shown(line.name)}: the revisions that changed it, oldest first`
        ];
        const points = line.points;
        assert.equal(rows.length, points.length);
        rows.forEach((row, i) => {
          if (points[i].gone) return assert.equal(row.verdict, "not there");
          for (const figure of ["bytes", "allocations", "total", "peak", "retained", "copied"])
            assert.equal(number(row[figure]), points[i][figure]);
          assert.equal(row.reason, shown(points[i].reason));
        });
        const ends = await page.locator(".history svg .last text").allTextContents();
        const last = points.at(-1);
        assert.deepEqual(ends.map(number), [last.peak, last.retained, last.total, last.allocations, last.copied]);
      }
    }));

  test("take the width that is there, and are drawn anew when it changes", () =>
    with_page({ width: 1000 }, async (page) => {
      const width = () =>
        page
          .locator("svg[role=img]")
          .first()
          .evaluate((svg) => svg.getBoundingClientRect().width);
      const wide = await width();
      await page.setViewportSize({ width: 500, height: 800 });
      await page.waitForFunction(
        (was) => document.querySelector("svg[role=img]").getBoundingClientRect().width < was / 1.8,
        wide,
      );
    }));
});

describe("hostile names", () => {
  test("are text and nothing else", () =>
    with_page({}, async (page) => {
      assert.equal(await page.evaluate(() => globalThis.broken), undefined);
      assert.deepEqual(await page.locator("main :is(script, img, b, i, em, u, style:not(svg *))").count(), 0);
      const text = await page.locator("main").innerText();
      for (const name of hostile) assert.ok(text.includes(shown(name)), name);
      assert.ok(!/[\u202e\u0007]/.test(text), "nothing turns the text around");
    }));

  test("stand in the source without a < that could begin a tag", () =>
    with_page({}, async (page) => {
      const source = await page.locator("#plimsoll-data").textContent();
      assert.ok(!source.includes("<"));
    }));
});
