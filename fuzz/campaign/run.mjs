// A campaign: targets take turns, as many at once as there are jobs, always the one that has had the least time. Whatever a
// target does in its slice (crash, hang, eat memory, leave children behind), it is noted and the others go on; the target itself
// goes on too, without the inputs that break it.

import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Corpus, seedFolders } from './corpus.mjs';
import { Output } from './engine.mjs';
import { Findings, sha1 } from './findings.mjs';
import { Job, Tail } from './job.mjs';
import { Status, count } from './status.mjs';

const longestLog = 64 << 20; // bytes; a target that prints more in a slice is stopped
const signals = { 4: 'SIGILL', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };

function ending(status) {
  if (status > 128) return `killed by ${signals[status - 128] ?? `signal ${status - 128}`}`;
  return `ends with status ${status}`;
}

class State {
  wall = 0;
  cpu = 0;
  executions = 0; // of runs that have ended
  fuzzed = 0; // seconds of them
  runs = new Set(); // those that have not, as { output, started }; more than one if there are fewer targets than jobs
  coverage = 0;
  features = 0;
  added = 0;
  slices = new Set(); // those that run now, as { started }
  futile = 0; // runs in a row that ended before they had begun
  reading = 0; // seconds that it last took to read its corpus
  retired = false;
  doing = '';
  quarantine = new Set(); // inputs of the corpus that this target is not given any more

  constructor(target, corpus) {
    this.target = target;
    this.corpus = corpus;
    this.corpusIn = corpus.size;
  }
}

export class Campaign {
  #options;
  #states;
  #jobs = new Set();
  #stopping = false;
  #deadline;
  #cpu = 0; // seconds of processes that have ended
  #status;
  #findings;

