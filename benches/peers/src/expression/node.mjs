// Reads what to measure from standard input and prints [workload, table, nanoseconds] for each cell.
import { readFileSync } from "node:fs";

const orders = JSON.parse(readFileSync(0, "utf8"));
globalThis.sink = undefined;

const compile = (source) => new Function("input", "env", "a", "b", `return (${source})`);

// All expressions go through this one loop, so that none is inlined into it: a host holds many.
function call(f, requests, times) {
  for (let i = 0; i < times; i++) {
    const { input, env, a, b } = requests[i % requests.length];
    globalThis.sink = f(input, env, a, b);
  }
}

function parseAndCall(f, texts, times) {
  for (let i = 0; i < times; i++) {
    const { input, env, a, b } = JSON.parse(texts[i % texts.length]);
    globalThis.sink = f(input, env, a, b);
  }
}

// The best that V8 can do: a loop of its own around the expression.
const inline = (source) =>
  new Function("requests", "times", `
    for (let i = 0; i < times; i++) {
      const { input, env, a, b } = requests[i % requests.length];
      globalThis.sink = (${source});
    }`);

// CPU time of the process in ms, its collector included.
function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function nanoseconds(job) {
  let times = 16;
  for (const begun = cpu(); ; ) {
    const start = cpu();
    job(times);
    const took = cpu() - start;
    if (took < orders.milliseconds / 2) times *= 2;
    else if (cpu() - begun > 4 * orders.milliseconds) {
      times = Math.ceil((times * orders.milliseconds) / took);
      break;
    }
  }
  const samples = [];
  for (let batch = 0; batch < orders.batches; batch++) {
    const start = cpu();
    job(times);
    samples.push(((cpu() - start) * 1e6) / times);
  }
  return samples.sort((x, y) => x - y)[samples.length >> 1];
}

const same = (x, y) =>
  typeof y === "number" ? Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y)) : x === y;

const cells = [];
const workloads = orders.workloads.map((workload) => ({
  ...workload,
  f: compile(workload.source),
  texts: workload.requests.map((request) => JSON.stringify(request)),
}));
for (const { name, f, requests, texts, expected } of workloads) {
  expected?.forEach((right, i) => {
    const { input, env, a, b } = requests[i];
    const got = f(input, env, a, b);
    if (!same(got, right)) throw new Error(`${name}, request ${i}: ${got}, not ${right}`);
  });
  // Every expression, before any is timed.
  call(f, requests, 20_000);
  parseAndCall(f, texts, 2_000);
}
for (const { name, source, f, requests, texts } of workloads) {
  const inlined = inline(source);
  cells.push([name, "prepared", nanoseconds((times) => call(f, requests, times))]);
  cells.push([name, "inlined", nanoseconds((times) => inlined(requests, times))]);
  cells.push([name, "converted", nanoseconds((times) => parseAndCall(f, texts, times))]);
}
// V8 remembers sources and compiles when a function is first called: a new text each time, and one call.
let serial = 0;
const [{ input, env, a, b }] = workloads[0].requests;
cells.push(["W10", "prepared", nanoseconds((times) => {
  for (let i = 0; i < times; i++) globalThis.sink = compile(`${orders.compiled} /* ${serial++} */`)(input, env, a, b);
})]);

console.log(JSON.stringify(cells));
