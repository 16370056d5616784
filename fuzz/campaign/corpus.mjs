// Working corpora: one folder for each KIND, kept between campaigns, files named by the digest of their bytes (libFuzzer's own
// way). A slice of a target works on a folder of links to it and hands over what it finds, so that targets of one kind share
// what they find, and an input that breaks one target can be kept from that target alone.

import fs from 'node:fs';
import path from 'node:path';

import { sha1 } from './findings.mjs';

function filesUnder(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function link(from, to) {
  try {
    fs.linkSync(from, to);
  } catch (error) {
    if (error.code === 'EEXIST') return;
    if (error.code !== 'EXDEV' && error.code !== 'EMLINK') throw error;
    fs.copyFileSync(from, to);
  }
}

export class Corpus {
  constructor(folder) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
    this.names = new Set(fs.readdirSync(folder));
  }

  get size() {
    return this.names.size;
  }

  // Adds the files of these folders, of at most `longest` bytes, whose names end as they should. Returns how many were new.
  addFolders(folders, { longest = Infinity, suffix = '' } = {}) {
    const before = this.size;
    for (const file of folders.flatMap(filesUnder)) {
      if (!file.endsWith(suffix) || fs.statSync(file).size > longest) continue;
      const bytes = fs.readFileSync(file);
      const name = sha1(bytes);
      if (this.names.has(name)) continue;
      fs.writeFileSync(path.join(this.folder, name), bytes);
      this.names.add(name);
    }
    return this.size - before;
  }

  // Fills an empty folder for a slice.
  lend(folder, { longest, without }) {
    fs.mkdirSync(folder, { recursive: true });
    for (const name of this.names) {
      const file = path.join(this.folder, name);
      if (!without.has(name) && fs.statSync(file).size <= longest) link(file, path.join(folder, name));
    }
  }

  // Takes over what is new in the folder of a slice. Returns how many files.
  takeBack(folder) {
    let taken = 0;
    for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
      if (this.names.has(name) || !/^[0-9a-f]{40}$/.test(name)) continue;
      link(path.join(folder, name), path.join(this.folder, name));
      this.names.add(name);
      ++taken;
    }
    return taken;
  }
}

// The folders with seeds of one kind: what this project wrote, and unless `own`, what the official suites have. `made` is a folder
// of seeds that were made for this (MADE/KIND).
export function seedFolders(kind, { root, made, shared, own }) {
  const folders = [{ folder: path.join(root, 'fuzz/corpus', kind) }, { folder: path.join(made, kind) }];
  if (own) return folders;
  const spec = path.join(shared, 'spec');
  if (kind === 'wasm') folders.push({ folder: spec, suffix: '.wasm' });
  if (kind === 'suite') folders.push({ folder: spec, suffix: '.json' });
  return folders;
}
