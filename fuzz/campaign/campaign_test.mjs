// Tests of ci/fuzz's program, against targets that only behave like libFuzzer's (fake_fuzzer.mjs). Run: node --test

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { mask, readFailure } from './engine.mjs';
import { sha1 } from './findings.mjs';
import { readOptions } from './targets.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

// A project with a folder of fake targets, all of KIND wasm unless `kinds` says otherwise, and run() of the campaign.
function place(t, names, { kinds = {}, options = {} } = {}) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-fuzz-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const bin = path.join(root, 'bin');
  fs.mkdirSync(bin);
  for (const name of names) {
    const program = `#!${process.execPath}\nimport('${here}/fake_fuzzer.mjs').then(({ main }) => main(process.argv[1], process.argv.slice(2)));\n`;
    fs.writeFileSync(path.join(bin, `${name}_fuzzer`), program, { mode: 0o755 });
    fs.writeFileSync(path.join(bin, `${name}_fuzzer.options`), options[name] ?? '[libfuzzer]\ntimeout = 1\n');
  }
  fs.writeFileSync(path.join(bin, 'targets.tsv'), names.map((name) => `${name}_fuzzer\t${kinds[name] ?? 'wasm'}\n`).join(''));
  const json = path.join(root, 'summary.json');
  const args = (more) => [path.join(here, 'campaign.mjs'), '--bin', bin, '--root', root, '--shared', path.join(root, 'shared'), '--json', json,
    '--jobs', '2', '--grace', '0', '--minimize', '1', ...more];
  const write = (file, text) => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  };
  return {
    root, bin, write,
    run: (...more) => spawnSync(process.execPath, args(more), { encoding: 'utf8' }),
    start: (...more) => spawn(process.execPath, args(more), { stdio: ['ignore', 'pipe', 'pipe'] }),
    result: () => JSON.parse(fs.readFileSync(json, 'utf8')),
    // What the files of a working corpus, or of another folder, say.
    texts: (folder) => fs.readdirSync(path.join(root, folder)).map((name) => fs.readFileSync(path.join(root, folder, name), 'latin1')),
  };
}

const byName = (result, name) => result.targets.find((target) => target.name === name);

test('targets take turns, share what they find, and the corpus stays', (t) => {
  const { run, result, texts, write } = place(t, ['a', 'b', 'c'], { kinds: { c: 'entropy' } });
  write('fuzz/corpus/wasm/one', 'a seed');
  write('shared/spec/core/x.wasm', 'official');
  const first = run('--minutes', '0.1', '--slice', '1');
  assert.equal(first.status, 0, first.stderr);
  const targets = result().targets;
  for (const target of targets) {
    assert.ok(target.seconds > 2 && target.seconds < 6, `${target.name} had ${target.seconds} of 12 seconds`);
    assert.ok(target.executions > 500 && target.new_inputs >= 5 && target.edges >= 100 && target.cpu_seconds > 0, JSON.stringify(target));
  }
  assert.equal(byName(result(), 'a').corpus_in, 2);
  assert.ok(result().cpu_seconds > 0.2);
  // What one slice of a kind found, later ones begin with: a fake tells as edges how many files it was given.
  assert.ok(byName(result(), 'b').edges >= 107, first.stderr);
  const words = texts('build/fuzz/corpus/wasm');
  assert.ok(words.includes('a seed') && words.includes('official'));
  assert.ok(words.some((each) => each.startsWith('a ')) && words.some((each) => each.startsWith('b ')) && !words.some((each) => each.startsWith('c ')));
  assert.match(first.stdout, /^target +executions +exec\/s/);
  assert.match(first.stdout, /0 findings\n$/);
  assert.match(first.stderr, /^a: 0:0\d, [\d,]+ exec\/s, .* left$/m);

  assert.equal(run('--minutes', '0.03', 'a_fuzzer').status, 0);
  assert.equal(result().targets.length, 1);
  assert.equal(result().targets[0].corpus_in, words.length);
});

