// What a campaign tells: a table that is drawn again and again on a terminal, a line now and then elsewhere, and the summary.

export const count = (number) => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');

export function duration(seconds) {
  const whole = Math.round(seconds);
  const rest = String(whole % 60).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)}:${rest}`;
  return `${Math.floor(whole / 3600)}:${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}:${rest}`;
}

// Rows of cells as lines; the first column to the left, the others to the right.
export function layOut(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column]))).join('  ').trimEnd());
}

const columns = ['target', 'time', 'share', 'exec/s', 'executions', 'edges', 'features', 'corpus', 'new', 'findings'];

function row(state, all) {
  return [state.name, duration(state.wall), all > 0 ? `${Math.round((100 * state.wall) / all)} %` : '-', count(state.rate), count(state.executions),
    count(state.coverage), count(state.features), count(state.corpus), `+${count(state.added)}`, state.findings];
}

export class Status {
  #stream;
  #live;
  #drawn = 0;
  #timer;
  #view;

  // `view` returns { states, used, left, jobs } at any time. `stream` is standard error.
  constructor(stream, view) {
    this.#stream = stream;
    this.#view = view;
    this.#live = stream.isTTY === true && process.env.TERM !== 'dumb';
    if (this.#live) this.#timer = setInterval(() => this.#draw(), 500);
  }

  // Something to be read later too.
  say(text) {
    this.#erase();
    this.#stream.write(`${text}\n`);
    if (this.#live) this.#draw();
  }

  // A slice has ended: a line where there is no table.
  slice(state, seconds) {
    if (this.#live) return;
    const { left } = this.#view();
    this.#stream.write(`${state.name}: ${duration(seconds)}, ${count(state.rate)} exec/s, ${count(state.executions)} executions, ${count(state.coverage)} edges, ` +
      `${count(state.features)} features, corpus ${count(state.corpus)} (+${count(state.added)}), findings ${state.findings}; ${duration(left)} left\n`);
  }

  end() {
    clearInterval(this.#timer);
    this.#erase();
  }

  #erase() {
    if (this.#drawn) this.#stream.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }

  #draw() {
    const { states, used, left, cpu } = this.#view();
    const width = (this.#stream.columns || 80) - 1;
    const lines = layOut([columns, ...states.map((state) => row(state, used))])
      .map((line, index) => (states[index - 1]?.doing ? `${line}  ${states[index - 1].doing}` : line));
    lines.push(`${duration(left)} left, ${count(cpu)} CPU seconds used; Ctrl-C ends it`);
    const shown = lines.slice(0, Math.max((this.#stream.rows || 24) - 1, 3)).map((line) => line.slice(0, width));
    this.#erase();
    this.#stream.write(`${shown.join('\n')}\n`);
    this.#drawn = shown.length;
  }
}

// The summary, from what `--json` writes too.
export function summary(result) {
  const head = ['target', 'executions', 'exec/s', 'edges', 'features', 'corpus in', 'out', 'new', 'CPU s', 'findings'];
  const rows = result.targets.map((target) => [target.name, count(target.executions), count(target.executions_per_second), count(target.edges),
    count(target.features), count(target.corpus_in), count(target.corpus_out), `+${count(target.new_inputs)}`, count(target.cpu_seconds), target.findings]);
  const lines = layOut([head, ...rows]);
  const total = `${count(result.executions)} executions of ${result.targets.length} targets in ${duration(result.seconds)} on ${result.jobs} jobs, ` +
    `${count(result.cpu_seconds)} CPU seconds${result.interrupted ? ', interrupted' : ''}: `;
  lines.push('', total + (result.findings.length === 1 ? '1 finding' : `${result.findings.length} findings`));
  for (const finding of result.findings) {
    lines.push('', `${finding.target}: ${finding.message}${finding.times > 1 ? ` (${count(finding.times)} times)` : ''}`, `  ${finding.reproduce}`);
  }
  return `${lines.join('\n')}\n`;
}
