// The file of pinned counts: one line for each benchmark of each module, sorted, with one way to be written; and what
// is pinned held against what was counted.

export class PinsError extends Error {}

const title = '# plimsoll instruction counts 1';
const columns = ['benchmark', 'module', 'sha256', 'opcodes', 'instructions', 'per_opcode', 'reason'];

const nameOf = ({ benchmark, module }) => `${benchmark} ${module}`;
const byName = (a, b) => (nameOf(a) < nameOf(b) ? -1 : 1);
export const perOpcode = ({ opcodes, instructions }) => (opcodes > 0 ? (instructions / opcodes).toFixed(2) : '-');

export function write({ key, lines }) {
  const rows = [...lines]
    .sort(byName)
    .map((line) => columns.map((column) => (column === 'per_opcode' ? perOpcode(line) : line[column])).join('\t'));
  return `${[title, `# ${key}`, columns.join('\t'), ...rows].join('\n')}\n`;
}

// { key, lines }; throws a PinsError that names the line.
export function read(text) {
  const lines = text.split('\n');
  const fail = (number, why) => {
    throw new PinsError(`line ${number}: ${why}`);
  };
  if (lines[0] !== title) fail(1, `it has to be '${title}'`);
  if (!/^# \S/.test(lines[1] ?? '')) fail(2, 'it has to be # and the key');
  if (lines[2] !== columns.join('\t')) fail(3, 'it has to name the columns');
  if (lines.pop() !== '') fail(lines.length + 1, 'it does not end');
  const pinned = lines.slice(3).map((line, i) => {
    const cells = line.split('\t');
    if (cells.length !== columns.length) fail(i + 4, `it has ${cells.length} cells, not ${columns.length}`);
    const made = Object.fromEntries(columns.map((column, at) => [column, cells[at]]));
    for (const column of ['opcodes', 'instructions']) {
      if (!/^(0|[1-9]\d{0,14})$/.test(made[column])) fail(i + 4, `'${made[column]}' is no number`);
      made[column] = Number(made[column]);
    }
    if (!/^[0-9a-f]{64}$/.test(made.sha256)) fail(i + 4, 'sha256 has 64 hexadecimal digits');
    if (made.per_opcode !== perOpcode(made)) fail(i + 4, `per_opcode is ${perOpcode(made)}`);
    delete made.per_opcode;
    return made;
  });
  for (let i = 1; i < pinned.length; ++i)
    if (!(byName(pinned[i - 1], pinned[i]) < 0)) fail(i + 4, 'lines are sorted, and each is there once');
  return { key: lines[1].slice(2), lines: pinned };
}

// What became of each line: `state` is same, worse, better, new, missing or other (another module of that name), with
// `change` in per cent where both have counts. `absent` tells of a pin whether it is known that this machine
// cannot have it: then it is left out.
export function compare(pins, counted, { tolerance, absent = () => false }) {
  const byKey = new Map(counted.map((line) => [nameOf(line), line]));
  const rows = [];
  for (const pin of pins) {
    const now = byKey.get(nameOf(pin));
    byKey.delete(nameOf(pin));
    if (!now) {
      if (!absent(pin)) rows.push({ pin, state: 'missing' });
    } else if (now.sha256 !== pin.sha256) {
      rows.push({ pin, now, state: 'other' });
    } else {
      const change = (100 * (now.instructions - pin.instructions)) / pin.instructions;
      rows.push({ pin, now, change, state: change > tolerance ? 'worse' : change < -tolerance ? 'better' : 'same' });
    }
  }
  for (const now of byKey.values()) rows.push({ now, state: 'new' });
  return rows.sort((a, b) => byName(a.pin ?? a.now, b.pin ?? b.now));
}

const codes = [
  ['worse', 1],
  ['missing', 4],
  ['other', 4],
  ['new', 4],
  ['better', 3],
];

// 0 every line holds, 1 worse, 4 missing, new or another module, 3 better but not pinned; the first of these that is
// so.
export const exitCode = (rows) => codes.find(([state]) => rows.some((row) => row.state === state))?.[1] ?? 0;

// The lines to be pinned from now on: what holds stays as it is, what is lower or of another module is taken, what is
// higher only with a reason, which its line gets. Lines that this machine cannot have stay. Null if a reason is missing.
export function update(pins, rows, reason) {
  if (!reason && rows.some(({ state }) => state === 'worse')) return null;
  const kept = new Map(pins.map((pin) => [nameOf(pin), pin]));
  for (const { pin, now, state } of rows) {
    if (state === 'same') continue;
    if (state === 'missing') kept.delete(nameOf(pin));
    else kept.set(nameOf(now), { ...now, reason: state === 'worse' ? reason : (pin?.reason ?? '') });
  }
  return [...kept.values()].sort(byName);
}