test('a campaign of our own seeds sees nothing of the suites', (t) => {
  const { run, texts, write } = place(t, ['a']);
  write('shared/spec/core/x.wasm', 'official');
  write('fuzz/corpus/wasm/one', 'a seed');
  write('build/fuzz/seeds/wasm/two', 'made');
  write('build/fuzz/corpus/wasm/three', 'grown from all');
  assert.equal(run('--minutes', '0.03', '--seeds', 'own').status, 0);
  const words = texts('build/fuzz/corpus-own/wasm');
  assert.ok(words.includes('a seed') && words.includes('made') && !words.includes('official') && !words.includes('grown from all'));
  assert.equal(run('--minutes', '0.03').status, 0);
  const all = texts('build/fuzz/corpus/wasm');
  assert.ok(words.every((word) => all.includes(word)) && all.includes('official'));
});

test('one bug is one finding, cut down and kept; the target goes on', (t) => {
  const { root, run, result } = place(t, ['crashes']);
  const { status, stdout, stderr } = run('--minutes', '0.12', '--jobs', '1', '--slice', '5');
  assert.equal(status, 1, stderr);
  const { findings, targets } = result();
  assert.equal(findings.length, 1, stdout);
  const [{ target, what, message, times, bytes, name, folder, reproduce }] = findings;
  assert.deepEqual([target, what], ['crashes', 'crash']);
  assert.match(message, /^crashes_fuzzer: heap of \d+, allowed \d+$/);
  assert.match(name, /^crashes-crashes-fuzzer-heap-of-n-allowed-n-[0-9a-f]{6}$/);
  assert.ok(times > 2, `found ${times} times`);
  assert.ok(targets[0].executions > 1000);
  // The smallest step was another bug, so the one before it counts.
  assert.equal(bytes, 6);
  assert.equal(fs.readFileSync(path.join(folder, 'input.wasm'), 'latin1'), 'CRASH!');
  assert.match(fs.readFileSync(path.join(folder, 'original'), 'latin1'), /^\d+ CRASH$/);
  assert.match(fs.readFileSync(path.join(folder, 'log.txt'), 'latin1'), /crashes_fuzzer: heap of .*\n==7== ERROR: libFuzzer: deadly signal/);
  const text = fs.readFileSync(path.join(folder, 'reproduce.txt'), 'utf8');
  assert.ok(text.includes(`\n${reproduce}\n`) && text.includes('valgrind') && text.includes('gdb') && text.includes('do not commit'));
  const again = spawnSync('bash', ['-c', reproduce], { cwd: root, encoding: 'utf8' });
  assert.match(again.stderr, /crashes_fuzzer: heap of/);
  assert.ok(stderr.includes(`crashes: FOUND ${message}`) && stdout.includes(reproduce) && /\n1 finding|: 1 finding\n/.test(stdout));
});

test('what breaks one target is kept from it, not from others', (t) => {
  const { run, result, write, root } = place(t, ['poisoned', 'a']);
  write('fuzz/corpus/wasm/one', 'POISON');
  write('fuzz/corpus/wasm/two', 'also POISON');
  assert.equal(run('--minutes', '0.07', '--slice', '4', '--minimize', '0').status, 1);
  const poisoned = byName(result(), 'poisoned');
  assert.deepEqual([poisoned.findings, poisoned.quarantined, poisoned.retired], [1, 2, false]);
  assert.ok(poisoned.executions > 500, 'it went on');
  assert.equal(byName(result(), 'a').quarantined, 0);
  assert.ok(fs.existsSync(path.join(root, 'build/fuzz/corpus/wasm', sha1('POISON'))));
});

test('targets that hang, fork, cannot start or always break do not stop the others', (t) => {
  const { run, result } = place(t, ['hangs', 'forks', 'broken', 'fragile', 'slow', 'a']);
  const seconds = process.env.FAKE_SLEEP = `${process.pid}12345`;
  const { status, stderr } = run('--minutes', '0.2', '--slice', '1');
  assert.equal(status, 1);
  const messages = Object.fromEntries(result().findings.map((finding) => [finding.target, `${finding.what}: ${finding.message}`]));
  assert.deepEqual(messages, {
    hangs: 'hang: does not end when its time is over', broken: 'exit: ends with status 127', fragile: 'crash: fragile_fuzzer: any input',
    slow: 'timeout: timeout in plimsoll::outer',
  });
  assert.deepEqual(result().targets.filter((target) => target.retired).map((target) => target.name), ['broken', 'fragile']);
  assert.match(stderr, /fragile: breaks as soon as it is started/);
  assert.ok(byName(result(), 'a').executions > 500 && byName(result(), 'forks').executions > 500);
  const left = fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(seconds);
    } catch {
      return false;
    }
  });
  assert.deepEqual(left, [], 'nothing is left running');
});

