// Tests of corpus/fetch: against packages made here and a stand-in for npm on PATH, so no network. Run: node --test

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { readFiles } from './tarball.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

// ---- what the tests make

function tarEntry(name, contents) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${contents.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, contents, Buffer.alloc((512 - (contents.length % 512)) % 512)]);
}

function tgz(files) {
  const entries = Object.entries(files).map(([name, contents]) => tarEntry(name, contents));
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

const integrityOf = (bytes) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

// Stands in for npm: FAKE/NAME.tgz are the packages, FAKE/mode says how to behave, FAKE/log is what it was asked.
const fakeNpm = `#!${process.execPath}
const fs = require('node:fs'), fake = process.env.FAKE;
const spec = process.argv[3], modeFile = fake + '/mode';
fs.appendFileSync(fake + '/log', process.argv.slice(2).join(' ') + '\\n');
const mode = fs.existsSync(modeFile) ? fs.readFileSync(modeFile, 'utf8') : '';
const name = spec.replace(/^@/, '').replace('/', '-').replace('@', '-') + '.tgz';
if (mode === 'fail once') fs.writeFileSync(modeFile, '');
if (mode.startsWith('fail')) {
  const lines = ['code ECONNRESET', 'network read ECONNRESET', 'A complete log of this run: x'];
  for (const line of lines) console.error('npm error ' + line);
  process.exit(1);
}
if (mode === 'old words') {
  console.error('npm ERR! code ETARGET\\nnpm ERR! notarget No matching version');
  process.exit(1);
}
if (mode === 'hang') {
  fs.writeFileSync(name, 'half');
  fs.writeFileSync(fake + '/hanging', '');
  setInterval(() => {}, 1000);
} else if (mode === 'nothing') {
  process.exit(0);
} else if (!fs.existsSync(fake + '/' + name)) {
  console.error('npm error code E404\\nnpm error 404 Not found');
  process.exit(1);
} else {
  fs.copyFileSync(fake + '/' + name, name);
}
`;

const moduleBytes = (text) => Buffer.from(`\0asm\x01\0\0\0${text}`, 'latin1');

// A place for one test: packages "one" (module alpha) and "@scope/two" (beta, and gamma and delta compressed), a list
// of their modules, the stand-in for npm, and run() of corpus/fetch. It goes when the test ends.
function place(t, { change = (modules) => modules } = {}) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-fetch-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const fake = path.join(root, 'fake');
  fs.mkdirSync(path.join(root, 'bin'));
  fs.mkdirSync(fake);
  fs.writeFileSync(path.join(root, 'bin', 'npm'), fakeNpm, { mode: 0o755 });
  fs.writeFileSync(path.join(fake, 'log'), '');

  const texts = {
    alpha: moduleBytes('a'), beta: moduleBytes('b'.repeat(5000)), gamma: moduleBytes('g'), delta: moduleBytes('d'),
  };
  const one = tgz({ 'package/package.json': Buffer.from('{}'), 'package/alpha.wasm': texts.alpha });
  const two = tgz({
    'package/beta.wasm': texts.beta,
    'package/gamma.wasm.br': brotliCompressSync(texts.gamma),
    'package/delta.wasm.gz': gzipSync(texts.delta),
  });
  fs.writeFileSync(path.join(fake, 'one-1.0.0.tgz'), one);
  fs.writeFileSync(path.join(fake, 'scope-two-2.0.0.tgz'), two);

  const entry = (tier, name, inPackage, compression, tarball) => ({
    name, tier, compression, path: inPackage, kind: 'module', why: 'a test', bytes: texts[name].length,
    package: tarball === one ? 'one' : '@scope/two', version: tarball === one ? '1.0.0' : '2.0.0',
    sha256: createHash('sha256').update(texts[name]).digest('hex'),
    tarball_bytes: tarball.length, integrity: integrityOf(tarball),
  });
  const modules = change([
    entry('A', 'alpha', 'package/alpha.wasm', null, one),
    entry('B', 'beta', 'package/beta.wasm', null, two),
    entry('B', 'gamma', 'package/gamma.wasm.br', 'br', two),
    entry('C', 'delta', 'package/delta.wasm.gz', 'gzip', two),
  ]);
  fs.writeFileSync(path.join(root, 'real.json'), JSON.stringify({ schema: 'x', how: 'x', modules }));

  const dir = path.join(root, 'modules');
  const env = { ...process.env, FAKE: fake, PATH: `${path.join(root, 'bin')}:${process.env.PATH}` };
  const args = (more) => [path.join(here, 'fetch.mjs'), '--manifest', path.join(root, 'real.json'), ...more];
  const run = (...more) => spawnSync(process.execPath, args(more), { env, encoding: 'utf8' });
  return {
    root, dir, fake, texts, run,
    start: (...more) => spawn(process.execPath, args(more), { env, stdio: 'ignore' }),
    json: (...more) => JSON.parse(run('--json', ...more, dir).stdout),
    mode: (text) => fs.writeFileSync(path.join(fake, 'mode'), text),
    calls: () => fs.readFileSync(path.join(fake, 'log'), 'utf8').split('\n').slice(0, -1),
    module: (name) => path.join(dir, name),
    tarball: (name) => path.join(dir, '.tarballs', name),
  };
}

