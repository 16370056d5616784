// A process that is measured: started when it is first asked, asked over pipes (../server/protocol.hpp), killed when it
// says nothing, and started anew when it is asked again.
import { spawn } from 'node:child_process';

// It crashed, hung, or says that something cannot be measured. `message` goes on from its name.
export class Failure extends Error {}

const running = new Set();

// All that were started by these are ended, with what they started.
function end(child) {
  running.delete(child);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

export function endAll() {
  for (const child of [...running]) end(child);
}

export class Server {
  #argv;
  #environment;
  #patience;
  #child;
  #text = '';
  #waiting;
  version = '';
  modes = [];
  wall = new Set(); // those of the modes that are judged by wall time

  // `patience`: seconds until no answer is taken for a hang.
  constructor(argv, { environment = {}, patience = 60 } = {}) {
    this.#argv = argv;
    this.#environment = environment;
    this.#patience = patience;
  }

  // Says which version it is and what it can do.
  async start() {
    if (this.#child) return;
    const [program, ...rest] = this.#argv;
    // A group of its own, so that what a command has started can be ended with it.
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...this.#environment },
    });
    this.#child = child;
    this.#text = '';
    running.add(child);
    const gone = (why) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      end(child);
      this.#waiting?.reject(new Failure(why));
    };
    child.on('error', (error) => gone(`cannot be run: ${error.message}`));
    child.on('close', (code, signal) => gone(signal ? `crashed (${signal})` : `ended with exit code ${code}`));
    child.stdin.on('error', () => {}); // told by its end
    child.stdout.setEncoding('utf8').on('data', (text) => {
      if (this.#child !== child) return;
      this.#text += text;
      const end = this.#text.indexOf('\n');
      if (end < 0 || !this.#waiting) return;
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      this.#waiting.resolve(line);
    });
    const [greeting, version, ...modes] = (await this.#line()).split('\t');
    if (greeting !== 'plimsoll-bench 1') {
      this.stop();
      throw new Failure(`does not greet: '${greeting}'`);
    }
    this.version = version;
    this.modes = modes.map((mode) => mode.replace(/=wall$/, ''));
    this.wall = new Set(modes.filter((mode) => mode.endsWith('=wall')).map((mode) => mode.slice(0, -5)));
  }

  // Loads the file as often as that; { verdict, cpu, wall }, nanoseconds of all the loads together.
  async ask(times, mode, file) {
    await this.start();
    this.#child.stdin.write(`${times}\t${mode}\t${file}\n`);
    const line = await this.#line();
    const [verdict, cpu, wall] = line.split('\t');
    if (verdict === 'failed') throw new Failure(cpu);
    if (!/^(valid|invalid|unknown)$/.test(verdict) || !/^\d+$/.test(cpu) || !/^\d+$/.test(wall)) {
      this.stop();
      throw new Failure(`answers '${line}'`);
    }
    return { verdict, cpu: Number(cpu), wall: Number(wall) };
  }

  stop() {
    const child = this.#child;
    this.#child = undefined;
    if (child) end(child);
  }

  #line() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.stop();
        settle(reject)(new Failure(`hung: no answer in ${this.#patience} seconds`));
      }, this.#patience * 1000);
      const settle = (act) => (value) => {
        clearTimeout(timer);
        this.#waiting = undefined;
        act(value);
      };
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) };
    });
  }
}
