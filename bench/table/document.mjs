// What a run found, as the object that --json writes, the table prints and the page draws.
import os from 'node:os';

import { groups, leastCode } from './modules.mjs';
import { geomean, least, median, most } from './statistics.mjs';

export const method =
  'CPU time of decoding, validating and destroying, in turns A B A B; ratio: time of the first by time of the other, ' +
  'the median over the pairs; below 1 the first is faster.';

export const machine = () => ({
  processor: os.cpus()[0]?.model ?? 'unknown',
  processors: os.cpus().length,
  system: `${os.type()} ${os.release()} ${os.machine()}`,
});

function meanOf(all) {
  const values = all.filter((value) => value !== undefined);
  if (!values.length) return null;
  return { geomean: geomean(values), least: least(values), most: most(values), modules: values.length };
}

// Our other modes and whom they can be compared with as well: all that are not ours, if both are judged by CPU time.
const onCpu = ({ server, mode }) => !server.wall?.has(mode);
const pairsOf = (subjects) =>
  subjects
    .filter((subject, i) => i > 0 && subject.own && onCpu(subject))
    .flatMap((ours) => subjects.filter((each) => !each.own && onCpu(each)).map((theirs) => [ours.name, theirs.name]));

// As for the first subject, where that has a ratio to the other one.
function ratioOf(ours, theirs) {
  if (theirs?.ratio === undefined || !ours?.samples || ours.verdict !== 'valid') return undefined;
  return median(ours.cpu.map((value, i) => value / theirs.cpu[i]));
}

// The groups that have a module, with the mean of each subject's ratios.
export function means(modules, subjects) {
  return groups
    .map(({ name, about, has }) => {
      const members = modules.filter(has);
      const ratios = {};
      for (const { name: theirs } of subjects.slice(1)) {
        const mean = meanOf(members.map((module) => module.results[theirs]?.ratio));
        if (mean) ratios[theirs] = mean;
      }
      const between = pairsOf(subjects).flatMap(([ours, theirs]) => {
        const mean = meanOf(members.map(({ results }) => ratioOf(results[ours], results[theirs])));
        return mean ? [{ ours, theirs, ...mean }] : [];
      });
      return { name, about, modules: members.map((module) => module.name), ratios, between };
    })
    .filter((group) => group.modules.length);
}

// Sentences on what is not as it should be.
export function remarks(modules, subjects) {
  const notes = [];
  for (const module of modules) {
    const ours = module.results[subjects[0].name];
    for (const { name } of subjects) {
      const result = module.results[name];
      if (result?.failure) notes.push(`${name} ${result.failure} on ${module.name}`);
      if (result?.agrees === false)
        notes.push(`${name} says ${result.verdict} of ${module.name}, ${subjects[0].name} ${ours.verdict}: no ratio`);
    }
    if (ours?.verdict === 'invalid') notes.push(`${module.name} is invalid: no ratio`);
    if (module.code < leastCode) notes.push(`${module.name} has ${module.code} bytes of code: in no mean`);
  }
  for (const { name, dropped } of subjects) if (dropped) notes.push(`${name} failed too often, and was asked no more`);
  return notes;
}

export function makeDocument({ modules, subjects, notes, options, load, revision }) {
  return {
    schema: 1,
    program: `plimsoll ${revision}`,
    machine: { ...machine(), load_before: load, load_after: os.loadavg()[0] },
    method,
    rounds: options.rounds,
    sample_ms: options.sample,
    subjects: subjects.map(({ name, mode, server, version, more, startup, whole }) => ({
      name,
      mode,
      version: version || server.version,
      clock: server.wall?.has(mode) ? 'wall' : 'cpu',
      more: more ?? null,
      startup: startup ?? null,
      whole: whole ?? false,
    })),
    modules: modules.map(({ name, tier, bytes, code, results }) => ({ name, tier, bytes, code, results })),
    groups: means(modules, subjects),
    notes: [...notes, ...remarks(modules, subjects)],
  };
}
