// Makes the template of the page: the folder page/ and the libraries it uses in one HTML file, in which the command
// replaces one mark by the data.
//
// usage: node build.mjs OUTPUT [speed.js]    with speed.js: the page of `ci/bench --html`
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, exit } from "node:process";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const mark = "@PLIMSOLL_DATA@";

const titles = { "main.js": "Load lines", "speed.js": "Speed" };
const [, , output, entry = "main.js"] = argv;
if (output === undefined || argv.length > 4 || !(entry in titles)) {
  console.error("usage: node build.mjs OUTPUT [speed.js]");
  exit(2);
}

const bundle = (file, options) =>
  build({
    entryPoints: [join(here, "page", file)],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    charset: "utf8",
    legalComments: "none", // all licences are told below
    target: ["es2022"],
    logLevel: "warning",
    ...options,
  });

// Name, version and licence of every package that a part of ended up in the bundle.
function licences(metafile) {
  const folders = new Set();
  for (const [file, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0].inputs)) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    if (folder && bytesInOutput > 0) folders.add(folder);
  }
  return [...folders].sort().map((folder) => {
    const about = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
    return `${about.name} ${about.version}\n\n${readFileSync(join(here, folder, "LICENSE"), "utf8").trim()}\n`;
  });
}

const script = await bundle(entry, { format: "iife" });
const style = await bundle("style.css", {});
const parts = {
  "@TITLE@": titles[entry],
  "@STYLE@": style.outputFiles[0].text.trim(),
  "@SCRIPT@": script.outputFiles[0].text.trim(),
  "@LICENCES@": licences(script.metafile).join("\n").replaceAll("--", "- -"),
};
if (/<\/(script|style)/i.test(Object.values(parts).join(""))) throw new Error("a part would end its own element");

const page = readFileSync(join(here, "page/template.html"), "utf8").replace(/@[A-Z]+@/g, (name) => parts[name] ?? name);
if (page.split(mark).length !== 2) throw new Error(`${mark} has to stand in the template once`);
// Whole or not at all: a build that is stopped leaves no half of a page.
writeFileSync(`${output}.new`, page);
renameSync(`${output}.new`, output);