// No file under a passing name is left anywhere.
function assertNoLeftovers(dir) {
  assert.deepEqual(fs.readdirSync(dir, { recursive: true }).filter((name) => name.endsWith('.part')), []);
}

// ---- fetching

test('fetches the smoke tier when none is named', (t) => {
  const p = place(t);
  const result = p.run(p.dir);
  assert.equal(result.status, 0, result.stderr);
  assert.equal(result.stdout, `${p.module('A/alpha.wasm')}\n`);
  assert.deepEqual(fs.readFileSync(p.module('A/alpha.wasm')), p.texts.alpha);
  assert.equal(fs.existsSync(p.module('B')), false);
  assert.match(result.stderr, /0 present, 1 fetched, 0 missing/);
  assertNoLeftovers(p.dir);
});

test('npm is asked once a package, without scripts', (t) => {
  const p = place(t);
  assert.equal(p.run('--tier', 'A,B,C', p.dir).status, 0);
  assert.equal(p.calls().length, 2);
  assert.match(p.calls()[0], /^pack one@1\.0\.0 --ignore-scripts /);
  assert.match(p.calls()[1], /^pack @scope\/two@2\.0\.0 --ignore-scripts /);
});

test('decompresses what is brotli or gzip', (t) => {
  const p = place(t);
  assert.equal(p.run('--tier', 'B,C', p.dir).status, 0);
  assert.deepEqual(fs.readFileSync(p.module('B/beta.wasm')), p.texts.beta);
  assert.deepEqual(fs.readFileSync(p.module('B/gamma.wasm')), p.texts.gamma);
  assert.deepEqual(fs.readFileSync(p.module('C/delta.wasm')), p.texts.delta);
});

test('one tarball serves a tier that is fetched later', (t) => {
  const p = place(t);
  p.run('--tier', 'B', p.dir);
  assert.equal(p.run('--tier', 'C', p.dir).status, 0);
  assert.equal(p.calls().length, 1);
});

test('what is there and right is not fetched again', (t) => {
  const p = place(t);
  p.run(p.dir);
  const before = fs.statSync(p.module('A/alpha.wasm')).ino;
  const result = p.run(p.dir);
  assert.equal(result.status, 0);
  assert.match(result.stderr, /1 present, 0 fetched, 0 missing/);
  assert.equal(fs.statSync(p.module('A/alpha.wasm')).ino, before);
  assert.equal(p.calls().length, 1);
});

test('a module that was damaged or cut is made again from the tarball', (t) => {
  const p = place(t);
  p.run('--tier', 'B', p.dir);
  fs.writeFileSync(p.module('B/beta.wasm'), Buffer.alloc(p.texts.beta.length));
  fs.truncateSync(p.module('B/gamma.wasm'), 3);
  const rows = p.json('--tier', 'B');
  assert.deepEqual(rows.map((row) => row.status), ['fetched', 'fetched']);
  assert.deepEqual(fs.readFileSync(p.module('B/beta.wasm')), p.texts.beta);
  assert.deepEqual(fs.readFileSync(p.module('B/gamma.wasm')), p.texts.gamma);
  assert.equal(p.calls().length, 1);
});

test('a corrupt tarball is fetched again', (t) => {
  const p = place(t);
  fs.mkdirSync(path.join(p.dir, '.tarballs'), { recursive: true });
  fs.writeFileSync(p.tarball('one-1.0.0.tgz'), 'not a tarball');
  assert.equal(p.run(p.dir).status, 0);
  assert.deepEqual(fs.readFileSync(p.module('A/alpha.wasm')), p.texts.alpha);
  assert.equal(p.calls().length, 1);
});

