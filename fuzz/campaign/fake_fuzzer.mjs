// Stands in for a fuzz target in campaign_test.mjs: takes libFuzzer's flags, prints what it prints, and does what targets do, by
// the name that it is started under. What an input makes of it stands in the input: CRASH, OTHER, POISON.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export async function main(program, args) {
  const name = path.basename(program).replace(/_fuzzer$/, '');
  const flags = Object.fromEntries(args.map((each) => /^-(\w+)=(.*)$/.exec(each)?.slice(1)).filter(Boolean));
  const paths = args.filter((each) => !each.startsWith('-'));
  const say = (text) => fs.writeSync(2, `${text}\n`);
  const random = () => Math.floor(Math.random() * 1e9);
  let executions = 0;

  const end = (status) => {
    say(`stat::number_of_executed_units: ${executions}\nstat::new_units_added:          ${added}\nstat::peak_rss_mb:              30`);
    process.exit(status);
  };
  const artifact = (kind, bytes) => {
    const file = `${flags.artifact_prefix ?? ''}${kind}-${createHash('sha1').update(bytes).digest('hex')}`;
    fs.writeFileSync(file, bytes);
    say(`artifact_prefix='x'; Test unit written to ${file}`);
  };
  const abort = (message, bytes) => {
    say(`${message}\n==7== ERROR: libFuzzer: deadly signal`);
    say('    #0 0x55aa in __sanitizer_print_stack_trace /llvm/asan_stack.cpp:87:3\n    #1 0x55ab in plimsoll::load(int) /x/load.cpp:7:1');
    artifact('crash', bytes);
    end(77);
  };
  let added = 0;
  const execute = (bytes) => {
    ++executions;
    const text = bytes.toString('latin1');
    if (name === 'crashes' && text.includes('CRASH')) abort(`crashes_fuzzer: heap of ${random()}, allowed ${text.length}`, bytes);
    if (name === 'crashes' && text.includes('OTHER')) abort('crashes_fuzzer: another message', bytes);
    if (name === 'poisoned' && text.includes('POISON')) abort('poisoned_fuzzer: one of its seeds', bytes);
    if (name === 'fragile') abort('fragile_fuzzer: any input', bytes);
  };

  if (flags.minimize_crash) {
    const steps = ['CRASH and less', 'CRASH!', 'OTHER'];
    for (const step of steps) fs.writeFileSync(`${flags.artifact_prefix}minimized-from-${step.length}${step[0]}`, step);
    await sleep(1e6); // until it is stopped: the limit holds
  }
  if (flags.merge) {
    const [to, from] = paths;
    for (const file of fs.readdirSync(from)) {
      const text = fs.readFileSync(path.join(from, file), 'latin1');
      if (flags.use_counters === '0' && text.includes('often')) continue;
      if (text.startsWith('all ') || text.startsWith(`${name} `)) fs.copyFileSync(path.join(from, file), path.join(to, file));
    }
    process.exit(0);
  }
  if (fs.statSync(paths[0]).isFile()) {
    execute(fs.readFileSync(paths[0]));
    process.exit(0);
  }
  if (name === 'broken') {
    say(`${program}: error while loading shared libraries: libnone.so`);
    process.exit(127);
  }

  const corpus = paths[0];
  say('INFO: Seed: 1');
  execute(Buffer.alloc(0));
  for (const file of fs.readdirSync(corpus)) execute(fs.readFileSync(path.join(corpus, file)));
  say(`#${executions}\tINITED cov: 10 ft: 20 corp: 1/1b exec/s: 0 rss: 30Mb`);
  const until = Date.now() + Number(flags.max_total_time) * 1000;
  const known = fs.readdirSync(corpus).length;
  if (name === 'hangs') {
    process.on('SIGINT', () => {});
    await sleep(1e6);
  }
  process.on('SIGINT', () => {
    say('==7== libFuzzer: run interrupted; exiting');
    end(72);
  });
  if (name === 'forks') spawn('sleep', [process.env.FAKE_SLEEP ?? '9876'], { stdio: 'inherit' }).unref();
  if (name === 'slow') {
    await sleep(200);
    say('==7== ERROR: libFuzzer: timeout after 2 seconds\n    #0 0x1 in inner(int) /x/a.cpp:1:1\n    #1 0x2 in plimsoll::outer<int>(int) /x/b.cpp:2:2\n    #2 0x3 in LLVMFuzzerTestOneInput /x/c.cpp:3:3');
    artifact('timeout', Buffer.from('slow'));
    end(70);
  }
  for (let i = 0; Date.now() < until; ++i) {
    await sleep(50);
    executions += 100;
    if (i < 5) {
      const bytes = Buffer.from(`${name} ${known} ${random()}`);
      fs.writeFileSync(path.join(corpus, createHash('sha1').update(bytes).digest('hex')), bytes);
      ++added;
      say(`#${executions}\tNEW    cov: ${100 + known} ft: 200 corp: 2/2b lim: 4 exec/s: 2000 rss: 30Mb L: 4/4 MS: 1 CopyPart-`);
    }
    if (name === 'crashes' && i === 3) execute(Buffer.from(`${random()} CRASH`));
  }
  say(`#${executions}\tDONE   cov: 101 ft: 201 corp: 2/2b lim: 4 exec/s: 2000 rss: 30Mb\nDone ${executions} runs in 1 second(s)`);
  end(0);
}