  // `options`: targets, seconds, jobs, slice, own, minimize, keep, root, state, made, shared.
  constructor(options) {
    this.#options = options;
    const corpora = new Map();
    for (const { kind } of options.targets) {
      if (!corpora.has(kind)) corpora.set(kind, this.#openCorpus(kind));
    }
    this.#states = options.targets.map((target) => new State(target, corpora.get(target.kind)));
    this.#findings = new Findings({
      dir: options.keep,
      root: options.root,
      seconds: options.minimize,
      seeds: options.own ? 'own' : 'all',
      ending: () => this.#stopping,
      track: (job, begins, end) => this.#track(job, begins, end),
    });
  }

  // The corpus kept from earlier campaigns, with the seeds. That of `own` never sees a byte of the official suites.
  #openCorpus(kind) {
    const { state, own } = this.#options;
    const longest = Math.max(...this.#options.targets.filter((target) => target.kind === kind).map((target) => target.longest));
    const corpus = new Corpus(path.join(state, own ? 'corpus-own' : 'corpus', kind));
    if (!own) corpus.addFolders([path.join(state, 'corpus-own', kind)], { longest });
    for (const { folder, suffix } of seedFolders(kind, this.#options)) corpus.addFolders([folder], { longest, suffix });
    return corpus;
  }

  #track(job, begins, end) {
    if (begins) this.#jobs.add(job);
    else this.#jobs.delete(job);
    if (end) this.#cpu += end.cpu;
  }

  #remaining() {
    return this.#stopping ? 0 : Math.max((this.#deadline - Date.now()) / 1000, 0);
  }

  // How a target stands, with what its run has told so far.
  #stand(state) {
    const outputs = [...state.runs].map(({ output }) => output);
    const executions = outputs.reduce((sum, output) => sum + output.executions, state.executions);
    const fuzzed = [...state.runs].reduce((sum, { started }) => sum + (Date.now() - started) / 1000, state.fuzzed);
    return {
      name: state.target.name, wall: [...state.slices].reduce((sum, { started }) => sum + (Date.now() - started) / 1000, state.wall),
      executions, rate: executions / Math.max(fuzzed, 0.001),
      coverage: Math.max(state.coverage, ...outputs.map((output) => output.coverage)),
      features: Math.max(state.features, ...outputs.map((output) => output.features)),
      corpus: state.corpus.size, added: state.added,
      findings: this.#findings.of(state.target).length, doing: state.doing,
    };
  }

  #view() {
    const states = this.#states.map((state) => this.#stand(state));
    return { states, used: states.reduce((sum, { wall }) => sum + wall, 0), left: this.#remaining(), cpu: this.#cpu };
  }

  // Ends it as soon as targets can: they are asked, and killed if they take long. Asked again, it kills them.
  stop() {
    for (const job of this.#jobs) {
      if (this.#stopping) job.kill();
      else job.stop(3);
    }
    this.#stopping = true;
  }

  // For when this process ends without waiting.
  killAll() {
    for (const job of this.#jobs) job.kill();
  }

  #next() {
    const able = this.#states.filter((state) => !state.retired);
    const free = able.filter((state) => state.slices.size === 0);
    return (free.length ? free : able).sort((a, b) => a.wall - b.wall || a.slices.size - b.slices.size)[0];
  }

  async #work(slot) {
    while (this.#remaining() >= 1) {
      const state = this.#next();
      if (!state) return;
      await this.#slice(state, slot);
    }
  }

  async #slice(state, slot) {
    const work = path.join(this.#options.state, 'work', `${state.target.name}-${slot}`);
    const started = Date.now();
    // At most a quarter of its time goes into reading the corpus.
    const end = Math.min(started + Math.max(this.#options.slice, 4 * state.reading) * 1000, this.#deadline);
    const slice = { started };
    state.slices.add(slice);
    try {
      fs.rmSync(work, { recursive: true, force: true });
      fs.mkdirSync(path.join(work, 'artifacts'), { recursive: true });
      state.corpus.lend(path.join(work, 'corpus'), { longest: state.target.longest, without: state.quarantine });
      while (!state.retired && !this.#stopping && end - Date.now() >= 1000) await this.#run(state, work, (end - Date.now()) / 1000);
      state.added += state.corpus.takeBack(path.join(work, 'corpus'));
      fs.rmSync(work, { recursive: true, force: true });
    } finally {
      state.slices.delete(slice);
      state.wall += (Date.now() - started) / 1000;
      state.doing = '';
    }
    this.#status.slice(this.#stand(state), (Date.now() - started) / 1000);
  }

  // One run of the target, to its end or to the first finding.
  async #run(state, work, seconds) {
    const { target } = state;
    const log = path.join(work, 'log');
    const corpus = path.join(work, 'corpus');
    fs.rmSync(log, { force: true });
    const output = new Output();
    const flags = ['-print_final_stats=1', '-reload=0', `-max_total_time=${Math.ceil(seconds)}`, `-artifact_prefix=${work}/artifacts/`];
    const job = new Job(target.command(...flags, corpus), { log, env: target.env, cwd: work });
    this.#track(job, true);
    const run = { output, started: job.started };
    state.runs.add(run);
    let tooLong = false;
    let ended = false;
    const end = job.end.then((result) => ((ended = true), result));
    const tail = new Tail(log);
    while (!ended) {
      await Promise.race([end, sleep(500)]);
      for (const line of tail.lines()) output.take(line);
      if (output.read && !run.read) run.read = state.reading = (Date.now() - job.started) / 1000;
      state.doing = output.read ? '<- fuzzing' : '<- reading its corpus';
      // libFuzzer itself ends an input that takes too long: this is for a target that cannot be reached any more.
      const late = (Date.now() - job.started) / 1000 > seconds + target.timeout + this.#options.grace;
      if (!ended && !tooLong && (late || tail.size > longestLog)) {
        tooLong = true;
        job.stop(Math.max(this.#options.grace / 3, 1));
      }
    }
    const result = await end;
    for (const line of tail.lines(true)) output.take(line);
    this.#track(job, false, result);
    state.executions += output.executions;
    state.fuzzed += result.wall;
    state.coverage = Math.max(state.coverage, output.coverage);
    state.features = Math.max(state.features, output.features);
    state.cpu += result.cpu;
    state.runs.delete(run);
    if (tooLong && !output.read && !result.killed) {
      state.reading = Math.max(result.wall, 2 * state.reading);
      this.#status.say(`${target.name}: its corpus takes longer than a slice to read; it gets longer ones`);
    }
    await this.#judge(state, { work, log, result, tooLong, output, size: tail.size });
  }

  async #judge(state, { work, log, result, tooLong, output, size }) {
    const artifacts = path.join(work, 'artifacts');
    const found = fs.readdirSync(artifacts).filter((name) => /^(crash|leak|timeout|oom)-/.test(name)).map((name) => path.join(artifacts, name));
    const asked = (this.#stopping || tooLong) && (result.status === 72 || result.killed || result.status === 128 + 2);
    const hangs = tooLong && (result.killed || size > longestLog);
    if (found.length === 0 && !hangs && (result.status === 0 || asked)) {
      state.futile = 0;
      return;
    }
    let message = ending(result.status);
    if (hangs) message = size > longestLog ? 'prints without end' : 'does not end when its time is over';
    const text = fs.readFileSync(log, 'latin1').slice(-(1 << 20));
    const known = this.#findings.of(state.target).length;
    state.doing = '<- cutting a finding down';
    const finding = await this.#findings.take(state.target, text, found[0], { what: hangs ? 'hang' : 'exit', message }, path.join(work, 'scratch'));
    if (finding && this.#findings.of(state.target).length > known) {
      this.#status.say(`${state.target.name}: FOUND ${finding.message}\n  ${finding.reproduce}`);
    }
    let lessened = false;
    for (const file of found) {
      const name = sha1(fs.readFileSync(file));
      if (state.corpus.names.has(name) && !state.quarantine.has(name)) {
        state.quarantine.add(name);
        fs.rmSync(path.join(work, 'corpus', name), { force: true });
        lessened = true;
      }
      fs.rmSync(file);
    }
    // One that breaks before it has read its corpus, whatever that is, would break again and again.
    state.futile = lessened || output.read || result.wall > 10 ? 0 : state.futile + 1;
    if (state.futile < 3) return;
    state.retired = true;
    this.#status.say(`${state.target.name}: breaks as soon as it is started; no more time for it`);
  }

  // Runs to the end and returns the result, as --json has it.
  async run(stream) {
    const { jobs, seconds } = this.#options;
    const started = Date.now();
    this.#deadline = started + seconds * 1000;
    this.#status = new Status(stream, () => this.#view());
    const kinds = new Map(this.#states.map((state) => [state.target.kind, state.corpus.size]));
    this.#status.say(`${count(this.#states.length)} targets, ${jobs} at once, slices of ${count(this.#options.slice)} s; ` +
      `corpora: ${[...kinds].map(([kind, size]) => `${kind} ${count(size)}`).join(', ')}`);
    try {
      await Promise.all(Array.from({ length: jobs }, (_, slot) => this.#work(slot)));
    } finally {
      this.#status.end();
    }
    return this.#result((Date.now() - started) / 1000);
  }

  #result(seconds) {
    const round = (number) => Math.round(number * 10) / 10;
    const targets = this.#states.map((state) => {
      const { name, executions, rate, coverage, features, findings } = this.#stand(state);
      return { name, kind: state.target.kind, executions, executions_per_second: round(rate), edges: coverage, features,
        corpus_in: state.corpusIn, corpus_out: state.corpus.size, new_inputs: state.added, quarantined: state.quarantine.size,
        seconds: round(state.wall), cpu_seconds: round(state.cpu), findings, retired: state.retired };
    });
    const findings = this.#findings.list.map(({ target, what, message, name, folder, bytes, times, reproduce }) =>
      ({ target, what, message, name, folder, bytes, times, reproduce }));
    return { seconds: round(seconds), cpu_seconds: round(this.#cpu), jobs: this.#options.jobs, seeds: this.#options.own ? 'own' : 'all',
      interrupted: this.#stopping, executions: targets.reduce((sum, target) => sum + target.executions, 0), targets, findings };
  }
}
