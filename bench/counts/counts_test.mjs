// Tests of the speed gate: the pins, what is held against them, and the whole of it where there is a valgrind.
// $PLIMSOLL_BENCH_COUNTS and $PLIMSOLL_ADVERSARY_LOADS are the programs. Run: node --test
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { PinsError, compare, exitCode, read, update, write } from './pins.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const sha = (digit) => digit.repeat(64);
const line = (module, instructions, more = {}) => ({
  benchmark: 'memory',
  module,
  sha256: sha('a'),
  opcodes: 100,
  instructions,
  reason: '',
  ...more,
});

test('pins are written in one way, and read back', () => {
  const text = write({
    key: 'compiler=x',
    lines: [line('b', 250), line('a', 1000, { reason: 'it does more' }), line('c', 5, { opcodes: 0 })],
  });
  assert.equal(
    text,
    [
      '# plimsoll instruction counts 1',
      '# compiler=x',
      'benchmark\tmodule\tsha256\topcodes\tinstructions\tper_opcode\treason',
      `memory\ta\t${sha('a')}\t100\t1000\t10.00\tit does more`,
      `memory\tb\t${sha('a')}\t100\t250\t2.50\t`,
      `memory\tc\t${sha('a')}\t0\t5\t-\t`,
      '',
    ].join('\n'),
  );
  const pins = read(text);
  assert.equal(pins.key, 'compiler=x');
  assert.equal(write(pins), text);
});

test('a damaged file is an error with its line', () => {
  const text = write({ key: 'k', lines: [line('a', 1000), line('b', 250)] });
  for (const [broken, expected] of [
    ['', /^line 1:/],
    [text.replace('counts 1', 'counts 2'), /^line 1:/],
    [text.replace('# k', ''), /^line 2:/],
    [text.replace('opcodes', 'codes'), /^line 3:/],
    [text.replace('1000', '1e3'), /^line 4: '1e3' is no number/],
    [text.replace('1000', '1001'), /^line 4: per_opcode is 10\.01/],
    [text.replace(sha('a'), 'short'), /^line 4: sha256/],
    [text.replace('memory\tb', 'memory\ta'), /^line 5: lines are sorted/],
    [text.replace('memory\tb', 'memory b'), /^line 5: it has 6 cells/],
    [text.slice(0, -1), /^line 5: it does not end/],
  ])
    assert.throws(
      () => read(broken),
      (error) => error instanceof PinsError && expected.test(error.message),
      broken,
    );
});

const states = (pins, now, options = {}) => compare(pins, now, { tolerance: 1, ...options }).map(({ state }) => state);

test('worse, same and better are on this and that side of one per cent', () => {
  const at = (instructions) => states([line('a', 10_000)], [line('a', instructions)]);
  assert.deepEqual(
    [10_000, 10_100, 10_101, 9900, 9899].map((value) => at(value)[0]),
    ['same', 'same', 'worse', 'same', 'better'],
  );
});

test('new, missing, another module, and what this machine cannot have', () => {
  assert.deepEqual(states([line('a', 1), line('c', 1)], [line('a', 1, { sha256: sha('b') }), line('b', 1)]), [
    'other',
    'new',
    'missing',
  ]);
  assert.deepEqual(states([line('a', 1), line('c', 1)], [line('a', 1)], { absent: ({ module }) => module === 'c' }), [
    'same',
  ]);
});

test('the exit code is that of the worst', () => {
  const code = (...all) => exitCode(all.map((state) => ({ state })));
  assert.deepEqual(
    [
      code('same'),
      code('better', 'same'),
      code('better', 'new'),
      code('missing'),
      code('other', 'worse', 'better'),
      code(),
    ],
    [0, 3, 4, 4, 1, 0],
  );
});

test('update lowers freely, raises for a reason, leaves alone what holds, and keeps lines of modules that are not here', () => {
  const pins = [
    line('a', 1000),
    line('b', 1000, { reason: 'old' }),
    line('c', 1000),
    line('gone', 1000),
    line('far', 1000),
  ];
  const rows = compare(pins, [line('a', 1005), line('b', 900), line('c', 1200), line('new', 7)], {
    tolerance: 1,
    absent: ({ module }) => module === 'far',
  });
  assert.equal(update(pins, rows, ''), null);
  const made = update(pins, rows, 'checks more').map(({ module, instructions, reason }) => [
    module,
    instructions,
    reason,
  ]);
  assert.deepEqual(made, [
    ['a', 1000, ''],
    ['b', 900, 'old'],
    ['c', 1200, 'checks more'],
    ['far', 1000, ''],
    ['new', 7, ''],
  ]);
});

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-counts-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const pins = path.join(root, 'pins.tsv');
const gate = (...args) =>
  spawnSync(
    process.execPath,
    [
      path.join(here, 'counts.mjs'),
      '--program',
      process.env.PLIMSOLL_BENCH_COUNTS,
      '--adversaries',
      process.env.PLIMSOLL_ADVERSARY_LOADS,
      '--pins',
      pins,
      ...args,
    ],
    { encoding: 'utf8' },
  );
