// What the tests of the page share: Debian's Chromium, pages that say what went wrong, and tables as data.
import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

function runs(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// $PLIMSOLL_CHROMIUM, or the first that is on the PATH; null if there is none.
export function find_chromium() {
  if (process.env.PLIMSOLL_CHROMIUM) return process.env.PLIMSOLL_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const found = folders.map((folder) => join(folder, name)).find(runs);
    if (found) return found;
  }
  return null;
}

export function launch() {
  // A container has no user namespaces for the sandbox; the page is ours, and fetches nothing.
  return chromium.launch({ executablePath: find_chromium(), args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

export const folder = mkdtempSync(join(tmpdir(), "plimsoll-page-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// Makes the page of a document, as users do; the path of the file.
export function make_page(document, name) {
  const json = join(folder, `${name}.json`);
  const page = join(folder, `${name}.html`);
  writeFileSync(json, JSON.stringify(document));
  execFileSync(process.env.PLIMSOLL_COMMAND, ["gate", "report", "--from", json, "-o", page], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return page;
}

// Opens the file; `page.complaints` gathers what a page that works does not do.
export async function open(browser, file, { width = 1200, height = 900, scheme = "light", media = "screen" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  page.complaints = [];
  page.on("console", (message) => page.complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.complaints.push(`error: ${error.stack}`));
  page.on("dialog", (dialog) => page.complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) page.complaints.push(`request: ${request.url()}`);
  });
  await page.emulateMedia({ media, colorScheme: scheme });
  await page.goto(url);
  // Plots take the width they have in the frame after the first.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return page;
}

// The tables of the page by caption: an array of objects, title of the column -> text as it is shown.
export function read_tables(page) {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll("table")].map((table) => {
        const titles = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
        const rows = [...table.tBodies[0].rows].map((row) =>
          Object.fromEntries([...row.cells].map((cell, i) => [titles[i], cell.textContent])),
        );
        return [table.caption.textContent, rows];
      }),
    ),
  );
}

// What `1,234,567`, `0x1f` or `+0x20` says; a text that is no number fails.
export function number(text) {
  const plain = text.replaceAll(",", "").replace("−", "-");
  if (/^\+?0x[0-9a-f]+$/.test(plain)) return Number.parseInt(plain.replace("+", ""), 16);
  if (!/^[-+]?\d+(\.\d+)?$/.test(plain)) throw new Error(`'${text}' is no number`);
  return Number(plain);
}

// From the texts of an axis' ticks and where they stand to a function: value -> pixels, through two of them.
export function read_axis(ticks, scale = (value) => value) {
  const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
  const places = ticks
    .filter((tick) => tick.text !== "")
    .map(({ text, at }) => {
      const [digits, unit] = text.split(" ");
      return { value: scale(number(digits) * (units[unit] ?? 1)), at };
    });
  const [first, last] = [places[0], places.at(-1)];
  return (value) => first.at + ((scale(value) - first.value) / (last.value - first.value)) * (last.at - first.at);
}
