// Tests of ci/bench's program against loaders that make their times up (fake_loader.mjs). Run: node --test
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { groups, look } from './modules.mjs';
import { geomean, median } from './statistics.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const magic = Buffer.from('0061736d01000000', 'hex');

// A module of that many bytes with a code section of `code` bytes, and a custom section for the rest.
function moduleOf(size, code = 2000) {
  const leb = (value) => [
    0x80 | (value & 0x7f),
    0x80 | ((value >> 7) & 0x7f),
    0x80 | ((value >> 14) & 0x7f),
    value >> 21,
  ];
  const rest = size - magic.length - 10 - code;
  return Buffer.concat([
    magic,
    Buffer.from([0, ...leb(rest)]),
    Buffer.alloc(rest),
    Buffer.from([10, ...leb(code)]),
    Buffer.alloc(code),
  ]);
}

// A folder with modules, programs that behave as bench_own and bench_peer would, and run() of the program behind
// ci/bench. `peers` are fakes by name, as other revisions of ours; each has the arguments of fake_loader.mjs.
function place(t, { own = [], peers = {}, modules = { one: moduleOf(5000) } } = {}) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-bench-test-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const script = (name, args) => {
    const words = [process.execPath, path.join(here, 'fake_loader.mjs'), ...args].map((word) => `'${word}'`).join(' ');
    fs.writeFileSync(path.join(root, name), `#!/bin/sh\nexec ${words} "$1"\n`, { mode: 0o755 });
  };
  const log = path.join(root, 'log');
  script('bench_own', [...own, '--log', log]);
  const compared = Object.entries(peers).flatMap(([name, args]) => {
    script(name, [...args, '--log', log]);
    return ['--compared', `${name}=${path.join(root, name)}`];
  });
  fs.mkdirSync(path.join(root, 'modules'));
  for (const [name, bytes] of Object.entries(modules)) {
    fs.mkdirSync(path.dirname(path.join(root, 'modules', name)), { recursive: true });
    fs.writeFileSync(path.join(root, 'modules', `${name}.wasm`), bytes);
  }
  const args = (more) => [
    path.join(here, 'bench.mjs'),
    '--bin',
    root,
    ...compared,
    ...(more.includes('--peers') ? [] : ['--peers', 'none']),
    '--default-modules',
    path.join(root, 'modules'),
    ...more,
  ];
  return {
    root,
    log: () => fs.readFileSync(log, 'utf8').trim().split('\n'),
    run: (...more) => spawnSync(process.execPath, args(more), { encoding: 'utf8' }),
    start: (...more) => spawn(process.execPath, args(more), { stdio: ['ignore', 'pipe', 'pipe'] }),
    json: (...more) => {
      const file = path.join(root, 'out.json');
      const result = spawnSync(process.execPath, args(['--json', file, ...more]), { encoding: 'utf8' });
      assert.equal(result.status, 0, result.stderr);
      return { ...JSON.parse(fs.readFileSync(file, 'utf8')), text: result.stdout };
    },
  };
}

const near = (value, expected) => assert.ok(Math.abs(value / expected - 1) < 1e-6, `${value} is not ${expected}`);

test('the median of an odd and an even number, and the geometric mean', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([10, 1, 2, 3]), 2.5);
  near(geomean([1, 4]), 2);
  near(geomean([0.5, 0.5, 0.5]), 0.5);
});

test('a module, a component, what is neither, and the size of the code', () => {
  assert.deepEqual(look(moduleOf(5000, 1234)), { kind: 'module', code: 1234 });
  assert.deepEqual(look(magic), { kind: 'module', code: 0 });
  assert.deepEqual(look(Buffer.from('0061736d0d000100', 'hex')), { kind: 'component' });
  assert.deepEqual(look(Buffer.from('hello')), { kind: 'other' });
  assert.deepEqual(look(Buffer.from('0061736d0100000000ffffffff', 'hex')), { kind: 'module', code: 0 });
});

