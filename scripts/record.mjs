// Records what V8 gives for expressions: lines of `{"expr": …}` in, the same lines with `"v8": …` out.
//
//   cargo test --test recorded -- --ignored --nocapture print_expressions | grep '^{' \
//     | node scripts/record.mjs > tests/recorded/expressions.jsonl
//
// `node scripts/record.mjs --fresh SEED COUNT` makes COUNT new ones from that seed on, and compares our answers with
// those of the V8 that runs the script: it prints what differs, and exits with 1 if anything does. What the list of
// deviations names, the generator does not make.
//
// An answer is written as `tests/checks/show.rs` writes values, or is the class of the error. `input` is the one of
// the file's first line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const show = value => {
  if (value === undefined) return 'undefined';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'function';
  if (Array.isArray(value)) return `[${Array.from(value, show).join(',')}]`;
  if (value instanceof RegExp) return String(value);
  if (value === Math) return 'Math';
  if (value === JSON) return 'JSON';
  return `{${Object.keys(value).map(key => `${JSON.stringify(key)}:${show(value[key])}`).join(',')}}`;
};

let input;
const answer = line => {
  const record = JSON.parse(line);
  if ('input' in record) {
    input = record.input;
    return line;
  }
  let v8;
  try {
    const run = new Function('input', `'use strict'; return (${record.expr}\n);`);
    v8 = show(run(structuredClone(input)));
  } catch (error) {
    v8 = error.name;
  }
  return JSON.stringify({ expr: record.expr, v8 });
};

const test = (args, variables) => {
  const env = { ...process.env, ...variables };
  const run = spawnSync('cargo', ['test', '-q', '--test', 'recorded', '--', ...args], {
    env, encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (run.error) throw run.error;
  return run;
};

const fresh = (seed, count) => {
  const variables = { SEGUE_SEED: String(seed), SEGUE_COUNT: String(count) };
  const printed = test(['--ignored', '--nocapture', 'print_expressions'], variables);
  const lines = printed.stdout.split('\n').filter(line => line.startsWith('{'));
  if (printed.status !== 0 || lines.length !== count + 1) throw new Error('the generator failed');
  const directory = mkdtempSync(join(tmpdir(), 'segue-'));
  try {
    const path = join(directory, 'fresh.jsonl');
    writeFileSync(path, lines.map(answer).join('\n'));
    const compared = test(['what_v8_gave_is_what_we_give'], { SEGUE_RECORDED: path });
    if (compared.status !== 0) process.stdout.write(compared.stdout);
    console.log(`seed ${seed}: ${count} expressions, ${compared.status === 0 ? 'all the same' : 'some differ'}`);
    return compared.status === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
};

if (process.argv[2] === '--fresh') {
  process.exitCode = fresh(Number(process.argv[3]), Number(process.argv[4] ?? 1000));
} else {
  for await (const line of createInterface({ input: process.stdin })) console.log(answer(line));
}
