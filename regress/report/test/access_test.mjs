// The page for everybody: dark and light, without colour, by keyboard, by screen reader, on paper, on a narrow screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { launch, make_page, open } from "./browser.mjs";
import { example } from "./example.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser;
let file;

before(async () => {
  file = make_page(example(4), "access");
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

// The contrast of each text of the plots with what is behind it, as WCAG counts it.
const contrasts = (page) =>
  page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const known = new Map();
    const luminance = (colour) => {
      if (known.has(colour)) return known.get(colour);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) =>
        v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
      );
      known.set(colour, 0.2126 * r + 0.7152 * g + 0.0722 * b);
      return known.get(colour);
    };
    const style = (element) => getComputedStyle(element);
    return [...document.querySelectorAll("svg[role=img] text")].map((text) => {
      const inside = text.closest(".on-runs, .on-sections")?.getAttribute("class");
      const bar = inside && text.closest("svg").querySelector(inside === "on-runs" ? ".runs rect" : ".sections rect");
      const behind = luminance(bar ? style(bar).fill : style(document.body).backgroundColor);
      const front = luminance(style(text).fill);
      return { text: text.textContent, contrast: (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05) };
    });
  });

for (const scheme of ["light", "dark"]) {
  describe(`in ${scheme}`, () => {
    test("axe-core finds nothing to mend", () =>
      with_page({ scheme }, async (page) => {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document));
        assert.deepEqual(
          violations.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 300), nodes[0].failureSummary]),
          [],
        );
      }));

    test("the texts of the plots can be read", () =>
      with_page({ scheme }, async (page) => {
        const found = await contrasts(page);
        assert.ok(found.length > 50);
        assert.deepEqual(
          found.filter(({ contrast }) => contrast < 4.5),
          [],
        );
      }));
  });
}

test("the two schemes differ", async () => {
  const grounds = new Set();
  for (const scheme of ["light", "dark"])
    await with_page({ scheme }, async (page) =>
      grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)),
    );
  assert.equal(grounds.size, 2);
});

test("nothing is told by colour alone: shapes, dashes and words", () =>
  with_page({}, async (page) => {
    const dashes = (selector) =>
      page
        .locator(selector)
        .first()
        .evaluate((line) => getComputedStyle(line).strokeDasharray);
    assert.notEqual(await dashes(".plimsoll-line"), "none");
    assert.notEqual(await dashes(".phase-rules"), await dashes(".plimsoll-line"));
    assert.match(
      await page.locator(".legend").innerText(),
      /○ valid[^]*✕ refused[^]*◆ bytes of the module were copied/,
    );
    const mark = await page
      .locator("td.bad")
      .first()
      .evaluate((cell) => getComputedStyle(cell, "::before").content);
    assert.match(mark, /◆/);
  }));

test("headings go down one step at a time, tables have captions and headings, plots say what they show", () =>
  with_page({}, async (page) => {
    const levels = await page
      .locator("h1, h2, h3, h4, h5, h6")
      .evaluateAll((all) => all.map((heading) => Number(heading.tagName[1])));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    levels.forEach((level, i) => assert.ok(i === 0 ? level === 1 : level <= levels[i - 1] + 1));
    for (const table of await page.locator("table").all()) {
      assert.notEqual(await table.locator("caption").innerText(), "");
      assert.ok((await table.locator("th[scope=col]").count()) > 1);
      assert.equal(await table.locator("tbody tr:not(:has(th[scope=row]))").count(), 0);
    }
    for (const plot of await page.locator("figure svg").all()) {
      assert.equal(await plot.getAttribute("role"), "img");
      assert.ok((await plot.getAttribute("aria-label")).length > 20);
    }
    const peak = page.getByRole("img", { name: /Live heap while A\/md4w_small is loaded.*peak, 6,080 bytes/ });
    assert.equal(await peak.count(), 1);
  }));

test("everything is reached with the keyboard, and it shows where one is", () =>
  with_page({}, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    assert.ok(await page.evaluate(() => document.activeElement.getBoundingClientRect().left >= 0));
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "content");
    const reached = new Set();
    for (let i = 0; i < 120; ++i) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const active = document.activeElement;
        if (active === document.body) return null;
        const { outlineStyle } = getComputedStyle(active);
        return { what: active.getAttribute("role") ?? active.tagName, outlined: outlineStyle !== "none" };
      });
      if (at === null) break;
      assert.ok(at.outlined, at.what);
      reached.add(at.what);
    }
    for (const what of ["A", "BUTTON", "region", "SELECT", "SUMMARY"]) assert.ok(reached.has(what), what);
  }));

for (const width of [320, 390, 768]) {
  test(`at ${width} pixels the page does not scroll sideways`, () =>
    with_page({ width }, async (page) => {
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    }));
}

test("paper gets all of it: light, unfolded, nothing scrolled away", () =>
  with_page({ scheme: "dark", media: "print" }, async (page) => {
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    assert.equal(
      await page
        .locator(".scroll")
        .first()
        .evaluate((region) => getComputedStyle(region).maxHeight),
      "none",
    );
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 20_000);
    assert.equal(await page.locator("details:not([open])").count(), 0);
    const too_wide = await page
      .locator("table")
      .evaluateAll((tables) =>
        tables
          .filter((table) => table.scrollWidth > table.parentElement.clientWidth + 1)
          .map((table) => table.caption.textContent),
      );
    assert.deepEqual(too_wide, []);
  }));

test("without JavaScript it says why it is empty", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`file://${file}`);
  assert.match(await page.locator("body").innerText(), /needs JavaScript/);
  await context.close();
});