test('groups: small, tiers and large without GC, GC apart, and none of modules without code', () => {
  const of = (stem, tier, bytes, code = 5000) =>
    groups.filter(({ has }) => has({ stem, tier, bytes, code })).map(({ name }) => name);
  assert.deepEqual(of('rabin', 'A', 5411), ['small', 'tier A', 'all']);
  assert.deepEqual(of('astro', 'B', 5e6), ['tier B', 'large', 'all']);
  assert.deepEqual(of('cfr', 'B', 6392325), ['GC', 'all']);
  assert.deepEqual(of('mine', null, 1e6), ['all']);
  assert.deepEqual(of('dotnet_corelib_webcil', 'B', 1826069, 30), []);
});

test('times for one load, ratios, means and who was compared', (t) => {
  const { json } = place(t, {
    own: ['--per-byte', '10'],
    peers: { slow: ['--per-byte', '20'] },
    modules: { 'B/x': moduleOf(50_000), 'B/y': moduleOf(100_000), 'B/data': moduleOf(9000, 30) },
  });
  const result = json('--rounds', '3');
  assert.equal(result.schema, 1);
  assert.equal(result.rounds, 3);
  assert.deepEqual(
    result.subjects.map(({ name, version }) => [name, version]),
    [
      ['plimsoll', 'plimsoll'],
      ['slow', 'slow'],
    ],
  );
  const [, x] = result.modules;
  assert.deepEqual([x.name, x.tier, x.bytes, x.code], ['B/x', 'B', 50_000, 2000]);
  near(x.results.plimsoll.median, 0.5);
  near(x.results.slow.median, 1);
  near(x.results.slow.ratio, 0.5);
  assert.equal(x.results.slow.samples.length, 3);
  assert.deepEqual(
    result.groups.map(({ name, modules }) => [name, modules]),
    [
      ['small', ['B/x']],
      ['tier B', ['B/x', 'B/y']],
      ['all', ['B/x', 'B/y']],
    ],
  );
  near(result.groups[1].ratios.slow.geomean, 0.5);
  assert.match(result.text, /^module +bytes +code +plimsoll ms +range +MB\/s +slow ms +range +ratio\n/);
  assert.match(result.text, /^B\/x +50,000 +2,000 +0\.500 +0\.500-0\.500 +100 +1\.00 +1\.00-1\.00 +0\.50$/m);
  assert.match(result.text, /^tier B \(without GC\) +2 +0\.50 \(0\.50-0\.50\)$/m);
  assert.match(result.text, /^B\/data has 30 bytes of code: in no mean$/m);
  assert.match(result.text, /CPU time .* median, and from the least to the most\.\n$/);
});

test('all take turns on one module, each as often as fills a sample', (t) => {
  const { run, log } = place(t, { peers: { other: ['--per-byte', '100'] } });
  assert.equal(run('--rounds', '2', '--sample', '10').status, 0);
  // 5,000 bytes: 0.05 and 0.5 ms.
  assert.deepEqual(log().slice(-4), [
    'plimsoll 200 memory one',
    'other 20 memory one',
    'plimsoll 200 memory one',
    'other 20 memory one',
  ]);
});

test('several modes of ours are one process and are compared with the first', (t) => {
  const { json } = place(t, { own: ['--modes', 'memory,mapped'] });
  const result = json('--modes', 'mapped,memory', '--rounds', '1');
  assert.deepEqual(
    result.subjects.map(({ name, mode }) => [name, mode]),
    [
      ['plimsoll mapped', 'mapped'],
      ['plimsoll memory', 'memory'],
    ],
  );
  near(result.modules[0].results['plimsoll memory'].ratio, 1);
});

test('our other modes are compared with the others too, in the means', (t) => {
  const { json } = place(t, { own: ['--modes', 'memory,portable'], peers: { other: ['--per-byte', '40'] } });
  const result = json('--modes', 'memory,portable', '--rounds', '2');
  const { between } = result.groups[0];
  assert.deepEqual(
    between.map(({ ours, theirs, modules }) => [ours, theirs, modules]),
    [['plimsoll portable', 'other', 1]],
  );
  near(between[0].geomean, 0.25);
  assert.match(result.text, /plimsoll \/ plimsoll portable +plimsoll \/ other +plimsoll portable \/ other$/m);
});

