// What corpus/fetch tells while it works: one line that is rewritten on a terminal, plain lines elsewhere.

// 1234567 -> "1,234,567"
export function count(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

export class Progress {
  results = []; // every module so far, with file, status (present, fetched or missing) and reason (or null)
  #total;
  #stream;
  #live;
  #doing = '';
  #since = 0;
  #timer;

  // `total` modules are to come. `stream` is standard error.
  constructor(total, stream) {
    this.#total = total;
    this.#stream = stream;
    this.#live = stream.isTTY === true && process.env.TERM !== 'dumb';
    if (this.#live) this.#timer = setInterval(() => this.#draw(), 250).unref();
  }

  // A package is being fetched.
  start(what) {
    this.#doing = what;
    this.#since = Date.now();
    if (this.#live) this.#draw();
    else this.#stream.write(`fetching ${what}\n`);
  }

  done(module, status, reason = null) {
    this.results.push({ ...module, status, reason });
    const line = `${module.tier}/${module.name}: ${status}${reason ? `: ${reason}` : ''}\n`;
    if (this.#live) {
      if (status === 'missing') this.#stream.write(`\r\x1b[K${line}`);
      this.#draw();
    } else {
      this.#stream.write(`[${this.results.length}/${this.#total}] ${line}`);
    }
  }

  end(dir) {
    clearInterval(this.#timer);
    if (this.#live) this.#stream.write('\r\x1b[K');
    const number = (status) => this.results.filter((result) => result.status === status).length;
    this.#stream.write(
      `${dir}: ${number('present')} present, ${number('fetched')} fetched, ${number('missing')} missing\n`);
  }

  #draw() {
    const width = 20;
    const filled = Math.round((this.results.length / Math.max(this.#total, 1)) * width);
    const bar = '#'.repeat(filled) + '-'.repeat(width - filled);
    const seconds = this.#doing ? `  ${this.#doing} ${Math.round((Date.now() - this.#since) / 1000)} s` : '';
    const line = `[${bar}] ${this.results.length}/${this.#total}${seconds}`;
    this.#stream.write(`\r\x1b[K${line.slice(0, (this.#stream.columns || 80) - 1)}`);
  }
}
