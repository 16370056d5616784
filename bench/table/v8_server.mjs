// V8 as ci/bench measures it: WebAssembly.validate, as often as is asked, timed by its own process
// (../server/protocol.hpp tells what is said). Run by a node with --single-threaded, or the work would go to other
// threads.
import fs from 'node:fs';
import readline from 'node:readline';

let file;
let bytes;

function answer(line) {
  const [times, mode, path] = line.split('\t');
  if (!/^[1-9]\d*$/.test(times) || mode !== 'memory' || !path) return `failed\tthis is no request: ${line}`;
  if (path !== file) {
    // The old ones are to be gone before there are new ones.
    bytes = undefined;
    bytes = fs.readFileSync(path);
    file = path;
  }
  let valid = false;
  const wall = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  for (let left = Number(times); left > 0; --left) valid = WebAssembly.validate(bytes);
  const { user, system } = process.cpuUsage(cpu);
  return `${valid ? 'valid' : 'invalid'}\t${(user + system) * 1000}\t${process.hrtime.bigint() - wall}`;
}

process.stdout.write(`plimsoll-bench 1\tV8 ${process.versions.v8} (node ${process.versions.node})\tmemory\n`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === '') break;
  let text;
  try {
    text = answer(line);
  } catch (error) {
    text = `failed\t${error.message}`;
  }
  process.stdout.write(`${text}\n`);
}
