// Tests of the processes that ci/bench measures, as they were built: $PLIMSOLL_BENCH_SERVERS is their folder,
// $PLIMSOLL_BENCH_ENGINE the engine of regress/trace/testing. Run: node --test
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Failure, Server } from './server.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const bin = process.env.PLIMSOLL_BENCH_SERVERS;
const own = path.join(bin, 'bench_own');
const peer = path.join(bin, 'bench_peer');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-bench-servers-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
function file(name, hex) {
  fs.writeFileSync(path.join(root, name), Buffer.from(hex, 'hex'));
  return path.join(root, name);
}
const valid = file('valid.wasm', '0061736d010000000104016000000302010 00a040102000b'.replaceAll(' ', ''));
const invalid = file('invalid.wasm', '0061736d0100000001040160000003020100 0a0501030041000b'.replaceAll(' ', ''));

async function withServer(t, argv, use, options = {}) {
  const server = new Server(argv, { patience: 20, ...options });
  t.after(() => server.stop());
  await server.start();
  await use(server);
}

const says = (text) => (error) => error instanceof Failure && text.test(error.message);

test('ours: every mode has the same verdicts, and takes longer for more loads', (t) =>
  withServer(t, [own, 'ours 1'], async (server) => {
    assert.equal(server.version, 'ours 1');
    assert.deepEqual(server.modes.slice(0, 3), ['memory', 'mapped', 'portable']);
    for (const mode of server.modes) {
      assert.equal((await server.ask(1, mode, valid)).verdict, 'valid', mode);
      assert.equal((await server.ask(1, mode, invalid)).verdict, 'invalid', mode);
      const once = await server.ask(1, mode, valid);
      const often = await server.ask(2000, mode, valid);
      assert.ok(
        once.cpu > 0 && often.cpu > 10 * once.cpu && often.wall > once.wall,
        `${mode}: ${once.cpu} ${often.cpu}`,
      );
    }
  }));

test('ours: what it cannot do it says, and goes on', (t) =>
  withServer(t, [own, 'ours'], async (server) => {
    await assert.rejects(server.ask(1, 'memory', path.join(root, 'none.wasm')), says(/none\.wasm cannot be opened/));
    await assert.rejects(server.ask(1, 'sideways', valid), says(/there is no mode sideways/));
    await assert.rejects(server.ask(0, 'memory', valid), says(/this is no request/));
    assert.equal((await server.ask(1, 'memory', valid)).verdict, 'valid');
  }));

test('ours: wrong usage is exit code 2; --modes tells what there is', () => {
  assert.equal(spawnSync(own).status, 2);
  assert.equal(spawnSync(peer, ['engine']).status, 2);
  assert.equal(spawnSync(peer, ['sideways', 'x', 'y']).status, 2);
  assert.match(spawnSync(own, ['--modes'], { encoding: 'utf8' }).stdout, /^memory\t.*\nmapped\t/);
});

test('V8: verdicts, and times of its own', (t) =>
  withServer(t, [process.execPath, '--single-threaded', path.join(here, 'v8_server.mjs')], async (server) => {
    assert.match(server.version, /^V8 \d+\./);
    assert.equal((await server.ask(1, 'memory', valid)).verdict, 'valid');
    assert.equal((await server.ask(1, 'memory', invalid)).verdict, 'invalid');
    assert.ok((await server.ask(20000, 'memory', valid)).cpu > 1e6);
    await assert.rejects(server.ask(1, 'memory', path.join(root, 'none.wasm')), says(/ENOENT/));
  }));

const engine = process.env.PLIMSOLL_BENCH_ENGINE;

test('an engine: verdicts', (t) =>
  withServer(t, [peer, 'engine', engine], async (server) => {
    assert.equal(server.version, 'wasm-c-api');
    assert.equal((await server.ask(10, 'memory', valid)).verdict, 'valid');
    assert.equal((await server.ask(10, 'memory', file('text.wasm', '2866756e6329'))).verdict, 'invalid');
  }));

test('an engine that crashes or ends the process is told, and started anew', async (t) => {
  const crashes = new Server([peer, 'engine', engine], { environment: { PLIMSOLL_TEST_ENGINE: 'crash' } });
  t.after(() => crashes.stop());
  await assert.rejects(crashes.ask(1, 'memory', valid), says(/^crashed \(SIG(SEGV|ABRT)\)|^ended with exit code/));
  assert.equal((await crashes.ask(1, 'memory', file('empty.wasm', '0061736d01000000'))).verdict, 'valid');
  const exits = new Server([peer, 'engine', engine], { environment: { PLIMSOLL_TEST_ENGINE: 'exit' } });
  await assert.rejects(exits.ask(1, 'memory', valid), says(/^ended with exit code 7$/));
});

test('a library that is none', async () => {
  await assert.rejects(new Server([peer, 'engine', valid]).start(), says(/^ended with exit code 1$/));
});

const shell = (script) => [peer, 'command', 'shell', 'sh', '-c', script, 'sh', '{}'];

test('a command: its exit code is the verdict, its processor time the time', (t) =>
  withServer(
    t,
    shell('case $1 in *invalid*) exit 3 ;; esac; i=0; while [ $i -lt 50000 ]; do i=$((i + 1)); done'),
    async (server) => {
      assert.deepEqual(server.modes, ['process']);
      const once = await server.ask(1, 'process', valid);
      assert.equal(once.verdict, 'valid');
      assert.ok(once.cpu > 2e6, `${once.cpu}`);
      assert.equal((await server.ask(1, 'process', invalid)).verdict, 'invalid');
    },
  ));