test('an interrupt ends it with the summary', async (t) => {
  const { root, start, result } = place(t, ['a', 'hangs']);
  const child = start('--minutes', '5');
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  const corpus = path.join(root, 'build/fuzz/work/a-0/corpus');
  while (!fs.existsSync(corpus) || fs.readdirSync(corpus).length < 2) await sleep(100);
  child.kill('SIGINT');
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(status, 0);
  assert.match(out, /interrupted: 0 findings\n$/);
  assert.ok(result().interrupted && byName(result(), 'a').executions >= 100 && byName(result(), 'a').new_inputs > 0);
});

test('merging takes what each target of a kind needs, small, of our own', (t) => {
  const { run, texts, write, root } = place(t, ['a', 'b', 'c'], { kinds: { c: 'entropy' } });
  const files = { [sha1('all committed')]: 'all committed', [sha1('b needs this')]: 'b needs this', [sha1('nobody')]: 'nobody', named: 'by hand' };
  for (const [name, text] of Object.entries(files)) write(`fuzz/corpus/wasm/${name}`, text);
  write('build/fuzz/corpus-own/wasm/x', 'a found this');
  write('build/fuzz/corpus-own/wasm/y', `a found ${'much '.repeat(100)}`);
  write('build/fuzz/corpus/wasm/z', 'all, but of the suites');
  write('build/fuzz/seeds/entropy/e', 'c made this');
  const { status, stderr, stdout } = run('--merge', '--longest', '100');
  assert.equal(status, 0, stderr);
  assert.deepEqual(texts('fuzz/corpus/wasm').sort(), ['a found this', 'all committed', 'b needs this', 'by hand']);
  assert.deepEqual(texts('fuzz/corpus/entropy'), ['c made this']);
  for (const name of fs.readdirSync(path.join(root, 'fuzz/corpus/wasm'))) {
    if (name !== 'named') assert.equal(name, sha1(fs.readFileSync(path.join(root, 'fuzz/corpus/wasm', name))));
  }
  assert.match(stdout, /^wasm +5 +4 +4 +44$/m);
  // Too much: what reaches edges stays, and the smallest of the rest.
  write('build/fuzz/corpus-own/wasm/v', 'a often');
  write('build/fuzz/corpus-own/wasm/w', 'a often, larger');
  assert.equal(run('--merge', '--longest', '100', '--limit', '63').status, 0);
  assert.deepEqual(texts('fuzz/corpus/wasm').sort(), ['a found this', 'a often', 'all committed', 'b needs this', 'by hand']);
  const impossible = run('--merge', '--longest', '100', '--limit', '30');
  assert.equal(impossible.status, 1);
  assert.match(impossible.stderr, /inputs for all edges have 55 bytes, more than 30/);
  assert.equal(texts('fuzz/corpus/wasm').length, 5);
});

test('wrong usage', (t) => {
  const { run } = place(t, ['a']);
  for (const wrong of [['--minutes', '0'], ['--minutes', 'x'], ['--jobs', '0'], ['--seeds', 'none'], ['nothing'], ['--nothing']]) {
    const { status, stderr } = run(...wrong);
    assert.equal(status, 2, wrong.join(' '));
    assert.match(stderr, /^ci\/fuzz: /);
  }
  assert.match(run('nothing').stderr, /there is no target 'nothing'; there are a/);
  assert.match(run('--help').stdout, /^usage: /);
  assert.equal(run('--list').stdout, 'a\twasm\n');
});

