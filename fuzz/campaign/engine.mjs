// What libFuzzer prints, read line by line while it runs.

export class Output {
  executions = 0;
  coverage = 0; // edges
  features = 0;
  rate = 0; // executions in a second, as the engine last said
  added = 0; // inputs kept
  read = false; // the corpus has been read: it fuzzes

  // Takes one line in; lines that say nothing of these are let be.
  take(line) {
    const stat = /^stat::(\w+):\s+(\d+)/.exec(line);
    if (stat?.[1] === 'number_of_executed_units') this.executions = Math.max(this.executions, Number(stat[2]));
    if (stat?.[1] === 'new_units_added') this.added = Number(stat[2]);
    const event = /^#(\d+)\t([A-Za-z]+)\s+cov: (\d+)(?: ft: (\d+))?/.exec(line);
    if (!event) return;
    this.executions = Math.max(this.executions, Number(event[1]));
    if (event[2] === 'INITED') this.read = true;
    if (event[2] === 'NEW') ++this.added;
    this.coverage = Math.max(this.coverage, Number(event[3]));
    this.features = Math.max(this.features, Number(event[4] ?? 0));
    const rate = /exec\/s: (\d+)/.exec(line);
    if (rate) this.rate = Number(rate[1]);
  }
}

// What is fuzzer's or sanitizer's own talk, before the message of a target.
const chatter = /^(INFO:|#\d+\t|\s*$|stat::|WARNING:|Done \d|\tNEW_FUNC|Running: |Executed |\/\S+: Running |[A-Za-z/._-]+_fuzzer: Running |MERGE|Recommended|CRASH_MIN|Base64|artifact_prefix|MS: |0x|Dictionary|ParseDict|###### |"|#.* Uses:|Slowest unit|SUMMARY: libFuzzer)/;

const frameText = /^\s*#\d+ 0x[0-9a-f]+ in (.+?)\s+(\(?\/[^\s]*|<null>)/;

// The frames of the first stack of the log, innermost first, as { name, file, line }.
function frames(lines) {
  const found = [];
  for (const line of lines) {
    const match = frameText.exec(line);
    if (!match) {
      if (found.length) break;
      continue;
    }
    const place = /^(.*?):(\d+)/.exec(match[2]);
    found.push({ name: match[1], file: place?.[1] ?? '', line: place?.[2] ?? '' });
  }
  return found;
}

// The innermost frame that is ours (wherever it was built: ccache may have it from another folder) and not the oracle's own words.
function culprit(stack) {
  const ours = stack.filter(({ file }) => /\/(loader|regress|fuzz)\//.test(file) && !/^\/usr\/|\/(llvm[^/]*|oracles|ledger)\//.test(file));
  const frame = ours.find(({ name }) => !/\brequire\b/.test(name)) ?? stack.find(({ name }) => !/^(_{2}|fuzzer::|raise|abort)/.test(name));
  return frame && shorten(frame.name);
}

const entry = /LLVMFuzzerTestOneInput/;

// Without arguments, templates' and calls', and the names of namespaces that say nothing.
function shorten(name) {
  return name.replace(/\(anonymous namespace\)::/g, '').replace(/\(.*$/, '').replace(/<.*>/g, '').trim();
}

// What a log says went wrong, in one line, or undefined: { what, message }. `what` is crash, timeout, oom, leak or exit.
export function readFailure(text) {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^==\d+==\s*ERROR: |: runtime error: |WARNING: MemorySanitizer/.test(line));
  const where = at < 0 ? undefined : lines[at];
  if (where === undefined) return undefined;
  const stack = frames(lines.slice(at));
  const inside = () => {
    const name = culprit(stack);
    return name ? ` in ${name}` : '';
  };
  const runtime = /([^/\s]+):(\d+):\d+: runtime error: (.*)$/.exec(where);
  if (runtime) return { what: 'crash', message: `${runtime[1]}:${runtime[2]}: ${runtime[3]}${inside()}`, fixed: `${runtime[1]}:${runtime[2]}` };
  const sanitizer = /(Address|Memory|Thread|UndefinedBehavior)Sanitizer: (?:CHECK failed: )?([\w-]+)/.exec(where);
  if (sanitizer) return { what: 'crash', message: `${sanitizer[1]}Sanitizer: ${sanitizer[2]}${inside()}` };
  if (/LeakSanitizer/.test(where)) return { what: 'leak', message: `LeakSanitizer: memory leak${inside()}` };
  if (/libFuzzer: timeout/.test(where)) {
    const below = stack.findIndex(({ name }) => entry.test(name));
    const name = below > 0 ? stack[below - 1].name : undefined;
    return { what: 'timeout', message: `timeout${name ? ` in ${shorten(name)}` : ''}` };
  }
  if (/libFuzzer: out-of-memory/.test(where)) return { what: 'oom', message: `out of memory${/malloc/.test(where) ? inside() : ''}` };
  if (/libFuzzer: fuzz target exited/.test(where)) return { what: 'exit', message: `the target exits${inside()}` };
  // abort(): the message stands before, after the last line that is the fuzzer's own.
  let first = at;
  while (first > 0 && !chatter.test(lines[first - 1])) --first;
  const message = lines.slice(first, at).find((line) => line.trim() !== '');
  if (message) return { what: 'crash', message: message.trim() };
  return { what: 'crash', message: `${where.replace(/^==\d+==\s*ERROR: (libFuzzer: )?/, '').trim()}${inside()}` };
}

// The message without what differs from one input to the next: numbers, anything that looks like bytes, and of both sides of an
// oracle (fuzz/oracles/require.hpp) all but the first word.
export function mask({ message, fixed = '' }) {
  const sides = /^(oracle [^:]+: .*?: found) (\S*).*, (expected|allowed) (\S*)/.exec(message);
  if (sides) message = `${sides[1]} ${sides[2]}, ${sides[3]} ${sides[4]}`;
  const variable = message.startsWith(fixed) ? message.slice(fixed.length) : message;
  const kept = message.startsWith(fixed) ? fixed : '';
  return kept + variable.replace(/0x[0-9a-f]+/gi, 'N').replace(/\b[0-9a-f]{8,}\b/g, 'N').replace(/-?\d+(\.\d+)?/g, 'N').replace(/N(,? N)+/g, 'N');
}