test('what killed runs left is cleared away, what running ones write is not', async (t) => {
  const p = place(t);
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  fs.mkdirSync(path.join(p.dir, '.tarballs', `one-1.0.0.tgz.${gone}.part`), { recursive: true });
  fs.writeFileSync(path.join(p.dir, '.tarballs', `one-1.0.0.tgz.${gone}.part`, 'one-1.0.0.tgz'), 'half');
  fs.mkdirSync(p.module('A'));
  fs.writeFileSync(p.module(`A/alpha.wasm.${gone}.part`), '\0as');
  fs.writeFileSync(p.module(`A/other.wasm.${process.pid}.part`), 'being written');
  assert.equal(p.run(p.dir).status, 0);
  assert.deepEqual(fs.readdirSync(p.module('A')).sort(), ['alpha.wasm', `other.wasm.${process.pid}.part`]);
  assert.deepEqual(fs.readdirSync(path.join(p.dir, '.tarballs')), ['one-1.0.0.tgz']);
});

// ---- what goes wrong

test('a package that differs from the one listed is refused', (t) => {
  const p = place(t);
  const other = tgz({ 'package/alpha.wasm': p.texts.alpha, more: Buffer.from('x') });
  fs.writeFileSync(path.join(p.fake, 'one-1.0.0.tgz'), other);
  const [row] = p.json();
  assert.equal(row.status, 'missing');
  assert.match(row.reason, /differs from the one listed \(integrity\)/);
  assert.deepEqual(fs.readdirSync(path.join(p.dir, '.tarballs')), []);
  assert.equal(p.calls().length, 1, 'another try would not mend it');
});

test('a wrong sha256 is refused, and the other modules of the package are not', (t) => {
  const change = (modules) => modules.map((m) => (m.name === 'beta' ? { ...m, sha256: '0'.repeat(64) } : m));
  const p = place(t, { change });
  const result = p.run('--tier', 'B', '--json', p.dir);
  assert.equal(result.status, 1);
  const [beta, gamma] = JSON.parse(result.stdout);
  assert.equal(beta.status, 'missing');
  assert.match(beta.reason, /sha256 is [0-9a-f]{64}, not 0{64}/);
  assert.equal(fs.existsSync(p.module('B/beta.wasm')), false);
  assert.equal(gamma.status, 'fetched');
  assertNoLeftovers(p.dir);
});

test('wrong bytes are refused, also when decompression would make too many', (t) => {
  const p = place(t, { change: (modules) => modules.map((m) => ({ ...m, bytes: 4 })) });
  const rows = p.json('--tier', 'A,B,C');
  assert.match(rows[0].reason, /it has 9 bytes, not 4/);
  assert.match(rows[2].reason, /gamma\.wasm\.br cannot be decompressed/);
  assert.match(rows[3].reason, /delta\.wasm\.gz cannot be decompressed/);
});

test('a path that the package does not have is told', (t) => {
  const p = place(t, { change: (modules) => modules.map((m) => ({ ...m, path: 'package/none.wasm' })) });
  assert.match(p.json()[0].reason, /the package has no package\/none\.wasm/);
});

test('a package that npm does not find is told in its words, without another try', (t) => {
  const p = place(t);
  fs.rmSync(path.join(p.fake, 'one-1.0.0.tgz'));
  const result = p.run(p.dir);
  assert.equal(result.status, 1);
  assert.equal(result.stdout, '');
  assert.match(result.stderr, /A\/alpha: missing: npm: E404: 404 Not found/);
  assert.equal(p.calls().length, 1);
});

test('the words of npm 9 are understood', (t) => {
  const p = place(t);
  p.mode('old words');
  assert.equal(p.json()[0].reason, 'npm: ETARGET: notarget No matching version');
});

test('a network that fails once is tried again', (t) => {
  const p = place(t);
  p.mode('fail once');
  assert.equal(p.run(p.dir).status, 0);
  assert.equal(p.calls().length, 2);
});

test('a network that stays away is given up, sooner for the next package', (t) => {
  const p = place(t);
  p.mode('fail');
  const rows = p.json('--retries', '1', '--tier', 'A,B');
  assert.deepEqual(rows.map((row) => row.status), ['missing', 'missing', 'missing']);
  assert.equal(rows[0].reason, 'npm: ECONNRESET: network read ECONNRESET');
  assert.equal(p.calls().length, 3, 'twice for the first package, once for the second');
  assertNoLeftovers(p.dir);
});

