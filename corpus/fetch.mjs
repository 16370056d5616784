// Fetches the real modules that real.json lists, through npm, into a folder that can be filled step by step:
//
//   DIR/.tarballs/   packages as npm delivers them, each checked against the digest (integrity) in real.json
//   DIR/TIER/        NAME.wasm, each checked against its bytes and sha256
//
// Both are written under a name ending in ".PID.part" and renamed when they are whole and right, so whatever stands
// under a final name may be used, and an interrupted run is taken up by the next one. No dependency but node (18 or
// later) and, unless offline, npm. No script of a package is ever run.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { Progress, count } from './progress.mjs';
import { readFiles } from './tarball.mjs';

const usage = `usage: corpus/fetch [--tier A,B,C] [--json] [--offline] DIR

Fetches real WebAssembly modules through npm into DIR/TIER/NAME.wasm and prints the path of each
module that is there.
What is there and right is not fetched again. Packages are kept in DIR/.tarballs.

  --tier LIST     tiers to fetch, separated by commas (default A: small modules, 3 MB of packages)
                  B: toolchains and features in the wild, 110 MB; C: the largest modules, 100 MB
  --offline       never call npm: use what DIR/.tarballs has
  --json          print a JSON array instead, of objects with tier, name, kind, file, bytes,
                  status (present, fetched or missing) and reason (null unless missing)
  --retries N     tries after the first that fails, for each package (default 2)
  --timeout S     seconds after which a try has failed (default 600)
  --manifest FILE list of modules (default real.json beside this command)
  --help          this text

exit status: 0 all modules are there, 1 some are missing, 2 wrong usage or DIR cannot be written

example: corpus/fetch --tier A,B ~/modules
`;

class UsageError extends Error {}

// ---- options and the list of modules

function wholeNumber(text, option, least) {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`--${option} needs a whole number from ${least} to 999999, not '${text}'`);
}

