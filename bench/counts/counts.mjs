// The program behind ci/speed-gate: counts instructions with callgrind and holds them to pins (pins.mjs).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { layOut, count } from '../../fuzz/campaign/status.mjs';
import { UsageError } from '../../fuzz/campaign/targets.mjs';
import { replaceFile } from '../replace_file.mjs';
import { PinsError, compare, exitCode, perOpcode, read, update, write } from './pins.mjs';

const usage = `usage: node bench/counts/counts.mjs check|update --program FILE --adversaries FILE [OPTION...]

Counts and compares (ci/speed-gate builds what is needed and calls this). Of its own:

  --program FILE      bench_counts
  --adversaries FILE  adversary_loads
  --valgrind FILE     (default valgrind)
`;

// Six real modules, those of tier A, and some of our own for what these have not: casts, rec groups, exceptions, many
// exports.
const real = ['farmhash', 'md4w_small', 'rabin', 'sourcemap_mappings', 'tree_sitter_regex', 'wasi_p1_command_adapter'];
// What valgrind does not know is counted one by one, which takes ten times as long: three of them.
const stepped = ['farmhash', 'rabin', 'tree_sitter_regex'];
const adversaries = ['casts', 'catches', 'element_functions', 'exports', 'groups_equal', 'locals'];

function readArguments(args) {
  const one = { type: 'string' };
  const options = {
    program: one,
    adversaries: one,
    valgrind: { ...one, default: 'valgrind' },
    modules: one,
    pins: one,
    reason: { ...one, default: '' },
    tolerance: { ...one, default: '1' },
    help: { type: 'boolean', short: 'h' },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return { help: true };
  if (positionals.length !== 1 || !['check', 'update'].includes(positionals[0]))
    throw new UsageError('say check or update');
  for (const name of ['program', 'adversaries', 'pins'])
    if (!values[name]) throw new UsageError(`--${name} is missing`);
  if (!/^\d{1,2}(\.\d+)?$/.test(values.tolerance))
    throw new UsageError(`--tolerance needs per cent, not '${values.tolerance}'`);
  if (/[\t\n]/.test(values.reason)) throw new UsageError('a reason is one line without tabs');
  return { ...values, tolerance: Number(values.tolerance), command: positionals[0] };
}

// Runs to the end, with an environment that is the same everywhere; what fails is told with its output.
function run(program, args) {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    maxBuffer: 1e8,
  });
  if (result.status === 0) return result.stdout;
  throw new Error(
    `${program} failed${result.signal ? ` (${result.signal})` : ''}: ${result.error?.message ?? result.stderr}`,
  );
}

// The modules that are here, file -> name. The adversaries are made in `folder`; of them only loads are counted.
function findModules(options, folder) {
  const made = path.join(folder, 'adversaries');
  fs.mkdirSync(made);
  run(options.adversaries, ['write', 'small', made, ...adversaries]);
  const tier = path.join(options.modules || made, 'A');
  const there = real.filter((name) => fs.existsSync(path.join(tier, `${name}.wasm`)));
  return {
    there: there.length > 0,
    whole: new Map(there.map((name) => [path.join(tier, `${name}.wasm`), `A/${name}`])),
    loads: new Map(adversaries.map((name) => [path.join(made, `${name}.wasm`), `adversaries/${name}`])),
  };
}

// callgrind writes a file of counts for each time that the function returned, numbered from 1.
function instructionsOf(file) {
  const match = /^(?:totals|summary): (\d+)/m.exec(fs.readFileSync(file, 'utf8'));
  if (!match) throw new Error(`${file} has no sum`);
  return Number(match[1]);
}

