// The modules of a run: files and folders to modules with a name, a tier and sizes; and the groups that a mean is taken
// over.
import fs from 'node:fs';
import path from 'node:path';

import { UsageError } from '../../fuzz/campaign/targets.mjs';

// LEB128, enough for the size of a section. { value, next }.
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; shift < 35 && at < bytes.length; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
  return { value: 0, next: bytes.length };
}

const codeSection = 10;

// `component`, `other`, or `module` with the size of its code section.
export function look(bytes) {
  const head = bytes.subarray(0, 8).toString('hex');
  if (head === '0061736d0d000100') return { kind: 'component' };
  if (head !== '0061736d01000000') return { kind: 'other' };
  for (let at = 8; at < bytes.length;) {
    const { value: size, next } = number(bytes, at + 1);
    if (bytes[at] === codeSection) return { kind: 'module', code: size };
    at = next + size;
  }
  return { kind: 'module', code: 0 };
}

// Where corpus/fetch puts a module, the folder is its tier.
function describe(file) {
  const absolute = path.resolve(file);
  if (/[\t\n]/.test(absolute))
    throw new UsageError(`${JSON.stringify(absolute)}: a name with a tab or an end of line cannot be measured`);
  const bytes = fs.readFileSync(absolute);
  const folder = path.basename(path.dirname(absolute));
  const tier = /^[A-C]$/.test(folder) ? folder : null;
  const stem = path.basename(absolute, '.wasm');
  return { name: tier ? `${tier}/${stem}` : stem, stem, tier, file: absolute, bytes: bytes.length, ...look(bytes) };
}

function filesOf(place) {
  let status;
  try {
    status = fs.statSync(place);
  } catch {
    throw new UsageError(`${place} is not there`);
  }
  if (!status.isDirectory()) return [place];
  const entries = fs.readdirSync(place, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
  const names = entries.map((entry) => entry.name).sort();
  return names.flatMap((name) => {
    const entry = path.join(place, name);
    if (fs.statSync(entry).isDirectory()) return filesOf(entry);
    return name.endsWith('.wasm') ? [entry] : [];
  });
}

// { modules, notes }; throws UsageError where a place is not there or has none.
export function findModules(places) {
  const files = [
    ...new Set(
      places.flatMap((place) => {
        const found = filesOf(place);
        if (!found.length)
          throw new UsageError(`there is no .wasm file in ${place}; corpus/fetch --tier A,B,C gets some`);
        return found;
      }),
    ),
  ];
  const all = files.map(describe);
  const notes = all
    .filter(({ kind }) => kind !== 'module')
    .map(
      ({ name, kind }) =>
        `${name} is left out: ${kind === 'component' ? 'it is a component' : 'it does not begin as a module does'}`,
    );
  const modules = all.filter(({ kind }) => kind === 'module');
  if (!modules.length) throw new UsageError('there is no module to measure');
  return { modules, notes };
}

const garbageCollected = (module) => /^(cfr|dart_fmt(_unopt)?)$/.test(module.stem);

// What a mean is taken over. Modules whose bodies are managed by a collector are apart, and those with hardly a body
// are in none: to skip data is no speed.
export const groups = [
  { name: 'small', about: '3 to 60 KB', has: (m) => !garbageCollected(m) && m.bytes >= 3000 && m.bytes <= 61440 },
  ...['A', 'B', 'C'].map((tier) => ({
    name: `tier ${tier}`,
    about: 'without GC',
    has: (m) => m.tier === tier && !garbageCollected(m),
  })),
  { name: 'large', about: '5 MB and more, without GC', has: (m) => !garbageCollected(m) && m.bytes >= 5e6 },
  { name: 'GC', about: 'cfr, dart_fmt, dart_fmt_unopt', has: garbageCollected },
  { name: 'all', about: 'every module', has: () => true },
].map((group) => ({ ...group, has: (m) => m.code >= leastCode && group.has(m) }));

export const leastCode = 1000;
