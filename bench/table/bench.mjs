// The program behind ci/bench: one table of modules by loaders. Needs node 18 or later and the programs of ../server.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { UsageError } from '../../fuzz/campaign/targets.mjs';
import { replaceFile } from '../replace_file.mjs';
import { makeDocument } from './document.mjs';
import { measureModule, measureStartup } from './measure.mjs';
import { findModules } from './modules.mjs';
import { makePage } from './page.mjs';
import { findPeers } from './peers.mjs';
import { Failure, Server, endAll } from './server.mjs';
import { digits, table } from './text.mjs';

const usage = `usage: node bench/table/bench.mjs --bin DIR [OPTION...] [DIR|FILE...]

Times loaders on modules (ci/bench builds what is needed and calls this; ci/bench --help has the options). Of its own:

  --bin DIR             the folder with bench_own and bench_peer
  --command FILE        plimsoll, for the mode \`process\`
  --compared NAME=FILE  another bench_own, and what to call it
  --node FILE           a node for V8
  --revision TEXT       which plimsoll this is
  --template FILE       the page without its data, for --html
  --default-modules DIR where there are modules if none are named
`;

function readArguments(args) {
  const one = { type: 'string' };
  const many = { type: 'string', multiple: true, default: [] };
  const options = {
    bin: one,
    modules: many,
    peers: one,
    modes: { ...one, default: 'memory' },
    engine: many,
    rounds: { ...one, default: '9' },
    sample: { ...one, default: '30' },
    patience: { ...one, default: '60' },
    json: one,
    html: one,
    template: one,
    command: one,
    compared: many,
    node: one,
    revision: { ...one, default: '' },
    'default-modules': one,
    list: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  return { values: parsed.values, places: [...parsed.values.modules, ...parsed.positionals] };
}

function number(values, name, least) {
  const value = Number(values[name]);
  if (/^\d{1,6}(\.\d+)?$/.test(values[name]) && value >= least && (name !== 'rounds' || Number.isInteger(value)))
    return value;
  throw new UsageError(`--${name} needs a number from ${least}, not '${values[name]}'`);
}

// A file that is written at the end of a long run: better to know before that it can be.
function place(file) {
  if (file === undefined) return undefined;
  const folder = path.dirname(path.resolve(file));
  try {
    fs.accessSync(folder, fs.constants.W_OK);
  } catch {
    throw new UsageError(`${file} cannot be written: ${folder} is not a folder that can be`);
  }
  if (fs.existsSync(file) && !fs.statSync(file).isFile()) throw new UsageError(`${file} is not a file`);
  return path.resolve(file);
}

// Our modes and the peers that are here.
function printList(values) {
  const modes = execFileSync(path.join(values.bin, 'bench_own'), ['--modes'], { encoding: 'utf8' });
  const whole = 'process\tthe command `plimsoll validate FILE`, the whole process\n';
  process.stdout.write((modes + whole).replaceAll(/^(?=.)/gm, 'mode\t'));
  for (const { name, version, more } of findPeers({ node: values.node, engines: values.engine, runner: '' }))
    process.stdout.write(`peer\t${[name, version, more].filter(Boolean).join('\t')}\n`);
  return 0;
}

const list = (text) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);

function compared(values, options) {
  return values.compared.map((each) => {
    const [, name, program] = /^([^=]+)=(.+)$/.exec(each) ?? [];
    if (!name) throw new UsageError(`--compared needs NAME=FILE, not '${each}'`);
    return { name, mode: options.modes[0], server: new Server([program, name], options) };
  });
}

// The command as a whole process, nothing taken off: what somebody waits for who has a file and wants to know.
const ofProcess = (values, options) => ({
  mode: 'process',
  whole: true,
  server: new Server(
    [path.join(values.bin, 'bench_peer'), 'command', 'plimsoll validate FILE', values.command, 'validate', '{}'],
    options,
  ),
});