test('the ratio is the median over pairs: what is slow for both, or once, does not count', (t) => {
  const { json } = place(t, { own: ['--slow', '0,1'], peers: { other: ['--slow', '0', '--per-byte', '20'] } });
  const { ratios, ratio } = json('--rounds', '5').modules[0].results.other;
  ratios.forEach((value, i) => near(value, [0.5, 5, 0.5, 0.5, 0.5][i]));
  near(ratio, 0.5);
});

test('a mode of several threads is judged by wall time, and compared with wall time', (t) => {
  const { json } = place(t, { own: ['--modes', 'memory,two=wall', '--wall', '3'] });
  const result = json('--modes', 'memory,two', '--rounds', '1');
  assert.deepEqual(
    result.subjects.map(({ clock }) => clock),
    ['cpu', 'wall'],
  );
  const { plimsoll, 'plimsoll two': two } = result.modules[0].results;
  near(two.median / plimsoll.median, 3);
  near(two.ratio, 1);
  assert.match(result.text, /^plimsoll two: plimsoll; wall time, compared with wall time$/m);
});

test('a loader that crashes, hangs or talks nonsense on a module is named, left out there, and asked again on the next', (t) => {
  const modules = { a: moduleOf(5000), b: moduleOf(5000) };
  const { json } = place(t, {
    modules,
    peers: { crashes: ['--crash', 'a'], hangs: ['--hang', 'a'], babbles: ['--garbage', 'a'] },
  });
  const begin = Date.now();
  const result = json('--rounds', '1', '--patience', '0.7');
  assert.ok(Date.now() - begin < 40_000); // and not a minute for each
  const [a, b] = result.modules;
  assert.deepEqual(
    ['plimsoll', 'crashes', 'hangs', 'babbles'].map((name) => a.results[name].failure),
    [undefined, 'crashed (SIGSEGV)', 'hung: no answer in 0.7 seconds', "answers 'no answer'"],
  );
  for (const name of ['crashes', 'hangs', 'babbles']) near(b.results[name].ratio, 1);
  assert.ok(result.notes.includes('crashes crashed (SIGSEGV) on a'));
  assert.match(result.text, /^hangs hung: no answer in 0\.7 seconds on a$/m);
  assert.match(result.text, /^a +5,000 +2,000 +0\.0500 .* - +- +- +- +- +- +- +- +-$/m);
});

