// Findings: each named by its target and by the first line of the message, numbers masked, so that one bug is one finding
// however often it is met; cut down; and kept in a folder of its own:
//
//   DIR/TARGET-MESSAGE-HASH/input[.wasm]   the smallest input that was found with this message
//                           original       the first one
//                           log.txt        what the target printed
//                           reproduce.txt  command lines: as it was found, under gdb, under valgrind

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { mask, readFailure } from './engine.mjs';
import { Job } from './job.mjs';

export const sha1 = (bytes) => createHash('sha1').update(bytes).digest('hex');

const most = 50; // findings of one target that are kept, should messages differ from input to input

function folderName(target, key) {
  const words = key.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60).replace(/-+$/, '');
  return `${target.name}-${words}-${sha1(key).slice(0, 6)}`;
}

const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`);

export class Findings {
  list = []; // { target, what, message, key, name, folder, bytes, times, input, reproduce }
  #options;

  // `dir` is where they are kept, `root` the project's folder, `seconds` the limit of cutting one down, `seeds`
  // which corpus the campaign began with; `ending` says whether to hurry, `track` is told of every job that begins and ends.
  constructor(options) {
    this.#options = options;
  }

  of(target) {
    return this.list.filter((finding) => finding.target === target.name);
  }

  // Takes what a run of `target` left: the log's text, the artifact (a file, or undefined), and what to call it if the log says
  // nothing. Cuts down what is new, with `scratch` as a folder for what is tried. Returns the finding, or undefined if there are
  // too many.
  async take(target, text, artifact, fallback, scratch) {
    const failure = readFailure(text) ?? fallback;
    const key = mask(failure);
    const bytes = artifact && fs.readFileSync(artifact);
    let finding = this.list.find((each) => each.target === target.name && each.key === key);
    if (finding) {
      ++finding.times;
      if (!finding.bytes && bytes) await this.#keep(target, finding, text, bytes, scratch);
      return finding;
    }
    if (this.of(target).length >= most) return undefined;
    const name = folderName(target, key);
    finding = { target: target.name, what: failure.what, message: failure.message, key, name, bytes: 0, times: 1,
      folder: path.join(this.#options.dir, name), seeds: this.#options.seeds };
    this.list.push(finding);
    await this.#keep(target, finding, text, bytes, scratch);
    return finding;
  }

  async #keep(target, finding, text, bytes, scratch) {
    fs.mkdirSync(finding.folder, { recursive: true });
    const input = path.join(finding.folder, target.kind === 'wasm' ? 'input.wasm' : 'input');
    finding.input = bytes && input;
    finding.bytes = bytes?.length ?? 0;
    // A campaign before this one may have met it. Its input is as good, unless the loader has changed since.
    const old = bytes && fs.existsSync(input) && fs.readFileSync(input);
    const met = old && old.length <= bytes.length && (await this.#says(target, input, finding.key, scratch));
    if (met) {
      finding.bytes = old.length;
    } else {
      fs.writeFileSync(path.join(finding.folder, 'log.txt'), text.slice(-200000), 'latin1');
      if (bytes) {
        fs.writeFileSync(path.join(finding.folder, 'original'), bytes);
        fs.writeFileSync(input, bytes);
        if (finding.what !== 'timeout') await this.#minimize(target, finding, input, scratch);
      }
    }
    finding.reproduce = this.#reproduce(target, finding);
    fs.writeFileSync(path.join(finding.folder, 'reproduce.txt'), this.#help(target, finding));
  }

  // One run of a file; the log's text.
  async #run(command, limit, env, scratch) {
    const log = path.join(scratch, 'log');
    fs.mkdirSync(scratch, { recursive: true });
    fs.rmSync(log, { force: true });
    const job = new Job(command, { log, env, cwd: scratch });
    this.#options.track(job, true);
    const timer = setTimeout(() => job.stop(1), limit * 1000);
    const end = await job.end;
    clearTimeout(timer);
    this.#options.track(job, false, end);
    return fs.existsSync(log) ? fs.readFileSync(log, 'latin1') : '';
  }

  // Whether the target says the same of a file.
  async #says(target, file, key, scratch) {
    const prefix = `-artifact_prefix=${scratch}/again-`;
    const text = await this.#run(target.command(prefix, file), target.timeout + 10, target.env, scratch);
    const failure = readFailure(text);
    return failure !== undefined && mask(failure) === key;
  }

  // libFuzzer makes it smaller as long as anything goes wrong; of its steps the smallest that still says the same is taken.
  async #minimize(target, finding, input, scratch) {
    const { seconds } = this.#options;
    if (this.#options.ending() || seconds === 0) return;
    fs.rmSync(scratch, { recursive: true, force: true });
    fs.mkdirSync(scratch, { recursive: true });
    const flags = ['-minimize_crash=1', `-max_total_time=${seconds}`, `-artifact_prefix=${scratch}/`];
    await this.#run(target.command(...flags, input), seconds, target.env, scratch);
    const steps = fs.readdirSync(scratch).filter((name) => /^(minimized-from|crash|oom|leak)-/.test(name))
      .map((name) => path.join(scratch, name))
      .filter((file) => fs.statSync(file).size < finding.bytes)
      .sort((a, b) => fs.statSync(a).size - fs.statSync(b).size);
    for (const step of steps.slice(0, 16)) {
      if (this.#options.ending()) break;
      if (!(await this.#says(target, step, finding.key, scratch))) continue;
      fs.copyFileSync(step, input);
      finding.bytes = fs.statSync(input).size;
      break;
    }
    fs.rmSync(scratch, { recursive: true, force: true });
  }

  #short(file) {
    const { root } = this.#options;
    return quote(file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file);
  }

  #reproduce(target, finding) {
    const flags = [];
    if (finding.what === 'timeout') flags.push(`-timeout=${target.flags.timeout}`);
    if (finding.what === 'oom') flags.push(`-rss_limit_mb=${target.flags.rss_limit_mb}`);
    if (!finding.input) return target.command().map((word) => this.#short(word)).join(' ');
    return [this.#short(target.program), ...flags, this.#short(finding.input)].join(' ');
  }

  #help(target, finding) {
    const lines = [`# ${finding.target}: ${finding.message}`, `# in ${this.#short(this.#options.root)}:`, finding.reproduce];
    if (finding.input) {
      const file = this.#short(finding.input);
      const replay = `fuzz/bin/${path.basename(target.program)}`;
      lines.push(
        '# under gdb, and under valgrind, where the targets have a main that replays files:',
        `cmake --preset dev >build/dev.log && cmake --build --preset dev --target ${path.basename(target.program)} && gdb -ex run --args build/dev/${replay} ${file}`,
        `cmake --preset release >build/release.log && cmake --build --preset release --target ${path.basename(target.program)} && valgrind build/release/${replay} ${file}`);
    }
    if (finding.seeds !== 'own') {
      lines.push('# The campaign began with the official suites too: do not commit the input, write it anew as corpus/*/NAME.hex.');
    }
    return `${lines.join('\n')}\n`;
  }
}
