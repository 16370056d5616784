// The targets that a build has: <build>/fuzz/bin/NAME_fuzzer, the KIND of each (which targets share a corpus) in targets.tsv
// beside them, and in NAME_fuzzer.options what libFuzzer and the sanitizers are to be told, in ClusterFuzz's form.

import fs from 'node:fs';
import path from 'node:path';

export class UsageError extends Error {}

// [section] and `key = value`; # and ; start comments. As sections of pairs.
export function readOptions(text) {
  const sections = {};
  let section = '';
  for (const line of text.split('\n').map((each) => each.trim())) {
    const title = /^\[(\w+)\]$/.exec(line);
    if (title) section = title[1];
    const pair = /^([^=#;[\s][^=\s]*)\s*=\s*(.*)$/.exec(line);
    if (pair) (sections[section] ??= {})[pair[1]] = pair[2].trim();
  }
  return sections;
}

const sanitizers = { asan: 'ASAN_OPTIONS', msan: 'MSAN_OPTIONS', ubsan: 'UBSAN_OPTIONS', lsan: 'LSAN_OPTIONS' };

// What the sanitizers are told in every run. A stack without names could not name a finding.
function sanitizerDefaults() {
  const symbolizer = ['llvm-symbolizer', 'llvm-symbolizer-19']
    .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
  return {
    asan: { symbolize: '1', detect_leaks: '1', ...(symbolizer && { external_symbolizer_path: symbolizer }) },
    ubsan: { print_stacktrace: '1', ...(symbolizer && { external_symbolizer_path: symbolizer }) },
    msan: { ...(symbolizer && { external_symbolizer_path: symbolizer }) },
  };
}

class Target {
  constructor(bin, name, kind) {
    this.name = name.replace(/_fuzzer$/, '');
    this.kind = kind;
    this.program = path.join(bin, name);
    const file = `${this.program}.options`;
    const told = fs.existsSync(file) ? readOptions(fs.readFileSync(file, 'utf8')) : {};
    this.flags = { timeout: '25', rss_limit_mb: '2560', ...told.libfuzzer };
    const dictionaries = [this.flags.dict, `${name}.dict`, `${kind}.dict`].filter(Boolean).map((each) => path.resolve(bin, each));
    delete this.flags.dict;
    this.dictionary = dictionaries.find((each) => fs.existsSync(each));
    this.env = { ...told.env };
    const defaults = sanitizerDefaults();
    for (const [section, variable] of Object.entries(sanitizers)) {
      const pairs = { ...defaults[section], ...told[section] };
      const list = Object.entries(pairs).map(([key, value]) => `${key}=${value}`);
      if (list.length) this.env[variable] = [process.env[variable], ...list].filter(Boolean).join(':');
    }
  }

  get timeout() {
    return Number(this.flags.timeout);
  }

  // Bytes of the largest input that is worth trying.
  get longest() {
    return Number(this.flags.max_len ?? 65536);
  }

  // The command that runs the target with `more` flags and files.
  command(...more) {
    const dictionary = this.dictionary ? [`-dict=${this.dictionary}`] : [];
    return [this.program, ...Object.entries(this.flags).map(([key, value]) => `-${key}=${value}`), ...dictionary, ...more];
  }
}

// The targets of the folder, all or the `wanted` (NAME or NAME_fuzzer), in the order of targets.tsv.
export function readTargets(bin, wanted) {
  const list = path.join(bin, 'targets.tsv');
  if (!fs.existsSync(list)) throw new UsageError(`${list} is not there: build the targets first`);
  const targets = fs.readFileSync(list, 'utf8').split('\n').filter(Boolean).map((line) => {
    const [name, kind] = line.split('\t');
    if (!/^\w+$/.test(name) || !/^\w+$/.test(kind ?? '')) throw new UsageError(`${list}: '${line}' is not TARGET<TAB>KIND`);
    return new Target(bin, `${name.replace(/_fuzzer$/, '')}_fuzzer`, kind);
  });
  const chosen = wanted.map((name) => name.replace(/_fuzzer$/, ''));
  for (const name of chosen) {
    if (targets.some((target) => target.name === name)) continue;
    throw new UsageError(`there is no target '${name}'; there are ${targets.map((target) => target.name).join(', ')}`);
  }
  const taken = targets.filter((target) => chosen.length === 0 || chosen.includes(target.name));
  for (const { program } of taken) {
    if (!fs.existsSync(program)) throw new UsageError(`${program} is not there: build the targets first`);
  }
  return taken;
}