test('the options of a target', () => {
  const text = '# a comment\n[libfuzzer]\nmax_len = 4096\ndict = wasm.dict\n; another\n[asan]\ndetect_leaks=0\n[env]\nA = b = c\n';
  assert.deepEqual(readOptions(text), { libfuzzer: { max_len: '4096', dict: 'wasm.dict' }, asan: { detect_leaks: '0' }, env: { A: 'b = c' } });
});

// ---- what logs say

const stack = `    #0 0x55d0 in __interceptor_memcpy /llvm/asan.inc:10:5
    #1 0x55d1 in std::vector<int>::at(unsigned long) /usr/include/c++/12/vector:1:2
    #2 0x55d2 in plimsoll::(anonymous namespace)::read_name<3>(plimsoll::Cursor&) /p/loader/module/names.cpp:40:7
    #3 0x55d3 in LLVMFuzzerTestOneInput /p/fuzz/targets/load_fuzzer.cpp:50:3
`;

const failures = [
  ['an oracle', `INFO: Loaded 1 modules\n#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 30Mb\n\tNEW_FUNC[1/1]: 0x55 in f\nload_fuzzer: peak heap: 123, allowed 45\nand more\n==12== ERROR: libFuzzer: deadly signal\n${stack}`,
    'crash', 'load_fuzzer: peak heap: 123, allowed 45', 'load_fuzzer: peak heap: N, allowed N'],
  ['an oracle in one input', `INFO: Seed: 3\n/p/bin/load_fuzzer: Running 1 inputs 1 time(s) each.\nRunning: /tmp/x\nserial: valid\nparallel: no\n==1== ERROR: libFuzzer: deadly signal\n${stack}`,
    'crash', 'serial: valid', 'serial: valid'],
  ['a signal', `#4\tNEW    cov: 1 ft: 1 corp: 1/1b\n==12== ERROR: libFuzzer: deadly signal\n${stack}`, 'crash', 'deadly signal in plimsoll::read_name',
    'deadly signal in plimsoll::read_name'],
  ['memory', `=====\n==12==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc 0x1\nREAD of size 1 at 0x602 thread T0\n${stack}\nSUMMARY: x`, 'crash',
    'AddressSanitizer: heap-buffer-overflow in plimsoll::read_name', 'AddressSanitizer: heap-buffer-overflow in plimsoll::read_name'],
  ['arithmetic', `/p/loader/bytes/leb.cpp:12:3: runtime error: shift exponent 40 is too large for 32-bit type\n${stack}`, 'crash',
    'leb.cpp:12: shift exponent 40 is too large for 32-bit type in plimsoll::read_name',
    'leb.cpp:12: shift exponent N is too large for N-bit type in plimsoll::read_name'],
  ['a leak', `\n==12==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 32 byte(s) in 1 object(s) allocated from:\n${stack}`, 'leak',
    'LeakSanitizer: memory leak in plimsoll::read_name', 'LeakSanitizer: memory leak in plimsoll::read_name'],
  ['time', `ALARM: working on the last Unit for 26 seconds\n==12== ERROR: libFuzzer: timeout after 26 seconds\n${stack}`, 'timeout',
    'timeout in plimsoll::read_name', 'timeout in plimsoll::read_name'],
  ['space', `==12== ERROR: libFuzzer: out-of-memory (used: 2561Mb; limit: 2560Mb)\n`, 'oom', 'out of memory', 'out of memory'],
];

for (const [name, text, what, message, key] of failures) {
  test(`a log that tells of ${name}`, () => {
    const failure = readFailure(text);
    assert.deepEqual([failure.what, failure.message, mask(failure)], [what, message, key]);
  });
}

test('both sides of an oracle count by their first word', () => {
  const key = (found, expected) => mask({ message: `oracle modes: in an arena: found ${found}, expected ${expected}` });
  assert.equal(key('type_mismatch at 0x1f: type mismatch: i32, i64', 'valid, 12 bodies'), key('type_mismatch at 0x2: other', 'valid, 3 bodies, and'));
  assert.notEqual(key('type_mismatch at 0x1f', 'valid, 12 bodies'), key('bad_utf8 at 0x1f', 'valid, 12 bodies'));
});

test('a log that tells of nothing', () => assert.equal(readFailure('INFO: Seed: 1\nDone 5 runs in 1 second(s)\n'), undefined));