const skip = spawnSync('valgrind', ['--version']).error ? 'there is no valgrind' : false;

test(
  'counting twice gives the same; a count that was lower before fails, and is pinned only for a reason',
  { skip },
  () => {
    const made = gate('update');
    assert.equal(made.status, 0, made.stderr);
    assert.match(made.stdout, /^left out: the real modules, which are not here/m);
    const text = fs.readFileSync(pins, 'utf8');
    assert.match(text, /^memory\tadversaries\/casts\t/m);
    const same = gate('check');
    assert.equal(same.status, 0, same.stdout);
    assert.match(same.stdout, /^6 counts: 6 same$/m);

    // As if the loader had taken 2 % less, or more, when it was pinned.
    const scaled = (factor) => {
      const { key, lines } = read(text);
      return write({
        key,
        lines: lines.map((each) => ({ ...each, instructions: Math.round(each.instructions * factor) })),
      });
    };
    fs.writeFileSync(pins, scaled(0.98));
    const worse = gate('check');
    assert.equal(worse.status, 1);
    assert.match(worse.stdout, /^memory +adversaries\/casts +worse .* \+2\.04 %/m);
    assert.match(worse.stdout, /the loader got slower/);
    assert.equal(gate('update').status, 1);
    assert.equal(fs.readFileSync(pins, 'utf8'), scaled(0.98));
    assert.equal(gate('update', '--reason', 'a test').status, 0);
    assert.match(fs.readFileSync(pins, 'utf8'), /\ta test$/m);

    fs.writeFileSync(pins, scaled(1.02));
    assert.equal(gate('check').status, 3);
    assert.equal(gate('update').status, 0);
    assert.equal(gate('check').status, 0);

    fs.writeFileSync(pins, text.replace('compiler=', 'compiler=other-'));
    const other = gate('check');
    assert.equal(other.status, 2);
    assert.match(other.stderr, /cannot be compared with those of/);
  },
);

const has512 = /\bavx512_vbmi2\b/.test(fs.existsSync('/proc/cpuinfo') ? fs.readFileSync('/proc/cpuinfo', 'utf8') : '');

test('counting one by one gives the same twice, and nothing without AVX-512', () => {
  const file = path.join(root, 'empty.wasm');
  fs.writeFileSync(file, Buffer.from('\0asm\x01\0\0\0'));
  const once = () => {
    const { status, stdout } = spawnSync(process.env.PLIMSOLL_BENCH_COUNTS, ['--steps', file], { encoding: 'utf8' });
    assert.equal(status, 0);
    return stdout;
  };
  const [first, second] = [once(), once()];
  if (!has512) return assert.equal(first, '');
  assert.match(first, /^avx512\t\S+\t0\t\d+\n$/);
  const [a, b] = [first, second].map((text) => Number(text.trim().split('\t')[3]));
  assert.ok(a > 500 && Math.abs(a - b) < a / 100, `${a} and ${b}`);
});

test('wrong usage and damaged pins are exit code 2, no valgrind is 77, a program that fails 6', () => {
  fs.writeFileSync(pins, 'rubbish');
  assert.equal(gate('sideways').status, 2);
  assert.equal(gate().status, 2);
  assert.equal(gate('check', '--fast').status, 2);
  assert.equal(gate('check', '--tolerance', 'x').status, 2);
  assert.equal(gate('check', '--reason', 'a\tb').status, 2);
  assert.equal(gate('check', '--pins', path.join(root, 'none.tsv')).status, skip ? 77 : 2);
  assert.equal(gate('check').status, skip ? 77 : 2);
  const without = gate('check', '--valgrind', 'no-such-valgrind');
  assert.equal(without.status, 77);
  assert.match(without.stdout, /^skipped: there is no valgrind/);
  fs.writeFileSync(pins, write({ key: 'k', lines: [] }));
  assert.equal(gate('check', '--program', 'false').status, skip ? 77 : 6);
});