function countAll(options, { whole, loads }, folder) {
  const names = new Map([...whole, ...loads]);
  const out = path.join(folder, 'counts');
  const stdout = run(options.valgrind, [
    '--tool=callgrind',
    `--callgrind-out-file=${out}`,
    '--toggle-collect=plimsoll_counted',
    '--dump-after=plimsoll_counted',
    options.program,
    ...whole.keys(),
    '--',
    ...loads.keys(),
  ]);
  const table = (text) => text.split('\n').flatMap((line) => (line ? [line.split('\t')] : []));
  const [first, ...rest] = table(stdout);
  const steps = [...whole.keys()].filter((file) => stepped.some((name) => whole.get(file) === `A/${name}`));
  const alone = steps.length > 0 ? table(run(options.program, ['--steps', ...steps])) : [];
  const hash = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  const rows = [...rest.map((row, i) => [...row, instructionsOf(`${out}.${i + 1}`)]), ...alone];
  const lines = rows.map(([benchmark, file, opcodes, instructions]) => ({
    benchmark,
    module: names.get(file),
    sha256: hash(file),
    opcodes: Number(opcodes),
    instructions: Number(instructions),
    reason: '',
  }));
  return { key: first[1], lines, hasAvx512: alone.length > 0 };
}

function report(rows) {
  const shown = [['benchmark', 'module', '', 'pinned', 'now', 'change', 'per opcode']];
  for (const { pin, now, state, change } of rows) {
    const { benchmark, module } = pin ?? now;
    shown.push([
      benchmark,
      module,
      state,
      pin ? count(pin.instructions) : '',
      now ? count(now.instructions) : '',
      change === undefined ? '' : `${change > 0 ? '+' : ''}${change.toFixed(2)} %`,
      now ? perOpcode(now) : '',
    ]);
  }
  return `${layOut(shown).join('\n')}\n`;
}

const say = (text) => process.stdout.write(`${text}\n`);

function readPins(options) {
  if (options.command === 'update' && !fs.existsSync(options.pins)) return null;
  try {
    return read(fs.readFileSync(options.pins, 'utf8'));
  } catch (error) {
    if (error instanceof PinsError || error.code) throw new UsageError(`${options.pins}: ${error.message}`);
    throw error;
  }
}

function main() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const found = spawnSync(options.valgrind, ['--version']);
  if (found.error) {
    say('skipped: there is no valgrind (on Debian: apt-get install valgrind)');
    return 77;
  }
  const pins = readPins(options);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-counts-'));
  try {
    const modules = findModules(options, folder);
    const { there } = modules;
    const counted = countAll(options, modules, folder);
    if (pins && pins.key !== counted.key) {
      throw new UsageError(
        `counts of '${counted.key}' cannot be compared with those of '${pins.key}' (${options.pins})`,
      );
    }
    const rows = compare(pins?.lines ?? [], counted.lines, {
      tolerance: options.tolerance,
      absent: ({ benchmark, module }) =>
        (!there && module.startsWith('A/')) || (benchmark === 'avx512' && !counted.hasAvx512),
    });
    process.stdout.write(report(rows));
    if (there && !counted.hasAvx512) say('left out: the path with AVX-512, which this processor has not got');
    if (!there) say('left out: the real modules, which are not here; corpus/fetch --tier A DIR gets them');
    return options.command === 'check' ? check(rows) : pin(options, pins, counted, rows);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function check(rows) {
  const code = exitCode(rows);
  const states = ['same', 'worse', 'better', 'new', 'missing', 'other'].map((state) => [
    state,
    rows.filter((row) => row.state === state).length,
  ]);
  say(
    `${rows.length} counts: ${states
      .filter(([, number]) => number)
      .map(([state, number]) => `${number} ${state}`)
      .join(', ')}`,
  );
  if (code === 1) say("the loader got slower: mend it, or pin it with ci/speed-gate update --reason 'WHY'");
  if (code === 3 || code === 4) say('pin what is better or new with ci/speed-gate update, or it is soon lost again');
  return code;
}

function pin(options, pins, counted, rows) {
  const lines = update(pins?.lines ?? [], rows, options.reason);
  if (!lines) {
    say('counts that are higher are pinned only with --reason TEXT; nothing was written');
    return 1;
  }
  replaceFile(options.pins, write({ key: counted.key, lines }));
  say(`${options.pins}: ${lines.length} lines`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(
    `ci/speed-gate: ${error instanceof UsageError ? `${error.message}\n(ci/speed-gate --help tells more)` : error.message}\n`,
  );
  process.exitCode = error instanceof UsageError ? 2 : 6;
}
