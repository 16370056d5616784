// A document as `plimsoll gate report --json` prints it, made up: many lines, names that would break a careless page.
//
// usage: node test/example.mjs > example.json
import { pathToFileURL } from "node:url";

export const hostile = [
  "</script><script>globalThis.broken = 1</script>",
  "<b>bold</b> & <img src=x onerror=globalThis.broken=2>",
  "a\"quote' `tick` ${globalThis.broken = 3}",
  "<!-- comment --><!--<script>",
  "right-to-left \u202eoverride\u202c and \u0007bell",
  "$& $1 $' \\u003c % @SCRIPT@",
  "名前/модуль/🐘",
  `long/${"x".repeat(200)}`,
];

// The same numbers on every run.
function random_from(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function line(name, random, overrides = {}) {
  const bytes = Math.round(10 ** (1 + 6.5 * random()));
  const peak = Math.round(bytes * 10 ** (-1.3 + random()) + 4096);
  const allocations = Math.round(5 + 20 * random());
  const sha256 = Array.from({ length: 64 }, () => "0123456789abcdef"[Math.floor(16 * random())]).join("");
  return {
    name,
    sha256,
    bytes,
    verdict: "valid",
    allocations,
    total: peak + 1000,
    peak,
    retained: Math.round(peak / 3),
    copied: 0,
    reason: "",
    ...overrides,
  };
}

function lines_of(random, count) {
  const lines = Array.from({ length: count }, (_, i) => line(`B/module_${String(i).padStart(2, "0")}`, random));
  for (const name of hostile) lines.push(line(name, random, { reason: `because of ${name}` }));
  lines.push(
    line("errors/empty", random, { bytes: 0, peak: 0, total: 0, retained: 0, allocations: 0, verdict: "malformed" }),
  );
  lines.push(line("errors/one", random, { bytes: 20, verdict: "<i>invalid</i>" }));
  lines.push(
    line("C/copied", random, {
      bytes: 2_000_000,
      peak: 5_123_457,
      copied: 1_234_567,
      reason: "kept <b>on purpose</b>",
    }),
  );
  return lines.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function history_of(lines) {
  return lines.map((now, i) => {
    const { sha256, name, ...figures } = now;
    const points = [{ revision: 0, ...figures, peak: figures.peak + 7 * i }];
    if (i % 3 === 1) points.push({ revision: 1, gone: true });
    if (i % 3 !== 0) points.push({ revision: 2, ...figures, copied: figures.copied + i });
    points.push({ revision: 4, ...figures });
    return { name, points };
  });
}

const phases = (peak) => [
  { name: "begin", allocations: 3, total: 900, released: 100, moved: 0, peak: 900, live: 800 },
  {
    name: "<b>decode</b>",
    allocations: 120,
    total: 4 * peak,
    released: 3 * peak,
    moved: 5000,
    peak,
    live: peak - 1000,
  },
  { name: "validate", allocations: 20, total: 50_000, released: 51_000, moved: 0, peak: peak - 500, live: peak - 2000 },
];

function timeline_of(peak) {
  const points = [];
  for (let i = 0; i < 200; ++i) {
    const live =
      i < 4 ? 200 * (i + 1) : i < 130 ? Math.round((peak * (i - 3)) / 130) : Math.round(peak * (0.9 - (i - 130) / 400));
    points.push({
      event: 1 + 3 * i,
      live: i === 120 ? peak : Math.min(live, peak - 1),
      phase: i < 4 ? 0 : i < 140 ? 1 : 2,
    });
  }
  return points;
}

const example_object = "/usr/lib/libexample<b>.so";
const calls = {
  allocate: { function: "operator new(unsigned long)", object: "/usr/lib/libstdc++.so.6", file: null, line: null },
  vector: {
    function: "std::vector<int>::vector(std::vector<int> const&)",
    object: example_object,
    file: "/usr/include/stl_vector.h",
    line: 500,
  },
  copy: {
    function: "AST::Module<T>::Module(AST::Module<T> const&)",
    object: example_object,
    file: "/src/module</script>.h",
    line: 12,
  },
  load: { function: "load</script><b>Unit", object: example_object, file: "/src/loader.cpp", line: 345 },
  unknown: { function: "libexample<b>.so+0x1b58", object: example_object, file: null, line: null },
};

function copying_module(name) {
  const bytes = 2_000_000;
  const peak = 5_123_457;
  const runs = [
    { module_offset: 0x400, length: 900_000, block_serial: 17, block_offset: 0x20, block_phase: 1 },
    { module_offset: 0x400, length: 700_000, block_serial: 31, block_offset: 0, block_phase: 2 },
    { module_offset: 1_200_000, length: 334_567, block_serial: 17, block_offset: 900_064, block_phase: 1 },
    { module_offset: 1_999_000, length: 64, block_serial: 90, block_offset: 8, block_phase: 2 },
  ];
  for (let i = 0; i < 30; ++i)
    runs.push({
      module_offset: 1_600_000 + 1000 * i,
      length: 100 + i,
      block_serial: 100 + i,
      block_offset: 16,
      block_phase: 2,
    });
  runs.sort((a, b) => b.length - a.length);
  return {
    name,
    verdict: "valid",
    exact: true,
    sections: [
      { name: "type", offset: 8, bytes: 1000 },
      { name: "code", offset: 1008, bytes: 1_200_000 },
      { name: "<u>custom</u>", offset: 1_201_008, bytes: 798_992 },
    ],
    report: {
      module_bytes: bytes,
      allocations: 143,
      releases: 90,
      total: 9_999_999,
      peak,
      retained: 3_000_001,
      retained_blocks: 53,
      largest: 1_500_000,
      moved: 5000,
      failures: 0,
      mismatches: 0,
      unseen_releases: 0,
      phases: phases(peak),
      searched: true,
      searched_bytes: 20_000_000,
      copied_bytes: 1_234_631,
      copied_block_bytes: 1_934_631,
      copied_runs: 48,
      runs,
      live_at_last_touch: 2_000_000,
      stacked: true,
      objects: [example_object, "/usr/lib/libstdc++.so.6"],
      frames: [
        { object: 1, offset: 4096 },
        { object: 0, offset: 5000 },
        { object: 0, offset: 6000 },
        { object: 0, offset: 7000 },
      ],
      culprits: [
        {
          detector: "raw_copies",
          bytes: 1_934_631,
          blocks: 40,
          frames: [0, 1, 2, 3],
          stack: [calls.allocate, calls.vector, calls.copy, calls.load, calls.unknown],
          who: calls.copy,
        },
        {
          detector: "twins",
          bytes: 1_000_000,
          blocks: 3,
          frames: [0, 2],
          stack: [calls.allocate, calls.load],
          who: calls.load,
        },
        { detector: "counts", bytes: 9_000_000, blocks: 100, frames: [3], stack: [calls.unknown], who: calls.unknown },
        { detector: "leak", bytes: 12, blocks: 1, frames: [], stack: [], who: null },
      ],
      twinned: true,
      twin_bytes: 1_000_000,
      twin_blocks: 3,
      growth_twin_bytes: 70_000,
      clocked: true,
      page_bytes: 4096,
      pages: 489,
      pages_touched: 489,
      touches: 500,
      after: 1_800_000,
      burst: 1_800_000,
      burst_tick: 489,
      stream_samples: 0,
      stream_hits: 0,
      stream_block: 0,
      accounted: 5,
      timeline: timeline_of(peak),
    },
    findings: [
      {
        kind: "raw_copy",
        detector: "raw_copies",
        share: 0.617,
        bytes: 1_234_631,
        text: "bytes of <b>the module</b> were found in heap blocks",
        culprit: 0,
      },
      {
        kind: "late_copy",
        detector: "input_clock",
        share: 0.6,
        bytes: 1_800_000,
        text: "allocated after the input was read",
        culprit: null,
      },
    ],
  };
}

// A load that copies nothing, recorded without stacks.
function clean_module(name) {
  const made = copying_module(name);
  Object.assign(made, { exact: false, verdict: "unknown", sections: [], findings: [] });
  Object.assign(made.report, { module_bytes: 60_378, peak: 6080, retained: 2496, retained_blocks: 4 });
  Object.assign(made.report, {
    copied_bytes: 0,
    copied_block_bytes: 0,
    copied_runs: 0,
    runs: [],
    culprits: [],
    frames: [],
    objects: [],
  });
  Object.assign(made.report, { stacked: false, twinned: false, clocked: false, phases: phases(6080) });
  made.report.timeline = [0, 80, 4096, 6080, 6000, 2496].map((live, i) => ({
    event: i + 1,
    live,
    phase: Math.min(2, Math.floor(i / 2)),
  }));
  return made;
}

// With so many lines beside those with hostile names.
export function example(count = 40) {
  const lines = lines_of(random_from(7), count);
  return {
    schema: 1,
    program: "plimsoll 0.1.0",
    key: { schema: "1", loader: "<em>example</em>", stdlib: "libstdc++-12", pointer: "64", features: "browsers" },
    pins: "regress/loadlines.tsv",
    lines,
    revisions: [
      { commit: "0123456789abcdef0123456789abcdef01234567", date: "2026-01-02", subject: "Pin the first load lines" },
      { commit: "1123456789abcdef0123456789abcdef01234567", date: "2026-02-03", subject: "Take <b>some</b> away" },
      { commit: "2123456789abcdef0123456789abcdef01234567", date: "2026-03-04", subject: "</script> back again" },
      {
        commit: "3123456789abcdef0123456789abcdef01234567",
        date: "2026-03-05",
        subject: "Break it",
        problem: "7: a merge conflict ('<<<<<<<')",
      },
      { commit: "", date: "2026-04-05", subject: "in the working tree" },
    ],
    history: history_of(lines),
    modules: [copying_module(hostile[0]), clean_module("A/md4w_small")],
    notes: ["a note with <b>markup</b>", "module 'C/none' is not there"],
  };
}

// Nothing was pinned, nothing recorded.
export function empty_example() {
  return { ...example(), lines: [], revisions: [], history: [], modules: [], notes: [] };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(JSON.stringify(example(), null, 1));
