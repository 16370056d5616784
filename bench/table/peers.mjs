// Whom ci/bench compares with: a row for each kind of loader that it knows how to ask, and how those on this machine
// are found.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { UsageError } from '../../fuzz/campaign/targets.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

// Commands that are run once for each load; {} is the file. `more`: what they do beyond decoding and validating;
// `status: false`: their exit code says nothing of validity.
const commands = [
  {
    name: 'wasm-tools',
    program: 'wasm-tools',
    arguments: ['validate', '--features', 'all', '{}'],
    environment: { RAYON_NUM_THREADS: '1' },
  },
  { name: 'wabt', program: 'wasm-validate', arguments: ['--enable-all', '{}'] },
  { name: 'wasmedge', program: 'wasmedge', arguments: ['validate', '{}'] },
  {
    name: 'wasmtime',
    program: 'wasmtime',
    more: 'compiles too',
    arguments: ['compile', '-C', 'parallel-compilation=n', '-O', 'opt-level=0', '-o', '/dev/null', '{}'],
  },
  {
    name: 'iwasm',
    program: 'iwasm',
    more: 'instantiates too',
    status: false,
    arguments: ['-f', 'plimsoll_has_no_such_function', '{}'],
  },
];

export const names = ['v8', ...commands.map(({ name }) => name)];

function onPath(program) {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const file = path.join(folder || '.', program);
    try {
      fs.accessSync(file, fs.constants.X_OK);
      if (fs.statSync(file).isFile()) return file;
    } catch {
      // Not here.
    }
  }
  return null;
}

function versionOf(program) {
  const { stdout } = spawnSync(program, ['--version'], {
    encoding: 'utf8',
    timeout: 10000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (stdout ?? '').split('\n')[0].trim();
}

const v8 = (node) => ({
  name: 'v8',
  argv: [node, '--single-threaded', path.join(here, 'v8_server.mjs')],
  mode: 'memory',
});

function command(peer, runner, program) {
  const { name, more = null, status = true, environment = {} } = peer;
  const version = versionOf(program);
  return {
    name,
    more,
    environment,
    mode: 'process',
    version,
    argv: [runner, status ? 'command' : 'program', name, program, ...peer.arguments],
  };
}

// Subjects of the peers that are wanted, or of all that are here: { name, argv, mode, version?, more?, environment? }.
// `runner` is bench_peer. A peer that was asked for by name has to be there.
export function findPeers({ wanted, node, engines, runner }) {
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`there is no peer '${unknown}'; there are ${names.join(', ')}, and --engine LIBRARY`);
  const found = [];
  const is = (name) => !wanted || wanted.includes(name);
  const missing = (name, hint) => {
    if (wanted) throw new UsageError(`the peer ${name} is not here: ${hint}`);
  };
  if (is('v8')) node ? found.push(v8(node)) : missing('v8', 'ci/current-node --fetch gets a node for it');
  for (const peer of commands.filter(({ name }) => is(name))) {
    const program = onPath(peer.program);
    program ? found.push(command(peer, runner, program)) : missing(peer.name, `there is no ${peer.program} on PATH`);
  }
  for (const library of engines) {
    if (!fs.existsSync(library)) throw new UsageError(`the engine ${library} is not there`);
    found.push({ name: path.basename(library), argv: [runner, 'engine', path.resolve(library)], mode: 'memory' });
  }
  return found;
}
