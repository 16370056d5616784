// A loader for the tests of ci/bench: says what bench_own and bench_peer say, of times that it makes up.
//
//   fake_loader.mjs NAME [--modes LIST] [--per-byte NS] [--wall FACTOR] [--slow LIST] [--log FILE]
//                   [--invalid NAME] [--crash NAME] [--hang NAME] [--garbage NAME]
//
// --wall: wall time by CPU time; --slow: in which rounds it takes ten times as long; --log: every request is written
// there. The others: what it does with the module FILE of that name.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { parseArgs } from 'node:util';

const string = { type: 'string' };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    modes: { ...string, default: 'memory' },
    'per-byte': { ...string, default: '10' },
    wall: { ...string, default: '1' },
    slow: { ...string, default: '' },
    log: string,
    invalid: string,
    crash: string,
    hang: string,
    garbage: string,
  },
});

let round = -1;
let last = '';
process.stdout.write(`plimsoll-bench 1\t${positionals[0]}\t${values.modes.replaceAll(',', '\t')}\n`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [times, mode, file] = line.split('\t');
  const name = path.basename(file, '.wasm');
  if (values.log) fs.appendFileSync(values.log, `${positionals[0]} ${times} ${mode} ${name}\n`);
  if (values.crash === name) process.kill(process.pid, 'SIGSEGV');
  if (values.hang === name) continue;
  if (values.garbage === name) {
    process.stdout.write('no answer\n');
    continue;
  }
  // The rounds are what comes after it was asked for so many loads that they fill a sample.
  if (Number(times) > 1 && times === last) ++round;
  last = times;
  const slow = values.slow.split(',').includes(String(round)) ? 10 : 1;
  const time = Number(times) * fs.statSync(file).size * Number(values['per-byte']) * slow;
  process.stdout.write(`${values.invalid === name ? 'invalid' : 'valid'}\t${time}\t${time * Number(values.wall)}\n`);
}
