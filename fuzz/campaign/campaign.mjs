// The program behind ci/fuzz: runs a campaign over the fuzz targets of a build, or merges what campaigns have found into the
// committed corpus. Needs node 18 or later and bash; the targets are libFuzzer's.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { merge } from './merge.mjs';
import { Campaign } from './run.mjs';
import { summary } from './status.mjs';
import { UsageError, readTargets } from './targets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const usage = `usage: node fuzz/campaign/campaign.mjs --bin DIR [OPTION...] [TARGET...]

Runs the fuzz targets in DIR in turns (ci/fuzz builds them and calls this); without TARGET, all of them.

  --minutes N     how long (default 5)
  --jobs N        targets that run at once (default: the number of processors)
  --slice S       seconds that a target has at a time (default: half of its share, from 5 to 60); more if it needs long to read
                  its corpus
  --seeds WHICH   all: also the official suites in SHARED/spec; own: only what this project wrote, the campaign that --merge takes
                  from (default all)
  --keep DIR      where findings go (default STATE/findings)
  --minimize S    seconds for cutting a finding down (default: a quarter of a target's share, from 10 to 60; 0: not at all)
  --json FILE     write the summary as JSON too
  --list          print the targets and their kinds, run nothing
  --merge         instead: make fuzz/corpus/KIND of the small inputs that reach everything that it and the working corpora of
                  --seeds own reach
  --limit BYTES   of the merged corpus (default 3000000)
  --longest BYTES of an input in it (default 16384)
  --state DIR     where working corpora are kept between campaigns (default: build/fuzz)
  --made DIR      seeds that were made for this, as DIR/KIND (default STATE/seeds)
  --shared DIR    (default \$PLIMSOLL_SHARED or ../shared)
  --root DIR      the project
  --grace S       seconds after which a target that should have ended is killed, beyond its time for an input (default 15)

exit status: 0 no findings, 1 findings (or a merge that failed), 2 wrong usage
`;

function number(values, name, { least = 0, whole = true } = {}) {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,9}(\.\d+)?$/.test(text) && value >= least && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`--${name} needs a${whole ? ' whole' : ''} number from ${least}, not '${text}'`);
}

function readArguments(args) {
  const string = (value) => ({ type: 'string', default: value });
  const options = {
    bin: string(), minutes: string('5'), jobs: string(String(os.availableParallelism?.() ?? os.cpus().length)), slice: string(), seeds: string('all'),
    keep: string(), minimize: string(), json: string(), list: { type: 'boolean' }, merge: { type: 'boolean' }, limit: string('3000000'),
    longest: string('16384'), state: string(), made: string(), shared: string(process.env.PLIMSOLL_SHARED), root: string(root), grace: string('15'),
    help: { type: 'boolean', short: 'h' },
  };
  for (const each of Object.values(options)) if (each.default === undefined) delete each.default;
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return { help: true };
  if (!values.bin) throw new UsageError('give the folder of the targets: --bin DIR');
  if (!['all', 'own'].includes(values.seeds)) throw new UsageError(`--seeds is all or own, not '${values.seeds}'`);
  const project = path.resolve(values.root);
  const state = path.resolve(values.state ?? path.join(project, 'build/fuzz'));
  const seconds = number(values, 'minutes', { whole: false }) * 60;
  if (!(seconds > 0)) throw new UsageError('--minutes needs more than 0');
  const targets = readTargets(path.resolve(values.bin), positionals);
  // Of one target alone the merged corpus of its kind would lose what only the others need.
  if (values.merge && positionals.length) throw new UsageError('--merge is for all targets: a merged corpus is that of all of a kind');
  const jobs = number(values, 'jobs', { least: 1 });
  const share = (seconds * jobs) / Math.max(targets.length, 1);
  return {
    root: project, state, targets, seconds, jobs,
    slice: number(values, 'slice', { least: 1 }) ?? Math.min(Math.max(Math.floor(share / 2), 5), 60),
    own: values.seeds === 'own', list: values.list, merge: values.merge, json: values.json,
    keep: path.resolve(values.keep ?? path.join(state, 'findings')),
    made: path.resolve(values.made ?? path.join(state, 'seeds')),
    shared: path.resolve(values.shared ?? path.join(project, '../shared')),
    minimize: number(values, 'minimize') ?? Math.min(Math.max(Math.floor(share / 4), 10), 60), grace: number(values, 'grace'),
    limit: number(values, 'limit', { least: 1 }), longest: number(values, 'longest', { least: 1 }),
  };
}

async function runMerge(options) {
  const jobs = new Set();
  onSignal(() => {
    for (const job of jobs) job.kill();
    process.exit(130);
  });
  const table = await merge({
    ...options,
    track: (job, begins) => (begins ? jobs.add(job) : jobs.delete(job)),
    say: (text) => process.stderr.write(`${text}\n`),
  });
  process.stdout.write(table);
  return 0;
}

function onSignal(act) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, act);
}

async function main() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (options.list) {
    for (const { name, kind } of options.targets) process.stdout.write(`${name}\t${kind}\n`);
    return 0;
  }
  if (options.merge) return runMerge(options);
  const campaign = new Campaign(options);
  onSignal(() => campaign.stop());
  process.on('exit', () => campaign.killAll());
  const result = await campaign.run(process.stderr);
  process.stdout.write(summary(result));
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`);
  return result.findings.length ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`ci/fuzz: ${error.message}\n(ci/fuzz --help tells more)\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`ci/fuzz: ${error.stack}\n`);
    process.exitCode = 1;
  }
}