test('npm that does not answer is stopped', (t) => {
  const p = place(t);
  p.mode('hang');
  assert.match(p.json('--retries', '0', '--timeout', '1')[0].reason, /no answer within 1 seconds/);
  assertNoLeftovers(p.dir);
});

test('npm that leaves no tarball is told', (t) => {
  const p = place(t);
  p.mode('nothing');
  assert.match(p.json()[0].reason, /it left 0 tarballs/);
});

test('npm that is not installed is told with what to install', (t) => {
  const p = place(t);
  fs.rmSync(path.join(p.root, 'bin', 'npm'));
  const env = { ...process.env, PATH: path.join(p.root, 'bin') };
  const args = [path.join(here, 'fetch.mjs'), '--manifest', path.join(p.root, 'real.json'), p.dir];
  const result = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /npm: it is not installed \(on Debian: apt-get install npm\)/);
});

for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  test(`${signal} ends it with nothing half-written`, async (t) => {
    const p = place(t);
    p.mode('hang');
    const child = p.start(p.dir);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while (!fs.existsSync(path.join(p.fake, 'hanging'))) await sleep(20);
    child.kill(signal);
    assert.equal(await ended, status);
    assert.deepEqual(fs.readdirSync(path.join(p.dir, '.tarballs')), []);
    assertNoLeftovers(p.dir);
  });
}

// ---- offline

test('offline, npm is never called and what is missing is told', (t) => {
  const p = place(t);
  const result = p.run('--offline', p.dir);
  assert.equal(result.status, 1);
  assert.match(result.stderr, /A\/alpha: missing: offline, and .*one-1\.0\.0\.tgz is not there/);
  assert.deepEqual(p.calls(), []);
});

test('offline, modules are made from the tarballs that are there', (t) => {
  const p = place(t);
  fs.mkdirSync(path.join(p.dir, '.tarballs'), { recursive: true });
  fs.copyFileSync(path.join(p.fake, 'scope-two-2.0.0.tgz'), p.tarball('scope-two-2.0.0.tgz'));
  const result = p.run('--offline', '--tier', 'A,B', p.dir);
  assert.equal(result.status, 1);
  assert.equal(result.stdout, `${p.module('B/beta.wasm')}\n${p.module('B/gamma.wasm')}\n`);
  assert.deepEqual(p.calls(), []);
});

test('offline, a corrupt tarball is told and kept', (t) => {
  const p = place(t);
  fs.mkdirSync(path.join(p.dir, '.tarballs'), { recursive: true });
  fs.writeFileSync(p.tarball('one-1.0.0.tgz'), 'not a tarball');
  assert.match(p.json('--offline')[0].reason, /one-1\.0\.0\.tgz is not the one listed \(integrity\)/);
  assert.equal(fs.existsSync(p.tarball('one-1.0.0.tgz')), true);
});

// ---- usage

test('wrong usage ends with 2 and says why', (t) => {
  const p = place(t);
  const cases = [
    [['--tier', 'Z', p.dir], /there is no tier 'Z'; there are A, B, C/],
    [['--tier', '', p.dir], /there is no tier ''/],
    [['--tier', 'A,,B', p.dir], /there is no tier ''/],
    [[], /give one DIR/],
    [[''], /DIR is empty/],
    [[p.dir, 'more'], /give one DIR/],
    [['--nothing', p.dir], /--nothing/],
    [['--retries', 'x', p.dir], /--retries needs a whole number/],
    [['--timeout', '0', p.dir], /--timeout needs a whole number/],
    [['--manifest', path.join(p.root, 'none.json'), p.dir], /none\.json cannot be used/],
  ];
  for (const [args, reason] of cases) {
    const result = p.run(...args);
    assert.equal(result.status, 2, args.join(' '));
    assert.match(result.stderr, reason);
    assert.equal(result.stdout, '');
  }
  assert.equal(fs.existsSync(p.dir), false);
});

test('a DIR that is a file, or inside one, ends with 2', (t) => {
  const p = place(t);
  fs.writeFileSync(p.dir, 'a file');
  for (const dir of [p.dir, path.join(p.dir, 'inside')]) {
    const result = p.run(dir);
    assert.equal(result.status, 2);
    assert.match(result.stderr, /cannot be used: /);
  }
  assert.equal(fs.readFileSync(p.dir, 'utf8'), 'a file');
});