test('a loader that fails three times in a row is asked no more', (t) => {
  const all = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}/m`, moduleOf(5000)]));
  const { json, log } = place(t, { modules: all, peers: { crashes: ['--crash', 'm'] } });
  const result = json('--rounds', '1');
  assert.equal(log().filter((line) => line.startsWith('crashes')).length, 3);
  assert.ok(result.notes.includes('crashes failed too often, and was asked no more'));
});

test('where the verdicts differ, or the module is invalid, there is no ratio', (t) => {
  const modules = { a: moduleOf(5000), b: moduleOf(5000) };
  const { json } = place(t, {
    modules,
    own: ['--invalid', 'b'],
    peers: { stern: ['--invalid', 'a'], same: ['--invalid', 'b'] },
  });
  const result = json('--rounds', '1');
  assert.deepEqual(
    result.modules.map(({ results }) => [results.stern.ratio, results.same.ratio === undefined]),
    [
      [undefined, false],
      [undefined, true],
    ],
  );
  assert.ok(result.notes.includes('stern says invalid of a, plimsoll valid: no ratio'));
  assert.ok(result.notes.includes('b is invalid: no ratio'));
});

test('a page is the template with all of it inside, and no name in it ends the data', (t) => {
  const { root, run } = place(t, { modules: { 'a<b': moduleOf(5000) } });
  const [template, page] = [path.join(root, 'template'), path.join(root, 'page.html')];
  fs.writeFileSync(template, 'before @PLIMSOLL_DATA@ after');
  assert.equal(run('--rounds', '1', '--html', page, '--template', template).status, 0);
  const text = fs.readFileSync(page, 'utf8');
  assert.match(text, /^before \{.*\} after$/);
  assert.ok(!text.includes('<'));
  assert.equal(JSON.parse(text.slice(7, -6)).modules[0].name, 'a<b');
  fs.writeFileSync(template, 'no mark');
  fs.rmSync(page);
  assert.equal(run('--rounds', '1', '--html', page, '--template', template).status, 1);
  assert.ok(!fs.existsSync(page));
});

test('what is no module is left out and told', (t) => {
  const { json } = place(t, {
    modules: { a: moduleOf(5000), part: Buffer.from('0061736d0d000100', 'hex'), text: Buffer.from('(module)') },
  });
  const result = json('--rounds', '1');
  assert.equal(result.modules.length, 1);
  assert.deepEqual(result.notes.slice(0, 2), [
    'part is left out: it is a component',
    'text is left out: it does not begin as a module does',
  ]);
});

test('wrong usage is exit code 2 and one sentence; nothing is measured, nothing written', (t) => {
  const { root, run } = place(t);
  const json = path.join(root, 'out.json');
  for (const [message, ...args] of [
    [/nowhere\.wasm is not there/, path.join(root, 'nowhere.wasm')],
    [/there is no \.wasm file in/, '--modules', fs.mkdtempSync(path.join(root, 'empty-'))],
    [/there is no peer 'v9'; there are v8, /, '--peers', 'v9'],
    [/the peer v8 is not here: ci\/current-node/, '--peers', 'v8'],
    [/--rounds needs a number from 1, not '0'/, '--rounds', '0'],
    [/--rounds needs a number from 1, not '1\.5'/, '--rounds', '1.5'],
    [/--rounds needs a number from 1, not 'x'/, '--rounds', 'x'],
    [/--patience needs a number/, '--patience', '0'],
    [/there is no mode 'lazy'; there are memory/, '--modes', 'lazy'],
    [/the engine .*libnone\.so is not there/, '--engine', path.join(root, 'libnone.so')],
    [/Unknown option '--fast'/, '--fast'],
    [/cannot be written: .*nowhere is not a folder/, '--html', path.join(root, 'nowhere/x.html')],
  ]) {
    const { status, stdout, stderr } = run('--json', json, ...args);
    assert.equal(status, 2, `${args}: ${stderr}`);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
  assert.equal(run('--json', path.join(root, 'nowhere/x.json')).status, 2);
  assert.deepEqual(
    fs.readdirSync(root).filter((name) => name.includes('out')),
    [],
  );
});

test('a failure of ours is exit code 1, and the table says so', (t) => {
  const { run } = place(t, { own: ['--crash', 'one'] });
  const { status, stdout } = run('--rounds', '1');
  assert.equal(status, 1);
  assert.match(stdout, /^plimsoll crashed \(SIGSEGV\) on one$/m);
});

test('interrupted: the table so far, no file, nobody left running', async (t) => {
  const { root, start, log } = place(t, {
    modules: { a: moduleOf(5000), b: moduleOf(5000) },
    peers: { hangs: ['--hang', 'b'] },
  });
  const child = start('--rounds', '1', '--json', path.join(root, 'out.json'));
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  const ended = new Promise((resolve) => child.on('close', resolve));
  for (let i = 0; i < 100 && !(fs.existsSync(path.join(root, 'log')) && log().includes('hangs 1 memory b')); ++i)
    await sleep(100);
  child.kill('SIGINT');
  assert.equal(await ended, 130);
  assert.match(out, /^a +5,000/m);
  assert.doesNotMatch(out, /^b +5,000/m);
  assert.ok(!fs.existsSync(path.join(root, 'out.json')));
  await sleep(200);
  const commands = fs.readdirSync('/proc').map((each) => {
    try {
      return fs.readFileSync(`/proc/${each}/cmdline`, 'utf8');
    } catch {
      return ''; // no process, or no longer one
    }
  });
  assert.deepEqual(
    commands.filter((command) => command.includes(root)),
    [],
  );
});
