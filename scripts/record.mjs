// Records what V8 gives for expressions: lines of `{"expr": …}` in, the same lines with `"v8": …` out.
//
//   cargo test --test recorded -- --ignored --nocapture print_expressions | grep '^{' \
//     | node scripts/record.mjs > tests/recorded/expressions.jsonl
//
// An answer is written as `tests/checks/show.rs` writes values, or is the class of the error. `input` is the one of
// the file's first line.
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
for await (const line of createInterface({ input: process.stdin })) {
  const record = JSON.parse(line);
  if ('input' in record) {
    input = record.input;
    console.log(line);
    continue;
  }
  let v8;
  try {
    const run = new Function('input', `'use strict'; return (${record.expr}\n);`);
    v8 = show(run(structuredClone(input)));
  } catch (error) {
    v8 = error.name;
  }
  console.log(JSON.stringify({ expr: record.expr, v8 }));
}