test('an entry of the list that would lead elsewhere is refused', (t) => {
  const leads = [{ name: '../x' }, { tier: 'A/..' }, { package: '--global' }, { version: '../1' }];
  for (const bad of [...leads, { integrity: 'sha1-x' }, { compression: 'xz' }]) {
    const p = place(t, { change: ([first, ...rest]) => [{ ...first, ...bad }, ...rest] });
    const result = p.run(p.dir);
    assert.equal(result.status, 2, JSON.stringify(bad));
    assert.match(result.stderr, new RegExp(`${Object.keys(bad)[0]} is not as it should be`));
  }
});

test('the command tells what it does, with an example', () => {
  const result = spawnSync(path.join(here, 'fetch'), ['--help'], { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout, /^usage: corpus\/fetch/);
  assert.match(result.stdout, /example: corpus\/fetch --tier/);
});

test('the command without node says what to install', () => {
  const result = spawnSync('/bin/sh', [path.join(here, 'fetch')], { encoding: 'utf8', env: { PATH: '/nonexistent' } });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /apt-get install nodejs npm/);
});

// ---- the tar reader

test('reads the archives that tar writes, long names and all', async (t) => {
  if (spawnSync('tar', ['--version']).status !== 0) return t.skip('tar is not installed');
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-tar-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const long = `package/${'folder-of-a-long-name/'.repeat(9)}module.wasm`;
  const files = {
    'package/empty': Buffer.alloc(0),
    'package/block': Buffer.alloc(512, 1),
    'package/é': Buffer.from('x'),
    [long]: Buffer.alloc(70000, 2),
  };
  for (const [name, contents] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), contents);
  }
  for (const format of ['gnu', 'pax', 'ustar']) {
    const tarball = path.join(root, `${format}.tgz`);
    const made = spawnSync('tar', ['-C', root, `--format=${format}`, '-czf', tarball, 'package'], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    const found = await readFiles(tarball, [...Object.keys(files), 'package', 'package/none']);
    assert.deepEqual(new Map([...found].sort()), new Map(Object.entries(files).sort()), format);
  }
});

test('an archive that is cut or no archive is an error, never less than all', async (t) => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-tar-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const file = path.join(root, 'x.tgz');
  const archive = tarEntry('package/x', Buffer.alloc(600, 7));
  const attempts = [
    [gzipSync(archive.subarray(0, 300)), /ends in the middle/],
    [gzipSync(archive.subarray(0, 512)), /ends in the middle/],
    [gzipSync(archive.subarray(0, 900)), /ends in the middle/],
    [gzipSync(archive.subarray(0, 1112)), /ends in the middle/],
    [gzipSync(Buffer.from('x'.repeat(2048))), /not a tar archive/],
    [gzipSync(archive).subarray(0, 60), /unexpected end of file/],
    [archive, /incorrect header check/],
  ];
  for (const [bytes, reason] of attempts) {
    fs.writeFileSync(file, bytes);
    await assert.rejects(readFiles(file, ['package/x']), reason);
  }
});

// ---- the real list

test('real.json is sound: sorted, unique, one digest a package, no addresses', () => {
  const text = fs.readFileSync(path.join(here, 'real.json'), 'utf8');
  assert.doesNotMatch(text, /:\/\//);
  const { schema, how, modules } = JSON.parse(text);
  assert.ok(schema && how);
  const keys = modules.map((module) => `${module.tier} ${module.name}`);
  assert.deepEqual(keys, [...new Set(keys)].sort());
  assert.equal(new Set(modules.map((module) => module.name)).size, modules.length);
  const digests = new Map();
  for (const module of modules) {
    const spec = `${module.package}@${module.version}`;
    assert.equal(digests.get(spec) ?? module.integrity, module.integrity, spec);
    digests.set(spec, module.integrity);
    assert.ok(module.why.length > 0);
  }
});

test('real.json is taken by the command', (t) => {
  const p = place(t);
  const args = [path.join(here, 'fetch.mjs'), '--offline', '--json', '--tier', 'A,B,C', p.dir];
  const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(result.status, 1);
  assert.ok(JSON.parse(result.stdout).every((row) => row.status === 'missing'));
});
