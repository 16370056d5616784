// One process of a campaign: started in a process group of its own, its output in a file, its CPU time known at the end, and
// nothing of it left behind.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

// Bash waits for the command, because it can say what the command has cost (`times`), also of one that was killed; it runs the
// command as a job, in a group that can be killed without it. Descriptor 3 tells the group and, at the end, the times.
const shell = `
ulimit -c 0
set -m
"$@" </dev/null >>"$LOG" 2>&1 3>&- &
echo "group $!" >&3
wait $!
status=$?
kill -KILL -- -$! 2>/dev/null
times >&3
exit $status`;

// "1m2.5s 0m0.25s" -> 62.75
function seconds(line) {
  let sum = 0;
  for (const [, minutes, rest] of line.matchAll(/(\d+)m([\d.]+)s/g)) sum += Number(minutes) * 60 + Number(rest);
  return sum;
}

export class Job {
  #group;
  #ended = false;
  killed = false; // it did not end when it was asked to

  // Starts `command` (an array), with what it prints appended to the file `log`. `env` is added to ours.
  constructor(command, { log, env = {}, cwd = undefined }) {
    this.log = log;
    this.started = Date.now();
    let told = '';
    this.child = spawn('bash', ['-c', shell, 'job', ...command], {
      cwd,
      env: { ...process.env, ...env, LOG: log },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      detached: true, // no Ctrl-C from the terminal: the campaign passes it on
    });
    this.child.stdio[3].setEncoding('utf8').on('data', (text) => {
      told += text;
      this.#group ??= Number(/^group (\d+)$/m.exec(told)?.[1]) || undefined;
    });
    // What there is to say at the end: exit status (128 + N for signal N), CPU and wall seconds.
    this.end = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (status) => {
        this.#ended = true;
        const cpu = seconds(told.trim().split('\n').at(-1) ?? '');
        resolve({ status: status ?? 137, cpu, wall: (Date.now() - this.started) / 1000, killed: this.killed });
      });
    });
  }

  #signal(name) {
    try {
      if (this.#group && !this.#ended) process.kill(-this.#group, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  // Asks it to end (Ctrl-C); kills it, and whatever it started, if it has not ended `patience` seconds later.
  async stop(patience = 5) {
    this.#signal('SIGINT');
    for (let waited = 0; waited < patience * 10 && !this.#ended; ++waited) await sleep(100);
    if (this.#ended) return;
    this.killed = true;
    this.kill();
  }

  kill() {
    this.#signal('SIGKILL');
  }
}

// A file that grows, read piece by piece.
export class Tail {
  #file;
  #at = 0;
  #rest = '';

  constructor(file) {
    this.#file = file;
  }

  get size() {
    return this.#at;
  }

  // The lines that have come since the last call; `last`: also one without an end.
  lines(last = false) {
    let text = '';
    try {
      const descriptor = fs.openSync(this.#file, 'r');
      try {
        const buffer = Buffer.alloc(1 << 16);
        for (let read; (read = fs.readSync(descriptor, buffer, 0, buffer.length, this.#at)) > 0; this.#at += read) {
          text += buffer.toString('latin1', 0, read);
        }
      } finally {
        fs.closeSync(descriptor);
      }
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    if (last && this.#rest) lines.push(this.#rest);
    if (last) this.#rest = '';
    return lines;
  }
}
