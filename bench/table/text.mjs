// The table as text, from the document that --json writes too.
import { count, layOut } from '../../fuzz/campaign/status.mjs';

export const digits = (value) => (value >= 100 ? count(value) : value.toPrecision(3));
const ratio = (value) => (value === undefined ? '-' : value.toFixed(2));
const mean = (ratios) =>
  ratios === undefined ? '-' : `${ratio(ratios.geomean)} (${ratio(ratios.least)}-${ratio(ratios.most)})`;
const range = ({ least, most }) => `${digits(least)}-${digits(most)}`;

function cells(result, first) {
  if (!result) return first ? ['-', '-', '-'] : ['-', '-', '-'];
  if (result.failure) return ['-', '-', '-'];
  return [digits(result.median), range(result), first ? null : ratio(result.ratio)];
}

function moduleRow(module, subjects) {
  const [first, ...others] = subjects;
  const ours = module.results[first.name];
  const [time, spread] = cells(ours, true);
  const speed = ours?.median > 0 ? count(module.bytes / 1e3 / ours.median) : '-';
  return [
    module.name,
    count(module.bytes),
    count(module.code),
    time,
    spread,
    speed,
    ...others.flatMap(({ name }) => cells(module.results[name], false)),
  ];
}

export function table({ subjects, modules, groups, notes, method, rounds }) {
  const [first, ...others] = subjects;
  const head = [
    'module',
    'bytes',
    'code',
    `${first.name} ms`,
    'range',
    'MB/s',
    ...others.flatMap(({ name }) => [`${name} ms`, 'range', 'ratio']),
  ];
  const lines = layOut([head, ...modules.map((module) => moduleRow(module, subjects))]);
  if (others.length && groups.length) {
    const pairs = new Set(groups.flatMap(({ between }) => between.map(({ ours, theirs }) => `${ours} / ${theirs}`)));
    const means = groups.map((group) => [
      `${group.name} (${group.about})`,
      group.modules.length,
      ...others.map(({ name }) => mean(group.ratios[name])),
      ...[...pairs].map((pair) => mean(group.between.find(({ ours, theirs }) => `${ours} / ${theirs}` === pair))),
    ]);
    const names = [...others.map(({ name }) => `${first.name} / ${name}`), ...pairs];
    lines.push('', ...layOut([['geometric mean of the ratios', 'modules', ...names], ...means]));
  }
  lines.push('');
  for (const { name, version, clock, more, startup, whole } of subjects) {
    const about = [
      version,
      clock === 'wall' && 'wall time, compared with wall time',
      more && `${more}, so it is no fair match`,
      whole && 'whole processes, nothing taken off',
      startup && `whole processes, less ${digits(startup)} ms for an empty module`,
    ];
    lines.push(`${name}: ${about.filter(Boolean).join('; ')}`);
  }
  lines.push(...notes, `${method} Of ${rounds} rounds: median, and from the least to the most.`);
  return `${lines.join('\n')}\n`;
}