function readOptions(args) {
  const options = {
    tier: { type: 'string', default: 'A' },
    json: { type: 'boolean', default: false },
    offline: { type: 'boolean', default: false },
    retries: { type: 'string', default: '2' },
    timeout: { type: 'string', default: '600' },
    manifest: { type: 'string', default: fileURLToPath(new URL('real.json', import.meta.url)) },
    help: { type: 'boolean', default: false },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  if (!values.help && positionals.length !== 1) throw new UsageError('give one DIR to fetch into');
  if (!values.help && positionals[0] === '') throw new UsageError('DIR is empty');
  return {
    ...values,
    dir: positionals[0],
    tiers: values.tier.split(','),
    retries: wholeNumber(values.retries, 'retries', 0),
    timeout: wholeNumber(values.timeout, 'timeout', 1),
  };
}

// What an entry must look like before any part of it becomes a file name or an argument of npm.
const shapes = {
  name: /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
  tier: /^[A-Z]$/,
  package: /^(@[A-Za-z0-9_][A-Za-z0-9_.-]*\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
  version: /^[0-9][A-Za-z0-9.+-]*$/,
  path: /./,
  compression: /^(null|br|gzip)$/,
  bytes: /^[0-9]+$/,
  sha256: /^[0-9a-f]{64}$/,
  kind: /^(module|component)$/,
  integrity: /^sha512-[A-Za-z0-9+/]{86}==$/,
};

function readManifest(file) {
  let modules;
  try {
    modules = JSON.parse(fs.readFileSync(file, 'utf8')).modules;
    if (!Array.isArray(modules)) throw new Error('it has no list of modules');
    for (const module of modules) {
      const bad = Object.keys(shapes).find((key) => !shapes[key].test(String(module[key])));
      if (bad) throw new Error(`module ${module.name}: ${bad} is not as it should be`);
    }
  } catch (error) {
    throw new UsageError(`${file} cannot be used: ${error.message}`);
  }
  return modules;
}

function chooseModules(modules, tiers) {
  const known = [...new Set(modules.map((module) => module.tier))].sort();
  for (const tier of tiers) {
    if (!known.includes(tier)) throw new UsageError(`there is no tier '${tier}'; there are ${known.join(', ')}`);
  }
  return modules.filter((module) => tiers.includes(module.tier));
}

// ---- files

// What exists only until it is whole: removed when the run is interrupted.
const unfinished = new Set();

function discard(part) {
  fs.rmSync(part, { recursive: true, force: true, maxRetries: 5 });
  unfinished.delete(part);
}

// Calls make(PART) and renames what it leaves there (or at the path it returns) to `file`.
async function whole(file, make) {
  const part = `${file}.${process.pid}.part`;
  unfinished.add(part);
  try {
    const made = await make(part);
    fs.renameSync(made ?? part, file);
  } finally {
    discard(part);
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// Makes the folders and clears away what killed runs have left in them.
function prepareFolders(dir, tiers) {
  try {
    for (const folder of ['.tarballs', ...tiers].map((name) => path.join(dir, name))) {
      fs.mkdirSync(folder, { recursive: true });
      fs.accessSync(folder, fs.constants.W_OK);
      for (const name of fs.readdirSync(folder)) {
        const pid = /\.(\d+)\.part$/.exec(name)?.[1];
        if (pid && !isRunning(Number(pid))) discard(path.join(folder, name));
      }
    }
  } catch (error) {
    throw new UsageError(`${dir} cannot be used: ${error.message}`);
  }
}

async function digest(file, algorithm, encoding) {
  const hash = createHash(algorithm);
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk);
  return hash.digest(encoding);
}

// Whether `file` is a file of that digest. One that cannot be read is not: it is replaced, or the reason shows then.
async function isRight(file, algorithm, encoding, expected) {
  try {
    return fs.statSync(file).isFile() && (await digest(file, algorithm, encoding)) === expected;
  } catch {
    return false;
  }
}

function isRightModule(module) {
  const size = fs.statSync(module.file, { throwIfNoEntry: false })?.size;
  return size === module.bytes && isRight(module.file, 'sha256', 'hex', module.sha256);
}

function isRightTarball(file, integrity) {
  return isRight(file, 'sha512', 'base64', integrity.replace('sha512-', ''));
}

// ---- npm

let npm; // the process, while there is one

class NpmError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

// npm's own words, from "npm ERR! ..." (to version 9) or "npm error ..." lines.
function npmError(output, status) {
  const lines = [...output.matchAll(/^npm (?:ERR!|error) (.+)$/gm)].map((match) => match[1].trim());
  const code = lines.find((line) => line.startsWith('code '))?.slice(5) ?? '';
  const told = lines.find((line) => !/^(code|errno|syscall) |^A complete log/.test(line));
  const words = told ?? (output.trim().split('\n').at(-1) || `it ended with ${status}`);
  return new NpmError(`npm: ${code}${code && ': '}${words.slice(0, 400)}`, code);
}

// Runs `npm pack` once, in `folder`. Resolves when npm has succeeded.
function runNpm(spec, folder, timeout) {
  // Not --silent: that would keep the reason of a failure from us. Tries are counted here, not by npm.
  const options = ['--ignore-scripts', '--pack-destination=.', '--fetch-retries=0', '--loglevel=error', '--no-progress',
    '--no-update-notifier'];
  return new Promise((resolve, reject) => {
    let output = '';
    let late = false;
    npm = spawn('npm', ['pack', spec, ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const timer = setTimeout(() => {
      late = true;
      npm.kill('SIGKILL');
      npm.stderr.destroy(); // something that npm started may still hold it
    }, timeout * 1000);
    npm.stderr.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-65536)));
    npm.on('error', (error) => {
      clearTimeout(timer);
      const hint = error.code === 'ENOENT' ? 'it is not installed (on Debian: apt-get install npm)' : error.message;
      reject(new NpmError(`npm: ${hint}`, 'ENOENT'));
    });
    npm.on('close', (status, signal) => {
      clearTimeout(timer);
      npm = undefined;
      if (late) reject(new NpmError(`npm: no answer within ${timeout} seconds`, 'TIMEOUT'));
      else if (status === 0) resolve();
      else reject(npmError(output, signal ?? `status ${status}`));
    });
  });
}

async function pack({ spec, integrity, tarball }, timeout) {
  await whole(tarball, async (folder) => {
    fs.mkdirSync(folder);
    await runNpm(spec, folder, timeout);
    const made = fs.readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    if (made.length !== 1) throw new NpmError(`npm: it left ${made.length} tarballs, not one`, 'ODD');
    const file = path.join(folder, made[0]);
    if (!(await isRightTarball(file, integrity))) {
      throw new NpmError('the tarball that npm delivers differs from the one listed (integrity)', 'ODD');
    }
    return file;
  });
}

// Errors that another try will not mend.
const final = new Set(['E404', 'ETARGET', 'ENOVERSIONS', 'E401', 'E403', 'ENEEDAUTH', 'EUSAGE', 'ENOENT', 'ENOSPC',
  'EROFS', 'EACCES', 'ODD']);

// Packs with retries. `patience` lasts over packages: while the network is down, each further one is tried only once.
async function packPatiently(bundle, options, patience) {
  for (let wait = 1; ; wait *= 3) {
    try {
      await pack(bundle, options.timeout);
      patience.left = options.retries;
      return;
    } catch (error) {
      if (final.has(error.code) || patience.left === 0) throw error;
      patience.left -= 1;
    }
    await sleep(wait * 1000);
  }
}

// ---- modules

function decompress(contents, module) {
  if (module.compression === null) return contents;
  const unpack = module.compression === 'br' ? brotliDecompressSync : gunzipSync;
  try {
    return unpack(contents, { maxOutputLength: Math.max(module.bytes, 1) });
  } catch (error) {
    throw new Error(`${module.path} cannot be decompressed: ${error.message}`);
  }
}

// Puts one module in its place, from its contents in the package.
async function putModule(module, contents) {
  if (contents === undefined) throw new Error(`the package has no ${module.path}`);
  const bytes = decompress(contents, module);
  if (bytes.length !== module.bytes) throw new Error(`it has ${count(bytes.length)} bytes, not ${count(module.bytes)}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== module.sha256) throw new Error(`its sha256 is ${sha256}, not ${module.sha256}`);
  await whole(module.file, (part) => fs.writeFileSync(part, bytes));
}

async function obtainTarball(bundle, options, progress, patience) {
  if (await isRightTarball(bundle.tarball, bundle.integrity)) return;
  if (options.offline) {
    const state = fs.existsSync(bundle.tarball) ? 'is not the one listed (integrity)' : 'is not there';
    throw new Error(`offline, and ${bundle.tarball} ${state}`);
  }
  progress.start(`${bundle.spec} (${count(bundle.size)} bytes)`);
  await packPatiently(bundle, options, patience);
}

// Gets the modules of one package. Every module ends in progress.done(), whatever goes wrong.
async function fetchBundle(bundle, options, progress, patience) {
  const wanted = [];
  for (const module of bundle.modules) {
    if (await isRightModule(module)) progress.done(module, 'present');
    else wanted.push(module);
  }
  if (wanted.length === 0) return;
  let files;
  try {
    await obtainTarball(bundle, options, progress, patience);
    files = await readFiles(bundle.tarball, wanted.map((module) => module.path));
  } catch (error) {
    for (const module of wanted) progress.done(module, 'missing', error.message);
    return;
  }
  for (const module of wanted) {
    try {
      await putModule(module, files.get(module.path));
      progress.done(module, 'fetched');
    } catch (error) {
      progress.done(module, 'missing', error.message);
    }
  }
}

// One bundle a package, with what several modules share; in the order of the list.
function bundles(modules, dir) {
  const bySpec = new Map();
  for (const module of modules) {
    const spec = `${module.package}@${module.version}`;
    const name = `${module.package.replace(/^@/, '').replace('/', '-')}-${module.version}.tgz`;
    const bundle = bySpec.get(spec) ?? {
      spec,
      integrity: module.integrity,
      size: module.tarball_bytes ?? 0,
      tarball: path.join(dir, '.tarballs', name),
      modules: [],
    };
    bundle.modules.push({ ...module, file: path.join(dir, module.tier, `${module.name}.wasm`) });
    bySpec.set(spec, bundle);
  }
  return [...bySpec.values()];
}

function report(progress, json) {
  const keys = ['tier', 'name', 'kind', 'file', 'bytes', 'status', 'reason'];
  if (json) return `${JSON.stringify(progress.results, keys, 1)}\n`;
  return progress.results.filter(({ status }) => status !== 'missing').map(({ file }) => `${file}\n`).join('');
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const modules = chooseModules(readManifest(options.manifest), options.tiers);
  prepareFolders(options.dir, options.tiers);
  const progress = new Progress(modules.length, process.stderr);
  const patience = { left: options.retries };
  for (const bundle of bundles(modules, options.dir)) await fetchBundle(bundle, options, progress, patience);
  progress.end(options.dir);
  process.stdout.write(report(progress, options.json));
  return progress.results.some((result) => result.status === 'missing') ? 1 : 0;
}

// An interrupted run leaves whole files only, and ends at once.
for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
  process.on(signal, () => {
    npm?.kill('SIGKILL');
    for (const part of unfinished) discard(part);
    process.stderr.write(`\ncorpus/fetch: interrupted; run it again to go on\n`);
    process.exit(128 + number);
  });
}
process.stdout.on('error', () => process.exit(1)); // a reader that has gone away

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`corpus/fetch: ${error.message}\n(corpus/fetch --help tells more)\n`);
  process.exitCode = 2;
}