test('a program whose exit code tells nothing', (t) =>
  withServer(t, [peer, 'program', 'x', 'false'], async (server) =>
    assert.equal((await server.ask(1, 'process', valid)).verdict, 'unknown'),
  ));

test('a command that crashes, and one that is not there', async (t) => {
  await withServer(t, shell('kill -SEGV $$'), async (server) => {
    await assert.rejects(server.ask(1, 'process', valid), says(/^crashed: Segmentation fault/));
  });
  await withServer(t, [peer, 'command', 'none', './no-such-command', '{}'], async (server) => {
    await assert.rejects(server.ask(1, 'process', valid), says(/cannot be run/));
  });
});

test('a command that hangs is ended, and what it started too', async (t) => {
  const pid = path.join(root, 'pid');
  await withServer(
    t,
    shell(`echo $$ > '${pid}'; sleep 1000 & wait`),
    async (server) => {
      await assert.rejects(server.ask(1, 'process', valid), says(/^hung: no answer in 0\.5 seconds$/));
      const gone = () => {
        try {
          process.kill(Number(fs.readFileSync(pid, 'utf8')), 0);
          return false;
        } catch {
          return true;
        }
      };
      for (let i = 0; i < 50 && !gone(); ++i) await sleep(100);
      assert.ok(gone());
    },
    { patience: 0.5 },
  );
});

test('a run with a command from PATH: what it takes for an empty module is taken off', () => {
  const folder = fs.mkdtempSync(path.join(root, 'path-'));
  fs.writeFileSync(
    path.join(folder, 'wasm-validate'),
    `#!/bin/sh
[ "$1" = --version ] && echo 9.9 && exit
i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done
`,
    { mode: 0o755 },
  );
  const json = path.join(root, 'run.json');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(here, 'bench.mjs'), '--bin', bin, '--peers', 'wabt', '--rounds', '3', '--json', json, valid],
    { encoding: 'utf8', env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } },
  );
  assert.equal(status, 0, stderr);
  const {
    subjects: [, wabt],
    modules: [module],
  } = JSON.parse(fs.readFileSync(json, 'utf8'));
  assert.ok(wabt.startup > 0.5);
  // It does the same whatever it is given, so nearly nothing is left.
  assert.ok(module.results.wabt.median < 0.9 * wabt.startup, `${module.results.wabt.median} ${wabt.startup}`);
  assert.match(stdout, /^wabt: 9\.9; whole processes, less [\d.]+ ms for an empty module$/m);
});

test('the command as a whole process, with nothing taken off', () => {
  const json = path.join(root, 'process.json');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(here, 'bench.mjs'),
      '--bin',
      bin,
      '--peers',
      'none',
      '--rounds',
      '2',
      '--command',
      'true',
      '--modes',
      'memory,process',
      '--json',
      json,
      valid,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  const { subjects, modules } = JSON.parse(fs.readFileSync(json, 'utf8'));
  assert.deepEqual(
    subjects.map(({ name, mode, whole, startup }) => [name, mode, whole, startup]),
    [
      ['plimsoll', 'memory', false, null],
      ['plimsoll process', 'process', true, null],
    ],
  );
  assert.ok(modules[0].results['plimsoll process'].ratio < 1);
  assert.match(stdout, /^plimsoll process: plimsoll validate FILE; whole processes, nothing taken off$/m);
});

test('every command that ci/bench knows is found on PATH and asked; an engine by its library', () => {
  const folder = fs.mkdtempSync(path.join(root, 'path-'));
  const asked = path.join(folder, 'asked');
  for (const name of ['wasm-tools', 'wasm-validate', 'wasmedge', 'wasmtime', 'iwasm']) {
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo ${name} 1 && exit\necho "${name} $*" >> '${asked}'\n[ ${name} != iwasm ]\n`;
    fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  }
  const json = path.join(root, 'all.json');
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      path.join(here, 'bench.mjs'),
      '--bin',
      bin,
      '--rounds',
      '1',
      '--sample',
      '0',
      '--engine',
      engine,
      '--json',
      json,
      valid,
    ],
    { encoding: 'utf8', env: { ...process.env, PATH: `${folder}:/usr/bin:/bin` } },
  );
  assert.equal(status, 0, stderr);
  const {
    subjects,
    modules: [{ results }],
  } = JSON.parse(fs.readFileSync(json, 'utf8'));
  assert.deepEqual(
    subjects.map(({ name, more }) => [name, more]),
    [
      ['plimsoll', null],
      ['wasm-tools', null],
      ['wabt', null],
      ['wasmedge', null],
      ['wasmtime', 'compiles too'],
      ['iwasm', 'instantiates too'],
      ['test_engine.so', null],
    ],
  );
  assert.deepEqual(
    subjects.map(({ name }) => results[name].verdict),
    ['valid', 'valid', 'valid', 'valid', 'valid', 'unknown', 'valid'],
  );
  const lines = new Set(
    fs
      .readFileSync(asked, 'utf8')
      .trim()
      .split('\n')
      .filter((line) => line.endsWith(valid)),
  );
  assert.deepEqual(
    [...lines].map((line) => line.replace(valid, 'FILE')),
    [
      'wasm-tools validate --features all FILE',
      'wasm-validate --enable-all FILE',
      'wasmedge validate FILE',
      'wasmtime compile -C parallel-compilation=n -O opt-level=0 -o /dev/null FILE',
      'iwasm -f plimsoll_has_no_such_function FILE',
    ],
  );
});
