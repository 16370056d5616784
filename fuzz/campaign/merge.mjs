// Makes the committed corpus: of what is committed and of the working corpora that were grown from our own seeds alone, the small
// inputs that together reach what all of them reach, over all targets of a KIND.

import fs from 'node:fs';
import path from 'node:path';

import { Corpus } from './corpus.mjs';
import { Job } from './job.mjs';
import { count, layOut } from './status.mjs';

const sizeOf = (folder) => fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);

// Runs libFuzzer's merge for each target in turn into one folder: a target adds only what reaches something that the inputs
// there do not. It takes small ones first. Inputs that somebody has given a name in `committed` are there from the beginning.
async function mergeKind(targets, from, to, { committed, work, env, track, say, flags }) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.existsSync(committed) ? fs.readdirSync(committed) : []) {
    if (!/^[0-9a-f]{40}$/.test(name)) fs.copyFileSync(path.join(committed, name), path.join(to, name));
  }
  for (const target of targets) {
    const log = path.join(work, `${target.name}.log`);
    fs.rmSync(log, { force: true });
    const job = new Job(target.command('-merge=1', ...flags, `-artifact_prefix=${work}/`, to, from), { log, env: { ...target.env, ...env }, cwd: work });
    track(job, true);
    const { status } = await job.end;
    track(job, false);
    if (status !== 0) throw new Error(`${target.name} cannot merge (status ${status}); what it said is in ${log}`);
    const files = fs.readdirSync(to).length;
    say(`${target.name}: ${count(files)} inputs, ${count(sizeOf(to))} bytes`);
  }
}

// Merges into ROOT/fuzz/corpus/KIND. `limit` is for all kinds together, `longest` for one input. Returns a table.
export async function merge({ targets, root, state, made, limit, longest, track, say }) {
  const base = path.join(state, 'merge');
  fs.rmSync(base, { recursive: true, force: true });
  const kinds = [...new Set(targets.map((target) => target.kind))].map((kind) => {
    const committed = path.join(root, 'fuzz/corpus', kind);
    const work = path.join(base, kind);
    const from = new Corpus(path.join(work, 'from'));
    from.addFolders([committed, path.join(state, 'corpus-own', kind), path.join(made, kind)], { longest });
    const before = fs.existsSync(committed) ? fs.readdirSync(committed).length : 0;
    return { kind, committed, work, from, to: path.join(work, 'to'), before, targets: targets.filter((target) => target.kind === kind), flags: [] };
  });
  for (const each of kinds) await mergeKind(each.targets, each.from.folder, each.to, { ...each, track, say });

  // Too large: what reaches every edge stays, and of what takes edges more often the smallest, as far as there is room.
  const total = () => kinds.reduce((sum, { to }) => sum + sizeOf(to), 0);
  if (total() > limit) {
    say(`${count(total())} bytes are too many: again, by edges alone`);
    const left = [];
    for (const kind of kinds) {
      const all = `${kind.to}-all`;
      fs.renameSync(kind.to, all);
      await mergeKind(kind.targets, kind.from.folder, kind.to, { ...kind, flags: ['-use_counters=0'], track, say });
      for (const name of fs.readdirSync(all)) {
        const to = path.join(kind.to, name);
        if (!fs.existsSync(to)) left.push({ from: path.join(all, name), to, size: fs.statSync(path.join(all, name)).size });
      }
    }
    let room = limit - total();
    if (room < 0) throw new Error(`inputs for all edges have ${count(total())} bytes, more than ${count(limit)}: --limit`);
    for (const { from, to, size } of left.sort((x, y) => x.size - y.size || (x.to < y.to ? -1 : 1))) {
      room -= size;
      if (room >= 0) fs.copyFileSync(from, to);
    }
  }

  const rows = [['kind', 'candidates', 'inputs before', 'after', 'bytes after']];
  for (const { kind, committed, from, to, before } of kinds) {
    rows.push([kind, count(from.size), count(before), count(fs.readdirSync(to).length), count(sizeOf(to))]);
    fs.rmSync(committed, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(committed), { recursive: true });
    fs.cpSync(to, committed, { recursive: true });
  }
  fs.rmSync(base, { recursive: true, force: true });
  return `${layOut(rows).join('\n')}\n`;
}