// Ours in each mode, the compared revisions, and the peers.
async function makeSubjects(values, options) {
  const server = new Server([path.join(values.bin, 'bench_own'), `plimsoll ${values.revision}`.trim()], options);
  try {
    await server.start();
  } catch (error) {
    if (error instanceof Failure) throw new UsageError(`${values.bin}/bench_own ${error.message}`);
    throw error;
  }
  const known = values.command ? [...server.modes, 'process'] : server.modes;
  const unknown = options.modes.find((mode) => !known.includes(mode));
  if (unknown !== undefined || !options.modes.length) {
    throw new UsageError(`there is no mode '${unknown ?? ''}'; there are ${known.join(', ')}`);
  }
  const own = options.modes.map((mode, i) => ({
    own: true,
    name: i === 0 && mode === 'memory' ? 'plimsoll' : `plimsoll ${mode}`,
    ...(mode === 'process' ? ofProcess(values, options) : { mode, server }),
  }));
  const wanted = values.peers === undefined ? undefined : list(values.peers).filter((name) => name !== 'none');
  const runner = path.join(values.bin, 'bench_peer');
  const peers = findPeers({ wanted, node: values.node, engines: values.engine, runner }).map((peer) => ({
    ...peer,
    server: new Server(peer.argv, { ...options, environment: peer.environment }),
  }));
  const subjects = [...own, ...compared(values, options), ...peers];
  const twice = subjects.find(({ name }, i) => subjects.findIndex((other) => other.name === name) !== i);
  if (twice) throw new UsageError(`there are two that are called ${twice.name}`);
  return subjects;
}

function progress(module, subjects, done, of) {
  const parts = subjects.map(({ name }) => {
    const { median, failure, ratio } = module.results[name] ?? { failure: 'left out' };
    return failure
      ? `${name} ${failure}`
      : `${name} ${digits(median)} ms${ratio === undefined ? '' : ` (${ratio.toFixed(2)})`}`;
  });
  process.stderr.write(`[${done}/${of}] ${module.name}: ${parts.join(', ')}\n`);
}

async function main() {
  const { values, places } = readArguments(process.argv.slice(2));
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (!values.bin) throw new UsageError('give the folder of the programs: --bin DIR');
  if (values.list) return printList(values);
  const options = {
    rounds: number(values, 'rounds', 1),
    sample: number(values, 'sample', 0),
    patience: number(values, 'patience', 0.1),
    modes: list(values.modes),
  };
  const json = place(values.json);
  const html = place(values.html);
  const load = os.loadavg()[0];
  const { modules, notes } = findModules(places.length ? places : [values['default-modules'] ?? 'build/modules']);
  const subjects = await makeSubjects(values, options);
  const documentOf = (measured) =>
    makeDocument({ modules: measured, subjects, notes, options, load, revision: values.revision });

  const measured = [];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (measured.length) process.stdout.write(table(documentOf(measured)));
      process.stderr.write('ci/bench: interrupted; no file was written\n');
      process.exit(130);
    });
  }
  notes.push(...(await measureStartup(subjects, options)));
  for (const module of modules) {
    module.results = await measureModule(module, subjects, options);
    measured.push(module);
    progress(module, subjects, measured.length, modules.length);
    if (subjects[0].dropped) break;
  }
  const document = documentOf(measured);
  process.stdout.write(table(document));
  if (json) replaceFile(json, `${JSON.stringify(document, null, 1)}\n`);
  if (html) replaceFile(html, makePage(values.template, document));
  return measured.some(({ results }) => results[subjects[0].name].samples) ? 0 : 1;
}

process.on('exit', endAll);
try {
  const status = await main();
  process.exit(status);
} catch (error) {
  process.stderr.write(
    `ci/bench: ${error instanceof UsageError ? `${error.message}\n(ci/bench --help tells more)` : error.stack}\n`,
  );
  process.exit(error instanceof UsageError ? 2 : 1);
}
