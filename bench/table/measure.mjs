// Measuring in turns. A subject is { name, server, mode, startup }; servers may be shared by subjects.
//
// For each module: each subject is asked once, so that it is warm and one knows how often it must load to fill a
// sample; then they take turns, A B C A B C, for all rounds. Times are CPU times of the process that works, in
// milliseconds for one load; wall times where a mode is one of several threads, and of whoever it is compared with in
// that ratio.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Failure } from './server.mjs';
import { least, median, most } from './statistics.mjs';

// So often in a row may a subject fail before it is asked no more.
const mostFailures = 3;

const emptyModule = Buffer.from('0061736d01000000', 'hex');

const perLoad = (nanoseconds, times) => nanoseconds / 1e6 / times;

// How often to load for a sample of so many milliseconds, and the verdict.
async function warmUp(subject, file, sample) {
  let times = 1;
  for (;;) {
    const answer = await subject.server.ask(times, subject.mode, file);
    const took = Math.max(answer.cpu / 1e6, 1e-6);
    if (took >= sample / 2 || times >= 1e6)
      return { verdict: answer.verdict, times: Math.max(1, Math.round((times * sample) / took)) };
    // No more than a hundredfold at once: the first load may have been a slow one.
    times = Math.ceil(times * Math.min(100, sample / took));
  }
}

// What a command takes for a module with nothing in it: that is taken off each of its loads.
export async function measureStartup(subjects, { rounds, sample }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plimsoll-bench-'));
  const notes = [];
  try {
    const file = path.join(folder, 'empty.wasm');
    fs.writeFileSync(file, emptyModule);
    for (const subject of subjects.filter(({ mode, whole }) => mode === 'process' && !whole)) {
      try {
        const { times } = await warmUp(subject, file, sample);
        const samples = [];
        for (let round = 0; round < rounds; ++round)
          samples.push(perLoad((await subject.server.ask(times, subject.mode, file)).cpu, times));
        subject.startup = median(samples);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        subject.dropped = true;
        notes.push(`${subject.name} ${error.message} on an empty module; it is left out`);
      }
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return notes;
}

// Result of each subject by name: { verdict, median, least, most, samples, times } or { failure }; with `ratios`, the
// first subject's times by this one's, pair by pair, and `ratio`, their median, where both are there, agree, and this
// one's is not lost in its start-up: what slows the machine for a while slows both of a pair.
export async function measureModule(module, subjects, { rounds, sample }) {
  const results = {};
  const going = new Map();
  const attempt = async (subject, act) => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      going.delete(subject);
      results[subject.name] = { failure: error.message };
      subject.failures = (subject.failures ?? 0) + 1;
      subject.dropped = subject.failures >= mostFailures;
    }
  };
  for (const subject of subjects.filter(({ dropped }) => !dropped)) {
    await attempt(subject, async () =>
      going.set(subject, { ...(await warmUp(subject, module.file, sample)), cpu: [], wall: [] }),
    );
  }
  for (let round = 0; round < rounds; ++round) {
    for (const [subject, state] of [...going]) {
      await attempt(subject, async () => {
        const answer = await subject.server.ask(state.times, subject.mode, module.file);
        for (const clock of ['cpu', 'wall'])
          state[clock].push(Math.max(perLoad(answer[clock], state.times) - (subject.startup ?? 0), 0));
      });
    }
  }
  for (const [subject, { verdict, times, cpu, wall }] of going) {
    subject.failures = 0;
    const samples = subject.server.wall.has(subject.mode) ? wall : cpu;
    results[subject.name] = {
      verdict,
      times,
      median: median(samples),
      least: least(samples),
      most: most(samples),
      samples,
      cpu,
      wall,
    };
  }
  compare(results, subjects);
  return results;
}

function compare(results, [first, ...others]) {
  const ours = results[first.name];
  if (!ours?.samples) return;
  for (const subject of others) {
    const theirs = results[subject.name];
    if (!theirs?.samples) continue;
    theirs.agrees = theirs.verdict === 'unknown' || theirs.verdict === ours.verdict;
    const seen = theirs.median > (subject.startup ?? 0) / 5 && least(theirs.samples) > 0;
    if (!theirs.agrees || ours.verdict !== 'valid' || !seen) continue;
    const clock = [first, subject].some(({ server, mode }) => server.wall.has(mode)) ? 'wall' : 'cpu';
    theirs.ratios = ours[clock].map((value, i) => value / theirs[clock][i]);
    theirs.ratio = median(theirs.ratios);
  }
}
